//! A trial, inside its process and around it.

use std::io::Write as _;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use station::clock::SystemClock;
use station::fault::Coded as _;
use station::hsm::{
    Deadlines, Hsm, HsmError, Pin, Pkcs11Hsm, Settings, State, TokenAddress, UsageAttributes,
};
use station::pki::PublicKey;

use super::store::exchange;
use super::trouble::Moment;
use super::{KEY, PIN, TOKEN};
use crate::programs;

/// How long the HSM may take. A trial in which something hangs takes as long.
const DEADLINE: Duration = Duration::from_secs(4);
/// How long a token that is back may be taken for gone: the longest pause between two tries, and then some.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// What is signed, again and again: the same bytes, as if they were reserved.
const BYTES: &[u8] = b"reserved";
/// The key that is made.
const NEW: &str = "new";

/// What is to be tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// hsm-sim's store, which is the process's own.
    pub store: PathBuf,
    /// When it happens.
    pub moment: Moment,
    /// hsm-sim's script.
    pub script: Option<String>,
    /// A store whose token takes the place of this one's.
    pub exchanged_for: Option<PathBuf>,
    /// The store whose token belongs in that place.
    pub whole: PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// What the call said: a code, or what it did.
    pub said: String,
    /// How things stood then.
    pub state: String,
    /// What the next call said, the trouble being over.
    pub next: String,
}

/// Runs `hsm-trial` with this store.
///
/// # Errors
/// It is not built or cannot be started.
pub fn in_child(store: &Path, arguments: &[&str], input: &str) -> Result<Output> {
    let mut command = Command::new(programs::program("hsm-trial")?);
    programs::fed(command.args(arguments).env("HSM_SIM_DIR", store), input)
}

/// Plays a trial in a process of its own.
///
/// # Errors
/// The process fails.
pub fn play(trial: &Trial) -> Result<Ending> {
    let output = in_child(&trial.store, &["play"], &serde_json::to_string(trial)?)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{trial:?}: {} {said}", output.status);
    ensure!(!said.contains("panicked"), "{trial:?}: {said}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The HSM of a trial.
///
/// # Errors
/// hsm-sim is not built.
pub fn hsm() -> Result<Pkcs11Hsm> {
    let address = TokenAddress { module: programs::hsm_module()?, token: TOKEN.into() };
    let settings = Settings {
        sessions: NonZeroU8::new(4).context("not zero")?,
        deadlines: Deadlines { answer: DEADLINE, generate: DEADLINE },
        usage: UsageAttributes { count: Some(0x8000_0201), limit: Some(0x8000_0200) },
        ..Settings::default()
    };
    let pin = Some(Pin::from(PIN.to_owned()));
    Ok(Pkcs11Hsm::with_settings(address, pin, settings, Arc::new(SystemClock)))
}

/// The trial itself. Wants a runtime with a single thread: then nothing happens between a call's end
/// and the look at the state.
///
/// # Errors
/// What must succeed does not.
pub async fn inside(trial: &Trial) -> Result<Ending> {
    let hsm = hsm()?;
    // The key as another process sees it, for the signatures to be verified.
    let key = if trial.moment == Moment::Between || trial.moment == Moment::Making {
        Some(hsm.public_key(KEY).await?)
    } else {
        None
    };
    if trial.moment == Moment::Between {
        hsm.sign(KEY, BYTES).await?;
    }
    begin(trial, &hsm).await?;
    let said = ask(trial, &hsm, key).await;
    let state = match hsm.state() {
        State::Closed => "closed",
        State::Ready { .. } => "ready",
        State::Lost { .. } => "lost",
        State::Locked { .. } => "locked",
    };
    hsm_sim::fault::lift(&trial.store)?;
    if trial.exchanged_for.is_some() {
        exchange(&trial.whole, &trial.store)?;
    }
    if state == "lost" {
        // It comes back by itself, or not at all; then the next call says why.
        let ready = |state: &State| matches!(state, State::Ready { .. });
        let _ = tokio::time::timeout(LONGEST_PAUSE, hsm.watch().wait_for(ready)).await;
    }
    let next = ask_again(trial, &hsm, key).await;
    Ok(Ending { said, state: state.to_owned(), next })
}

/// The trouble begins.
async fn begin(trial: &Trial, hsm: &Pkcs11Hsm) -> Result<()> {
    if let Some(script) = &trial.script {
        hsm_sim::fault::set(&trial.store, script)?;
    }
    let Some(other) = &trial.exchanged_for else { return Ok(()) };
    if trial.script.is_some() {
        // Pulled out, noticed, and plugged in again as another.
        ensure!(hsm.sign(KEY, BYTES).await.is_err(), "the token is gone");
        exchange(other, &trial.store)?;
        hsm_sim::fault::lift(&trial.store)?;
    } else {
        exchange(other, &trial.store)?;
    }
    Ok(())
}

async fn ask(trial: &Trial, hsm: &Pkcs11Hsm, key: Option<PublicKey>) -> String {
    match trial.moment {
        Moment::Making => word(hsm.generate(NEW).await.map(|_| "makes it".to_owned())),
        _ => sign(hsm, key).await,
    }
}

/// A key is not made again before somebody has looked whether it is there.
async fn ask_again(trial: &Trial, hsm: &Pkcs11Hsm, key: Option<PublicKey>) -> String {
    if trial.moment != Moment::Making {
        return sign(hsm, key).await;
    }
    match hsm.public_key(NEW).await {
        Ok(_) => "finds it".to_owned(),
        Err(HsmError::KeyAbsent { .. }) => word(hsm.generate(NEW).await.map(|_| "makes it".to_owned())),
        Err(error) => error.code().to_string(),
    }
}

async fn sign(hsm: &Pkcs11Hsm, key: Option<PublicKey>) -> String {
    word(hsm.sign(KEY, BYTES).await.map(|signature| match key {
        Some(key) if key.verify(BYTES, &signature).is_err() => "signs wrongly".to_owned(),
        _ => "signs".to_owned(),
    }))
}

fn word(outcome: Result<String, HsmError>) -> String {
    outcome.unwrap_or_else(|error| {
        // For whoever wonders why.
        let _ = writeln!(std::io::stderr(), "{}", station::fault::Chain::of(&error));
        error.code().to_string()
    })
}
