//! `station ca activate`.

use super::{file_name, find, name, parse, records};
use crate::cli::pin::PinSource;
use crate::cli::station::{self, Station};
use crate::cli::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::hsm::Hsm as _;
use crate::ledger::{AuthorityActivated, AuthorityRole, Ledger, Reason};
use crate::pki::{Certificate, chain};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    pin: PinSource,
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
    // The PIN first: whoever is still looking for it must not keep the line from starting.
    let hsm = arguments.pin.open(station).await?;
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
        AuthorityRole::Revocation => {
            let issuing = issuing_of(&ledger, &certificate).await?;
            chain::check_revocation_signer(&certificate, &issuing, &root, now)
        }
    };
    checked.map_err(|error| Fault::of(&error))?;
    // The key of a root that is elsewhere has no label, and is not needed.
    if !record.key_label.is_empty() {
        let key = hsm.public_key(&record.key_label).await.map_err(|error| Fault::of(&error))?;
        chain::check_key(&certificate, &key).map_err(|error| Fault::of(&error))?;
    }
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

/// The issuing CA whose lists a key signs: the last one of its name, or the active one, to be compared with.
async fn issuing_of(ledger: &Ledger, signer: &Certificate) -> Result<Certificate, Fault> {
    let mut active = None;
    for record in records(ledger, AuthorityRole::Issuing).await?.iter().rev() {
        let issuing = parse(&record.certificate)?;
        if issuing.subject() == signer.subject() {
            return Ok(issuing);
        }
        if record.active {
            active = Some(issuing);
        }
    }
    active.ok_or_else(|| Fault::new(FaultCode::AuthorityMissing, "the ledger has no issuing CA"))
}
