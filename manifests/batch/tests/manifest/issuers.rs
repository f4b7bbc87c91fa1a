//! Several issuing CAs in one batch, while one follows another.

use batch::{Batch, Module, PrepareError, Problem, verify};

use crate::pki::{self, Template};

fn problems(batch: &Batch) -> Vec<Problem> {
    match batch.prepare() {
        Err(PrepareError::Problems(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_module_has_its_own_ca_in_the_file() {
    let batch = pki::two_issuers(&pki::pre_registration());
    let made = pki::sign(&batch);
    let report = verify(&made.bytes, &pki::trust());
    assert_eq!(report.problems, []);
    let header = report.header.unwrap();
    assert_eq!((header.format, header.issuers().count()), (2, 2));
    // What AWS registers by is the CA that signed the module itself.
    let files = crate::archive::unpack(&made.bytes);
    let bulk = &files.iter().find(|(name, _)| name == "aws/bulk.ndjson").unwrap().1;
    let mut of_each = [0; 2];
    for line in String::from_utf8(bulk.clone()).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let ca = row["CACertificatePem"].as_str().unwrap();
        of_each[0] += usize::from(ca == Template::issuing().issue().to_pem().unwrap());
        of_each[1] += usize::from(ca == pki::next_issuing().issue().to_pem().unwrap());
    }
    assert_eq!(of_each, [2, 1]);
}

#[test]
fn one_ca_is_format_1_and_several_are_2() {
    for (_, batch) in pki::all() {
        let report = verify(&pki::sign(&batch).bytes, &pki::trust());
        let expected = if batch.further_issuers.is_empty() { 1 } else { 2 };
        assert_eq!(report.header.unwrap().format, expected);
    }
}

#[test]
fn a_further_ca_must_be_there_and_trusted() {
    for one in [pki::pre_registration(), pki::late_binding()] {
        let two = pki::two_issuers(&one);
        // Not named, its module is a stranger's.
        let unnamed = Batch { further_issuers: Vec::new(), ..two.clone() };
        assert!(matches!(problems(&unnamed)[..], [Problem::CertificateForeign { .. }]));
        // Named and not under the root, nobody trusts it.
        let foreign = Template { issuer_key: pki::key("other"), ..pki::next_issuing() }.issue();
        let untrusted = Batch { further_issuers: vec![foreign], ..two.clone() };
        assert!(problems(&untrusted).iter().any(|it| matches!(it, Problem::IssuerUntrusted { .. })));
        // A certificate that names one of them and is signed by another's key is neither's.
        let mut mixed = two.clone();
        let Some(Module::Passed(passed)) = mixed.modules.first_mut() else { panic!("a module that passed") };
        passed.certificate =
            Template { issuer: pki::next_issuing().subject, ..Template::birth(passed.uid) }.issue();
        assert!(matches!(problems(&mixed)[..], [Problem::CertificateForeign { .. }]));
    }
}
