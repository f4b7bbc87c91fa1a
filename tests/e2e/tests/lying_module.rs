//! Modules that lie: whatever one says, the station gives it a code and no second certificate.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::lying::Lie::{OtherChallenge, OtherKey, OwnCertificate, Request, Says, Stops};
use e2e::lying::{Flaw, Script};
use e2e::rig::Order;
use e2e::{Event, LyingModule, Rig};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use station::ledger::Reader;
use station::pki::Certificate;
use virtual_bench::fault::Fault;
use wire::Uid;

const LIMIT: Duration = Duration::from_mins(2);

/// Which module comes to the slot.
#[derive(Clone, Copy, Debug)]
enum Who {
    /// One that was never there.
    New,
    /// The one that was just there.
    Same,
    /// One with the UID that was just there, and another key.
    OtherKey,
    /// One with the key that was just there, and another UID.
    OtherUid,
}

/// A module comes to the slot once.
struct Visit {
    who: Who,
    script: Script,
    code: &'static str,
    /// How many certificates its UID has afterwards.
    certificates: usize,
}

fn visit(who: Who, script: Script, code: &'static str, certificates: usize) -> Visit {
    Visit { who, script, code, certificates }
}

/// A lie that is noticed before anything was signed.
fn unsigned(name: &'static str, script: Script, code: &'static str) -> (&'static str, Vec<Visit>) {
    (name, vec![visit(Who::New, script, code, 0)])
}

/// A lie that is noticed when the module has its certificate.
fn signed(name: &'static str, script: Script, code: &'static str) -> (&'static str, Vec<Visit>) {
    (name, vec![visit(Who::New, script, code, 1)])
}

fn before_the_certificate() -> Vec<(&'static str, Vec<Visit>)> {
    let says = |when, what| vec![(when, Says(what))];
    let requests = |flaw| vec![("CSR", Request(flaw))];
    vec![
        unsigned("another protocol", says("INFO", "OK 9 BLANK nrf51822 0.1.0 -"), "M-101"),
        unsigned("another firmware", says("INFO", "OK 1 BLANK nrf51822 0.0.9 -"), "M-101"),
        unsigned("another chip", says("INFO", "OK 1 BLANK nrf52840 0.1.0 -"), "P-304"),
        unsigned("certified by nobody", says("INFO", "OK 1 CERTIFIED nrf51822 0.1.0 {uid}"), "M-106"),
        unsigned("sealed by nobody", says("INFO", "OK 1 SEALED nrf51822 0.1.0 {uid}"), "M-106"),
        unsigned("blank with a UID", says("INFO", "OK 1 BLANK nrf51822 0.1.0 {uid}"), "L-202"),
        unsigned("half a reply", vec![("INFO", Stops("OK 1 BLA"))], "L-202"),
        unsigned("broken RAM", says("SELFTEST", "OK FLASH=PASS RAM=FAIL RNG=PASS P256=PASS"), "M-102"),
        unsigned("a self-test of one item", says("SELFTEST", "OK FLASH=PASS"), "L-202"),
        unsigned("broken RNG", says("KEYGEN", "ERR28 CONFIGURATION ERROR RNG"), "M-103"),
        unsigned("no key today", says("KEYGEN", "ERR25 NOT ALLOWED"), "M-104"),
        unsigned("a UID of zeros", says("KEYGEN", "OK 00000000000000000000000000000000"), "L-202"),
        unsigned("a UID that is no number", says("KEYGEN", "OK module-1"), "L-202"),
        unsigned("a request cut short", requests(Flaw::Cut), "M-111"),
        unsigned("a request that is no PEM", says("CSR", "OK1 pem\nplease"), "M-111"),
        unsigned("a request for a name", requests(Flaw::Subject("/CN=module-1")), "M-111"),
        unsigned("a request for more than a UID", requests(Flaw::Subject("/CN={uuid}/O=Other")), "M-111"),
        unsigned(
            "a request for another UID",
            requests(Flaw::Subject("/CN=00000000-0000-4000-8000-000000000001")),
            "M-111",
        ),
        unsigned(
            "a request to be an authority",
            requests(Flaw::Extension("basicConstraints=critical,CA:TRUE")),
            "M-111",
        ),
        unsigned("a request not signed by its key", requests(Flaw::Signature), "M-112"),
        unsigned("a request on P-384", requests(Flaw::Curve), "M-113"),
    ]
}

/// Keys that anybody can sign with.
fn with_a_known_key() -> Vec<(&'static str, Vec<Visit>)> {
    let known = [
        ("the number 4711", "0000000000000000000000000000000000000000000000000000000000001267"),
        // The order of the group less one (SEC 2 section 2.4.2).
        ("the negative of one", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"),
        // RFC 6979 appendix A.2.5.
        ("a key from an RFC", "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
    ];
    let visits = |private| {
        let weak = visit(Who::New, vec![("CSR", Request(Flaw::Key(private)))], "M-117", 0);
        // It is set apart until somebody has looked.
        vec![weak, visit(Who::Same, vec![], "M-107", 0)]
    };
    known.into_iter().map(|(name, private)| (name, visits(private))).collect()
}

fn with_the_certificate() -> Vec<(&'static str, Vec<Visit>)> {
    let says = |when, what| vec![(when, Says(what))];
    let refuses = || says("CERTIFICATE", "ERR26 INVALID CERTIFICATE KEY");
    vec![
        signed("refuses its certificate", refuses(), "M-121"),
        signed("holds another certificate", vec![("Certificate pem", OwnCertificate)], "M-122"),
        signed("holds no certificate", says("Certificate pem", "OK1 pem\nnone"), "M-122"),
        signed(
            "half a certificate",
            says("Certificate pem", "OK9 pem\n-----BEGIN CERTIFICATE-----"),
            "L-202",
        ),
        signed("the name of another", says("ThingName", "OK 00000000-0000-4000-8000-000000000001"), "M-132"),
        signed("an endpoint of its own", says("Endpoint", "OK elsewhere.example"), "M-132"),
        signed("connected already", says("CONNECT?", "OK 1 1 CONNECTED CUSTOMER"), "M-132"),
        signed("a proof of another challenge", vec![("PROVE", OtherChallenge)], "M-131"),
        signed("a proof by another key", vec![("PROVE", OtherKey)], "M-131"),
        signed("a proof that is none", says("PROVE", "OK trust-me"), "L-202"),
        signed("refuses to be sealed", says("SEAL", "ERR25 NOT ALLOWED"), "M-141"),
        signed("blank when sealed", says("INFO SEALED", "OK 1 BLANK nrf51822 0.1.0 -"), "M-142"),
        signed("makes keys when sealed", says("KEYGEN SEALED", "OK {uid}"), "M-142"),
        signed("makes requests when sealed", says("CSR SEALED", "OK1 pem\nrequest"), "M-142"),
        signed(
            "tests itself when sealed",
            says("SELFTEST SEALED", "OK FLASH=PASS RAM=PASS RNG=PASS P256=PASS"),
            "M-142",
        ),
        signed("sealed with an open debug port", vec![], "M-142"),
        (
            "a UID that was certified with another key",
            vec![visit(Who::New, refuses(), "M-121", 1), visit(Who::OtherKey, vec![], "M-114", 1)],
        ),
        (
            "a key that was certified for another UID",
            vec![visit(Who::New, refuses(), "M-121", 1), visit(Who::OtherUid, vec![], "M-115", 0)],
        ),
        (
            "keyed again after it held its certificate",
            vec![
                visit(Who::New, says("SEAL", "ERR25 NOT ALLOWED"), "M-141", 1),
                visit(Who::Same, says("INFO", "OK 1 KEYED nrf51822 0.1.0 {uid}"), "M-101", 1),
            ],
        ),
        (
            "sealed without a proof",
            vec![
                visit(Who::New, says("PROVE", "ERR25 NOT ALLOWED"), "M-104", 1),
                visit(Who::Same, says("INFO", "OK 1 SEALED nrf51822 0.1.0 {uid}"), "M-101", 1),
            ],
        ),
        (
            "comes back and is the same, with the same certificate",
            vec![visit(Who::New, refuses(), "M-121", 1), visit(Who::Same, vec![], "M-142", 1)],
        ),
    ]
}

#[test]
fn a_module_that_lies_is_found_out_and_never_gets_a_second_certificate() -> Result<()> {
    let rig = Rig::new(1)?;
    open_order(&rig)?;
    rig.bench()?.put_fresh("1")?;
    let mut expected = BTreeSet::new();
    let all = [before_the_certificate(), with_a_known_key(), with_the_certificate()];
    for (name, visits) in all.into_iter().flatten() {
        let mut last = None;
        for (number, visit) in visits.into_iter().enumerate() {
            let uid = uid_of(&format!("{name} {number}"));
            let module = match (visit.who, last.take()) {
                (Who::Same, Some(module)) => module,
                (Who::OtherKey, Some(module)) => LyingModule::with_other_key(module)?,
                (Who::OtherUid, Some(module)) => LyingModule::with_other_uid(module, uid),
                _ => LyingModule::new(rig.path(), uid)?,
            };
            let (module, end) = meet(&rig, module, visit.script).context(name)?;
            ensure!(end["code"] == visit.code && end["verdict"] != "pass", "{name}: {end:#?}");
            let found = certificates(&rig, &module.uid().to_string())?;
            ensure!(found == visit.certificates, "{name}: {found} certificates");
            if found > 0 {
                expected.insert(module.uid().to_string());
            }
            last = Some(module);
        }
    }
    ensure!(certified(&rig)? == expected, "certificates for others than {expected:?}");
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

/// A copy of a real module's identity, on other hardware.
#[test]
fn a_copy_of_a_module_that_was_sealed_or_passed_is_found_out() -> Result<()> {
    let rig = Rig::new(1)?;
    open_order(&rig)?;
    let mut bench = rig.bench()?;

    // The real one is sealed, and has no label yet.
    bench.put_fresh("1")?;
    bench.fault("1", Fault::PrinterOff)?;
    let mut run = rig.start_run(1)?;
    run.wait(LIMIT)?;
    let end = ending(run.events()?)?;
    ensure!(end["code"] == "F-521", "{end:#?}");
    let text = end["uid"].as_str().context("a UID")?.to_owned();
    bench.clear("1")?;

    let copy = LyingModule::new(rig.path(), text.parse()?)?;
    let keyed = || vec![("INFO", Says("OK 1 KEYED nrf51822 0.1.0 {uid}"))];
    let sealed = || vec![("INFO", Says("OK 1 SEALED nrf51822 0.1.0 {uid}"))];
    let (copy, end) = meet(&rig, copy, keyed())?;
    ensure!(end["code"] == "P-307", "keyed behind a locked debug port: {end:#?}");
    let real = bench.take("1")?;
    bench.put_fresh("1")?;
    let (copy, end) = meet(&rig, copy, keyed())?;
    ensure!(end["code"] == "M-101", "keyed, after it was sealed: {end:#?}");
    let (copy, end) = meet(&rig, copy, sealed())?;
    ensure!(end["code"] == "M-107", "a second time, without anybody having looked: {end:#?}");
    rework(&rig, &text)?;
    let mut script = sealed();
    script.push(("Certificate pem", OwnCertificate));
    let (copy, end) = meet(&rig, copy, script)?;
    ensure!(end["code"] == "M-122", "sealed, with another certificate: {end:#?}");

    // The real one's certificate is public; the key behind it is not.
    rework(&rig, &text)?;
    let copy = copy.with_certificate(&issued(&rig, &text)?);
    let (copy, end) = meet(&rig, copy, sealed())?;
    ensure!(end["code"] == "M-131", "sealed, with the real certificate: {end:#?}");

    bench.take("1")?;

    // The real one goes on and passes.
    rework(&rig, &text)?;
    bench.put_module("1", &real)?;
    let mut run = rig.start_run(1)?;
    run.wait(LIMIT)?;
    let end = ending(run.events()?)?;
    ensure!(end["verdict"] == "pass" && end["uid"] == text.as_str(), "{end:#?}");
    bench.take("1")?;

    bench.put_fresh("1")?;
    let (copy, end) = meet(&rig, copy, keyed())?;
    ensure!(end["code"] == "F-541", "keyed, after it passed: {end:#?}");
    let (copy, end) = meet(&rig, copy, sealed())?;
    ensure!(end["code"] == "F-541", "sealed, after it passed: {end:#?}");
    let (_, end) = meet(&rig, copy.with_other_key()?, vec![])?;
    ensure!(end["code"] == "M-114", "a new key, after it passed: {end:#?}");
    ensure!(certificates(&rig, &text)? == 1, "the copy got a certificate");
    let module: Value = serde_json::from_str(&rig.succeed(&["unit", "list", "--json"], "")?)?;
    ensure!(module[0]["state"] == "passed", "the copies did the real one harm: {module:#?}");
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

/// An order whose product tells no part from another: all these modules lie from beside the same one.
fn open_order(rig: &Rig) -> Result<()> {
    let product = rig.product()?.replace("device-id = [0x10000060, 0x10000064]", "");
    let order = Order { spare_certificates: Some(100), ..Order::default() };
    let output = rig.try_order(&order, &product)?;
    ensure!(output.status.success(), "{}", e2e::rig::text(&output));
    Ok(())
}

/// One run of a lying module in slot 1; gives the module back, and how the run ended.
fn meet(rig: &Rig, module: LyingModule, script: Script) -> Result<(LyingModule, Event)> {
    let connected = module.connect(script)?;
    let port = format!("port = \"{}\"", connected.port());
    let config = rig.changed_config("port = \"slot-1/uart\"", &port)?;
    let mut run = rig.start_run_with(&config, 1)?;
    let status = run.wait(LIMIT);
    let module = connected.disconnect()?;
    let end = ending(run.events()?)?;
    ensure!(status?.code() == Some(1), "{end:#?}");
    Ok((module, end))
}

/// The certificate that the ledger holds for a UID, PEM.
fn issued(rig: &Rig, uid: &str) -> Result<String> {
    let ledger = Reader::open(&rig.data_path().join("ledger.sqlite"))?;
    let der = ledger.certificate(&uid.parse()?)?.context("a certificate")?;
    Ok(Certificate::from_der(&der)?.pem())
}

/// Somebody has looked at the module, and lets it go on.
fn rework(rig: &Rig, uid: &str) -> Result<()> {
    rig.succeed(&["--operator", "Ana", "unit", "rework", uid, "--reason", "looked at"], "").map(drop)
}

fn ending(events: Vec<Event>) -> Result<Event> {
    events.into_iter().find(|event| event["event"] == "run-ended").context("no run ended")
}

/// How many certificates the ledger holds for a UID.
fn certificates(rig: &Rig, uid: &str) -> Result<usize> {
    let story: Value = serde_json::from_str(&rig.succeed(&["unit", "show", uid, "--json"], "")?)?;
    let events = story.as_array().context("a story")?;
    let of = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
    ensure!(of("certificate-reserved") == of("certificate-issued"), "reserved is not issued: {story:#?}");
    Ok(of("certificate-issued"))
}

/// The modules that have a certificate.
fn certified(rig: &Rig) -> Result<BTreeSet<String>> {
    let modules: Value = serde_json::from_str(&rig.succeed(&["unit", "list", "--json"], "")?)?;
    let modules = modules.as_array().context("a list of modules")?;
    let uids = modules
        .iter()
        .filter(|module| module["state"] != "identified")
        .filter_map(|module| module["uid"].as_str().map(str::to_owned));
    Ok(uids.collect())
}

/// A UID that belongs to a text.
fn uid_of(text: &str) -> Uid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(Sha256::digest(text)).for_each(|(byte, found)| *byte = found);
    Uid::from_random(bytes)
}
