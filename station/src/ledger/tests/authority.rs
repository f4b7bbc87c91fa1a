//! Authorities that follow each other in a role.

use super::fixture::{Fixture, ISSUING, TestModule};
use crate::ledger::{
    AuthorityActivated, AuthorityEstablished, AuthorityRole, CertificateReserved, Digest, Refusal, verify,
};

const NEXT: &[u8] = b"the next issuing authority's certificate";

fn announced() -> Fixture {
    let fixture = Fixture::with_orders();
    fixture.append(AuthorityEstablished {
        role: AuthorityRole::Issuing,
        key_label: "issuing-2".into(),
        certificate: NEXT.into(),
    });
    fixture
}

fn activated(certificate: &[u8]) -> AuthorityActivated {
    let reason = "customers have registered it".parse().unwrap();
    AuthorityActivated { certificate: Digest::of(certificate), reason }
}

#[test]
fn the_first_is_active_at_once_and_the_next_waits() {
    let fixture = announced();
    let reader = fixture.ledger.reader().unwrap();
    let now = reader.authority(AuthorityRole::Issuing).unwrap().unwrap();
    assert_eq!((now.certificate.as_slice(), now.active, now.activated), (ISSUING, true, Some(now.seq)));
    let next = reader.authority_with(&Digest::of(NEXT)).unwrap().unwrap();
    assert_eq!((next.key_label.as_str(), next.active, next.activated), ("issuing-2", false, None));
    assert_eq!(reader.authorities(AuthorityRole::Issuing).unwrap(), [now, next]);
    assert_eq!(reader.authority(AuthorityRole::Manifest).unwrap(), None);
    assert_eq!(reader.authorities(AuthorityRole::Manifest).unwrap(), []);
    verify(&fixture.path()).unwrap();
}

#[test]
fn nothing_is_reserved_under_one_that_waits_and_old_reservations_stay_good() {
    let fixture = announced();
    let (early, module) = (TestModule::new(1), TestModule::new(2));
    let run = fixture.start("1", "B");
    fixture.go(&early, run, 2);
    let run = fixture.start("2", "B");
    fixture.go(&module, run, 1);
    let issuer = Digest::of(NEXT);
    let under_next = CertificateReserved { issuer, ..module.reserved(run) };
    assert_eq!(fixture.refused(under_next.clone()), Refusal::AuthorityWaits { certificate: issuer });
    fixture.append(activated(NEXT));
    fixture.append(under_next);
    // What was reserved under the one before is issued under it.
    let reader = fixture.ledger.reader().unwrap();
    let reserved = reader.reservation(&early.uid).unwrap().unwrap();
    let issuer = reader.authority_with(&reserved.issuer).unwrap().unwrap();
    assert_eq!((issuer.certificate.as_slice(), issuer.active), (ISSUING, false));
    assert!(issuer.activated.is_some());
    fixture.append(early.way(reserved.run)[2].clone());
    verify(&fixture.path()).unwrap();
}

#[test]
fn whoever_is_activated_takes_the_place_and_can_give_it_back() {
    let fixture = announced();
    let before = fixture.ledger.reader().unwrap().head().unwrap().seq;
    assert_eq!(
        fixture.refused(activated(ISSUING)),
        Refusal::AuthorityActive { certificate: Digest::of(ISSUING) }
    );
    assert_eq!(
        fixture.refused(activated(b"a stranger")),
        Refusal::AuthorityUnknown { certificate: Digest::of(b"a stranger") }
    );
    let then = fixture.append(activated(NEXT)).seq;
    let reader = fixture.ledger.reader().unwrap();
    let active = || reader.authority(AuthorityRole::Issuing).unwrap().unwrap().certificate;
    assert_eq!(active(), NEXT);
    fixture.append(activated(ISSUING));
    assert_eq!(active(), ISSUING);
    // Who it was at a time stays as it was.
    let as_of = |seq| reader.authority_as_of(AuthorityRole::Issuing, seq).unwrap().unwrap().certificate;
    assert_eq!((as_of(before), as_of(then)), (ISSUING.to_vec(), NEXT.to_vec()));
    verify(&fixture.path()).unwrap();
}
