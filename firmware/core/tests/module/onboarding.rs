//! From a blank module to a sealed one, in order and out of order, against OpenSSL and x509-cert.

use crate::bench::{Bench, Reply};
use crate::chip::Chip;
use crate::issuer::Birth;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use std::io::Write;
use std::process::{Command, Stdio};
use wire::factory::{CertificateFlaw, HardwareFault, Lifecycle, Proof, Request, SelfTest, proof_message};
use wire::hexadecimal::Hexadecimal;
use wire::{ErrorNumber, Outcome, Uid};
use x509_cert::Certificate;
use x509_cert::der::DecodePem;
use x509_cert::request::CertReq;

fn refused(error: ErrorNumber) -> Reply {
    Reply { outcome: Outcome::Error(error.number().into()), detail: error.text().into(), body: String::new() }
}

fn keyed(seed: u64) -> (Bench, Uid, String) {
    let mut bench = Bench::start(Chip::new(seed));
    let uid = bench.request(Request::KeyGen).detail.parse().expect("a UID");
    let request = bench.request(Request::Csr);
    assert_eq!(request.detail, "pem");
    (bench, uid, request.body)
}

#[test]
fn a_blank_module_is_carried_to_its_seal() {
    let mut bench = Bench::start(Chip::new(1));
    assert_eq!(bench.command("AT+EVENT?").detail, "2 0 STARTUP");
    assert_eq!(
        bench.request(Request::Info).detail,
        format!("1 BLANK memory {} -", env!("CARGO_PKG_VERSION"))
    );
    assert!(bench.request(Request::SelfTest).detail.parse::<SelfTest>().expect("a verdict").passed());

    let uid: Uid = bench.request(Request::KeyGen).detail.parse().expect("a UID");
    assert!(uid.is_random_layout());
    assert_eq!(bench.command("AT+CONF? ThingName").detail, uid.uuid_text().as_str());
    let request = bench.request(Request::Csr).body;

    let certificate = Birth::of(&uid, &request).issue();
    assert!(bench.request(Request::Certificate(certificate.as_bytes())).is_ok());
    assert_eq!(bench.command("AT+CONF? Certificate pem").body, certificate);
    assert_eq!(bench.command("AT+CONF? Certificate").detail, certificate.replace('\n', r"\A"));

    let challenge = [0x5a; 32];
    let proof: Proof = bench.request(Request::Prove(challenge)).detail.parse().expect("a proof");
    let request = CertReq::from_pem(&request).expect("a request");
    let key =
        VerifyingKey::from_sec1_bytes(request.info.public_key.subject_public_key.raw_bytes()).expect("a key");
    let signature = Signature::from_slice(&proof.0).expect("a signature");
    key.verify(&proof_message(&uid, &challenge), &signature).expect("made by the certified key");

    assert_eq!(bench.command("AT+CONNECT?").detail, "0 0 DISCONNECTED STAGING");
    assert!(!bench.chip().locked);
    assert!(bench.request(Request::Seal).is_ok());
    assert!(bench.chip().locked);
    bench.restart();
    assert_eq!(bench.info().lifecycle, Lifecycle::Sealed);
    assert_eq!(bench.info().uid, Some(uid));
    assert_eq!(bench.command("AT+CONF? Certificate pem").body, certificate);
}

#[test]
fn openssl_accepts_the_request() {
    for seed in [3, 4] {
        let (_, uid, request) = keyed(seed);
        let mut openssl = Command::new("openssl")
            .args(["req", "-verify", "-noout", "-subject", "-text"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl is installed");
        openssl.stdin.take().expect("a pipe").write_all(request.as_bytes()).expect("openssl reads");
        let output = openssl.wait_with_output().expect("openssl ends");
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        assert!(text.contains("verify OK"), "{text}");
        assert!(text.contains(&format!("subject=CN = {}", uid.uuid_text())), "{text}");
        assert!(text.contains("NIST CURVE: P-256") && text.contains("ecdsa-with-SHA256"), "{text}");
    }
}

/// Every request in every state either does its work or is refused, and refusals change nothing.
#[test]
fn commands_out_of_order_are_refused() {
    let allowed = |lifecycle| -> &[&str] {
        match lifecycle {
            Lifecycle::Blank => &["INFO", "SELFTEST", "MEMORY", "KEYGEN"],
            Lifecycle::Keyed => &["INFO", "SELFTEST", "MEMORY", "CSR", "CERTIFICATE"],
            Lifecycle::Certified => &["INFO", "SELFTEST", "MEMORY", "CSR", "CERTIFICATE", "PROVE", "SEAL"],
            Lifecycle::Sealed => &["INFO", "PROVE"],
        }
    };
    let mut certificate = String::from("x");
    let mut uid = None;
    let mut bench = Bench::start(Chip::new(5));
    for lifecycle in Lifecycle::ALL {
        assert_eq!(bench.info().lifecycle, lifecycle);
        let requests = [
            Request::Info,
            Request::SelfTest,
            Request::Memory,
            Request::KeyGen,
            Request::Csr,
            Request::Certificate(certificate.as_bytes()),
            Request::Prove([1; 32]),
            Request::Seal,
        ];
        // First all that is refused, then all that is allowed, the step to the next state last.
        for request in requests.iter().filter(|request| !allowed(lifecycle).contains(&request.verb().word()))
        {
            let before = bench.chip().flash().to_vec();
            assert_eq!(
                bench.request(*request),
                refused(ErrorNumber::NotAllowed),
                "{request:?} in {lifecycle}"
            );
            assert_eq!(bench.chip().flash(), before, "{request:?} in {lifecycle} changed the flash");
            assert_eq!(bench.info().lifecycle, lifecycle);
        }
        let mut next_request = None;
        for request in requests.iter().filter(|request| allowed(lifecycle).contains(&request.verb().word())) {
            let reply = bench.request(*request);
            assert!(reply.is_ok(), "{request:?} in {lifecycle}: {reply:?}");
            if let Request::KeyGen = request {
                uid = reply.detail.parse::<Uid>().ok();
            }
            if let Request::Csr = request {
                next_request = Some(reply.body);
                break;
            }
        }
        if lifecycle == Lifecycle::Keyed {
            certificate = Birth::of(&uid.expect("keyed"), &next_request.expect("a request")).issue();
            assert!(bench.request(Request::Certificate(certificate.as_bytes())).is_ok());
        } else if lifecycle == Lifecycle::Certified {
            for request in
                [Request::Certificate(certificate.as_bytes()), Request::Prove([1; 32]), Request::Seal]
            {
                assert!(bench.request(request).is_ok());
            }
        }
    }
}

type Spoil = Box<dyn FnOnce(&mut Birth)>;

#[test]
fn a_certificate_for_anything_but_this_module_is_refused() {
    let (mut bench, uid, request) = keyed(6);
    let other = {
        let (_, other, request) = keyed(7);
        Birth::of(&other, &request)
    };
    let mut spoilt = uid.as_bytes().to_vec();
    spoilt[15] ^= 1;
    let subject = format!("CN={}", uid.uuid_text());
    let cases: [(CertificateFlaw, Spoil); 7] = [
        (CertificateFlaw::Key, Box::new(move |birth| birth.key = other.key)),
        (CertificateFlaw::Serial, Box::new(move |birth| birth.serial = spoilt)),
        (CertificateFlaw::Serial, Box::new(|birth| birth.serial.truncate(15))),
        (CertificateFlaw::Subject, Box::new(move |birth| birth.subject = format!("CN={uid}"))),
        (CertificateFlaw::Subject, Box::new(|birth| birth.subject = "O=OEM".into())),
        (CertificateFlaw::Subject, Box::new(move |birth| birth.subject = format!("{subject},{subject}"))),
        (
            CertificateFlaw::Length,
            Box::new(|birth| birth.subject = format!("{},O={}", birth.subject, "x".repeat(2730))),
        ),
    ];
    let mut texts: Vec<(CertificateFlaw, String)> = cases
        .into_iter()
        .map(|(flaw, spoil)| {
            let mut birth = Birth::of(&uid, &request);
            spoil(&mut birth);
            (flaw, birth.issue())
        })
        .collect();
    let good = Birth::of(&uid, &request).issue();
    texts.push((CertificateFlaw::Malformed, good.replace("CERTIFICATE", "PUBLIC KEY")));
    texts.push((CertificateFlaw::Malformed, good.repeat(2)));
    texts.push((CertificateFlaw::Malformed, request.replace(" REQUEST", "")));
    for (flaw, text) in texts {
        let reply = bench.request(Request::Certificate(text.as_bytes()));
        assert_eq!(reply.outcome, Outcome::Error(26), "{flaw}: {reply:?}");
        assert_eq!(CertificateFlaw::from_detail(&reply.detail), Ok(flaw));
        assert_eq!(bench.info().lifecycle, Lifecycle::Keyed);
    }

    let mut with_organisation = Birth::of(&uid, &request);
    with_organisation.subject = format!("O=OEM\\, Inc.,OU=Line 1,{},C=DE", with_organisation.subject);
    let first = with_organisation.issue();
    assert!(bench.request(Request::Certificate(first.as_bytes())).is_ok());
    let reply = bench.request(Request::Certificate(good.as_bytes()));
    assert_eq!(reply, refused(ErrorNumber::NotAllowed), "a second certificate");
    let repeated = bench.request(Request::Certificate(first.replace('\n', "\r\n").as_bytes()));
    assert!(repeated.is_ok(), "the same certificate again: {repeated:?}");
}

#[test]
fn uids_with_zeros_in_front_and_with_the_top_bit_set_are_good_serials() {
    let (mut zeros, mut ones) = (false, false);
    for seed in 0.. {
        let mut bench = Bench::start(Chip::new(seed));
        let uid: Uid = bench.request(Request::KeyGen).detail.parse().expect("a UID");
        let first = uid.as_bytes()[0];
        if first != 0 && first != 0xff {
            continue;
        }
        let request = bench.request(Request::Csr).body;
        let certificate = Birth::of(&uid, &request).issue();
        let reply = bench.request(Request::Certificate(certificate.as_bytes()));
        assert!(reply.is_ok(), "{uid}: {reply:?}");
        zeros |= first == 0;
        ones |= first == 0xff;
        if zeros && ones {
            return;
        }
    }
}

#[test]
fn hardware_that_fails_is_named_and_nothing_is_kept() {
    let mut chip = Chip::new(8);
    chip.deaf = true;
    let mut bench = Bench::start(chip);
    let reply = bench.request(Request::KeyGen);
    assert_eq!(HardwareFault::from_detail(&reply.detail), Ok(HardwareFault::Rng));
    assert_eq!(bench.info().lifecycle, Lifecycle::Blank);
    let verdict: SelfTest = bench.request(Request::SelfTest).detail.parse().expect("a verdict");
    assert_eq!(verdict, SelfTest { flash: true, ram: true, rng: false, p256: true });

    let mut chip = Chip::new(9);
    chip.fail_after(1);
    let mut bench = Bench::start(chip);
    let reply = bench.request(Request::KeyGen);
    assert_eq!(HardwareFault::from_detail(&reply.detail), Ok(HardwareFault::Flash));
    let verdict: SelfTest = bench.request(Request::SelfTest).detail.parse().expect("a verdict");
    assert_eq!(verdict, SelfTest { flash: false, ram: true, rng: true, p256: true });
}

#[test]
fn a_seal_whose_lock_failed_is_finished_by_the_next_start() {
    let (bench, uid, request) = keyed(10);
    let mut chip = bench.chip().clone();
    chip.lock_is_broken = true;
    let mut bench = Bench::start(chip);
    let certificate = Birth::of(&uid, &request).issue();
    assert!(bench.request(Request::Certificate(certificate.as_bytes())).is_ok());
    let reply = bench.request(Request::Seal);
    assert_eq!(HardwareFault::from_detail(&reply.detail), Ok(HardwareFault::Lock));
    assert_eq!(bench.request(Request::SelfTest), refused(ErrorNumber::NotAllowed));

    let mut chip = bench.chip().clone();
    chip.lock_is_broken = false;
    let mut bench = Bench::start(chip);
    assert!(bench.chip().locked);
    assert_eq!(bench.info().lifecycle, Lifecycle::Sealed);
}

#[test]
fn the_private_key_is_in_no_reply() {
    let (mut bench, uid, request) = keyed(11);
    let certificate = Birth::of(&uid, &request).issue();
    let mut said = Vec::new();
    for request in [
        Request::Info,
        Request::SelfTest,
        Request::Memory,
        Request::Csr,
        Request::Certificate(certificate.as_bytes()),
        Request::Prove([1; 32]),
        Request::Seal,
    ] {
        said.extend(bench.feed(&request.bytes().collect::<Vec<u8>>()));
    }
    let flash = bench.chip().flash();
    let place = flash.windows(16).position(|window| window == uid.as_bytes()).expect("the identity record");
    let key: [u8; 32] = flash[place + 16..place + 48].try_into().expect("a scalar");
    let public = p256::SecretKey::from_slice(&key).expect("the private key").public_key();
    assert!(certificate_holds(&certificate, &public), "the bytes found are the key of the certificate");

    let text = String::from_utf8(said).expect("text");
    for window in key.windows(8) {
        let digits = Hexadecimal(window).to_string();
        assert!(!text.to_lowercase().contains(&digits));
        assert!(!text.as_bytes().windows(8).any(|said| said == window));
    }
}

fn certificate_holds(certificate: &str, key: &p256::PublicKey) -> bool {
    use p256::elliptic_curve::sec1::ToSec1Point;
    let certificate = Certificate::from_pem(certificate).expect("a certificate");
    let info = certificate.tbs_certificate().subject_public_key_info();
    info.subject_public_key.raw_bytes() == key.to_sec1_point(false).as_bytes()
}
