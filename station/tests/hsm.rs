//! The station's PKCS#11 side against a real module, see [`support`].

mod support;

use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as CryptokiError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use der::Encode as _;
use libtest_mimic::{Failed, Trial};
use station::fault::{Coded, FaultCode};
use station::hsm::{self, Hsm, HsmError, Pkcs11Hsm, State};
use station::pki::authority::{self, PerRole};
use station::pki::{Certificate, CertificateProfile, PublicKey, birth, chain};
use support::{RUNTIME, SO_PIN, USER_PIN, address, module, pin, plan, wait};
use time::macros::datetime;
use wire::Uid;

fn main() -> ExitCode {
    support::run(TOKEN_LABELS.len(), trials)
}

fn trials(ignored: bool) -> Vec<Trial> {
    [
        Trial::test("a_token_says_what_it_is", a_token_says_what_it_is),
        Trial::test("a_token_is_never_initialised_twice", a_token_is_never_initialised_twice),
        Trial::test("a_key_is_made_once_and_signs", a_key_is_made_once_and_signs),
        Trial::test("the_same_bytes_are_signed_again", the_same_bytes_are_signed_again),
        Trial::test("a_key_cannot_be_read", a_key_cannot_be_read),
        Trial::test("a_key_that_is_not_there_is_named", a_key_that_is_not_there_is_named),
        Trial::test("two_keys_of_one_name_are_refused", two_keys_of_one_name_are_refused),
        Trial::test("a_key_on_another_curve_is_refused", a_key_on_another_curve_is_refused),
        Trial::test("a_key_that_was_exchanged_is_refused", a_key_that_was_exchanged_is_refused),
        Trial::test("a_lost_login_is_repaired_within_the_call", a_lost_login_is_repaired_within_the_call),
        Trial::test("a_wrong_pin_is_tried_once", || {
            a_wrong_pin_is_tried_once();
            Ok(())
        }),
        Trial::test("a_closed_token_is_opened_again", a_closed_token_is_opened_again),
        Trial::test(
            "another_pin_than_the_right_one_opens_nothing",
            another_pin_than_the_right_one_opens_nothing,
        ),
        Trial::test("the_last_try_is_not_ours", the_last_try_is_not_ours),
        Trial::test("without_a_pin_nothing_is_tried", || {
            without_a_pin_nothing_is_tried();
            Ok(())
        }),
        Trial::test("a_token_that_is_not_there_is_named", || {
            a_token_that_is_not_there_is_named();
            Ok(())
        }),
        Trial::test("a_certificate_of_another_key_is_refused", a_certificate_of_another_key_is_refused),
        Trial::test("a_key_deleted_between_two_calls_is_missed", a_key_deleted_between_two_calls_is_missed),
        Trial::test("many_callers_share_it", many_callers_share_it),
        Trial::test("an_authority_lives_in_it", an_authority_lives_in_it),
    ]
    .map(|trial| trial.with_ignored_flag(ignored))
    .into()
}

/// One token for most tests, and one for each kind of test that would disturb the others.
const TOKEN_LABELS: [&str; 6] = ["main", "pins", "again", "typed", "tries", "logins"];

/// The tokens, made one after the other before anything else: two tests that initialise at the same
/// time would both take the first blank one.
static TOKENS: LazyLock<()> = LazyLock::new(|| {
    for token in TOKEN_LABELS {
        RUNTIME.block_on(hsm::init(address(token), pin(SO_PIN), pin(USER_PIN))).expect("a new token");
    }
});

/// The token that all tests share but those that get PINs wrong or log everybody out.
fn main_token() -> Pkcs11Hsm {
    token("main")
}

fn token(label: &str) -> Pkcs11Hsm {
    LazyLock::force(&TOKENS);
    Pkcs11Hsm::new(address(label), Some(pin(USER_PIN)))
}

/// A session beside the station's, which is logged in as soon as the station is.
fn own_session(token: &str) -> Result<Session, Failed> {
    let (pkcs11, slot) = slot(token)?;
    Ok(pkcs11.open_rw_session(slot)?)
}

fn slot(token: &str) -> Result<(Pkcs11, Slot), Failed> {
    let pkcs11 = Pkcs11::new(module().expect("ignored without one"))?;
    for slot in pkcs11.get_slots_with_token()? {
        if pkcs11.get_token_info(slot)?.label() == token {
            return Ok((pkcs11, slot));
        }
    }
    Err("no token".into())
}

/// Makes a key pair past the station.
fn make_key(session: &Session, label: &str, curve: &[u8]) -> cryptoki::error::Result<()> {
    let label = Attribute::Label(label.as_bytes().to_vec());
    let public = [
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Verify(true),
        Attribute::EcParams(curve.to_vec()),
        label.clone(),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).map(drop)
}

const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

fn a_token_says_what_it_is() -> Result<(), Failed> {
    let hsm = main_token();
    assert_eq!(hsm.state(), State::Closed);
    let details = wait(hsm.open())?;
    assert_eq!(details.label, "main");
    assert!(!details.serial.is_empty());
    assert_eq!(hsm.state(), State::Ready { open: 1, of: 8 });
    Ok(())
}

fn a_token_is_never_initialised_twice() -> Result<(), Failed> {
    let hsm = main_token();
    let before = wait(hsm.generate("survives"))?;
    let error = wait(hsm::init(address("main"), pin(SO_PIN), pin(USER_PIN))).expect_err("it is there");
    assert!(matches!(error, HsmError::TokenTaken { .. }), "{error:?}");
    assert_eq!(wait(hsm.public_key("survives"))?, before);
    for bad in ["", "a label of more than thirty-two bytes"] {
        let error = wait(hsm::init(address(bad), pin(SO_PIN), pin(USER_PIN))).expect_err("no label");
        assert!(matches!(error, HsmError::TokenLabel(_)), "{error:?}");
    }
    Ok(())
}

fn a_key_is_made_once_and_signs() -> Result<(), Failed> {
    let hsm = main_token();
    let key = wait(hsm.generate("made-once"))?;
    let error = wait(hsm.generate("made-once")).expect_err("it is there");
    assert!(matches!(error, HsmError::KeyTaken { .. }), "{error:?}");
    assert_eq!(wait(hsm.public_key("made-once"))?, key);
    for length in [0, 1, 63, 64, 65, 500, 100_000] {
        let message = vec![0xa5; length];
        key.verify(&message, &wait(hsm.sign("made-once", &message))?)?;
    }
    Ok(())
}

fn the_same_bytes_are_signed_again() -> Result<(), Failed> {
    let key = wait(main_token().generate("again"))?;
    // As after a crash: nothing is left of the one that signed first.
    for _ in 0..2 {
        let signature = wait(main_token().sign("again", b"reserved bytes"))?;
        key.verify(b"reserved bytes", &signature)?;
    }
    Ok(())
}

fn a_key_cannot_be_read() -> Result<(), Failed> {
    let hsm = main_token();
    wait(hsm.generate("secret"))?;
    let session = own_session("main")?;
    let template = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(b"secret".to_vec())];
    let handles = session.find_objects(&template)?;
    assert_eq!(handles.len(), 1);
    let attributes =
        session.get_attributes(handles[0], &[AttributeType::Value, AttributeType::Extractable])?;
    assert_eq!(attributes, [Attribute::Extractable(false)]);
    Ok(())
}

fn a_key_that_is_not_there_is_named() -> Result<(), Failed> {
    let hsm = main_token();
    let error = wait(hsm.sign("absent", b"bytes")).expect_err("no such key");
    assert_eq!(error.to_string(), "the token \"main\" has no private key with the label \"absent\"");
    assert_eq!(error.code(), FaultCode::HsmKeyAbsent);
    assert!(wait(hsm.public_key("absent")).is_err());
    // The session is as good as before.
    wait(hsm.open())?;
    Ok(())
}

fn two_keys_of_one_name_are_refused() -> Result<(), Failed> {
    let hsm = main_token();
    wait(hsm.open())?;
    let session = own_session("main")?;
    make_key(&session, "twice", &P256)?;
    make_key(&session, "twice", &P256)?;
    let error = wait(hsm.sign("twice", b"bytes")).expect_err("which one?");
    assert!(matches!(error, HsmError::KeyAmbiguous { count: 2, .. }), "{error:?}");
    assert_eq!(error.code(), FaultCode::HsmKeyAmbiguous);
    Ok(())
}

fn a_key_on_another_curve_is_refused() -> Result<(), Failed> {
    let hsm = main_token();
    wait(hsm.open())?;
    if let Err(error) = make_key(&own_session("main")?, "wide", &P384) {
        // A module that has no such curve cannot have such a key.
        assert!(matches!(error, CryptokiError::Pkcs11(..)), "{error}");
        return Ok(());
    }
    let error = wait(hsm.public_key("wide")).expect_err("not P-256");
    assert!(matches!(error, HsmError::KeyUnusable { .. }), "{error:?}");
    Ok(())
}

fn a_key_that_was_exchanged_is_refused() -> Result<(), Failed> {
    let hsm = main_token();
    wait(hsm.generate("exchanged"))?;
    let session = own_session("main")?;
    for handle in session.find_objects(&[Attribute::Label(b"exchanged".to_vec())])? {
        session.destroy_object(handle)?;
    }
    make_key(&session, "exchanged", &P256)?;
    // The old handle is dead; the label leads to a key that is not the one that was there.
    let error = wait(hsm.sign("exchanged", b"bytes")).expect_err("another key");
    assert!(matches!(error, HsmError::KeyChanged { .. }), "{error:?}");
    assert_eq!(error.code(), FaultCode::AuthorityMismatch);
    Ok(())
}

fn a_lost_login_is_repaired_within_the_call() -> Result<(), Failed> {
    let hsm = token("logins");
    let key = wait(hsm.generate("logged-out"))?;
    for _ in 0..3 {
        // A login belongs to the process, and so does its end.
        own_session("logins")?.logout()?;
        key.verify(b"bytes", &wait(hsm.sign("logged-out", b"bytes"))?)?;
        assert!(matches!(hsm.state(), State::Ready { .. }), "{}", hsm.state());
    }
    Ok(())
}

fn a_wrong_pin_is_tried_once() {
    LazyLock::force(&TOKENS);
    let hsm = Pkcs11Hsm::new(address("pins"), Some(pin("00000000")));
    let error = wait(hsm.open()).expect_err("a wrong PIN");
    assert!(matches!(error, HsmError::PinWrong { .. }), "{error:?}");
    assert_eq!(error.code(), FaultCode::HsmPinWrong);
    assert!(matches!(hsm.state(), State::Locked { .. }), "{}", hsm.state());
    assert!(matches!(wait(hsm.sign("any", b"bytes")), Err(HsmError::PinRefusedBefore { .. })));
    // Nor does anybody else in this process get a second try.
    let right = Pkcs11Hsm::new(address("pins"), Some(pin(USER_PIN)));
    assert!(matches!(wait(right.open()), Err(HsmError::PinRefusedBefore { .. })));
}

fn a_closed_token_is_opened_again() -> Result<(), Failed> {
    let hsm = token("again");
    let key = wait(hsm.generate("again"))?;
    let mut watch = hsm.watch();
    hsm.close();
    assert_eq!(*watch.borrow_and_update(), State::Closed);
    assert!(matches!(wait(hsm.sign("again", b"closed")), Err(HsmError::Closed)));
    for _ in 0..3 {
        // Also without having been closed before.
        let details = wait(hsm.reopen(pin(USER_PIN)))?;
        assert_eq!(details.label, "again");
        assert!(matches!(&*watch.borrow_and_update(), State::Ready { .. }), "{}", hsm.state());
        key.verify(b"bytes", &wait(hsm.sign("again", b"bytes"))?)?;
    }
    // Another holder of the same HSM sees it open, and closes it.
    hsm.clone().close();
    assert!(matches!(wait(hsm.sign("again", b"closed")), Err(HsmError::Closed)));
    Ok(())
}

fn another_pin_than_the_right_one_opens_nothing() -> Result<(), Failed> {
    let hsm = token("typed");
    let key = wait(hsm.generate("typed"))?;
    // A session that does not end keeps the process logged in: the PIN must be asked for all the same.
    let _logged_in = own_session("typed")?;
    hsm.close();
    let error = wait(hsm.reopen(pin("00000000"))).expect_err("a wrong PIN");
    assert!(matches!(error, HsmError::PinWrong { .. }), "{error:?}");
    assert_eq!((error.code(), error.tries().is_some()), (FaultCode::HsmPinWrong, true));
    assert_eq!(hsm.state(), State::Closed);
    assert!(matches!(wait(hsm.sign("typed", b"bytes")), Err(HsmError::Closed)));
    // Nobody else has the wrong one tried again; who is asked anew may give the right one.
    assert!(matches!(wait(token("typed").open()), Err(HsmError::PinRefusedBefore { .. })));
    wait(hsm.reopen(pin(USER_PIN)))?;
    key.verify(b"bytes", &wait(hsm.sign("typed", b"bytes"))?)?;
    // And then it is refused no longer.
    wait(token("typed").open())?;
    Ok(())
}

fn the_last_try_is_not_ours() -> Result<(), Failed> {
    LazyLock::force(&TOKENS);
    let (pkcs11, slot) = slot("tries")?;
    let session = pkcs11.open_ro_session(slot)?;
    // Some modules never lock: then there is no last try, and this ends after a few.
    for _ in 0..5 {
        if pkcs11.get_token_info(slot)?.user_pin_final_try() {
            let error = wait(token("tries").open()).expect_err("one try left");
            assert!(matches!(error, HsmError::PinLastTry { .. }), "{error:?}");
            // Nor whoever types it.
            let typed = wait(token("tries").reopen(pin("00000000"))).expect_err("one try left");
            assert!(matches!(typed, HsmError::PinLastTry { .. }), "{typed:?}");
            assert!(!pkcs11.get_token_info(slot)?.user_pin_locked());
            session.login(UserType::User, Some(&AuthPin::from(USER_PIN)))?;
            return Ok(());
        }
        assert!(session.login(UserType::User, Some(&AuthPin::from("00000000"))).is_err());
    }
    wait(token("tries").open())?;
    Ok(())
}

fn without_a_pin_nothing_is_tried() {
    LazyLock::force(&TOKENS);
    let error = wait(Pkcs11Hsm::new(address("main"), None).open()).expect_err("no PIN");
    assert!(matches!(error, HsmError::PinMissing { .. }), "{error:?}");
    assert_eq!(error.code(), FaultCode::HsmPinMissing);
}

fn a_token_that_is_not_there_is_named() {
    LazyLock::force(&TOKENS);
    let hsm = Pkcs11Hsm::new(address("elsewhere"), Some(pin(USER_PIN)));
    let error = wait(hsm.open()).expect_err("no such token");
    assert_eq!(error.to_string(), "no token has the label \"elsewhere\"");
    assert_eq!(error.code(), FaultCode::HsmTokenMissing);
    assert!(matches!(hsm.state(), State::Lost { .. }), "{}", hsm.state());
}

fn a_certificate_of_another_key_is_refused() -> Result<(), Failed> {
    let hsm = main_token();
    for label in ["certified", "mixed-up"] {
        wait(hsm.generate(label))?;
    }
    // Both labels get the certificate of the first one's key.
    let session = own_session("main")?;
    let certificate = self_signed(&hsm, "certified")?;
    for label in ["certified", "mixed-up"] {
        let object = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Subject(certificate.subject().to_der()?),
            Attribute::Value(certificate.der().to_vec()),
        ];
        if let Err(error) = session.create_object(&object) {
            // A module that takes no certificates can have none that is wrong.
            assert!(matches!(error, CryptokiError::Pkcs11(..)), "{error}");
            return Ok(());
        }
    }
    // By a session that has not looked for them yet.
    let hsm = main_token();
    wait(hsm.sign("certified", b"bytes"))?;
    let error = wait(hsm.sign("mixed-up", b"bytes")).expect_err("another key");
    assert!(matches!(error, HsmError::CertificateOther { .. }), "{error:?}");
    assert_eq!(error.code(), FaultCode::HsmCertificateOther);
    assert!(matches!(hsm.state(), State::Ready { .. }), "{}", hsm.state());
    Ok(())
}

/// The root of an authority, all of whose keys are this one.
fn self_signed(hsm: &Pkcs11Hsm, key: &str) -> Result<Certificate, Failed> {
    let public = wait(hsm.public_key(key))?;
    let keys = PerRole { root: public, issuing: public, manifest: public };
    let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
    let now = datetime!(2026-11-22 10:00 UTC);
    let plan = plan();
    let made =
        authority::establish(&plan, &keys, &serials, now, async |bytes: &[u8]| hsm.sign(key, bytes).await);
    Ok(wait(made)?.root)
}

fn a_key_deleted_between_two_calls_is_missed() -> Result<(), Failed> {
    let hsm = main_token();
    wait(hsm.generate("deleted"))?;
    wait(hsm.sign("deleted", b"bytes"))?;
    let session = own_session("main")?;
    for handle in session.find_objects(&[Attribute::Label(b"deleted".to_vec())])? {
        session.destroy_object(handle)?;
    }
    let error = wait(hsm.sign("deleted", b"bytes")).expect_err("it is gone");
    assert_eq!(error.code(), FaultCode::HsmKeyAbsent, "{error}");
    assert!(matches!(hsm.state(), State::Ready { .. }), "{}", hsm.state());
    Ok(())
}

fn many_callers_share_it() -> Result<(), Failed> {
    let hsm: Arc<dyn Hsm> = Arc::new(main_token());
    let key = wait(hsm.generate("shared"))?;
    let tasks: Vec<_> = (0..16u8)
        .map(|caller| {
            let hsm = Arc::clone(&hsm);
            RUNTIME.spawn(async move {
                for number in 0..10u8 {
                    let message = [caller, number];
                    let signature = hsm.sign("shared", &message).await.map_err(|error| error.to_string())?;
                    key.verify(&message, &signature).map_err(|error| error.to_string())?;
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    for task in tasks {
        wait(task)??;
    }
    Ok(())
}

fn an_authority_lives_in_it() -> Result<(), Failed> {
    let hsm = main_token();
    let make = |label| wait(hsm.generate(label));
    let keys: PerRole<PublicKey> =
        PerRole { root: make("root")?, issuing: make("issuing")?, manifest: make("manifest")? };
    let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
    let now = datetime!(2026-11-22 10:00 UTC);
    let it = wait(authority::establish(&plan(), &keys, &serials, now, async |bytes: &[u8]| {
        hsm.sign("root", bytes).await
    }))?;
    chain::check_authority(&it.root, &it.issuing, &it.manifest, now)?;
    chain::check_key(&it.issuing, &wait(hsm.public_key("issuing"))?)?;

    let module_key = make("stands for a module")?;
    let uid = Uid::from_random([0; 16]);
    let bytes = birth::reserve(&CertificateProfile::default(), &it.issuing, uid, &module_key, now)?;
    let certificate = birth::complete(&bytes, &wait(hsm.sign("issuing", &bytes))?, &it.issuing)?;
    birth::check(&certificate, uid, &module_key)?;
    chain::check_birth(&certificate, &it.issuing, &it.root, now)?;

    let by_the_wrong_key = wait(hsm.sign("manifest", &bytes))?;
    let error = birth::complete(&bytes, &by_the_wrong_key, &it.issuing).expect_err("not the issuing key");
    assert_eq!(error.code(), FaultCode::HsmSignatureWrong);
    Ok(())
}
