//! What a receiver has anyway must do: OpenSSL, unzip, Python, sha256sum.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use batch::Manifest;
use tempfile::TempDir;

use crate::archive::unpack;
use crate::pki;

/// Runs a command in `folder`; `None` when the machine has no such program.
#[expect(clippy::print_stderr, reason = "a check that was left out must be seen")]
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: {program} is not installed");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

fn assert_success(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stdout));
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, "openssl", arguments).expect("the tests need the openssl program")
}

fn unpacked(manifest: &Manifest) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in unpack(&manifest.bytes) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::write(folder.path().join("root.pem"), pki::trust()[0].to_pem().unwrap()).unwrap();
    folder
}

const VERIFY: [&str; 10] = [
    "cms",
    "-verify",
    "-inform",
    "DER",
    "-in",
    "header.cms",
    "-content",
    "header.json",
    "-CAfile",
    "root.pem",
];

#[test]
fn openssl_verifies_the_signature_without_special_options() {
    for (_, batch) in pki::all() {
        let folder = unpacked(&pki::sign(&batch));
        let output = openssl(folder.path(), &VERIFY);
        assert_success(&output);
        // What OpenSSL says it verified are the bytes of the header.
        assert_eq!(output.stdout, fs::read(folder.path().join("header.json")).unwrap());
        assert_success(&openssl(folder.path(), &[&VERIFY[..], &["-binary"]].concat()));
    }
}

#[test]
fn openssl_verifies_a_signer_below_the_issuing_ca_too() {
    let mut batch = pki::pre_registration();
    let signer = pki::Template {
        issuer: pki::Template::issuing().subject,
        issuer_key: pki::key("issuing"),
        ..pki::Template::manifest()
    };
    batch.signer = signer.issue();
    let manifest = pki::sign(&batch);
    assert_eq!(batch::verify(&manifest.bytes, &pki::trust()).problems, []);
    assert_success(&openssl(unpacked(&manifest).path(), &VERIFY));
}

#[test]
fn openssl_refuses_a_changed_header() {
    let folder = unpacked(&pki::sign(&pki::pre_registration()));
    let path = folder.path().join("header.json");
    let header = fs::read_to_string(&path).unwrap();
    fs::write(&path, header.replace("WO-2026-0042", "WO-2026-0043")).unwrap();
    assert!(!openssl(folder.path(), &VERIFY).status.success());
}

#[test]
fn openssl_verifies_every_birth_certificate() {
    let folder = unpacked(&pki::sign(&pki::pre_registration()));
    let pem = fs::read_to_string(folder.path().join("certificates.pem")).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    let certificates: Vec<_> = pem.split_inclusive(end).collect();
    assert_eq!(certificates.len(), 3);
    for certificate in certificates {
        fs::write(folder.path().join("one.pem"), certificate).unwrap();
        let arguments =
            ["verify", "-purpose", "sslclient", "-CAfile", "root.pem", "-untrusted", "ca.pem", "one.pem"];
        assert_success(&openssl(folder.path(), &arguments));
    }
}

#[test]
fn zip_programs_accept_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = pki::sign(&pki::pre_registration());
    fs::write(folder.path().join("batch.zip"), &manifest.bytes).unwrap();
    if let Some(output) = run(folder.path(), "unzip", &["-t", "batch.zip"]) {
        assert_success(&output);
    }
    let script = "import zipfile, sys; z = zipfile.ZipFile('batch.zip'); sys.exit(z.testzip() is not None)";
    if let Some(output) = run(folder.path(), "python3", &["-c", script]) {
        assert_success(&output);
    }
}

#[test]
fn the_header_and_the_recipe_of_a_claim_agree_with_sha256sum() {
    let manifest = pki::sign(&pki::late_binding());
    let folder = unpacked(&manifest);
    let sums: Vec<String> =
        manifest.header.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
    fs::write(folder.path().join("sums"), sums.concat()).unwrap();
    if let Some(output) = run(folder.path(), "sha256sum", &["--strict", "-c", "sums"]) {
        assert_success(&output);
    }
    // The recipe of claim/README.md, with xxd replaced by what every shell has.
    let uid = pki::uids()[0];
    let escaped: Vec<String> = uid.as_bytes().iter().map(|byte| format!("\\{byte:03o}")).collect();
    let escaped = escaped.concat();
    let script = format!("printf 'module-uid-digest-v1\\0{escaped}' | sha256sum");
    let output = run(folder.path(), "sh", &["-c", &script]).unwrap();
    let digest = String::from_utf8(output.stdout).unwrap();
    let entries = fs::read_to_string(folder.path().join("entries.ndjson")).unwrap();
    assert!(entries.contains(&format!(r#""uid_sha256":"{}""#, &digest[..64])));
}

#[test]
fn the_table_is_read_by_a_csv_reader() {
    let folder = unpacked(&pki::sign(&pki::pre_registration()));
    let script = "import csv, sys\n\
        rows = list(csv.DictReader(open('certificates.csv', newline='')))\n\
        sys.exit(not (len(rows) == 3 and all(\n\
            r['CertificatePem'].startswith('-----BEGIN') and r['CertificatePem'].endswith('-----\\n')\n\
            and r['ThingName'].replace('-', '') == r['SerialNumber'] for r in rows)))";
    if let Some(output) = run(folder.path(), "python3", &["-c", script]) {
        assert_success(&output);
    }
}
