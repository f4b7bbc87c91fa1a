//! `station ca show`.

use serde::Serialize;

use super::{name, parse};
use crate::cli::station::Station;
use crate::cli::{Invocation, Outcome, print};
use crate::clock::rfc3339;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{AuthorityRecord, AuthorityRole};
use crate::pki::Certificate;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The certificates as PEM.
    #[arg(long)]
    pem: bool,
}

/// Where an authority stands among those of its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// It signs.
    Active,
    /// It waits to be activated.
    Announced,
    /// It was active, and another took its place. What it signed stays good.
    Retired,
}

/// An authority, as JSON.
#[derive(Debug, Serialize)]
struct Shown {
    role: &'static str,
    standing: Standing,
    subject: String,
    sha256: String,
    not_before: String,
    not_after: String,
    key_label: String,
    /// Whether a customer who takes modules has to register it.
    register: bool,
    pem: String,
}

pub(super) fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: &Arguments,
) -> Result<Outcome, Fault> {
    let mut shown = Vec::new();
    if station.files.ledger().exists() {
        // Reading goes on beside a running line.
        let reader = station.reader()?;
        for role in AuthorityRole::ALL {
            for record in reader.authorities(role).map_err(|error| Fault::of(&error))? {
                shown.push(Shown::of(&record, &parse(&record.certificate)?));
            }
        }
    }
    if shown.is_empty() {
        return Err(Fault::new(FaultCode::AuthorityMissing, "the ledger has no certificates"));
    }
    if invocation.json {
        print::json(&shown)?;
    } else if arguments.pem {
        for it in &shown {
            print::line(format!("# {} ({}): SHA-256 {}", it.role, it.standing.word(), it.sha256))?;
            print::line(it.pem.trim_end())?;
        }
    } else {
        for it in &shown {
            text(it)?;
        }
        print::line(REGISTER)?;
    }
    Ok(Outcome::Well)
}

const REGISTER: &str = "
What customers register with AWS IoT is the CA that signed the modules itself, so the issuing CA, and an
announced one before modules under it arrive:
  SNI_ONLY  (many accounts): aws iot register-ca-certificate --certificate-mode SNI_ONLY --set-as-active
            --ca-certificate file://issuing.pem
  DEFAULT   (one account in a Region): send us the code of `aws iot get-registration-code`; with what
            `station ca aws-verification --code CODE` makes of it:
            aws iot register-ca-certificate --set-as-active --ca-certificate file://issuing.pem
            --verification-certificate file://verification.pem
The root stays with whoever checks batches: `oem verify BATCH --ca root.pem`.";

fn text(it: &Shown) -> Result<(), Fault> {
    let register = if it.register { ", to be registered" } else { "" };
    print::line(format!("{} ({}{register})", it.role, it.standing.word()))?;
    print::line(format!("  subject  {}", it.subject))?;
    print::line(format!("  SHA-256  {}", it.sha256))?;
    print::line(format!("  valid    {} to {}", it.not_before, it.not_after))?;
    let key = if it.key_label.is_empty() { "kept elsewhere" } else { &it.key_label };
    print::line(format!("  key      {key}"))
}

impl Shown {
    fn of(record: &AuthorityRecord, certificate: &Certificate) -> Self {
        let standing = match (record.active, record.activated) {
            (true, _) => Standing::Active,
            (false, None) => Standing::Announced,
            (false, Some(_)) => Standing::Retired,
        };
        Self {
            role: name(record.role),
            standing,
            subject: certificate.subject().to_string(),
            sha256: record.sha256.to_string(),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
            key_label: record.key_label.clone(),
            register: record.role == AuthorityRole::Issuing && standing != Standing::Retired,
            pem: certificate.pem(),
        }
    }
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Announced => "announced",
            Self::Retired => "retired",
        }
    }
}
