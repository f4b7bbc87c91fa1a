//! `station ledger …`.

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::pin::PinSource;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::checkpoint;
use crate::clock::rfc3339;
use crate::fault::{Chain, Fault, FaultCode};
use crate::gate::Desk;
use crate::ledger::checkpoint::KeptCheckpoint;
use crate::ledger::{self, ClockAccepted, LedgerError, Outside, Reason, Since, StoredEvent, Summary};
use crate::pki::Certificate;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check every record against the chain of hashes and every table against the records.
    ///
    /// Names the first bad row and what is wrong with it. A checkpoint that was carried away when it
    /// was made also shows a ledger that was cut off or rewritten to its end.
    Verify {
        /// A checkpoint that was kept elsewhere; may be given more than once.
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// The vendor's root, PEM. Whoever can write the ledger can name any root in it; a copy that was
        /// kept elsewhere shows a ledger that was rewritten with keys of somebody's own.
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// Check this ledger, such as a backup, and not the station's.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Copy the ledger while the station works, and verify the copy.
    Backup {
        /// The copy. It must not exist.
        file: PathBuf,
    },
    /// Write events as NDJSON, one a line, to standard output.
    Export {
        /// From this event on (its number), or from this time on (RFC 3339).
        #[arg(long, value_name = "EVENT|TIME")]
        since: Option<String>,
    },
    /// Have the manifest key sign the end of the chain now.
    Checkpoint {
        #[command(flatten)]
        pin: PinSource,
    },
    /// Say that the clock is right although it is behind the last record.
    AcceptClock {
        /// Why.
        #[arg(long)]
        reason: Reason,
    },
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Verify { checkpoint, ca, file } => {
            let ledger = file.unwrap_or_else(|| station.files.ledger());
            verify(invocation, &ledger, &checkpoint, ca.as_deref())
        }
        Command::Backup { file } => backup(invocation, &station, &file),
        Command::Export { since } => export(&station, since.as_deref()),
        Command::Checkpoint { pin } => {
            // The PIN first: whoever is still looking for it must not keep the line from starting.
            let hsm = pin.open(&station).await?;
            let desk = Desk::new(Arc::new(hsm), station.ledger(invocation)?);
            let kept = checkpoint::make(&desk, &station.files).await.map_err(|error| Fault::of(&error))?;
            print::json(&kept)?;
            Ok(Outcome::Well)
        }
        Command::AcceptClock { reason } => accept_clock(invocation, &station, reason).await,
    }
}

fn verify(
    invocation: &Invocation,
    ledger: &Path,
    kept: &[PathBuf],
    ca: Option<&Path>,
) -> Result<Outcome, Fault> {
    let kept = kept.iter().map(|file| read_checkpoint(file)).collect::<Result<Vec<_>, _>>()?;
    let root = ca.map(read_root).transpose()?;
    let anchored = root.is_some();
    let summary =
        ledger::verify_against(ledger, &Outside { kept, root }).map_err(|error| Fault::of(&error))?;
    told(invocation, &summary)?;
    if anchored && summary.vouched.is_none() {
        print::line("held to your root, but nothing under it vouches for any event")?;
        return Ok(Outcome::NotWell);
    }
    if !anchored && summary.vouched.is_some() && !invocation.json {
        print::line("by keys under the root that the ledger itself names; --ca FILE holds it to yours")?;
    }
    Ok(Outcome::Well)
}

fn read_root(file: &Path) -> Result<Certificate, Fault> {
    let wrong = |error: String| {
        Fault::new(FaultCode::CheckpointFile, format!("cannot read {}: {error}", file.display()))
    };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    Certificate::from_pem(&text).map_err(|error| wrong(Chain::of(&error).to_string()))
}

fn read_checkpoint(file: &Path) -> Result<KeptCheckpoint, Fault> {
    let wrong = |error: String| {
        Fault::new(FaultCode::CheckpointFile, format!("cannot read {}: {error}", file.display()))
    };
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))
}

fn told(invocation: &Invocation, summary: &Summary) -> Result<(), Fault> {
    let Summary { head, modules, certificates, checkpoints, vouched } = summary;
    if invocation.json {
        return print::json(&serde_json::json!({
            "events": head.seq.number(),
            "hash": head.hash.to_string(),
            "modules": modules,
            "certificates": certificates,
            "checkpoints": checkpoints,
            "vouched": vouched.map(ledger::Seq::number),
        }));
    }
    print::line(format!(
        "{} events, {modules} modules, {certificates} certificates; last hash {}",
        head.seq, head.hash
    ))?;
    print::line(match vouched {
        Some(upto) => format!("{checkpoints} checkpoints, the last one over event {upto}"),
        None => "no checkpoint yet: nothing outside the ledger vouches for it".to_owned(),
    })
}

fn backup(invocation: &Invocation, station: &Station, file: &Path) -> Result<Outcome, Fault> {
    let summary = ledger::backup(&station.files.ledger(), file).map_err(|error| Fault::of(&error))?;
    told(invocation, &summary)?;
    Ok(Outcome::Well)
}

fn export(station: &Station, since: Option<&str>) -> Result<Outcome, Fault> {
    let since = since.map_or(Ok(Since::Event(ledger::Seq::FIRST)), parse_since)?;
    let reader = station.reader()?;
    let mut output = BufWriter::new(std::io::stdout().lock());
    let from = reader.place(since).map_err(|error| Fault::of(&error))?;
    let written = reader.events(from, |stored| write_line(&mut output, &stored));
    match written.and_then(|()| output.flush().map_err(ExportError::Output)) {
        Ok(()) => Ok(Outcome::Well),
        Err(ExportError::Ledger(error)) => Err(Fault::of(&error)),
        // Whoever reads has read enough, as `head` does.
        Err(ExportError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Well),
        Err(ExportError::Output(error)) => {
            Err(Fault::new(FaultCode::FileWrite, format!("cannot write to standard output: {error}")))
        }
    }
}

fn parse_since(text: &str) -> Result<Since, Fault> {
    if let Ok(number) = text.parse() {
        return Ok(Since::Event(ledger::Seq::new(number)));
    }
    OffsetDateTime::parse(text, &Rfc3339).map(Since::Time).map_err(|_| {
        let what = format!(
            "--since {text:?} is neither the number of an event nor a time such as 2026-03-01T00:00:00Z"
        );
        Fault::new(FaultCode::Configuration, what)
    })
}

enum ExportError {
    Ledger(LedgerError),
    Output(std::io::Error),
}

impl From<LedgerError> for ExportError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

fn write_line(output: &mut BufWriter<impl std::io::Write>, stored: &StoredEvent) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *output, stored).map_err(|error| ExportError::Output(error.into()))?;
    output.write_all(b"\n").map_err(ExportError::Output)
}

async fn accept_clock(invocation: &Invocation, station: &Station, reason: Reason) -> Result<Outcome, Fault> {
    let operator = invocation.named_operator()?;
    let ledger = station.ledger(invocation)?.with_operator(operator.as_str());
    let last = ledger.reader().and_then(|reader| reader.head()).map_err(|error| Fault::of(&error))?.time;
    let now = station.clock.now();
    if now >= last {
        let (now, last) = (rfc3339(now), rfc3339(last));
        let what = format!("it is {now}, and the last record is of {last}: there is nothing to accept");
        return Err(Fault::new(FaultCode::ClockFine, what));
    }
    let behind_ms = u64::try_from((last - now).whole_milliseconds()).unwrap_or(u64::MAX);
    ledger.append(ClockAccepted { behind_ms, reason }).await.map_err(|error| Fault::of(&error))?;
    print::line(format!("the clock stands at {}; records go on from there", rfc3339(now)))?;
    Ok(Outcome::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_number_or_a_time() {
        assert!(matches!(parse_since("17"), Ok(Since::Event(seq)) if seq.number() == 17));
        assert!(matches!(parse_since("2026-03-01T00:00:00Z"), Ok(Since::Time(_))));
        assert!(parse_since("yesterday").is_err());
    }
}
