//! `station ca crl`.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use time::Duration;

use super::authority::{find, parse};
use super::pin::PinSource;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Request, Signer};
use crate::ledger::{AuthorityRecord, AuthorityRole, Digest, Ledger, RevocationListIssued};
use crate::pki::purpose::Purpose;
use crate::pki::revocation::{self, Content};
use crate::pki::{Certificate, chain, pem};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pin: PinSource,
    /// Whose certificates it lists: an issuing CA, by the SHA-256 of its certificate or its beginning. One
    /// list each for the active one and for every other with void certificates, if not given.
    #[arg(long, value_name = "DIGEST")]
    issuer: Option<String>,
    /// In how many days the next list is due.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// Where the lists go, as PEM, one after the other; into the station's data directory, if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A list that was made.
#[derive(Debug, Serialize)]
struct Made {
    issuer: String,
    number: u64,
    certificates: usize,
    file: PathBuf,
    #[serde(skip)]
    pem: String,
}

pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: Arguments,
) -> Result<Outcome, Fault> {
    // The PIN first: whoever is still looking for it must not keep the line from starting.
    let hsm = arguments.pin.open(station).await?;
    let desk = Desk::new(Arc::new(hsm), station.ledger(invocation)?);
    let mut made = Vec::new();
    for issuer in issuers(desk.ledger(), arguments.issuer.as_deref()).await? {
        made.push(make(station, &desk, &issuer, &arguments).await?);
    }
    if let Some(file) = &arguments.out {
        let all: String = made.iter().map(|list| list.pem.as_str()).collect();
        station.files.keep(file, all.as_bytes()).await?;
    } else {
        for list in &made {
            station.files.keep(&list.file, list.pem.as_bytes()).await?;
        }
    }
    if invocation.json {
        print::json(&made)?;
    } else {
        for Made { number, certificates, file, .. } in &made {
            print::line(format!("list {number}, {certificates} certificates: {}", file.display()))?;
        }
    }
    Ok(Outcome::Well)
}

/// The issuing CAs that a list is made for.
async fn issuers(ledger: &Ledger, wanted: Option<&str>) -> Result<Vec<AuthorityRecord>, Fault> {
    let issuers = if let Some(digest) = wanted {
        vec![find(ledger, digest).await?]
    } else {
        ledger
            .query(|reader| {
                let mut needed = Vec::new();
                for issuer in reader.authorities(AuthorityRole::Issuing)? {
                    if issuer.active || !reader.void_certificates(&issuer.sha256)?.is_empty() {
                        needed.push(issuer);
                    }
                }
                Ok(needed)
            })
            .await
            .map_err(|error| Fault::of(&error))?
    };
    if issuers.is_empty() || issuers.iter().any(|issuer| issuer.role != AuthorityRole::Issuing) {
        return Err(Fault::new(FaultCode::AuthorityMissing, "the ledger has no such issuing CA"));
    }
    Ok(issuers)
}

async fn make(
    station: &Station,
    desk: &Desk,
    issuer: &AuthorityRecord,
    arguments: &Arguments,
) -> Result<Made, Fault> {
    let ledger = desk.ledger();
    let digest = issuer.sha256;
    let (number, void) = ledger
        .query(move |reader| Ok((reader.next_revocation_list(&digest)?, reader.void_certificates(&digest)?)))
        .await
        .map_err(|error| Fault::of(&error))?;
    let revoked: Vec<_> = void.into_iter().map(|void| (void.uid, void.voided)).collect();
    let now = station.clock.now();
    let this_update = now.replace_nanosecond(0).unwrap_or(now);
    let next_update = this_update + Duration::days(arguments.days.into());
    let content = Content { number, this_update, next_update, revoked: &revoked };
    let (label, signer) = signer(station, ledger, issuer).await?;
    let to_be_signed = revocation::prepare(&signer, &content).map_err(|error| Fault::of(&error))?;

    let request = Request {
        key: &label,
        signer: Signer::Certified(&signer),
        purpose: Purpose::RevocationList,
        caller: "station ca crl",
        message: &to_be_signed,
    };
    let signature = desk.sign(request).await.map_err(|error| Fault::of(&error))?;
    let list = revocation::complete(&to_be_signed, &signature, &signer).map_err(|error| Fault::of(&error))?;

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
    let issuer = digest.to_string();
    let file = arguments.out.clone().unwrap_or_else(|| station.files.revocation_list(&issuer[..8], number));
    Ok(Made { issuer, number, certificates, file, pem: pem::encode_revocation_list(&list) })
}

/// Who signs the lists of an issuing CA, and the label of its key: the key for lists that is certified under
/// the CA's name, if there is one, or the CA itself.
async fn signer(
    station: &Station,
    ledger: &Ledger,
    issuer: &AuthorityRecord,
) -> Result<(String, Certificate), Fault> {
    let certificate = parse(&issuer.certificate)?;
    let signers = ledger
        .query(|reader| reader.authorities(AuthorityRole::Revocation))
        .await
        .map_err(|error| Fault::of(&error))?;
    let mut best: Option<(AuthorityRecord, Certificate)> = None;
    for record in signers.into_iter().filter(|record| record.activated.is_some()) {
        let candidate = parse(&record.certificate)?;
        let later = best.as_ref().is_none_or(|(best, _)| best.activated < record.activated);
        if later && candidate.subject() == certificate.subject() {
            best = Some((record, candidate));
        }
    }
    let Some((record, signer)) = best else { return Ok((issuer.key_label.clone(), certificate)) };
    let root = parse(&super::station::authority(ledger, AuthorityRole::Root).await?.certificate)?;
    chain::check_revocation_signer(&signer, &certificate, &root, station.clock.now())
        .map_err(|error| Fault::of(&error))?;
    Ok((record.key_label, signer))
}
