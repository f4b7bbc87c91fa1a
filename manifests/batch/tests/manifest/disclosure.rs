//! A late-binding manifest tells nobody what he would need to claim a module.

use batch::{Module, NoteEvent, PrepareError, Problem, verify};
use p256::ecdsa::SigningKey;

use crate::archive::{edit_lines, pack, unpack};
use crate::pki;

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}

#[test]
fn no_uid_key_or_certificate_is_in_a_late_binding_manifest() {
    let first = pki::late_binding();
    for batch in [pki::second(&first), first] {
        assert_discloses_nothing(&pki::sign(&batch).bytes);
    }
}

fn assert_discloses_nothing(manifest: &[u8]) {
    for uid in pki::uids() {
        let certificate = pki::Template::birth(uid).issue();
        let key: SigningKey = pki::key(&uid.to_string());
        let pem = certificate.to_pem().unwrap();
        assert!(!contains(manifest, uid.as_bytes()), "UID as bytes");
        assert!(!contains(manifest, uid.to_string().as_bytes()), "UID as digits");
        assert!(!contains(manifest, uid.thing_name().as_bytes()), "UID as UUID");
        assert!(!contains(manifest, certificate.der()), "certificate as DER");
        for line in pem.lines().filter(|line| line.len() == 64) {
            // The first lines hold version and issuer, which ca.pem may share; the rest is the module's.
            let shared =
                pki::trust()[0].to_pem().unwrap() + &pki::Template::issuing().issue().to_pem().unwrap();
            assert!(shared.contains(line) || !contains(manifest, line.as_bytes()), "certificate as PEM");
        }
        let point = key.verifying_key().to_sec1_point(false);
        assert!(!contains(manifest, &point.as_bytes()[1..]), "public key");
    }
}

#[test]
fn the_same_search_finds_everything_in_a_pre_registration_manifest() {
    let manifest = pki::sign(&pki::pre_registration());
    for uid in &pki::uids()[..3] {
        assert!(contains(&manifest.bytes, uid.to_string().as_bytes()));
        assert!(contains(&manifest.bytes, uid.thing_name().as_bytes()));
    }
}

#[test]
fn a_text_that_would_disclose_a_uid_is_refused_before_signing() {
    let uid = pki::uids()[0];
    let mut batch = pki::late_binding();
    for module in &mut batch.modules {
        if let Module::Void(void) = module {
            void.reason = format!("replaced by {}", uid.thing_name().to_uppercase());
        }
    }
    let Err(PrepareError::Problems(problems)) = batch.prepare() else { panic!("was prepared") };
    let name = "entries.ndjson".to_owned();
    assert_eq!(problems, [Problem::Disclosure { name, what: "UID" }]);

    let mut batch = pki::late_binding();
    if let Module::Passed(passed) = &mut batch.modules[0] {
        passed.notes = pki::notes([(pki::CREATED, NoteEvent::Rework, &uid.to_string())]);
    }
    let Err(PrepareError::Problems(problems)) = batch.prepare() else { panic!("was prepared") };
    let name = "entries.ndjson".to_owned();
    assert_eq!(problems, [Problem::Disclosure { name, what: "UID" }]);
}

#[test]
fn a_disclosed_certificate_is_found() {
    let mut files = unpack(&pki::sign(&pki::late_binding()).bytes);
    let pem = pki::Template::birth(pki::uids()[0]).issue().to_pem().unwrap();
    edit_lines(&mut files, "claim/README.md", |lines| lines.push(pem));
    let report = verify(&pack(&files), &pki::trust());
    let name = "claim/README.md".to_owned();
    assert!(report.problems.contains(&Problem::Disclosure { name, what: "certificate" }));
}
