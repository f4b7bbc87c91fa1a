//! The bytes of format 1, frozen.
//!
//! Do not change these files, and do not change a test to fit them: manifests are kept for as long as
//! modules are in the field, and every one that was ever made must still verify. What needs other bytes
//! is another format number.

use std::fs;
use std::path::{Path, PathBuf};

use batch::{Digest, verify};

use crate::archive::unpack;
use crate::pki;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1").join(name)
}

/// Compares with the frozen file. What differs is left under the target directory to look at.
fn assert_frozen(name: &str, actual: &[u8]) {
    let frozen = fs::read(golden(name)).unwrap_or_default();
    if frozen != actual {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
        fs::write(&beside, actual).unwrap();
        panic!("{name} is not what format 1 froze; the new bytes are in {}", beside.display());
    }
}

#[test]
fn a_pre_registration_manifest_has_the_frozen_bytes() {
    let manifest = pki::sign(&pki::pre_registration());
    assert_frozen("pre-registration.zip", &manifest.bytes);
}

#[test]
fn a_late_binding_manifest_has_the_frozen_bytes() {
    let manifest = pki::sign(&pki::late_binding());
    assert_frozen("late-binding.zip", &manifest.bytes);
}

#[test]
fn the_frozen_ca_is_the_one_of_the_tests() {
    assert_frozen("ca.pem", pki::trust()[0].to_pem().unwrap().as_bytes());
}

#[test]
fn the_readable_copies_are_those_in_the_archives() {
    for flavour in ["pre-registration", "late-binding"] {
        let files = unpack(&fs::read(golden(&format!("{flavour}.zip"))).unwrap());
        for name in ["header.json", "entries.ndjson", "leaves.txt"] {
            let content = &files.iter().find(|(found, _)| found == name).unwrap().1;
            assert_frozen(&format!("{flavour}-{name}"), content);
        }
    }
}

#[test]
fn the_frozen_manifests_verify() {
    for (name, sha256) in [
        ("pre-registration.zip", "14ebf451730912103464592664114d832d28144bd9a8eb1100f0ec87629f7b26"),
        ("late-binding.zip", "22b51f7e7f54d21455db8fb78b0b74410b7904e0d8e57a1b8185dfeb04baf547"),
    ] {
        let bytes = fs::read(golden(name)).unwrap();
        assert_eq!(Digest::of(&bytes).to_string(), sha256, "{name}");
        let report = verify(&bytes, &pki::trust());
        assert_eq!(report.problems, [], "{name}");
    }
}

#[test]
fn members_stand_in_alphabetical_order() {
    // RFC 8785 sorts members; the maps of serde_json do too, and structs must be declared so.
    for manifest in [pki::sign(&pki::pre_registration()), pki::sign(&pki::late_binding())] {
        for (name, content) in unpack(&manifest.bytes) {
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
