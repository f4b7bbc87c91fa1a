//! Writes a ledger and says what is on disk: the program whose power is cut.
//!
//! `ledger-writer ledger FILE MODULES` has the station's ledger written by several threads, closes it, opens it again and goes on.
//! `ledger-writer careless FILE EVENTS` writes a database that is told not to wait for the disk, and so claims what is not true.
//! Both say `on disk: PLACE HASH` for each event, once it is said to be.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result, bail};
use e2e::disk::careless;
use station::clock::FixedClock;
use station::ledger::{
    AuthorityEstablished, AuthorityRole, CertificateInstalled, CertificateIssued, CertificateReserved,
    Digest, Event, LabelPrinted, LabelScanned, Ledger, ModuleIdentified, ModuleProved, ModuleSealed,
    OrderOpened, Receipt, RunId, RunPassed, RunStarted, StationStarted,
};
use time::macros::datetime;
use wire::Uid;

/// Slots that work at the same time, so that their events share transactions.
const SLOTS: u32 = 3;

/// What stands for the issuing authority's certificate.
const ISSUING: &[u8] = b"the issuing authority's certificate";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, file, number] = arguments.as_slice() else {
        bail!("usage: ledger-writer ledger|careless FILE NUMBER");
    };
    let (file, number) = (Path::new(file), number.parse()?);
    match mode.as_str() {
        "ledger" => write_ledger(file, number),
        "careless" => careless::write(file, number, say),
        other => bail!("no mode {other}"),
    }
}

/// Orders, modules from several slots at once, and a second start; `modules` in each slot and one more.
fn write_ledger(file: &Path, modules: u32) -> Result<()> {
    let ledger = open(file)?;
    append(&ledger, StationStarted { program: "0.1.0".into() })?;
    append(
        &ledger,
        AuthorityEstablished {
            role: AuthorityRole::Issuing,
            key_label: "issuing".into(),
            certificate: ISSUING.into(),
        },
    )?;
    append(&ledger, order("WO-1"))?;
    append(&ledger, order("WO-2"))?;
    thread::scope(|scope| {
        let slots: Vec<_> = (0..SLOTS)
            .map(|slot| {
                let ledger = ledger.clone();
                scope.spawn(move || {
                    (0..modules).try_for_each(|number| provision(&ledger, slot, number * SLOTS + slot))
                })
            })
            .collect();
        slots.into_iter().try_for_each(|slot| slot.join().unwrap_or_else(|_| bail!("a slot panicked")))
    })?;
    // A run is left open, for the next start to end.
    append(&ledger, RunStarted { slot: "0".into(), order: "WO-2".into() })?;
    drop(ledger);

    let ledger = open(file)?;
    append(&ledger, StationStarted { program: "0.1.0".into() })?;
    provision(&ledger, 0, modules * SLOTS)
}

fn open(file: &Path) -> Result<Ledger> {
    let clock = FixedClock::new(datetime!(2026-03-01 12:00 UTC));
    let ledger = Ledger::open(file, Arc::new(clock), "line 1".into())?;
    let head = ledger.reader()?.head()?;
    say(head.seq.number(), &head.hash.to_string())?;
    Ok(ledger)
}

fn append(ledger: &Ledger, event: impl Into<Event>) -> Result<Receipt> {
    let receipt = ledger.append_blocking(event)?;
    say(receipt.seq.number(), &receipt.hash.to_string())?;
    Ok(receipt)
}

/// Tells the world, in one write.
fn say(place: i64, hash: &str) -> Result<()> {
    let line = format!("on disk: {place} {hash}\n");
    std::io::stdout().lock().write_all(line.as_bytes()).context("say what is on disk")
}

fn order(id: &str) -> OrderOpened {
    OrderOpened {
        order: id.into(),
        product: "sensor".into(),
        customer: "Acme".into(),
        quantity: 1000,
        certificates: Some(1000),
        flow: "late-binding".into(),
        definition: serde_json::json!({ "order": { "id": id }, "product": { "name": "sensor" } }),
    }
}

/// The whole way of a module.
fn provision(ledger: &Ledger, slot: u32, number: u32) -> Result<()> {
    let run = append(ledger, RunStarted { slot: slot.to_string(), order: "WO-2".into() })?.run();
    for event in way(number, run) {
        append(ledger, event)?;
    }
    Ok(())
}

/// The events of a run after its start. Key and certificate have the form of such, and say nothing.
fn way(number: u32, run: RunId) -> [Event; 9] {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    // Scattered over the index, as random ones are.
    bytes[0] = number.reverse_bits().to_be_bytes()[0] | 1;
    let (uid, public_key) = (Uid::from_bytes(bytes), element(SEQUENCE, &[number.to_be_bytes().as_slice()]));
    let serial = [&[0], bytes.as_slice()].concat();
    let tbs = element(
        SEQUENCE,
        &[
            &element(0xa0, &[&element(INTEGER, &[&[2]])]),
            &element(
                INTEGER,
                &[serial.strip_prefix(&[0]).filter(|digits| digits[0] < 0x80).unwrap_or(&serial)],
            ),
            &element(SEQUENCE, &[b"algorithm"]),
            &element(SEQUENCE, &[b"issuer"]),
            &element(SEQUENCE, &[b"validity"]),
            &element(SEQUENCE, &[b"subject"]),
            &public_key,
        ],
    );
    let certificate = element(
        SEQUENCE,
        &[&tbs, &element(SEQUENCE, &[b"algorithm"]), &element(BIT_STRING, &[b"\0signature"])],
    );
    let label = format!("https://claim.example/{uid}");
    [
        ModuleIdentified { run, uid, public_key, firmware: "1.0.0".into() }.into(),
        CertificateReserved { run, uid, issuer: Digest::of(ISSUING), tbs }.into(),
        CertificateIssued { run, uid, certificate }.into(),
        CertificateInstalled { run, uid }.into(),
        ModuleProved { run, uid, challenge: [1; 32], signature: [2; 64] }.into(),
        ModuleSealed { run, uid }.into(),
        LabelPrinted { run, uid, payload: label.clone() }.into(),
        LabelScanned { run, uid, payload: label }.into(),
        RunPassed { run, uid }.into(),
    ]
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// A DER element. All here are shorter than 128 bytes.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [&[tag, length], value.as_slice()].concat()
}
