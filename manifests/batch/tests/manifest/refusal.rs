//! A batch that a receiver would refuse is not signed in the first place.

use std::io;

use batch::profile::CertificateFault;
use batch::{Batch, Module, NoteEvent, Notes, PrepareError, Problem, SignError, Void, Withdrawn};
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use x509_cert::ext::pkix::KeyUsages;

use crate::pki::{self, Template};

fn problems(batch: &Batch) -> Vec<Problem> {
    match batch.prepare() {
        Err(PrepareError::Problems(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

/// The faults found in the birth certificate of the first module, in both flavours alike.
fn faults(edit: impl Fn(&mut Template)) -> Vec<CertificateFault> {
    let uid = pki::uids()[0];
    let mut template = Template::birth(uid);
    edit(&mut template);
    let [pre_registration, late_binding] = [pki::pre_registration(), pki::late_binding()].map(|mut batch| {
        if let Module::Passed(passed) = &mut batch.modules[0] {
            passed.certificate = template.issue();
        }
        problems(&batch)
            .into_iter()
            .map(|problem| match problem {
                Problem::CertificateUnfit { fault, .. } => fault,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(pre_registration, late_binding);
    pre_registration
}

#[test]
fn every_fault_of_a_birth_certificate() {
    use CertificateFault as Fault;
    assert_eq!(faults(|t| t.serial[15] ^= 1), [Fault::Serial]);
    assert_eq!(faults(|t| t.subject = "CN=module,O=Example Vendor".into()), [Fault::CommonName]);
    assert_eq!(faults(|t| t.subject = format!("{0},{0}", t.subject)), [Fault::CommonName]);
    assert_eq!(faults(|t| t.ca = true), [Fault::CertificateAuthority]);
    assert_eq!(faults(|t| t.usage = KeyUsages::KeyAgreement), [Fault::KeyUsage]);
    let client = "client authentication";
    assert_eq!(faults(|t| t.purpose = None), [Fault::ExtendedKeyUsage { purpose: client }]);
    // 3650 days after the start, two short of ten years.
    let not_after = "2036-11-19T20:00:00Z";
    assert_eq!(faults(|t| t.not_after = not_after), [Fault::ShortLived { not_after: pki::time(not_after) }]);
    let late = faults(|t| {
        t.not_before = "2026-11-22T21:00:01Z";
        t.not_after = "2037-01-01T00:00:00Z";
    });
    assert!(matches!(late[..], [Fault::Validity { .. }]), "{late:?}");
}

#[test]
fn a_birth_certificate_that_could_sign_manifests() {
    let found = faults(|t| t.purpose = Some(ID_KP_EMAIL_PROTECTION));
    assert!(matches!(found[..], [CertificateFault::ExtendedKeyUsage { .. }, _]), "{found:?}");
}

#[test]
fn a_birth_certificate_of_a_foreign_ca() {
    for mut batch in [pki::pre_registration(), pki::late_binding()] {
        let template = Template { issuer_key: pki::key("other"), ..Template::birth(pki::uids()[0]) };
        if let Module::Passed(passed) = &mut batch.modules[0] {
            passed.certificate = template.issue();
        }
        let found = problems(&batch);
        assert!(matches!(found[..], [Problem::CertificateForeign { .. }]), "{found:?}");
    }
}

#[test]
fn a_certificate_that_does_not_belong_to_the_manifest_key() {
    let unfit = |template: Template| {
        let mut batch = pki::pre_registration();
        batch.signer = template.issue();
        problems(&batch)
    };
    // A module hangs below the same root, and must not be able to vouch for a batch.
    let module = unfit(Template::birth(pki::uids()[0]));
    assert!(matches!(
        module[..],
        [Problem::SignerUnfit { fault: CertificateFault::ExtendedKeyUsage { .. } }]
    ));
    let none = unfit(Template { purpose: None, ..Template::manifest() });
    assert!(matches!(none[..], [Problem::SignerUnfit { .. }]));
    let both = unfit(Template { purpose: Some(ID_KP_CLIENT_AUTH), ..Template::manifest() });
    assert!(matches!(both[..], [Problem::SignerUnfit { .. }]));
    let old = unfit(Template { not_after: "2026-11-22T21:30:14Z", ..Template::manifest() });
    assert!(matches!(old[..], [Problem::SignerUnfit { .. }, Problem::SignerUntrusted { .. }]), "{old:?}");
    let foreign = unfit(Template { issuer_key: pki::key("other"), ..Template::manifest() });
    assert!(matches!(foreign[..], [Problem::SignerUntrusted { .. }]), "{foreign:?}");
}

#[test]
fn a_ca_that_may_not_issue() {
    let mut batch = pki::pre_registration();
    batch.ca_chain[0] = Template { ca: false, ..Template::issuing() }.issue();
    assert!(matches!(problems(&batch)[..], [Problem::NotAnIssuer { .. }]));
    batch.ca_chain[0] = Template { issuer_key: pki::key("other"), ..Template::issuing() }.issue();
    assert!(matches!(problems(&batch)[..], [Problem::IssuerUntrusted { .. }]));
    batch.ca_chain.clear();
    assert!(problems(&batch).contains(&Problem::IssuerOther));
}

#[test]
fn a_module_twice() {
    for mut batch in [pki::pre_registration(), pki::late_binding()] {
        batch.modules.push(batch.modules[0].clone());
        assert!(problems(&batch).iter().any(|problem| matches!(problem, Problem::EntryRepeated { .. })));
    }
    // Void and passed at once is a contradiction, not two facts.
    let mut batch = pki::pre_registration();
    let void =
        Void { uid: pki::uids()[0], reason: "lost".into(), certificate: None, notes: Notes::default() };
    batch.modules.push(Module::Void(void));
    assert!(problems(&batch).iter().any(|problem| matches!(problem, Problem::EntryRepeated { .. })));
}

#[test]
fn two_modules_with_one_key() {
    let uids = pki::uids();
    for mut batch in [pki::pre_registration(), pki::late_binding()] {
        let template = Template { key: pki::key(&uids[1].to_string()), ..Template::birth(uids[0]) };
        if let Module::Passed(passed) = &mut batch.modules[0] {
            passed.certificate = template.issue();
        }
        let found = problems(&batch);
        assert!(matches!(found[..], [Problem::Shared { what: "key", .. }]), "{found:?}");
    }
}

#[test]
fn a_withdrawn_module_that_no_batch_can_have_named() {
    for mut batch in [pki::pre_registration(), pki::late_binding()] {
        let withdrawn = Withdrawn {
            uid: pki::uids()[0],
            reason: "came back".into(),
            certificate: None,
            notes: Notes::default(),
        };
        batch.modules[0] = Module::Withdrawn(withdrawn);
        assert!(matches!(problems(&batch)[..], [Problem::WithdrawnFirst { .. }]));
    }
}

#[test]
fn a_withdrawn_module_with_the_certificate_of_another() {
    let mut batch = pki::second(&pki::late_binding());
    let certificate = Some(Template::birth(pki::uids()[2]).issue().sha256());
    for module in &mut batch.modules {
        if let Module::Withdrawn(withdrawn) = module {
            withdrawn.certificate = certificate;
        }
    }
    let found = problems(&batch);
    assert!(matches!(found[..], [Problem::Shared { what: "certificate", .. }]), "{found:?}");
}

#[test]
fn a_note_of_a_time_after_the_batch() {
    let mut batch = pki::pre_registration();
    if let Module::Passed(passed) = &mut batch.modules[0] {
        passed.notes = pki::notes([("2026-11-22T21:30:16Z", NoteEvent::Return, "too late")]);
    }
    assert!(matches!(problems(&batch)[..], [Problem::NoteLate { .. }]));
}

#[test]
fn a_module_sealed_after_the_batch() {
    let mut batch = pki::pre_registration();
    if let Module::Passed(passed) = &mut batch.modules[0] {
        passed.sealed_at = pki::time("2026-11-22T21:30:16Z");
    }
    assert!(matches!(problems(&batch)[..], [Problem::SealedLate { .. }]));
}

#[test]
fn a_number_without_the_batch_before() {
    for (sequence, previous) in
        [(0, None), (2, None), (1, Some(pki::sign(&pki::pre_registration()).header_sha256))]
    {
        let batch = Batch { sequence, previous, ..pki::pre_registration() };
        assert!(matches!(problems(&batch)[..], [Problem::Sequence { .. }]));
    }
}

#[test]
fn texts_that_do_not_belong_in_a_header() {
    for order in ["", "two\nlines", &"x".repeat(201)] {
        let batch = Batch { order: order.into(), ..pki::pre_registration() };
        assert!(matches!(batch.prepare(), Err(PrepareError::Text { field: "order", .. })));
    }
    let mut batch = pki::pre_registration();
    if let Module::Passed(passed) = &mut batch.modules[0] {
        passed.notes = pki::notes([(pki::CREATED, NoteEvent::Rework, "two\nlines")]);
    }
    assert!(matches!(batch.prepare(), Err(PrepareError::Text { field: "reason of a note", .. })));
    let mut batch = pki::pre_registration();
    if let Module::Passed(passed) = &mut batch.modules[0] {
        passed.firmware.version = "=cmd()".into();
    }
    assert!(matches!(batch.prepare(), Err(PrepareError::Text { field: "firmware version", .. })));
}

#[test]
fn what_the_key_says_is_kept() {
    let unsigned = pki::pre_registration().prepare().unwrap();
    let result = unsigned.sign(|_| Err(io::Error::other("the token was pulled out")));
    let Err(SignError::Key(error)) = result else { panic!("{result:?}") };
    assert_eq!(error.to_string(), "the token was pulled out");
}

#[test]
fn a_signature_of_another_key_or_another_form() {
    let sign =
        |key: &str| -> Signature { pki::key(key).sign(pki::pre_registration().prepare().unwrap().message()) };
    let attempt =
        |bytes: Vec<u8>| pki::pre_registration().prepare().unwrap().sign(|_| Ok::<_, io::Error>(bytes));
    assert!(matches!(attempt(sign("other").to_vec()), Err(SignError::OtherKey { .. })));
    assert!(matches!(attempt(sign("manifest").to_der().as_bytes().to_vec()), Err(SignError::Form { .. })));
    assert!(matches!(attempt(vec![0; 64]), Err(SignError::Form { length: 64 })));
    assert!(attempt(sign("manifest").to_vec()).is_ok());
}

#[test]
fn preparing_again_gives_the_same_message() {
    let batch = pki::late_binding();
    assert_eq!(batch.prepare().unwrap().message(), batch.prepare().unwrap().message());
}

#[test]
fn an_empty_batch_can_be_closed() {
    let batch = Batch { modules: Vec::new(), ..pki::pre_registration() };
    let manifest = pki::sign(&batch);
    assert_eq!(batch::verify(&manifest.bytes, &pki::trust()).problems, []);
}
