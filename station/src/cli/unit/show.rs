//! `station unit show`.

use wire::Uid;

use super::{Invocation, Outcome, print};
use crate::cli::station::Station;
use crate::clock::rfc3339;
use crate::fault::Fault;
use crate::ledger::{ModuleRecord, StoredEvent};
use crate::tui::story;

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
    for line in story.into_iter().filter_map(|stored| told(uid, stored)) {
        print::line(line)?;
    }
    Ok(Outcome::Well)
}

/// What the ledger knows of the module now.
fn facts(module: &ModuleRecord) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("uid", module.uid.to_string()),
        ("thing name", module.uid.uuid_text().as_str().to_owned()),
        ("state", super::state(module).to_owned()),
        ("first seen", rfc3339(module.first_seen)),
    ];
    let mut fact = |what, value: Option<String>| facts.extend(value.map(|value| (what, value)));
    fact("void because", module.void_reason.clone());
    fact("order", module.order.as_ref().map(ToString::to_string));
    fact("certificate", module.certificate.map(|digest| format!("SHA-256 {digest}")));
    fact("label", module.label.clone());
    fact("last batch", module.batch.as_ref().map(ToString::to_string));
    facts
}

/// One line of a story: when, who, what, and that in words; none for what is not about this module.
fn told(uid: Uid, stored: StoredEvent) -> Option<String> {
    let (seq, time, kind) = (stored.seq, rfc3339(stored.time), stored.event.kind());
    let operator = stored.operator.clone();
    let words = story::line(uid, stored)?;
    Some(format!("{seq:>7}  {time}  {operator:<12}  {kind:<21}  {words}"))
}
