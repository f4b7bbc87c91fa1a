//! The program as a script and a person see it, on the frozen manifests of format 1.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on has failed its test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../batch/tests/golden/format-1").join(name)
}

fn oem(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oem")).args(arguments).output().unwrap()
}

fn verify(manifest: &Path, more: &[&str]) -> Output {
    let (manifest, ca) = (manifest.to_str().unwrap(), golden("ca.pem"));
    oem(&[&["verify", manifest, "--ca", ca.to_str().unwrap()], more].concat())
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A copy of a frozen manifest in which one text is another of the same length, once.
fn altered(from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(golden("pre-registration.zip")).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.zip");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_good_batch() {
    let path = golden("pre-registration.zip");
    let output = verify(&path, &[]);
    assert_eq!(output.status.code(), Some(0));
    let expected = format!(
        "{}: good\n\
        \x20 order      WO-2026-0042, Module One, for Example Appliances\n\
        \x20 batch      number 1, closed 2026-11-22T21:30:15Z at virtual-bench\n\
        \x20 modules    3 passed, 1 void, 0 withdrawn\n\
        \x20 flavour    pre-registration: with UIDs and certificates\n\
        \x20 issued by  CN=TEST Issuing CA,O=Example Vendor\n\
        \x20 signed by  CN=TEST Manifest Signing,O=Example Vendor\n\
        Done by hand:\n\
        \x20 3c6ef372fe94482b8e1f0a1b2c3d4e5f  void       no answer after the seal\n\
        \x20   2026-11-22T20:40:00Z  taken back to the line: solder bridge below the antenna\n\
        \x20   2026-11-22T21:10:00Z  declared void: no answer after the seal\n",
        path.display()
    );
    assert_eq!(stdout(&output), expected);
    assert_eq!(verify(&golden("late-binding.zip"), &[]).status.code(), Some(0));
}

#[test]
fn a_batch_that_takes_modules_back() {
    let (first, path) = (golden("pre-registration.zip"), golden("pre-registration-2.zip"));
    let output = verify(&path, &["--previous", first.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let expected = "\x20 modules    2 passed, 0 void, 1 withdrawn\n";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
    let expected = "Accept these modules no more, until a later batch names them as passed:\n\
        \x20 ff01234567894abc8def0123456789ab  withdrawn  does not connect\n\
        \x20   2026-12-01T07:30:00Z  came back: does not connect\n\
        Done by hand:\n\
        \x20 7a1e5c0de5a14f0b9b1c2d3e4f506172  passed     firmware 1.4.2, sealed 2026-11-22T21:00:00Z\n\
        \x20   2026-11-30T08:12:00Z  came back: lamp flickers\n\
        \x20   2026-11-30T09:03:20Z  taken back to the line: resistor replaced\n\
        \x20   2026-11-30T09:05:41Z  label printed again: label torn\n";
    assert!(stdout(&output).ends_with(expected), "{}", stdout(&output));
}

#[test]
fn a_changed_batch_says_what_is_wrong_and_what_to_do() {
    let (_folder, path) = altered("no answer after the seal", "passed after some repair");
    let output = verify(&path, &[]);
    assert_eq!(output.status.code(), Some(1));
    let expected = format!(
        "{}: NOT GOOD, 3 problems\n\
        \x20 - entries.ndjson: was changed\n\
        \x20 - the entries do not fit the Merkle root in the header\n\
        \x20 - module 3c6ef372fe94482b8e1f0a1b2c3d4e5f: its entry was changed\n\
        What to do:\n\
        \x20 - Register no module of this batch until the file verifies.\n\
        \x20 - Fetch the file from the vendor again. If it is the same, send him this list and ask for the original.\n",
        path.display()
    );
    assert_eq!(stdout(&output), expected);
}

#[test]
fn json_for_a_script() {
    let answer = |output: &Output| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let output = verify(&golden("late-binding.zip"), &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    let good = answer(&output);
    assert_eq!(good["good"], true);
    assert_eq!(good["problems"], serde_json::json!([]));
    assert_eq!(good["header"]["counts"]["passed"], 3);
    assert_eq!(good["withdrawn"], serde_json::json!([]));

    let second = answer(&verify(&golden("pre-registration-2.zip"), &["--json"]));
    assert_eq!(second["header"]["counts"]["withdrawn"], 1);
    assert_eq!(second["withdrawn"][0]["id"], "ff01234567894abc8def0123456789ab");
    assert_eq!(second["withdrawn"][0]["reason"], "does not connect");
    assert_eq!(second["withdrawn"][0]["certificate_sha256"].as_str().unwrap().len(), 64);
    let note = serde_json::json!({
        "id": "7a1e5c0de5a14f0b9b1c2d3e4f506172",
        "at": "2026-11-30T08:12:00Z",
        "event": "return",
        "reason": "lamp flickers",
    });
    assert_eq!(second["notes"][0], note);
    assert_eq!(second["notes"].as_array().unwrap().len(), 4);

    let (_folder, path) = altered("no answer after the seal", "passed after some repair");
    let output = verify(&path, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let bad = answer(&output);
    assert_eq!(bad["good"], false);
    assert_eq!(bad["problems"][0]["problem"], "file-changed");
    assert_eq!(bad["problems"][0]["name"], "entries.ndjson");
    assert_eq!(bad["problems"][2]["id"], "3c6ef372fe94482b8e1f0a1b2c3d4e5f");
    assert_eq!(bad["header"], serde_json::Value::Null);
    assert_eq!(bad["notes"], serde_json::json!([]));
}

#[test]
fn a_batch_that_does_not_follow() {
    let first = golden("pre-registration.zip");
    let output = verify(&golden("late-binding.zip"), &["--previous", first.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("does not follow the one given as the previous"));
    assert!(stdout(&output).contains("--previous is the batch right before this one"));
}

#[test]
fn a_file_that_is_no_batch() {
    let output = verify(&golden("ca.pem"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("not a complete zip archive"), "{}", stdout(&output));
}

#[test]
fn files_that_cannot_be_used() {
    let missing = verify(Path::new("/nowhere/batch.zip"), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).starts_with("oem: read /nowhere/batch.zip: "), "{}", stderr(&missing));
    assert!(stderr(&missing).contains("Check the name of the file"));

    let zip = golden("late-binding.zip");
    let json = golden("late-binding-header.json");
    let no_ca = oem(&["verify", zip.to_str().unwrap(), "--ca", json.to_str().unwrap()]);
    assert_eq!(no_ca.status.code(), Some(2));
    assert!(stderr(&no_ca).contains("holds no certificate"), "{}", stderr(&no_ca));
    assert_eq!(stdout(&no_ca), "");
}

#[test]
fn a_batch_does_not_vouch_for_itself() {
    let zip = golden("late-binding.zip");
    let output = oem(&["verify", zip.to_str().unwrap(), "--ca", zip.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("holds no certificate"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_and_help() {
    assert_eq!(oem(&["verify", "batch.zip"]).status.code(), Some(2));
    assert_eq!(oem(&["verify"]).status.code(), Some(2));
    let help = oem(&["verify", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    for word in ["Examples:", "Exit codes:", "--previous", "--json"] {
        assert!(stdout(&help).contains(word), "{word}");
    }
}

#[test]
fn inspect_shows_without_judging() {
    let output = oem(&["inspect", golden("pre-registration.zip").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.starts_with("Not checked"));
    assert!(text.contains("ff01234567894abc8def0123456789ab  passed     firmware 1.4.2"), "{text}");
    assert!(text.contains("3c6ef372fe94482b8e1f0a1b2c3d4e5f  void       no answer after the seal"));
    assert_eq!(oem(&["inspect", golden("ca.pem").to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn a_hostile_file_does_not_steer_the_terminal() {
    let (_folder, path) = altered(r#""kind":"batch-manifest""#, "\"kind\":\"ba\u{1b}[2Jmanifest\"");
    let output = verify(&path, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!stdout(&output).contains('\u{1b}'));
}
