//! Checkpoints, and ledgers that were rewritten or cut off.

use time::macros::datetime;

use super::fixture::{Fixture, ISSUING, open};
use super::tamper::append_forged;
use crate::ledger::checkpoint::{Checkpoint, KeptCheckpoint};
use crate::ledger::{
    AuthorityEstablished, AuthorityRole, CheckpointSigned, Digest, Event, Flaw, Ledger, Outside, Refusal,
    RevocationListIssued, Seq, StationStarted, VerifyError, verify, verify_against,
};
use crate::pki::testing::{Testing, sign};

fn started() -> StationStarted {
    StationStarted { program: "0.1.0".into() }
}

/// A ledger with a manifest key.
fn vouched() -> (Fixture, Testing) {
    let fixture = Fixture::with_orders();
    let vendor = Testing::new();
    fixture.establish(&vendor);
    (fixture, vendor)
}

/// A checkpoint that was kept elsewhere.
fn beside(kept: &KeptCheckpoint) -> Outside {
    Outside { kept: vec![kept.clone()], root: None }
}

fn checkpoint(ledger: &Ledger, vendor: &Testing) -> (Checkpoint, CheckpointSigned) {
    let reader = ledger.reader().unwrap();
    let checkpoint = reader.next_checkpoint().unwrap();
    let signature = sign(&vendor.keys.manifest, &checkpoint.message());
    (checkpoint, checkpoint.signed(&vendor.certificates.manifest, &signature).unwrap())
}

#[test]
fn what_is_signed_is_as_released() {
    let checkpoint = Checkpoint { ledger: [7; 16], upto: Seq(258), hash: Digest::from_bytes([9; 32]) };
    let expected =
        [b"station-ledger-checkpoint-v1\0".as_slice(), &[7; 16], &[0, 0, 0, 0, 0, 0, 1, 2], &[9; 32]]
            .concat();
    assert_eq!(checkpoint.message(), expected);
}

#[test]
fn a_checkpoint_covers_what_is_before_it() {
    let (fixture, vendor) = vouched();
    let (checkpoint, event) = checkpoint(&fixture.ledger, &vendor);
    fixture.append(event.clone());
    fixture.append(started());
    let summary = verify(&fixture.path()).unwrap();
    assert_eq!((summary.checkpoints, summary.vouched), (1, Some(checkpoint.upto)));
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.last_checkpoint().unwrap(), Some(event));
}

#[test]
fn a_checkpoint_by_another_key_is_none() {
    let (fixture, vendor) = vouched();
    let reader = fixture.ledger.reader().unwrap();
    let point = reader.next_checkpoint().unwrap();
    let signature = sign(&vendor.keys.issuing, &point.message());
    assert_eq!(point.signed(&vendor.certificates.manifest, &signature), None);
    assert_eq!(
        point.signed(&vendor.certificates.issuing, &signature).map(|event| event.upto),
        Some(point.upto)
    );

    let forged = CheckpointSigned {
        upto: point.upto,
        hash: point.hash,
        signer: Digest::from_bytes(vendor.certificates.manifest.sha256()),
        signature: signature.to_bytes().into(),
    };
    // No rule looks at signatures, whoever appends does; but it does not get past a check.
    fixture.append(forged);
    assert!(matches!(
        verify(&fixture.path()).unwrap_err(),
        VerifyError::Event { flaw: Flaw::CheckpointSignature, .. }
    ));
}

#[test]
fn a_checkpoint_looks_back_and_its_signer_is_known() {
    let (fixture, vendor) = vouched();
    let (_, event) = checkpoint(&fixture.ledger, &vendor);
    let ahead = Seq(event.upto.number() + 1);
    assert_eq!(
        fixture.refused(CheckpointSigned { upto: ahead, ..event.clone() }),
        Refusal::CheckpointAhead { upto: ahead }
    );
    let certificate = Digest::of(ISSUING);
    assert_eq!(
        fixture.refused(CheckpointSigned { signer: certificate, ..event }),
        Refusal::SignerUnknown { certificate, role: "manifest" }
    );
}

/// Somebody who can write the file tells another story from some event on, chained as it should be;
/// without the key the checkpoint cannot be made to fit.
#[test]
fn a_ledger_rewritten_before_a_checkpoint_shows() {
    let (fixture, vendor) = vouched();
    let (_copy, rewritten) = fixture.copy();
    fixture.append(started());
    let (point, event) = checkpoint(&fixture.ledger, &vendor);
    let kept = KeptCheckpoint::new(point.ledger, &event);
    fixture.append(event.clone());
    verify_against(&fixture.path(), &beside(&kept)).unwrap();

    let ledger = open(&rewritten, &fixture.clock).unwrap();
    ledger.append_blocking(StationStarted { program: "9.9.9".into() }).unwrap();
    ledger.append_blocking(started()).unwrap();
    // Sound in itself, but not beside the checkpoint that was kept.
    verify(&rewritten).unwrap();
    match verify_against(&rewritten, &beside(&kept)).unwrap_err() {
        VerifyError::Kept { what, .. } => assert!(what.contains("rewritten"), "{what}"),
        other => panic!("{other:?}"),
    }
    // With the checkpoint of the first story it is not even that.
    ledger.append_blocking(event).unwrap();
    match verify(&rewritten).unwrap_err() {
        VerifyError::Event { flaw: Flaw::CheckpointHash { .. }, .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ledger_that_was_cut_off_shows_beside_a_checkpoint_that_was_kept() {
    let (fixture, vendor) = vouched();
    let (_copy, earlier) = fixture.copy();
    fixture.append(started());
    let (point, event) = checkpoint(&fixture.ledger, &vendor);
    let kept = KeptCheckpoint::new(point.ledger, &event);
    let text = serde_json::to_string(&kept).unwrap();
    let kept: KeptCheckpoint = serde_json::from_str(&text).unwrap();
    verify(&earlier).unwrap();
    match verify_against(&earlier, &beside(&kept)).unwrap_err() {
        VerifyError::Kept { what, .. } => assert!(what.contains("cut off"), "{what}"),
        other => panic!("{other:?}"),
    }
    let other = KeptCheckpoint { ledger: [0; 16], ..kept };
    assert!(verify_against(&fixture.path(), &beside(&other)).is_err());
}

#[test]
fn revocation_lists_are_numbered() {
    let (fixture, vendor) = vouched();
    let list = |number| RevocationListIssued {
        issuer: Digest::of(ISSUING),
        number,
        this_update: datetime!(2026-03-01 12:00 UTC),
        next_update: datetime!(2026-04-01 12:00 UTC),
        certificates: 0,
        sha256: Digest::of(b"list"),
    };
    assert_eq!(fixture.refused(list(2)), Refusal::RevocationListNumber { number: 2, expected: 1 });
    fixture.append(list(1));
    assert_eq!(fixture.refused(list(1)), Refusal::RevocationListNumber { number: 1, expected: 2 });
    fixture.append(list(2));
    let other = Digest::from_bytes(vendor.certificates.manifest.sha256());
    assert_eq!(
        fixture.refused(RevocationListIssued { issuer: other, ..list(1) }),
        Refusal::SignerUnknown { certificate: other, role: "issuing" }
    );
    let (directory, _) = fixture.close();
    append_forged(&directory.path().join("ledger.db"), "2026-03-01T12:00:00.000Z", &Event::from(list(5)));
    assert!(matches!(
        verify(&directory.path().join("ledger.db")).unwrap_err(),
        VerifyError::Event { flaw: Flaw::Forbidden(Refusal::RevocationListNumber { .. }), .. }
    ));
}

/// Somebody who can write the file names a key of their own as signer, under a root of their own.
#[test]
fn a_signer_counts_only_under_the_root() {
    let (fixture, vendor) = vouched();
    let impostor = Testing::impostor();
    fixture.append(AuthorityEstablished {
        role: AuthorityRole::Manifest,
        key_label: "manifest".into(),
        certificate: impostor.certificates.manifest.der().to_vec(),
    });
    let (_, event) = checkpoint(&fixture.ledger, &impostor);
    let (_copy, path) = fixture.copy();
    let ledger = open(&path, &fixture.clock).unwrap();
    ledger.append_blocking(event).unwrap();
    assert!(matches!(verify(&path).unwrap_err(), VerifyError::Event { flaw: Flaw::CheckpointSignature, .. }));

    // With a root of their own in the file it takes a root from elsewhere to see it.
    fixture.append(AuthorityEstablished {
        role: AuthorityRole::Root,
        key_label: "root".into(),
        certificate: impostor.certificates.root.der().to_vec(),
    });
    let again = Testing::impostor();
    let issuing = AuthorityEstablished {
        role: AuthorityRole::Manifest,
        key_label: "manifest".into(),
        certificate: again.certificates.issuing.der().to_vec(),
    };
    // Nor does every certificate under a root sign checkpoints.
    fixture.append(issuing);
    let point = fixture.ledger.reader().unwrap().next_checkpoint().unwrap();
    let signature = sign(&again.keys.issuing, &point.message());
    fixture.append(point.signed(&again.certificates.issuing, &signature).unwrap());
    assert!(verify(&fixture.path()).is_err());
    let outside = Outside { root: Some(vendor.certificates.root), ..Outside::default() };
    assert!(verify_against(&path, &outside).is_err());
    let (_copy, path) = fixture.copy();
    assert!(matches!(
        verify_against(&path, &outside).unwrap_err(),
        VerifyError::Event { flaw: Flaw::RootOther, .. }
    ));
}
