//! `station hsm audit`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::audit::{self, Comparison, KeyComparison, Log};
use crate::fault::{Fault, FaultCode};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The HSM's log: one JSON object a line with `label` and `digest`, or what `yubihsm-shell` prints for
    /// `audit get`, one export after another.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// Which label a key has that the log calls otherwise, such as `issuing=0x0064` on a YubiHSM. May be
    /// given for each key.
    #[arg(long = "key", value_name = "LABEL=NAME", value_parser = name_of_key)]
    keys: Vec<(String, String)>,
}

pub(super) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    let log = Log::read(&arguments.log).map_err(|error| Fault::of(&error))?;
    let names: BTreeMap<String, String> =
        arguments.keys.into_iter().map(|(label, name)| (name, label)).collect();
    let comparison = audit::compare(&log, &names, &station.reader()?).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&comparison)?;
    } else {
        told(&comparison, &log)?;
    }
    match comparison.alarms().next() {
        None => Ok(Outcome::Well),
        Some(_) => Err(alarm(&comparison)),
    }
}

/// What has to be looked into, as a fault.
fn alarm(comparison: &Comparison) -> Fault {
    let alarms: Vec<String> = comparison.alarms().map(in_words).collect();
    Fault::new(FaultCode::SignatureUnknown, alarms.join("; "))
}

fn in_words(key: &KeyComparison) -> String {
    let mut parts = Vec::new();
    if let Some(first) = key.unknown.first() {
        parts.push(format!("{} that nobody announced, the first in line {first}", key.unknown.len()));
    }
    if key.unexplained > 0 {
        parts.push(format!("{} more than the ledger knows", key.unexplained));
    }
    if key.missing > 0 {
        parts.push(format!("{} of the ledger's are not in it", key.missing));
    }
    format!("the log has signatures of the key {:?}: {}", key.key, parts.join(", "))
}

fn told(comparison: &Comparison, log: &Log) -> Result<(), Fault> {
    print::line("key                              in the log   in the ledger   lost   unknown   missing")?;
    for key in &comparison.keys {
        print::line(format!(
            "{:<32} {:>10} {:>15} {:>6} {:>9} {:>9}",
            key.key,
            key.in_log,
            key.on_record,
            key.lost,
            u64::try_from(key.unknown.len()).unwrap_or(u64::MAX) + key.unexplained,
            key.missing
        ))?;
    }
    if comparison.others > 0 {
        print::line(format!("{} signatures by keys that this station does not use", comparison.others))?;
    }
    if !log.complete {
        print::line("the log does not begin with the HSM's first signature, so nothing counts as missing")?;
    }
    Ok(())
}

fn name_of_key(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((label, name)) if !label.is_empty() && !name.is_empty() => {
            Ok((label.to_owned(), name.to_ascii_lowercase()))
        }
        _ => Err("expected LABEL=NAME, such as issuing=0x0064".to_owned()),
    }
}
