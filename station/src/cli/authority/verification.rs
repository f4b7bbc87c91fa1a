//! `station ca aws-verification`.

use std::path::PathBuf;
use std::sync::Arc;

use p256::ecdsa::SigningKey;
use zeroize::Zeroizing;

use super::parse;
use crate::cli::pin::PinSource;
use crate::cli::station::Station;
use crate::cli::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Request, Signer};
use crate::ledger::AuthorityRole;
use crate::pki::purpose::Purpose;
use crate::pki::registration::{self, RegistrationCode};
use crate::pki::{PublicKey, complete};
use crate::random;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    pin: PinSource,
    /// The customer's registration code, from `aws iot get-registration-code`.
    #[arg(long, value_name = "CODE")]
    code: RegistrationCode,
    /// Which issuing CA, by the SHA-256 of its certificate; the active one, if not given.
    #[arg(long, value_name = "DIGEST")]
    issuer: Option<String>,
    /// Where the certificate goes, as PEM; to standard output, if not given.
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
    let record = match &arguments.issuer {
        Some(digest) => Some(super::find(&ledger, digest).await?),
        None => ledger
            .query(|reader| reader.authority(AuthorityRole::Issuing))
            .await
            .map_err(|error| Fault::of(&error))?,
    };
    let record = record
        .filter(|record| record.role == AuthorityRole::Issuing)
        .ok_or_else(|| Fault::new(FaultCode::AuthorityMissing, "the ledger has no such issuing CA"))?;
    let issuer = parse(&record.certificate)?;

    let serial = random::bytes().map_err(|error| Fault::because(FaultCode::Bug, &error))?;
    let bytes =
        registration::prepare(&arguments.code, &issuer, &throw_away_key()?, serial, station.clock.now())
            .map_err(|error| Fault::of(&error))?;
    let request = Request {
        key: &record.key_label,
        signer: Signer::Certified(&issuer),
        purpose: Purpose::Registration,
        caller: "station ca aws-verification",
        message: &bytes,
    };
    let desk = Desk::new(Arc::new(hsm), ledger);
    let signature = desk.sign(request).await.map_err(|error| Fault::of(&error))?;
    let made = complete(&bytes, &signature, Some(&issuer)).map_err(|error| Fault::of(&error))?;
    match &arguments.out {
        Some(file) => {
            station.files.keep(file, made.pem().as_bytes()).await?;
            print::line(format!("verification certificate: {}", file.display()))?;
            print::line("It is for the mode DEFAULT; SNI_ONLY takes none. It is good for seven days.")?;
        }
        None => print::line(made.pem().trim_end())?,
    }
    Ok(Outcome::Well)
}

/// The public half of a key whose private half is gone when this returns: what AWS wants is the certificate.
fn throw_away_key() -> Result<PublicKey, Fault> {
    let secret: Zeroizing<[u8; 32]> =
        Zeroizing::new(random::bytes().map_err(|error| Fault::because(FaultCode::Bug, &error))?);
    // Out of range with a probability of 2^-32; then the command can be given again.
    let key = SigningKey::from_slice(&*secret)
        .map_err(|_| Fault::new(FaultCode::Bug, "the random number is no key; try again"))?;
    PublicKey::from_point(key.verifying_key().to_sec1_point(false).as_bytes())
        .map_err(|error| Fault::because(FaultCode::Bug, &error))
}
