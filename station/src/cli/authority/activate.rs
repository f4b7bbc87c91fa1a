//! `station ca activate`.

use super::{file_name, find, name, parse};
use crate::cli::station::{self, Station};
use crate::cli::{Invocation, Outcome, print};
use crate::fault::Fault;
use crate::ledger::{AuthorityActivated, AuthorityRole, Reason};
use crate::pki::chain;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// SHA-256 of the certificate, or its first eight digits and more, as `station ca show` has it.
    #[arg(value_name = "DIGEST")]
    certificate: String,
    /// Why now: it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: Arguments,
) -> Result<Outcome, Fault> {
    invocation.named_operator()?;
    let ledger = station.ledger(invocation)?;
    let record = find(&ledger, &arguments.certificate).await?;
    let certificate = parse(&record.certificate)?;
    let root = parse(&station::authority(&ledger, AuthorityRole::Root).await?.certificate)?;
    let now = station.clock.now();
    let checked = match record.role {
        AuthorityRole::Root => chain::check_root(&certificate, now),
        AuthorityRole::Issuing => {
            chain::check_issuing(&certificate, now).and_then(|()| chain::check_link(&certificate, &root))
        }
        AuthorityRole::Manifest => chain::check_manifest_signer(&certificate, now)
            .and_then(|()| chain::check_link(&certificate, &root)),
        AuthorityRole::Revocation => chain::check_link(&certificate, &root),
    };
    checked.map_err(|error| Fault::of(&error))?;
    let event = AuthorityActivated { certificate: record.sha256, reason: arguments.reason };
    ledger.append(event).await.map_err(|error| Fault::of(&error))?;
    let file = station.files.authority(&file_name(record.role, true, record.sha256));
    station.files.keep(&file, certificate.pem().as_bytes()).await?;
    print::line(format!(
        "{} is active from now on: {}  {}",
        name(record.role),
        certificate.subject(),
        file.display()
    ))?;
    Ok(Outcome::Well)
}
