//! The whole way to a certificate, beside `C_Sign` and nothing else, on the same module in the same process.

use std::num::NonZeroU8;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cryptoki::context::Pkcs11;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use e2e::figures::median;
use e2e::programs;
use hsm_sim::store::Settings as Sim;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use station::clock::{Clock, SystemClock};
use station::gate::{Authority, Desk, Gate, Issuer, Issuing, Leave, Policy, Request, Signer};
use station::hsm::{self, Pin, Pkcs11Hsm, Settings, TokenAddress};
use station::ledger::{
    AuthorityEstablished, AuthorityRole, Ledger, ModuleIdentified, OrderOpened, RunId, RunStarted,
    StationName,
};
use station::pki::authority::{self, Content};
use station::pki::purpose::Purpose;
use station::pki::{Certificate, CertificateProfile, PublicKey, Subject, complete};
use wire::Uid;

/// Slots that issue at a time, sessions of the pool, and raw sessions beside it.
const SLOTS: u8 = 8;
const TOKEN: &str = "bench";
const ROOT: &str = "root";
const ISSUING: &str = "issuing";

/// Measures with an HSM that takes so long, in a process with a store of its own. `each` is how many
/// certificates a slot issues in a round.
pub(crate) fn measure(rounds: u32, latency_ms: u64, each: u32) -> Result<Value> {
    let store = tempfile::tempdir()?;
    let settings = Sim { latency_ms: [("C_Sign".to_owned(), latency_ms)].into(), ..Sim::default() };
    hsm_sim::store::configure(store.path(), &settings)?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--rounds", &rounds.to_string(), "issuing", "--each", &each.to_string()])
        .env("HSM_SIM_DIR", store.path())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut figures: Value = serde_json::from_slice(&output.stdout)?;
    figures["latency-ms"] = json!(latency_ms);
    Ok(figures)
}

/// The measurement itself.
pub(crate) fn inside(rounds: u32, each: u32) -> Result<Value> {
    let directory = tempfile::tempdir()?;
    let line = tokio::runtime::Runtime::new()?;
    let issuing = line.block_on(vendor(directory.path()))?;
    let count = each * u32::from(SLOTS);
    let (mut raws, mut issueds, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut busy = Duration::ZERO;
    for round in 0..rounds {
        let modules = line.block_on(seated(&issuing, round, count))?;
        let (begin, before) = (Instant::now(), processor_time()?);
        line.block_on(issue_all(&issuing, modules))?;
        let issued = f64::from(count) / begin.elapsed().as_secs_f64();
        busy += processor_time()?.saturating_sub(before);
        let raw = raw(each)?;
        raws.push(raw);
        issueds.push(issued);
        ratios.push(issued / raw);
    }
    Ok(json!({
        "slots": SLOTS,
        "raw-per-second": median(&raws),
        "issued-per-second": median(&issueds),
        "ratio": median(&ratios),
        "worst-ratio": ratios.iter().copied().fold(f64::INFINITY, f64::min),
        "issued-per-second-of-a-core": f64::from(count * rounds) / busy.as_secs_f64(),
    }))
}

/// A vendor with a CA in the token, a ledger, and an order that asks for plenty.
async fn vendor(directory: &Path) -> Result<Issuing> {
    let address = TokenAddress { module: programs::hsm_module()?, token: TOKEN.to_owned() };
    let pin = || Pin::from("user-pin".to_owned());
    hsm::init(address.clone(), Pin::from("officer-pin".to_owned()), pin()).await?;
    let sessions = NonZeroU8::new(SLOTS).context("not zero")?;
    let settings = Settings { sessions, ..Settings::default() };
    let clock = Arc::new(SystemClock);
    let hsm = Pkcs11Hsm::with_settings(address, Some(pin()), settings, Arc::<SystemClock>::clone(&clock));
    let ledger = Ledger::open(
        &directory.join("ledger.sqlite"),
        Arc::<SystemClock>::clone(&clock),
        StationName::new("bench"),
    )?;
    let desk = Desk::new(Arc::new(hsm), ledger);
    let root = certify(&desk, AuthorityRole::Root, None).await?;
    let issuer = certify(&desk, AuthorityRole::Issuing, Some(&root)).await?;
    desk.ledger()
        .append(OrderOpened {
            order: "BENCH".into(),
            product: "bench".to_owned(),
            customer: "bench".to_owned(),
            quantity: 1_000_000,
            certificates: Some(1_000_000),
            flow: "pre-registration".to_owned(),
            definition: Value::Null,
        })
        .await?;
    let gate = Gate::new(Policy::default(), vec![*issuer.public_key()]);
    let issuer = Issuer { certificate: issuer, key: ISSUING.to_owned() };
    let leave = Leave { time: "12".parse()?, certificates: None };
    let clock: Arc<dyn Clock> = clock;
    let authority = Authority::open(desk.clone(), issuer.clone(), Arc::clone(&clock), leave).await?;
    Ok(Issuing {
        gate,
        authority: Arc::new(authority),
        issuer,
        profile: CertificateProfile::default(),
        clock,
        desk,
    })
}

/// Makes one of the vendor's own keys and its certificate, by the root or by itself.
async fn certify(desk: &Desk, role: AuthorityRole, root: Option<&Certificate>) -> Result<Certificate> {
    let (label, years) = if root.is_none() { (ROOT, 30) } else { (ISSUING, 25) };
    let key = desk.hsm().generate(label).await?;
    let subject = Subject {
        country: None,
        organization: None,
        organizational_unit: None,
        common_name: format!("TEST {label}"),
    };
    let now = SystemClock.now();
    let serial = station::random::bytes()?;
    let content = Content { subject: &subject, key: &key, serial, now, years };
    let (bytes, signer) = match root {
        None => (authority::root(content)?, Signer::Bare(&key)),
        Some(root) => (authority::issuing(content, root)?, Signer::Certified(root)),
    };
    let purpose = Purpose::AuthorityCertificate;
    let signature =
        desk.sign(Request { key: ROOT, signer, purpose, caller: "bench", message: &bytes }).await?;
    let certificate = complete(&bytes, &signature, root)?;
    let established =
        AuthorityEstablished { role, key_label: label.to_owned(), certificate: certificate.der().to_vec() };
    desk.ledger().append(established).await?;
    Ok(certificate)
}

/// A module that has said who it is.
type Seated = (RunId, Uid, PublicKey);

/// Modules up to the point where they ask for their certificate.
async fn seated(issuing: &Issuing, round: u32, count: u32) -> Result<Vec<Seated>> {
    let ledger = issuing.desk.ledger();
    let mut modules = Vec::new();
    for number in 0..count {
        let seed = Sha256::digest([round.to_be_bytes(), number.to_be_bytes()].concat());
        let point = SigningKey::from_slice(&seed)?.verifying_key().to_sec1_point(false);
        let key = PublicKey::from_point(point.as_bytes())?;
        let uid = Uid::from_random(station::random::bytes()?);
        let started = RunStarted { slot: format!("{round}-{number}"), order: "BENCH".into() };
        let run = ledger.append(started).await?.run();
        let public_key = key.spki_der().to_vec();
        ledger.append(ModuleIdentified { run, uid, public_key, firmware: "1.0.0".to_owned() }).await?;
        modules.push((run, uid, key));
    }
    Ok(modules)
}

/// Issues them all, as many at a time as there are slots.
async fn issue_all(issuing: &Issuing, modules: Vec<Seated>) -> Result<()> {
    let modules = Arc::new(std::sync::Mutex::new(modules));
    let mut slots = tokio::task::JoinSet::new();
    for _ in 0..SLOTS {
        let (issuing, modules) = (issuing.clone(), Arc::clone(&modules));
        slots.spawn(async move {
            loop {
                let next = modules.lock().map_err(|_| anyhow::anyhow!("a slot panicked"))?.pop();
                let Some((run, uid, key)) = next else { return Ok::<(), anyhow::Error>(()) };
                issuing.issue(run, uid, &key).await?;
            }
        });
    }
    while let Some(done) = slots.join_next().await {
        done??;
    }
    Ok(())
}

/// `C_Sign` in as many sessions as there are slots, each so often: signatures a second.
fn raw(each: u32) -> Result<f64> {
    // Loaded and logged in already by the pool, which holds for all sessions of the process.
    let pkcs11 = Pkcs11::new(programs::hsm_module()?)?;
    let slot = pkcs11
        .get_slots_with_token()?
        .into_iter()
        .find(|slot| pkcs11.get_token_info(*slot).is_ok_and(|info| info.label() == TOKEN))
        .context("the token")?;
    let mut sessions = Vec::new();
    for _ in 0..SLOTS {
        let session = pkcs11.open_ro_session(slot)?;
        let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(ISSUING.into())];
        let key = *session.find_objects(&wanted)?.first().context("the key")?;
        sessions.push((session, key));
    }
    let begin = Instant::now();
    let threads: Vec<_> = sessions
        .into_iter()
        .map(|(session, key)| {
            std::thread::spawn(move || {
                for number in 0..each {
                    session.sign(&Mechanism::Ecdsa, key, &Sha256::digest(number.to_be_bytes()))?;
                }
                Ok::<(), cryptoki::error::Error>(())
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a session panicked"))??;
    }
    Ok(f64::from(each * u32::from(SLOTS)) / begin.elapsed().as_secs_f64())
}

/// What this process has used of the processor.
fn processor_time() -> Result<Duration> {
    let usage = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(Duration::new(usage.tv_sec.unsigned_abs(), u32::try_from(usage.tv_nsec)?))
}
