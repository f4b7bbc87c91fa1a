//! `station ca crl`.

use std::path::PathBuf;
use std::sync::Arc;

use time::Duration;

use super::pin::PinSource;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::engine::Issuer;
use crate::fault::Fault;
use crate::gate::{Desk, Request, Signer};
use crate::hsm::Hsm as _;
use crate::ledger::{Digest, RevocationListIssued};
use crate::pki::purpose::Purpose;
use crate::pki::revocation::{self, Content};
use crate::pki::{chain, pem};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pin: PinSource,
    /// In how many days the next list is due.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// Where the list goes, as PEM; into the station's data directory, if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: Arguments,
) -> Result<Outcome, Fault> {
    // The PIN first: whoever is still looking for it must not keep the line from starting.
    let hsm = arguments.pin.open(station).await?;
    let ledger = station.ledger(invocation)?;
    let Issuer { certificate: issuer, key: label } = station.issuer(&ledger).await?;
    let digest = Digest::from_bytes(issuer.sha256());
    let (number, void) = ledger
        .query(move |reader| Ok((reader.next_revocation_list(&digest)?, reader.void_certificates(&digest)?)))
        .await
        .map_err(|error| Fault::of(&error))?;
    let revoked: Vec<_> = void.into_iter().map(|void| (void.uid, void.voided)).collect();
    let now = station.clock.now();
    let this_update = now.replace_nanosecond(0).unwrap_or(now);
    let next_update = this_update + Duration::days(arguments.days.into());
    let content = Content { number, this_update, next_update, revoked: &revoked };
    let to_be_signed = revocation::prepare(&issuer, &content).map_err(|error| Fault::of(&error))?;

    let key = hsm.public_key(&label).await.map_err(|error| Fault::of(&error))?;
    chain::check_key(&issuer, &key).map_err(|error| Fault::of(&error))?;
    let request = Request {
        key: &label,
        signer: Signer::Certified(&issuer),
        purpose: Purpose::RevocationList,
        caller: "station ca crl",
        message: &to_be_signed,
    };
    let desk = Desk::new(Arc::new(hsm), ledger.clone());
    let signature = desk.sign(request).await.map_err(|error| Fault::of(&error))?;
    let list = revocation::complete(&to_be_signed, &signature, &issuer).map_err(|error| Fault::of(&error))?;

    let certificates = revoked.len();
    let event = RevocationListIssued {
        issuer: digest,
        number,
        this_update,
        next_update,
        certificates: u64::try_from(certificates).unwrap_or(u64::MAX),
        sha256: Digest::of(&list),
    };
    ledger.append(event).await.map_err(|error| Fault::of(&error))?;
    let file = arguments.out.unwrap_or_else(|| station.files.revocation_list(number));
    let text = pem::encode_revocation_list(&list);
    station.files.keep(&file, text.as_bytes()).await?;
    if invocation.json {
        print::json(&serde_json::json!({
            "number": number,
            "certificates": certificates,
            "file": file,
        }))?;
    } else {
        print::line(format!("list {number}, {certificates} certificates: {}", file.display()))?;
    }
    Ok(Outcome::Well)
}
