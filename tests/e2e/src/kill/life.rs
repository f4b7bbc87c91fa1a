//! One module's life: a run that is killed, a run that follows, and the judgement.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use station::ledger::{ModuleFilter, ModuleState, Reader};

use super::boundary::Boundary;
use super::promise;
use crate::run::Run;
use crate::{Event, Rig};

/// How long a run may take.
const LIMIT: Duration = Duration::from_mins(3);

/// The signal that cannot be caught.
const KILLED: i32 = 9;

/// How one module fared.
#[derive(Clone, Debug)]
pub struct Life {
    /// Where the station died; none if its run was over before.
    pub killed: Option<Boundary>,
    /// What the ledger held of the module then; none if it did not know it.
    pub held: Option<ModuleState>,
    /// How the run after it went on.
    pub next: Next,
    /// How often the HSM signed the module's certificate. The content was the same each time.
    pub signatures: usize,
}

/// How the run after the killed one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Next {
    /// The module passed.
    Passed,
    /// The module had passed already, and was told so.
    Finished,
    /// There was nothing to go on with: the killed run had come to its end.
    None,
}

/// Seats a fresh module in slot 1, kills the station at the boundary `die_at` of its run, starts it
/// again, and judges what is left.
///
/// # Errors
/// The promise is broken, or the bench is.
pub fn live(rig: &Rig, die_at: u64) -> Result<Life> {
    let trace = rig.path().join("trace");
    let _ = fs::remove_file(&trace);
    let ledger = rig.data_path().join("ledger.sqlite");
    let known = Reader::open(&ledger)?.modules(&ModuleFilter::default())?.len();
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;

    let mut first = rig.start_frail(1, &trace, Some(die_at))?;
    let status = first.wait(LIMIT)?;
    let told = first.events()?;
    let killed = match (status.signal(), status.success()) {
        (Some(KILLED), _) => Some(Boundary::read_all(&trace)?.pop().context("killed without a boundary")?),
        (None, true) => None,
        _ => bail!("the station ended by itself: {status}, {told:#?}"),
    };
    let held = newest(&Reader::open(&ledger)?, known)?;
    promise::told_is_recorded(&ledger, &told)?;

    let next = if killed.is_some() { go_on(rig, &ledger)? } else { Next::None };
    let reader = Reader::open(&ledger)?;
    let modules = reader.modules(&ModuleFilter::default())?;
    ensure!(modules.len() == known + 1, "{} modules instead of one more than {known}", modules.len());
    let module = modules.first().context("no module")?;
    ensure!(module.state == ModuleState::Passed, "the module is {:?}", module.state);
    promise::ledger_is_sound(&ledger)?;
    let signatures = promise::one_certificate(rig, &reader, &module.uid)?;
    bench.take("1")?;
    Ok(Life { killed, held, next, signatures })
}

/// The run after a killed one: whatever happened, the same module passes, or has passed.
fn go_on(rig: &Rig, ledger: &std::path::Path) -> Result<Next> {
    let mut run: Run = rig.start_run(1)?;
    let status = run.wait(LIMIT)?;
    let events = run.events()?;
    promise::told_is_recorded(ledger, &events)?;
    let log = fs::read_to_string(rig.path().join("run.log")).unwrap_or_default();
    // An order of which this module was the last is complete, so that no run begins.
    let end: &Event = match events.iter().find(|event| event["event"] == "run-ended") {
        Some(end) => end,
        None if log.contains("F-509") => return Ok(Next::Finished),
        None => bail!("no run ended: {status}, {log}"),
    };
    match (end["verdict"].as_str(), end["code"].as_str()) {
        (Some("pass"), None) => Ok(Next::Passed),
        (_, Some("F-541")) => Ok(Next::Finished),
        _ => bail!("the run after it ended so: {end:#?}"),
    }
}

/// What the ledger holds of the module that it did not know before.
fn newest(reader: &Reader, known: usize) -> Result<Option<ModuleState>> {
    let modules = reader.modules(&ModuleFilter::default())?;
    ensure!(modules.len() <= known + 1, "two modules came out of one");
    Ok((modules.len() > known).then(|| modules.first().map(|module| module.state)).flatten())
}

/// The text of a JSON field.
pub(super) fn text<'a>(event: &'a Value, field: &str) -> Option<&'a str> {
    event[field].as_str()
}
