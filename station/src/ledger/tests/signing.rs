//! Every signature is announced and counted, and no order has more certificates than it may.

use super::fixture::{Fixture, ISSUING, TestModule, order};
use crate::fault::{Coded, FaultCode};
use crate::ledger::{
    AuthorityClosed, AuthorityOpened, Digest, OrderOpened, QuotaRaised, Refusal, SignatureAnnounced,
    SignatureMade, verify,
};
use crate::pki::purpose::Purpose;
use time::macros::datetime;

fn announced(key: &str, purpose: Purpose, bytes: &[u8]) -> SignatureAnnounced {
    SignatureAnnounced { key: key.into(), purpose, caller: "a test".into(), digest: Digest::of(bytes) }
}

fn made(key: &str, bytes: &[u8]) -> SignatureMade {
    SignatureMade { key: key.into(), digest: Digest::of(bytes) }
}

#[test]
fn signatures_are_counted_by_key_birth_certificates_among_them() {
    let fixture = Fixture::with_orders();
    for number in 0..2 {
        fixture.pass(&TestModule::new(number), "1", "A");
    }
    fixture.append(announced("issuing", Purpose::RevocationList, b"a list"));
    fixture.append(made("issuing", b"a list"));
    fixture.append(announced("manifest", Purpose::Manifest, b"a manifest"));
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.signatures_by("issuing").unwrap(), 3);
    assert_eq!(reader.signatures_by("manifest").unwrap(), 0);
    assert_eq!(reader.signatures_by("another").unwrap(), 0);
    let signing = reader.signing(&Digest::of(b"a list")).unwrap().unwrap();
    assert_eq!(
        (signing.key.as_str(), signing.purpose.as_str(), signing.signatures),
        ("issuing", "revocation-list", 1)
    );
    let birth = reader.signing(&Digest::of(&TestModule::new(1).tbs())).unwrap().unwrap();
    assert_eq!(
        (birth.key.as_str(), birth.purpose.as_str(), birth.signatures),
        ("issuing", "birth-certificate", 1)
    );
    assert_eq!(reader.signing(&Digest::of(b"another list")).unwrap(), None);
    verify(&fixture.path()).unwrap();
}

#[test]
fn what_was_not_announced_is_not_recorded_as_signed() {
    let fixture = Fixture::new();
    let refused = fixture.refused(made("manifest", b"a manifest"));
    assert_eq!(refused, Refusal::SignatureUnannounced { digest: Digest::of(b"a manifest") });
    fixture.append(announced("manifest", Purpose::Manifest, b"a manifest"));
    let refused = fixture.refused(made("issuing", b"a manifest"));
    assert!(matches!(refused, Refusal::SignatureUnannounced { .. }), "another key");
}

#[test]
fn the_same_bytes_are_announced_again_for_the_same_key_and_purpose_alone() {
    let fixture = Fixture::new();
    for _ in 0..2 {
        fixture.append(announced("manifest", Purpose::Manifest, b"a manifest"));
        fixture.append(made("manifest", b"a manifest"));
    }
    assert_eq!(fixture.ledger.reader().unwrap().signatures_by("manifest").unwrap(), 2);
    for other in [
        announced("issuing", Purpose::Manifest, b"a manifest"),
        announced("manifest", Purpose::Checkpoint, b"a manifest"),
    ] {
        assert!(matches!(fixture.refused(other), Refusal::SignatureOther { .. }));
    }
}

#[test]
fn a_birth_certificate_is_announced_by_its_reservation_alone() {
    let fixture = Fixture::new();
    let refused = fixture.refused(announced("issuing", Purpose::BirthCertificate, b"a certificate"));
    assert!(matches!(refused, Refusal::SignatureUnannounced { .. }));
}

#[test]
fn an_order_has_no_more_certificates_than_it_may() {
    let fixture = Fixture::new();
    fixture.append(OrderOpened { certificates: Some(2), ..order("A", "Acme", 10) });
    for number in 0..2 {
        fixture.pass(&TestModule::new(number), "1", "A");
    }
    let third = TestModule::new(2);
    let run = fixture.start("1", "A");
    fixture.append(third.identified(run));
    let refused = fixture.refused(third.way(run)[1].clone());
    assert_eq!(refused, Refusal::OrderCertificates { order: "A".into(), certificates: 2 });
    assert_eq!(refused.code(), FaultCode::OrderCertificates);

    fixture.append(QuotaRaised { order: "A".into(), more: 1, reason: "a bad reel".parse().unwrap() });
    for event in third.way(run).into_iter().skip(1) {
        fixture.append(event);
    }
    let progress = fixture.ledger.reader().unwrap().order_progress(&"A".into()).unwrap().unwrap();
    assert_eq!((progress.certificates, progress.reserved, progress.passed), (Some(3), 3, 3));
    verify(&fixture.path()).unwrap();
}

#[test]
fn an_order_without_a_limit_needs_no_more() {
    let fixture = Fixture::new();
    fixture.append(OrderOpened { certificates: None, ..order("A", "Acme", 10) });
    fixture.append(QuotaRaised { order: "A".into(), more: 1, reason: "none".parse().unwrap() });
    fixture.pass(&TestModule::new(0), "1", "A");
    let unknown = QuotaRaised { order: "B".into(), more: 1, reason: "none".parse().unwrap() };
    assert!(matches!(fixture.refused(unknown), Refusal::OrderUnknown { .. }));
}

#[test]
fn only_an_authority_that_issues_is_opened() {
    let fixture = Fixture::new();
    let opened = AuthorityOpened {
        authority: Digest::of(ISSUING),
        token: "0123456789abcdef".into(),
        until: datetime!(2026-03-01 20:00 UTC),
        certificates: 10,
        usage: None,
    };
    fixture.append(opened.clone());
    fixture.append(AuthorityClosed { authority: Digest::of(ISSUING), certificates: 0, usage: Some(7) });
    let other = AuthorityOpened { authority: Digest::of(b"another"), ..opened };
    assert!(matches!(fixture.refused(other), Refusal::IssuerUnknown { .. }));
}
