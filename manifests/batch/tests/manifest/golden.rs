//! The bytes of formats 1 and 2, frozen.
//!
//! Do not change these files, and do not change a test to fit them: manifests are kept for as long as
//! modules are in the field, and every one that was ever made must still verify. What needs other bytes
//! is another format number.

use std::fs;
use std::path::{Path, PathBuf};

use batch::{Digest, verify, verify_successor};

use crate::archive::unpack;
use crate::pki;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(folder(name)).join(name)
}

fn folder(name: &str) -> &'static str {
    if name.contains("two-issuers") { "format-2" } else { "format-1" }
}

/// Compares with the frozen file. What differs is left under the target directory to look at.
fn assert_frozen(name: &str, actual: &[u8]) {
    let frozen = fs::read(golden(name)).unwrap_or_default();
    if frozen != actual {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
        fs::write(&beside, actual).unwrap();
        panic!("{name} is not what was frozen; the new bytes are in {}", beside.display());
    }
}

#[test]
fn manifests_have_the_frozen_bytes() {
    for (name, batch) in pki::all() {
        assert_frozen(&format!("{name}.zip"), &pki::sign(&batch).bytes);
    }
}

#[test]
fn the_frozen_ca_is_the_one_of_the_tests() {
    assert_frozen("ca.pem", pki::trust()[0].to_pem().unwrap().as_bytes());
}

#[test]
fn the_readable_copies_are_those_in_the_archives() {
    for (manifest, _) in pki::all() {
        let files = unpack(&fs::read(golden(&format!("{manifest}.zip"))).unwrap());
        for name in ["header.json", "entries.ndjson", "leaves.txt"] {
            let content = &files.iter().find(|(found, _)| found == name).unwrap().1;
            assert_frozen(&format!("{manifest}-{name}"), content);
        }
    }
}

#[test]
fn the_frozen_manifests_verify() {
    for (name, sha256) in [
        ("pre-registration.zip", "8863c621675918b1180ab0ae087ba4cbae23ce529302e50b13f5fdc5b3f04bf1"),
        ("pre-registration-2.zip", "03e3a05be459b702351ccbaabb005b28a917c3a234f6889eb152d66f0aa9a500"),
        ("late-binding.zip", "c0f6b9033dd59cc1d25e912aeda7ab33dd898e0f1874a3a23b4cfb00d37bb47e"),
        ("late-binding-2.zip", "72c1645f7b264144d4ae9f81d447379c273b1680cf3b3f6bca6966ad0654d297"),
        (
            "pre-registration-two-issuers.zip",
            "365ebbedec1dacc86861a7bab725983083dd88f7ba6b5768a5b8104ac09b419a",
        ),
        ("late-binding-two-issuers.zip", "a081656d67e73f33c98af4b4fd5cebe4bef3bda51606680d21fc53fbc2c63a20"),
    ] {
        let bytes = fs::read(golden(name)).unwrap();
        assert_eq!(Digest::of(&bytes).to_string(), sha256, "{name}");
        let report = verify(&bytes, &pki::trust());
        assert_eq!(report.problems, [], "{name}");
    }
}

#[test]
fn the_frozen_batches_follow_each_other() {
    let read = |name: &str| fs::read(golden(name)).unwrap();
    for flavour in ["pre-registration", "late-binding"] {
        let (first, second) = (read(&format!("{flavour}.zip")), read(&format!("{flavour}-2.zip")));
        assert_eq!(verify_successor(&second, &pki::trust(), &first).problems, [], "{flavour}");
    }
}

#[test]
fn members_stand_in_alphabetical_order() {
    // RFC 8785 sorts members; the maps of serde_json do too, and structs must be declared so.
    for (_, batch) in pki::all() {
        for (name, content) in unpack(&pki::sign(&batch).bytes) {
            if name == "header.json" || name.ends_with(".ndjson") {
                for line in content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    let value: serde_json::Value = serde_json::from_slice(line).unwrap();
                    assert_eq!(serde_json::to_vec(&value).unwrap(), line, "{name}");
                }
            }
        }
    }
}

#[test]
fn the_order_of_the_modules_given_does_not_matter() {
    let batch = pki::pre_registration();
    let mut reversed = batch.clone();
    reversed.modules.reverse();
    assert_eq!(pki::sign(&batch).bytes, pki::sign(&reversed).bytes);
}
