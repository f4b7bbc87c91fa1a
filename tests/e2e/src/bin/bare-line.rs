//! The device calls of a run and nothing else: no engine, no ledger, no records.
//!
//! What the station takes longer than this is what the station itself costs. `bench-line` runs both
//! in the same minute on the same bench. Takes the arguments of `station run` that matter here, the
//! PIN on standard input, and writes the same events, after the time is taken.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use station::config;
use station::engine::SlotDevices;
use station::hsm::{Hsm, Pin, Pkcs11Hsm, TokenAddress};
use station::label::{Fields, Label, png, zpl};
use station::pki::{Certificate, Signature, birth, csr};
use station::probe::{Image, Seat};
use wire::Uid;
use wire::factory::{Info, Lifecycle, Proof, Request, proof_message};

/// What all slots share.
struct Line {
    order: config::Order,
    image: Image,
    issuer: Certificate,
    hsm: Pkcs11Hsm,
    issuing_key: String,
    left: AtomicU32,
    events: Mutex<std::fs::File>,
    labels: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, settings, order, issuing, units, events] = arguments.as_slice() else {
        anyhow::bail!("usage: bare-line station.toml order.toml issuing.pem UNITS EVENTS");
    };
    let settings = config::Station::load(settings.as_ref())?;
    let order = config::Order::load(order.as_ref())?;
    let mut pin = String::new();
    std::io::stdin().read_to_string(&mut pin)?;
    let address = TokenAddress { module: settings.hsm.module.clone(), token: settings.hsm.token.clone() };
    let hsm = Pkcs11Hsm::new(address, Some(Pin::from(pin.trim().to_owned())));
    hsm.open().await?;
    let line = Arc::new(Line {
        image: Image::load(&order.product.firmware)?,
        issuer: Certificate::from_pem(&std::fs::read_to_string(issuing)?)?,
        hsm,
        issuing_key: settings.hsm.issuing_key.clone(),
        left: AtomicU32::new(units.parse()?),
        events: Mutex::new(std::fs::File::create(events)?),
        labels: settings.data.join("bare-labels"),
        order,
    });
    std::fs::create_dir_all(&line.labels)?;
    let slots = SlotDevices::all(&settings.slots).into_iter().map(|slot| {
        let line = Arc::clone(&line);
        tokio::spawn(async move { serve(&slot, &line).await })
    });
    for slot in slots.collect::<Vec<_>>() {
        slot.await??;
    }
    Ok(())
}

async fn serve(slot: &SlotDevices, line: &Line) -> Result<()> {
    while line.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        wait_for(slot, Seat::Empty).await?;
        line.tell(&json!({ "event": "slot-waiting", "slot": slot.name }))?;
        wait_for(slot, Seat::Taken).await?;
        let began = Instant::now();
        let mut steps = Steps { began, times: Map::new() };
        run(slot, line, &mut steps).await.with_context(|| format!("slot {}", slot.name))?;
        line.tell(&json!({
            "event": "run-ended", "slot": slot.name, "verdict": "pass",
            "elapsed-ms": milliseconds(began), "steps": steps.times,
        }))?;
    }
    Ok(())
}

async fn wait_for(slot: &SlotDevices, wanted: Seat) -> Result<()> {
    while slot.probe.seat().await? != wanted {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

/// How long each step took.
struct Steps {
    began: Instant,
    times: Map<String, Value>,
}

impl Steps {
    fn done(&mut self, step: &str) {
        self.times.insert(step.to_owned(), milliseconds(self.began).into());
        self.began = Instant::now();
    }
}

/// What the station's steps ask of the devices, in the same order.
async fn run(slot: &SlotDevices, line: &Line, steps: &mut Steps) -> Result<()> {
    let product = &line.order.product;
    slot.probe.flash(&product.chip, &line.image, |_| {}).await?;
    steps.done("flash");
    slot.link.factory(Request::Info).await?;
    steps.done("greet");
    slot.link.factory(Request::SelfTest).await?;
    steps.done("self-test");
    let uid: Uid = slot.link.factory(Request::KeyGen).await?.detail.parse().ok().context("a UID")?;
    steps.done("keygen");
    let certificate = issue(slot, line, uid).await?;
    steps.done("issue");
    slot.link.factory(Request::Certificate(certificate.pem().as_bytes())).await?;
    let held = Certificate::from_pem(&slot.link.standard("CONF?", "Certificate pem").await?.body)?;
    ensure!(held.der() == certificate.der(), "another certificate");
    steps.done("install");
    for (command, parameter) in [("CONF?", "ThingName"), ("CONF?", "Endpoint"), ("CONNECT?", "")] {
        slot.link.standard(command, parameter).await?;
    }
    let challenge: [u8; 32] = station::random::bytes()?;
    let proof: Proof = slot.link.factory(Request::Prove(challenge)).await?.parse(str::parse)?;
    certificate.public_key().verify(&proof_message(&uid, &challenge), &Signature::from_slice(&proof.0)?)?;
    steps.done("prove");
    seal(slot, line).await?;
    steps.done("seal");
    let fields = Fields { uid, order: &line.order.id, product: &product.name };
    let label = Label::new(&fields, &line.order.label, &product.label)?;
    std::fs::write(line.labels.join(format!("{uid}.png")), png::render(&label)?)?;
    slot.printer.print(&zpl::render(&label)).await?;
    steps.done("label");
    ensure!(slot.scanner.scan().await? == label.payload(), "another label");
    steps.done("scan");
    Ok(())
}

async fn issue(slot: &SlotDevices, line: &Line, uid: Uid) -> Result<Certificate> {
    let request = csr::check(&slot.link.factory(Request::Csr).await?.body, uid)?;
    let now = time::OffsetDateTime::now_utc();
    let profile = &line.order.product.certificate;
    let to_be_signed = birth::reserve(profile, &line.issuer, uid, &request.public_key, now)?;
    let signature = line.hsm.sign(&line.issuing_key, &to_be_signed).await?;
    Ok(birth::complete(&to_be_signed, &signature, &line.issuer)?)
}

async fn seal(slot: &SlotDevices, line: &Line) -> Result<()> {
    let chip = &line.order.product.chip;
    slot.link.factory(Request::Seal).await?;
    slot.probe.reset(chip).await?;
    let answer = slot.link.factory(Request::Info).await?;
    ensure!(answer.parse(Info::parse)?.lifecycle == Lifecycle::Sealed, "not sealed");
    for request in [Request::KeyGen, Request::Csr, Request::SelfTest] {
        ensure!(slot.link.factory(request).await.is_err(), "{request:?} is accepted");
    }
    ensure!(slot.probe.is_locked(chip).await?, "not locked");
    Ok(())
}

impl Line {
    fn tell(&self, event: &Value) -> Result<()> {
        let mut events = self.events.lock().ok().context("a writer panicked")?;
        writeln!(events, "{event}")?;
        Ok(())
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
