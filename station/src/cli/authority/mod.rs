//! `station ca …`.
//!
//! | file | what it does |
//! |---|---|
//! | `ceremony` | makes keys and certificates: by a plan, or the short way |
//! | `rehearse` | the same on a token that is thrown away |
//! | `show` | what there is, and what customers register |
//! | `activate` | a successor takes its place |
//! | `verification` | the certificate that AWS asks for |

mod activate;
mod ceremony;
mod rehearse;
mod show;
mod verification;

pub(super) use ceremony::Terminal;

use clap::Subcommand;

use super::station::Station;
use super::{Invocation, Outcome, revocation};
use crate::fault::{Fault, FaultCode};
use crate::ledger::{AuthorityRecord, AuthorityRole, Digest, Ledger};
use crate::pki::Certificate;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make keys and certificates by a plan, step by step, before witnesses, with a transcript to sign.
    Ceremony(ceremony::Arguments),
    /// Make root, issuing CA and manifest signer the short way: keys in the HSM, certificates in the ledger.
    Init(ceremony::Short),
    /// Show the certificates, and what customers register.
    Show(show::Arguments),
    /// Let a successor that customers know by now take its place.
    Activate(activate::Arguments),
    /// Have the issuing CA sign the list of certificates that are void.
    Crl(revocation::Arguments),
    /// Make the verification certificate that AWS asks for, unless many accounts share the CA.
    AwsVerification(verification::Arguments),
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Ceremony(arguments) if arguments.rehearse => {
            rehearse::run(invocation, &station, &arguments).await
        }
        Command::Ceremony(arguments) => ceremony::run(invocation, &station, &arguments).await,
        Command::Init(short) => ceremony::init(invocation, &station, short).await,
        Command::Show(arguments) => show::run(invocation, &station, &arguments),
        Command::Activate(arguments) => activate::run(invocation, &station, arguments).await,
        Command::Crl(arguments) => revocation::run(invocation, &station, arguments).await,
        Command::AwsVerification(arguments) => verification::run(invocation, &station, arguments).await,
    }
}

/// What a role is called on screen and in the names of files.
fn name(role: AuthorityRole) -> &'static str {
    match role {
        AuthorityRole::Root => "root",
        AuthorityRole::Issuing => "issuing",
        AuthorityRole::Manifest => "manifest",
        AuthorityRole::Revocation => "revocation",
    }
}

/// All authorities in a role, in the order they were established.
async fn records(ledger: &Ledger, role: AuthorityRole) -> Result<Vec<AuthorityRecord>, Fault> {
    ledger.query(move |reader| reader.authorities(role)).await.map_err(|error| Fault::of(&error))
}

pub(super) fn parse(der: &[u8]) -> Result<Certificate, Fault> {
    Certificate::from_der(der).map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
}

/// The authority whose certificate's SHA-256 begins so.
pub(super) async fn find(ledger: &Ledger, digest: &str) -> Result<AuthorityRecord, Fault> {
    /// Enough not to be typed by chance.
    const SHORTEST: usize = 8;
    let wanted = digest.trim().to_ascii_lowercase();
    let mut found = Vec::new();
    for role in AuthorityRole::ALL {
        let records = records(ledger, role).await?;
        found.extend(records.into_iter().filter(|record| record.sha256.to_string().starts_with(&wanted)));
    }
    match (found.pop(), found.len()) {
        (Some(only), 0) if wanted.len() >= SHORTEST => Ok(only),
        _ => {
            let what =
                format!("{digest:?} is not the SHA-256 of one certificate on record, or its beginning");
            Err(Fault::new(FaultCode::AuthorityMissing, what))
        }
    }
}

/// Where the certificate lies as PEM: the active one of a role under the role's name, others with the
/// beginning of their SHA-256.
fn file_name(role: AuthorityRole, active: bool, sha256: Digest) -> String {
    if active { name(role).to_owned() } else { format!("{}-{}", name(role), &sha256.to_string()[..8]) }
}
