//! The desk on a real module, see [`support`]: what a key is not for, and what bytes are not, is neither
//! announced nor signed.

mod support;
mod vendor;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use station::clock::{Clock, FixedClock};
use station::fault::{Coded, FaultCode};
use station::gate::{Authority, AuthorityError, Desk, DeskError, Issuer, Leave, Opening, Request, Signer};
use station::hsm::State;
use station::ledger::{Digest, Event, Ledger, LedgerError, Seq, StoredEvent};
use station::pki::authority::{self, Content, PerRole, Role};
use station::pki::purpose::Purpose;
use station::pki::{Certificate, CertificateProfile, birth, revocation};
use support::{HSM_SIM, USER_PIN, module, pin, plan, variable, wait};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use wire::Uid;

const NOW: OffsetDateTime = datetime!(2026-11-23 6:00 UTC);
/// The signed attributes of a CMS message are a SET.
const ATTRIBUTES: &[u8] = &[0x31, 0x02, 0x05, 0x00];

fn main() -> ExitCode {
    support::run(1, |ignored| {
        [
            Trial::test("a_key_signs_nothing_that_it_is_not_for", a_key_signs_nothing_that_it_is_not_for),
            Trial::test("bytes_of_another_kind_are_not_signed", bytes_of_another_kind_are_not_signed),
            Trial::test("what_may_be_signed_is_on_record", what_may_be_signed_is_on_record),
            Trial::test(
                "a_key_that_is_not_the_signer_s_is_not_asked",
                a_key_that_is_not_the_signer_s_is_not_asked,
            ),
            Trial::test(
                "a_key_without_a_certificate_speaks_for_itself",
                a_key_without_a_certificate_speaks_for_itself,
            ),
            // The last, since it closes the HSM of all of them on its way.
            Trial::test("a_ca_is_closed_and_opened_again", a_ca_is_closed_and_opened_again),
        ]
        .map(|trial| trial.with_ignored_flag(ignored))
        .into()
    })
}

/// A token with a vendor's keys, their certificates, and a ledger.
struct House {
    desk: Desk,
    clock: Arc<FixedClock>,
    certificates: PerRole<Certificate>,
    _folder: TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let (hsm, certificates) = vendor::vendor("gate", NOW);
    let (folder, clock) = (tempfile::tempdir().expect("a folder"), Arc::new(FixedClock::new(NOW)));
    let file = folder.path().join("ledger.sqlite");
    let ledger = Ledger::open(&file, Arc::<FixedClock>::clone(&clock), "gate".into()).expect("a ledger");
    vendor::establish(&ledger, &certificates);
    House { desk: Desk::new(Arc::new(hsm), ledger), clock, certificates, _folder: folder }
});

/// What hsm-sim's log says, line by line; nothing of another module, which keeps none.
fn signed() -> Vec<String> {
    let log = variable(HSM_SIM).map(|folder| PathBuf::from(folder).join("audit.ndjson"));
    let text = log.and_then(|log| std::fs::read_to_string(log).ok()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Whether the module that is tested is hsm-sim.
fn keeps_a_log() -> bool {
    module().is_some_and(|module| module.ends_with("libhsm_sim.so"))
}

impl House {
    /// What is signed for a purpose in earnest.
    fn birth(&self) -> Result<Vec<u8>, Failed> {
        let (issuing, uid) = (&self.certificates.issuing, Uid::from_random([0x5a; 16]));
        let key = self.certificates.manifest.public_key();
        Ok(birth::reserve(&CertificateProfile::default(), issuing, uid, key, NOW)?)
    }

    fn list(&self) -> Result<Vec<u8>, Failed> {
        let (this_update, next_update) = (NOW, NOW + time::Duration::days(30));
        let content = revocation::Content { number: 1, this_update, next_update, revoked: &[] };
        Ok(revocation::prepare(&self.certificates.issuing, &content)?)
    }

    fn sign(&self, key: &str, signer: Signer<'_>, purpose: Purpose, message: &[u8]) -> Result<(), DeskError> {
        let request = Request { key, signer, purpose, caller: "a test", message };
        wait(self.desk.sign(request)).map(drop)
    }

    fn sign_birth(&self, key: &str, issuer: &Certificate, reserved: &[u8]) -> Result<(), DeskError> {
        let opening =
            Opening::new(Arc::<FixedClock>::clone(&self.clock) as Arc<_>, Duration::from_hours(1), 1);
        let leave = opening.admit().expect("open");
        wait(self.desk.sign_birth(issuer, key, reserved, &leave)).map(drop)
    }

    /// Refused for what the key or the bytes are: nothing is announced, and the HSM did not sign.
    fn refuses(&self, attempt: impl FnOnce() -> Result<(), DeskError>) -> Result<DeskError, Failed> {
        self.refuses_with(FaultCode::KeyPurpose, attempt)
    }

    fn refuses_with(
        &self,
        code: FaultCode,
        attempt: impl FnOnce() -> Result<(), DeskError>,
    ) -> Result<DeskError, Failed> {
        let trace = || Ok::<_, Failed>((self.desk.ledger().reader()?.head()?, signed()));
        let before = trace()?;
        let error = attempt().expect_err("it is refused");
        assert_eq!(error.code(), code, "{error:?}");
        assert_eq!(trace()?, before, "{error:?} left a trace");
        Ok(error)
    }
}

fn a_key_signs_nothing_that_it_is_not_for() -> Result<(), Failed> {
    let house = &*HOUSE;
    let (it, birth, list) = (&house.certificates, house.birth()?, house.list()?);
    for (key, issuer) in [("manifest", &it.manifest), ("root", &it.root)] {
        let error = house.refuses(|| house.sign_birth(key, issuer, &birth))?;
        assert!(matches!(error, DeskError::Purpose { .. }), "{error:?}");
    }
    let authority = it.issuing.to_be_signed();
    for (key, certificate, purpose, message) in [
        ("issuing", &it.issuing, Purpose::Manifest, ATTRIBUTES),
        ("issuing", &it.issuing, Purpose::Checkpoint, b"the end of a ledger"),
        ("issuing", &it.issuing, Purpose::AuthorityCertificate, authority),
        ("manifest", &it.manifest, Purpose::RevocationList, &list),
        ("manifest", &it.manifest, Purpose::AuthorityCertificate, authority),
        ("root", &it.root, Purpose::RevocationList, &list),
        ("root", &it.root, Purpose::Manifest, ATTRIBUTES),
    ] {
        let signer = Signer::Certified(certificate);
        let error = house.refuses(|| house.sign(key, signer, purpose, message))?;
        assert!(matches!(error, DeskError::Purpose { .. }), "{error:?}");
    }
    let bare = Signer::Bare(it.issuing.public_key());
    let error = house.refuses(|| house.sign("issuing", bare, Purpose::RevocationList, &list))?;
    assert!(matches!(error, DeskError::Bare { .. }), "{error:?}");
    Ok(())
}

fn bytes_of_another_kind_are_not_signed() -> Result<(), Failed> {
    let house = &*HOUSE;
    let (it, birth, list) = (&house.certificates, house.birth()?, house.list()?);
    let authority = it.issuing.to_be_signed();
    for reserved in [authority, &list, ATTRIBUTES, b"anything", b""] {
        house.refuses(|| house.sign_birth("issuing", &it.issuing, reserved))?;
    }
    for (key, certificate, purpose, message) in [
        ("issuing", &it.issuing, Purpose::RevocationList, &birth[..]),
        ("root", &it.root, Purpose::AuthorityCertificate, &birth),
        ("manifest", &it.manifest, Purpose::Manifest, &birth),
        ("manifest", &it.manifest, Purpose::Manifest, b"a checkpoint of a ledger"),
        ("manifest", &it.manifest, Purpose::Checkpoint, ATTRIBUTES),
        ("manifest", &it.manifest, Purpose::Checkpoint, authority),
        ("issuing", &it.issuing, Purpose::AuthorityRequest, authority),
    ] {
        house.refuses(|| house.sign(key, Signer::Certified(certificate), purpose, message))?;
    }
    Ok(())
}

fn what_may_be_signed_is_on_record() -> Result<(), Failed> {
    let house = &*HOUSE;
    let (it, list) = (&house.certificates, house.list()?);
    let before = signed().len();
    house.sign("issuing", Signer::Certified(&it.issuing), Purpose::RevocationList, &list)?;
    house.sign("manifest", Signer::Certified(&it.manifest), Purpose::Manifest, ATTRIBUTES)?;
    house.sign_birth("issuing", &it.issuing, &house.birth()?)?;
    let reader = house.desk.ledger().reader()?;
    for (message, key) in [(&list[..], "issuing"), (ATTRIBUTES, "manifest")] {
        let record = reader.signing(&Digest::of(message))?.expect("on record");
        assert_eq!((record.key.as_str(), record.signatures), (key, 1));
    }
    // The HSM signed all three; without this, its log would prove nothing in the other tests.
    let grown = signed().len() - before;
    assert_eq!(grown, if keeps_a_log() { 3 } else { 0 });
    Ok(())
}

fn a_key_that_is_not_the_signer_s_is_not_asked() -> Result<(), Failed> {
    let house = &*HOUSE;
    let (it, birth, list) = (&house.certificates, house.birth()?, house.list()?);
    let mismatch = FaultCode::AuthorityMismatch;
    // Twice each: the second time the key is known without the HSM.
    for _ in 0..2 {
        for (key, certificate, purpose, message) in [
            ("root", &it.manifest, Purpose::Checkpoint, &b"the end of another ledger"[..]),
            ("issuing", &it.root, Purpose::AuthorityCertificate, it.manifest.to_be_signed()),
            ("manifest", &it.issuing, Purpose::RevocationList, &list),
        ] {
            let signer = Signer::Certified(certificate);
            house.refuses_with(mismatch, || house.sign(key, signer, purpose, message))?;
        }
        house.refuses_with(mismatch, || house.sign_birth("manifest", &it.issuing, &birth))?;
        let bare = Signer::Bare(it.root.public_key());
        let own = it.root.to_be_signed();
        house.refuses_with(mismatch, || house.sign("issuing", bare, Purpose::AuthorityCertificate, own))?;
    }
    Ok(())
}

fn a_key_without_a_certificate_speaks_for_itself() -> Result<(), Failed> {
    let house = &*HOUSE;
    let it = &house.certificates;
    let new = wait(house.desk.hsm().generate("new"))?;
    let name = plan().root;
    let root = |key| authority::root(Content { subject: &name, key, serial: [9; 16], now: NOW, years: 40 });
    let request = |key| authority::request(Role::Issuing, &name, key);
    let (certificate, bare) = (Purpose::AuthorityCertificate, Signer::Bare(&new));
    // Another's key in the bytes, and a certificate that another signs.
    let other = it.manifest.public_key();
    for (purpose, message) in [
        (certificate, root(other)?),
        (certificate, it.issuing.to_be_signed().to_vec()),
        (Purpose::AuthorityRequest, request(other)?),
    ] {
        let error = house.refuses(|| house.sign("new", bare, purpose, &message))?;
        assert!(matches!(error, DeskError::Purpose { .. }), "{error:?}");
    }
    // What has a certificate on record does not make itself another; it may ask for one.
    for (label, known) in [("root", &it.root), ("issuing", &it.issuing), ("manifest", &it.manifest)] {
        let (signer, own) = (Signer::Bare(known.public_key()), root(known.public_key())?);
        let error = house.refuses(|| house.sign(label, signer, certificate, &own))?;
        assert!(matches!(error, DeskError::Bare { .. }), "{error:?}");
        house.sign(label, signer, Purpose::AuthorityRequest, &request(known.public_key())?)?;
    }
    house.sign("new", bare, Purpose::AuthorityRequest, &request(&new)?)?;
    house.sign("new", bare, certificate, &root(&new)?)?;
    Ok(())
}

/// What the ledger says of openings and closings, with the names: how many certificates.
fn openings(house: &House) -> Result<Vec<(String, &'static str, u32)>, Failed> {
    let mut found = Vec::new();
    house.desk.ledger().reader()?.events(Seq::FIRST, |stored: StoredEvent| {
        match stored.event {
            Event::AuthorityOpened(opened) => found.push((stored.operator, "opened", opened.certificates)),
            Event::AuthorityClosed(closed) => found.push((stored.operator, "closed", closed.certificates)),
            _ => {}
        }
        Ok::<_, LedgerError>(())
    })?;
    Ok(found)
}

fn a_ca_is_closed_and_opened_again() -> Result<(), Failed> {
    let house = &*HOUSE;
    let ledger = house.desk.ledger();
    let (ana, bea) = (ledger.with_operator("Ana"), ledger.with_operator("Bea"));
    let issuer = Issuer { certificate: house.certificates.issuing.clone(), key: "issuing".to_owned() };
    let leave = |hours: &str, certificates| Leave {
        time: hours.parse().expect("hours"),
        certificates: NonZeroU32::new(certificates),
    };
    let clock: Arc<dyn Clock> = Arc::<FixedClock>::clone(&house.clock);
    let opened = Authority::open(house.desk.clone(), issuer.clone(), clock, leave("1", 1));
    let authority = wait(opened)?;
    let birth = house.birth()?;
    let sign = || {
        let leave = authority.admit().map_err(|closed| closed.code())?;
        let signed = wait(house.desk.sign_birth(&issuer.certificate, "issuing", &birth, &leave));
        let signature = signed.map_err(|error| error.code())?;
        leave.spend();
        issuer.certificate.public_key().verify(&birth, &signature).map_err(|_| FaultCode::HsmSignatureWrong)
    };
    assert_eq!(sign(), Ok(()));
    assert_eq!(sign(), Err(FaultCode::AuthoritySpent));

    // A wrong PIN leaves it closed, and says how many tries there are.
    let mut watch = house.desk.hsm().watch();
    let refused = wait(authority.reopen(&ana, pin("00000000"), leave("8", 2))).expect_err("a wrong PIN");
    let AuthorityError::Hsm(error) = &refused else { return Err(format!("{refused:?}").into()) };
    assert_eq!((refused.code(), error.tries().is_some()), (FaultCode::HsmPinWrong, true));
    assert_eq!(*watch.borrow_and_update(), State::Closed);
    assert_eq!(sign(), Err(FaultCode::AuthorityClosed));

    // The right one opens it for those who have held it before.
    let opening = wait(authority.reopen(&ana, pin(USER_PIN), leave("8", 2)))?;
    assert_eq!((opening.most(), opening.left()), (2, Ok(2)));
    assert!(matches!(*watch.borrow_and_update(), State::Ready { .. }));
    assert_eq!(sign(), Ok(()));
    wait(authority.close(&bea))?;
    assert_eq!(sign(), Err(FaultCode::AuthorityClosed));
    wait(authority.close(&bea))?;

    // When the time is over nobody has closed it, and it is closed all the same before it is opened anew.
    wait(authority.reopen(&ana, pin(USER_PIN), leave("0.5", 0)))?;
    assert_eq!(sign(), Ok(()));
    house.clock.set(NOW + time::Duration::hours(1));
    assert_eq!(sign(), Err(FaultCode::AuthorityClosed));
    wait(authority.reopen(&bea, pin(USER_PIN), leave("1", 3)))?;
    assert_eq!(sign(), Ok(()));
    // With the line the CA ends, whoever has the PIN.
    wait(authority.finish())?;
    let over = wait(authority.reopen(&ana, pin(USER_PIN), leave("8", 2))).expect_err("the line has ended");
    assert!(matches!(over, AuthorityError::Over), "{over:?}");
    assert_eq!((sign(), house.desk.hsm().state()), (Err(FaultCode::AuthorityClosed), State::Closed));
    let told = openings(house)?;
    let told: Vec<_> = told.iter().map(|(who, what, number)| (who.as_str(), *what, *number)).collect();
    assert_eq!(
        told,
        [
            ("", "opened", 1),
            ("", "closed", 1),
            ("Ana", "opened", 2),
            ("Bea", "closed", 1),
            ("Ana", "opened", u32::MAX),
            ("", "closed", 1),
            ("Bea", "opened", 3),
            ("", "closed", 1),
        ]
    );
    Ok(())
}
