//! What `station` tells of its record, as JSON.

use anyhow::Result;
use serde_json::Value;

use crate::Rig;

/// An event on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The name in the operator's column; empty for nobody's.
    pub operator: String,
    /// What it says.
    pub payload: Value,
}

/// What a command says.
///
/// # Errors
/// It fails, or says something else than JSON.
pub fn json(rig: &Rig, arguments: &[&str]) -> Result<Value> {
    Ok(serde_json::from_str(&rig.succeed(arguments, "")?)?)
}

/// How many modules of the open order have passed.
///
/// # Errors
/// There is no open order.
pub fn passed(rig: &Rig) -> Result<Value> {
    Ok(json(rig, &["order", "show", "--json"])?["progress"]["passed"].take())
}

/// The events of a kind, in order.
///
/// # Errors
/// The ledger cannot be read.
pub fn events(rig: &Rig, kind: &str) -> Result<Vec<Recorded>> {
    let mut found = Vec::new();
    for line in rig.succeed(&["ledger", "export"], "")?.lines() {
        let mut event: Value = serde_json::from_str(line)?;
        if event["kind"] == kind {
            let operator = event["operator"].as_str().unwrap_or_default().to_owned();
            found.push(Recorded { operator, payload: event["payload"].take() });
        }
    }
    Ok(found)
}
