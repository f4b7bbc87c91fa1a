//! Whether it ended as expected.

use std::fs;
use std::process::ExitStatus;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value;
use wire::Uid;

use super::file::{Expect, Known, Verdict};
use super::record::Record;
use crate::{Event, Rig};

/// What is to be seen from outside when the station has ended.
#[derive(Debug)]
pub struct Ending {
    /// How it ended.
    pub status: ExitStatus,
    /// The events it told.
    pub events: Vec<Event>,
}

impl Ending {
    /// Who the module is, if it came to tell.
    ///
    /// # Errors
    /// It is no UID.
    pub fn uid(&self) -> Result<Option<Uid>> {
        let Some(uid) = self.run().and_then(|end| end["uid"].as_str()) else { return Ok(None) };
        Ok(Some(uid.parse().map_err(|error| anyhow!("{uid:?} is no UID: {error}"))?))
    }

    fn run(&self) -> Option<&Event> {
        self.first("run-ended")
    }

    fn first(&self, kind: &str) -> Option<&Event> {
        self.events.iter().find(|event| event["event"] == kind)
    }
}

/// Checks what the station told and how it ended.
///
/// # Errors
/// It is not as expected.
pub fn check_station(rig: &Rig, ending: &Ending, expect: &Expect) -> Result<()> {
    let code = expect.code.map(|code| code.entry().code);
    match expect.verdict {
        Verdict::Refused => {
            let said = fs::read_to_string(rig.path().join("run.log"))?;
            let refused = ending.status.code() == Some(3) && code.is_some_and(|code| said.contains(code));
            ensure!(refused && ending.run().is_none(), "not refused with {code:?}: {ending:#?}");
            ensure!(said.contains("->"), "no remedy");
        }
        Verdict::Trouble => {
            let told = ending.first("slot-trouble").with_context(|| format!("no trouble: {ending:#?}"))?;
            ensure!(told["code"].as_str() == code, "not {code:?}: {told:#?}");
            ensure!(ending.first("run-started").is_none(), "a run began: {ending:#?}");
            ensure!(ending.status.success(), "{}", ending.status);
        }
        Verdict::Pass | Verdict::Fail | Verdict::Error => {
            let end = ending.run().with_context(|| format!("no run ended: {ending:#?}"))?;
            ensure!(end["verdict"] == word(expect.verdict), "not {:?}: {end:#?}", expect.verdict);
            ensure!(end["code"].as_str() == code, "not {code:?}: {end:#?}");
            let step = expect.step.is_none_or(|step| end["step"] == step.name());
            ensure!(step, "not at {:?}: {end:#?}", expect.step);
            // 3 is for a fault that stopped the line as well.
            let passed = expect.verdict == Verdict::Pass;
            let statuses: &[i32] = if passed { &[0] } else { &[1, 3] };
            let fits = ending.status.code().is_some_and(|status| statuses.contains(&status));
            ensure!(fits, "{} after {end:#?}", ending.status);
        }
    }
    Ok(())
}

/// Checks what the ledger has of it.
///
/// # Errors
/// It is not as expected, or a pass that was told is not on record, or the other way about.
pub fn check_record(record: &Record, ending: &Ending, uid: Option<Uid>, expect: &Expect) -> Result<()> {
    let ended = ending.events.iter().filter(|event| event["event"] == "run-ended");
    let told: Vec<Value> =
        ended.filter(|end| end["verdict"] == "pass").map(|end| end["run"].clone()).collect();
    ensure!(record.passed_runs()? == told, "told as passed: {told:?}, recorded: {:?}", record.passed_runs()?);

    let run = ending.first("run-started").map(|event| event["run"].clone()).unwrap_or_default();
    let kinds = record.kinds_of_run(&run)?;
    let mut rest = kinds.iter();
    for wanted in &expect.events {
        ensure!(rest.any(|kind| kind == wanted), "no {wanted} in its place among {kinds:?}");
    }
    for unwanted in &expect.not_events {
        ensure!(!kinds.contains(unwanted), "{unwanted} among {kinds:?}");
    }
    if let Some(Known { state, .. }) = &expect.module {
        let known = uid.map(|uid| record.state(uid)).transpose()?.flatten();
        ensure!(known == *state, "the ledger knows the module as {known:?}, not {state:?}");
    }
    Ok(())
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
        Verdict::Trouble => "trouble",
        Verdict::Refused => "refused",
    }
}
