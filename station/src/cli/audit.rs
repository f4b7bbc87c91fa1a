//! `station hsm audit`.

use std::path::PathBuf;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::audit::{AuditError, Comparison, Log, Watch};
use crate::config::AuditLog;
use crate::fault::{Fault, FaultCode};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The HSM's log: one JSON object a line with `label` and `digest`, or what `yubihsm-shell` prints for
    /// `audit get`, one export after another. That of the settings, if not given.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// What the log calls a key, if not by its label, such as `issuing=0x0064` on a YubiHSM. May be given
    /// for each key.
    #[arg(long = "key", value_name = "LABEL=NAME", value_parser = name_of_key)]
    keys: Vec<(String, String)>,
}

pub(super) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    let known = station.config.hsm.audit.clone();
    let Some(log) = arguments.log.or_else(|| known.as_ref().map(|known| known.log.clone())) else {
        let what = "no --log was given, and the settings have no [hsm.audit]";
        return Err(Fault::new(FaultCode::Configuration, what));
    };
    let mut names = known.map(|known| known.names).unwrap_or_default();
    names.extend(arguments.keys);
    let watch = Watch::new(&AuditLog { log, names });
    let (log, comparison) = watch.compare(&station.reader()?).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&comparison)?;
    } else {
        told(&comparison, &log)?;
    }
    match comparison.alarm() {
        None => Ok(Outcome::Well),
        Some(alarm) => Err(Fault::of(&AuditError::Alarm(alarm))),
    }
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
            Ok((label.to_owned(), name.to_owned()))
        }
        _ => Err("expected LABEL=NAME, such as issuing=0x0064".to_owned()),
    }
}
