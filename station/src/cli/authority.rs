//! `station ca …`.

use clap::Subcommand;

use super::pin::PinSource;
use super::station::{self, Station};
use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::hsm::{Hsm, HsmError};
use crate::ledger::{AuthorityEstablished, AuthorityRole, Ledger};
use crate::pki::authority::{PerRole, Plan, establish};
use crate::pki::{Certificate, PublicKey, Subject};
use crate::random;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make root, issuing CA and manifest signer: keys in the HSM, certificates in the ledger.
    Init {
        #[command(flatten)]
        pin: PinSource,
        /// Who the vendor is, in the certificates' subjects.
        #[arg(long, value_name = "NAME", default_value = "Module Vendor")]
        organization: String,
        /// Calendar years that the root lasts.
        #[arg(long, value_name = "N", default_value_t = 30)]
        root_years: u16,
        /// Calendar years that the issuing CA and the manifest signer last.
        #[arg(long, value_name = "N", default_value_t = 25)]
        issuing_years: u16,
    },
    /// Show the certificates.
    Show,
    /// Have the issuing CA sign the list of certificates that are void.
    Crl(super::revocation::Arguments),
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Init { pin, organization, root_years, issuing_years } => {
            let ledger = station.ledger(invocation)?;
            let plan = plan(&organization, root_years, issuing_years);
            init(&station, &ledger, &pin, &plan).await
        }
        Command::Show => show(&station.ledger(invocation)?).await,
        Command::Crl(arguments) => super::revocation::run(invocation, &station, arguments).await,
    }
}

const ROLES: [AuthorityRole; 3] = [AuthorityRole::Root, AuthorityRole::Issuing, AuthorityRole::Manifest];

async fn init(station: &Station, ledger: &Ledger, pin: &PinSource, plan: &Plan) -> Result<Outcome, Fault> {
    // The certificates of modules that were already made hang on the CA there is.
    for role in ROLES {
        if let Ok(certificate) = station::authority(ledger, role).await {
            let digest = hex::encode(parse(&certificate.certificate)?.sha256());
            return Err(Fault::new(
                FaultCode::AuthorityExists,
                format!("the ledger has a {role:?} certificate already: {digest}"),
            ));
        }
    }
    let hsm = pin.open(station).await?;
    let labels = &station.config.hsm;
    let keys = PerRole {
        root: key(&hsm, &labels.root_key).await?,
        issuing: key(&hsm, &labels.issuing_key).await?,
        manifest: key(&hsm, &labels.manifest_key).await?,
    };
    let serials = PerRole { root: serial()?, issuing: serial()?, manifest: serial()? };
    // Root signs all three: the other keys only ever sign what they are for.
    let sign = async |bytes: &[u8]| hsm.sign(&labels.root_key, bytes).await;
    let made = establish(plan, &keys, &serials, station.clock.now(), sign)
        .await
        .map_err(|error| Fault::of(&error))?;
    // The root first and the issuing CA last: with it on record, the station may begin.
    let made = [
        (AuthorityRole::Root, &labels.root_key, made.root),
        (AuthorityRole::Manifest, &labels.manifest_key, made.manifest),
        (AuthorityRole::Issuing, &labels.issuing_key, made.issuing),
    ];
    for (role, key_label, certificate) in made {
        keep(station, ledger, role, key_label, &certificate).await?;
    }
    Ok(Outcome::Well)
}

async fn keep(
    station: &Station,
    ledger: &Ledger,
    role: AuthorityRole,
    key_label: &str,
    certificate: &Certificate,
) -> Result<(), Fault> {
    let event = AuthorityEstablished {
        role,
        key_label: key_label.to_owned(),
        certificate: certificate.der().to_vec(),
    };
    ledger.append(event).await.map_err(|error| Fault::of(&error))?;
    let file = station.files.authority(name(role));
    station.files.keep(&file, certificate.pem().as_bytes()).await?;
    print::line(format!("{:<9} {}  {}", name(role), hex::encode(certificate.sha256()), file.display()))
}

/// The key with this label, made unless it is there: a token that was prepared elsewhere is fine, and
/// a command that was interrupted can be given again.
async fn key(hsm: &dyn Hsm, label: &str) -> Result<PublicKey, Fault> {
    match hsm.public_key(label).await {
        Err(HsmError::KeyAbsent { .. }) => hsm.generate(label).await,
        result => result,
    }
    .map_err(|error| Fault::of(&error))
}

fn serial() -> Result<[u8; 16], Fault> {
    random::bytes().map_err(|error| Fault::because(FaultCode::Bug, &error))
}

async fn show(ledger: &Ledger) -> Result<Outcome, Fault> {
    for role in ROLES {
        let certificate = parse(&station::authority(ledger, role).await?.certificate)?;
        print::line(format!("# {}: SHA-256 {}", name(role), hex::encode(certificate.sha256())))?;
        print::line(certificate.pem().trim_end())?;
    }
    Ok(Outcome::Well)
}

fn parse(der: &[u8]) -> Result<Certificate, Fault> {
    Certificate::from_der(der).map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
}

fn name(role: AuthorityRole) -> &'static str {
    match role {
        AuthorityRole::Root => "root",
        AuthorityRole::Issuing => "issuing",
        AuthorityRole::Manifest => "manifest",
        AuthorityRole::Revocation => "revocation",
    }
}

fn plan(organization: &str, root_years: u16, issuing_years: u16) -> Plan {
    let subject = |what: &str| Subject {
        common_name: format!("{organization} {what}"),
        organization: Some(organization.to_owned()),
        organizational_unit: None,
        country: None,
    };
    Plan {
        root: subject("Root CA"),
        issuing: subject("Issuing CA"),
        manifest: subject("Batch Manifests"),
        root_years,
        leaf_years: issuing_years,
    }
}
