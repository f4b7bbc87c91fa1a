//! `station hsm audit`.

use std::path::PathBuf;
use std::sync::Arc;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::audit::{AuditError, Comparison, Log, Watch};
use crate::config::AuditLog;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{Reason, SignaturesAccepted};

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
    /// The log is fetched now and then, and may lack the last signatures.
    #[arg(long)]
    fetched: bool,
    /// Answer for the signatures that nobody announced: from now on they are no alarm. Takes --operator
    /// and --reason. For those made before the ledger kept such a record, or by others with leave.
    #[arg(long, requires = "reason")]
    accept: bool,
    /// Why they are none of an attacker's, for the record.
    #[arg(long, requires = "accept")]
    reason: Option<Reason>,
}

pub(super) async fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    let known = station.config.hsm.audit.clone();
    let Some(log) = arguments.log.or_else(|| known.as_ref().map(|known| known.log.clone())) else {
        let what = "no --log was given, and the settings have no [hsm.audit]";
        return Err(Fault::new(FaultCode::Configuration, what));
    };
    let fetched = arguments.fetched || known.as_ref().is_some_and(|known| known.fetched);
    let mut names = known.map(|known| known.names).unwrap_or_default();
    names.extend(arguments.keys);
    let clock = Arc::clone(&station.clock);
    let watch = Watch::new(&station.config.hsm.token, &AuditLog { log, names, fetched }, clock);
    let (log, comparison) = watch.compare(&station.reader()?).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&comparison)?;
    } else {
        told(&comparison, &log)?;
    }
    match (comparison.alarm(), arguments.reason) {
        (None, _) => Ok(Outcome::Well),
        (Some(alarm), None) => Err(Fault::of(&AuditError::Alarm(alarm))),
        (Some(_), Some(reason)) => accept(invocation, &station, &comparison, &reason).await,
    }
}

/// Puts on record that somebody answers for what nobody announced. What is missing stays missing.
async fn accept(
    invocation: &Invocation,
    station: &Station,
    comparison: &Comparison,
    reason: &Reason,
) -> Result<Outcome, Fault> {
    invocation.named_operator()?;
    let ledger = station.ledger(invocation)?;
    for found in comparison.keys.iter().filter(|key| !key.unknown.is_empty() || key.unexplained > 0) {
        let accepted = SignaturesAccepted {
            key: found.key.clone(),
            digests: found.unknown.iter().map(|unknown| unknown.digest).collect(),
            number: found.unexplained,
            reason: reason.clone(),
        };
        ledger.append(accepted).await.map_err(|error| Fault::of(&error))?;
    }
    let missing: u64 = comparison.keys.iter().map(|key| key.missing).sum();
    if missing == 0 {
        return Ok(Outcome::Well);
    }
    let what =
        format!("{missing} of the ledger's signatures are not in the log, which nobody can answer for here");
    Err(Fault::new(FaultCode::SignatureUnknown, what))
}

fn told(comparison: &Comparison, log: &Log) -> Result<(), Fault> {
    print::line(
        "key                              in the log   in the ledger   lost   behind   unknown   missing",
    )?;
    for key in &comparison.keys {
        print::line(format!(
            "{:<32} {:>10} {:>15} {:>6} {:>8} {:>9} {:>9}",
            key.key,
            key.in_log,
            key.on_record,
            key.lost,
            key.behind,
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
