//! A line of one slot, and what holds whatever happened on it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::record::{events, json};
use e2e::scenario::record::{Record, check_traces};
use e2e::{Event, Rig, Run};
use hsm_sim::store::SignatureRecord;
use serde_json::Value;

pub(crate) const LIMIT: Duration = Duration::from_mins(3);

/// One slot and an HSM that keeps a log, which the station does not know of.
pub(crate) fn rig() -> Result<Rig> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.audit()?;
    Ok(rig)
}

/// One run of the module in the slot: how it ended.
pub(crate) fn meet(rig: &Rig) -> Result<Event> {
    end_of(&mut rig.start_run(1)?)
}

/// How the only run of a station ends.
pub(crate) fn end_of(run: &mut Run) -> Result<Event> {
    run.wait(LIMIT)?;
    run.events()?.into_iter().find(|event| event["event"] == "run-ended").context("no run ended")
}

/// A fresh module, which must pass.
pub(crate) fn pass(rig: &Rig) -> Result<()> {
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    let end = meet(rig)?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    bench.take("1").map(drop)?;
    Ok(())
}

/// Refused at the issue with this code, and nothing is reserved for the module.
pub(crate) fn refused(rig: &Rig, end: &Event, code: &str) -> Result<()> {
    ensure!(end["code"] == code && end["step"] == "issue", "not {code}: {end:#?}");
    ensure!(state(rig, end["uid"].as_str().context("a UID")?)? == "identified", "something was begun");
    Ok(())
}

/// How far a module has come.
pub(crate) fn state(rig: &Rig, uid: &str) -> Result<String> {
    let modules = json(rig, &["unit", "list", "--json"])?;
    let module = modules.as_array().and_then(|all| all.iter().find(|module| module["uid"] == uid));
    Ok(module.and_then(|module| module["state"].as_str()).with_context(|| uid.to_owned())?.to_owned())
}

/// The events of a kind on record, in order: what they say.
pub(crate) fn recorded(rig: &Rig, kind: &str) -> Result<Vec<Value>> {
    Ok(events(rig, kind)?.into_iter().map(|event| event.payload).collect())
}

/// What the HSM signed, by its own log.
pub(crate) fn signed(rig: &Rig) -> Result<Vec<SignatureRecord>> {
    Ok(hsm_sim::store::audit(&rig.path().join("tokens"))?)
}

/// How often the HSM signed with a key, by its own log.
pub(crate) fn signed_by(rig: &Rig, key: &str) -> Result<usize> {
    Ok(signed(rig)?.iter().filter(|record| record.label == key).count())
}

/// The ledger is whole, no UID has two certificates, and nothing that was left behind tells a PIN.
pub(crate) fn check(rig: &Rig) -> Result<()> {
    check_traces(rig)?;
    let record = Record::from_now(rig)?;
    let modules = json(rig, &["unit", "list", "--json"])?;
    for module in modules.as_array().context("a list of modules")? {
        let uid = module["uid"].as_str().context("a UID")?;
        record.certificate(uid.parse().map_err(|error| anyhow::anyhow!("{uid}: {error}"))?)?;
    }
    Ok(())
}
