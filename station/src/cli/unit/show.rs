//! `station unit show`.

use wire::Uid;

use super::{Invocation, Outcome, print};
use crate::cli::station::Station;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{ModuleRecord, StoredEvent};

pub(super) fn run(invocation: &Invocation, station: &Station, uid: Uid) -> Result<Outcome, Fault> {
    let reader = station.reader()?;
    let story = reader.story(&uid).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&story)?;
        return Ok(Outcome::Well);
    }
    let Some(module) = reader.module(&uid).map_err(|error| Fault::of(&error))? else {
        print::line(format!("the ledger does not know {uid}"))?;
        return Ok(Outcome::NotWell);
    };
    for (what, value) in facts(&module) {
        print::line(format!("{what:<12} {value}"))?;
    }
    for stored in story {
        print::line(told(&stored)?)?;
    }
    Ok(Outcome::Well)
}

/// What the ledger knows of the module now.
fn facts(module: &ModuleRecord) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("uid", module.uid.to_string()),
        ("thing name", module.uid.uuid_text().as_str().to_owned()),
        ("state", super::state(module).to_owned()),
        ("first seen", module.first_seen.to_string()),
    ];
    let mut fact = |what, value: Option<String>| facts.extend(value.map(|value| (what, value)));
    fact("void because", module.void_reason.clone());
    fact("order", module.order.as_ref().map(ToString::to_string));
    fact("certificate", module.certificate.map(|digest| format!("SHA-256 {digest}")));
    fact("label", module.label.clone());
    fact("last batch", module.batch.as_ref().map(ToString::to_string));
    facts
}

/// One line of a story: when, who, what.
fn told(stored: &StoredEvent) -> Result<String, Fault> {
    let value = serde_json::to_value(stored)
        .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON of an event: {error}")))?;
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Ok(format!(
        "{:>7}  {}  {:<12}  {:<22}  {}",
        stored.seq,
        text("time"),
        stored.operator,
        text("kind"),
        value["payload"]
    ))
}
