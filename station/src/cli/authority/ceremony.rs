//! `station ca ceremony` and `station ca init`.

use std::io::{BufRead as _, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{file_name, name, parse, records};
use crate::ceremony::{
    AuthorityPlan, Ceremony, Consent, Ending, Made, Person, Plan, PlanProblem, RequestMade, RootPlace,
    Transcript, hold,
};
use crate::cli::pin::PinSource;
use crate::cli::station::Station;
use crate::cli::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::gate::Desk;
use crate::ledger::{AuthorityRole, Digest, Ledger};
use crate::operator::Operator;
use crate::pki::{Certificate, Subject};
use crate::terminal::Lines;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    pub(super) pin: PinSource,
    /// What is to be made.
    #[arg(long, value_name = "FILE")]
    pub(super) plan: PathBuf,
    /// Do all of it on a blank token that can be thrown away, with nothing of it on record.
    #[arg(long, conflicts_with = "certificates")]
    pub(super) rehearse: bool,
    /// Where the transcript goes; into the station's data directory, if not given.
    #[arg(long, value_name = "FILE")]
    pub(super) transcript: Option<PathBuf>,
    /// Go on with the certificates that came back from the offline root: files, or a directory of them.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    certificates: Vec<PathBuf>,
    /// Where requests to an offline root go; into the station's data directory, if not given.
    #[arg(long, value_name = "DIR")]
    requests: Option<PathBuf>,
    /// Ask nobody before the steps, for machines.
    #[arg(long)]
    pub(super) yes: bool,
}

impl Arguments {
    /// Who is asked.
    pub(super) const fn person(&self) -> &'static dyn Person {
        if self.yes { &Consent } else { &Terminal }
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Short {
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
}

pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: &Arguments,
) -> Result<Outcome, Fault> {
    let plan = Plan::load(&arguments.plan).map_err(|error| Fault::of(&error))?;
    officer(invocation, &plan)?;
    let root = match &plan.root {
        RootPlace::Here => None,
        RootPlace::Offline(file) => Some(read_certificates(file)?.remove(0)),
    };
    let mut returned = Vec::new();
    for path in files_of(&arguments.certificates)? {
        returned.extend(read_certificates(&path)?);
    }
    let ending = held(
        invocation,
        station,
        &arguments.pin,
        &Held {
            plan: &plan,
            root: root.as_ref(),
            returned: &returned,
            person: arguments.person(),
            transcript: arguments.transcript.as_deref(),
        },
    )
    .await?;
    match ending {
        Ending::Complete(_) => Ok(Outcome::Well),
        Ending::Stopped(_) => Ok(Outcome::NotWell),
        Ending::Requests(requests) => {
            let directory = arguments.requests.clone().unwrap_or_else(|| station.files.ceremony("requests"));
            keep_requests(station, &directory, &requests).await?;
            Ok(Outcome::Elsewhere)
        }
    }
}

/// The ceremony without questions, by a plan that fits most: the root in the same HSM.
pub(super) async fn init(invocation: &Invocation, station: &Station, short: Short) -> Result<Outcome, Fault> {
    let ledger = station.ledger(invocation)?;
    // Modules that were already made hang on the CA there is.
    let issuing = records(&ledger, AuthorityRole::Issuing).await?;
    if let Some(first) = issuing.first() {
        let what = format!("the ledger has an issuing certificate already: {}", first.sha256);
        return Err(Fault::new(FaultCode::AuthorityExists, what));
    }
    drop(ledger);
    let plan = short_plan(station, &short);
    check_short(&plan)?;
    let held_by = Held { plan: &plan, root: None, returned: &[], person: &Consent, transcript: None };
    held(invocation, station, &short.pin, &held_by).await?;
    Ok(Outcome::Well)
}

/// Before the first key: a root on record cannot be made otherwise afterwards.
fn check_short(plan: &Plan) -> Result<(), Fault> {
    let mut problems: Vec<String> = Vec::new();
    for PlanProblem { field, what } in plan.problems() {
        let from = match field.rsplit_once('.') {
            Some(("root-ca", "years")) => "--root-years",
            Some((_, "years")) => "--issuing-years",
            Some((_, "common-name")) => "--organization",
            _ => "the labels of the keys in the station's settings",
        };
        let problem = format!("{from}: {what}");
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Fault::new(FaultCode::Configuration, problems.join("\n"))) }
}

/// What a ceremony is held with, as the command line says it.
struct Held<'a> {
    plan: &'a Plan,
    root: Option<&'a Certificate>,
    returned: &'a [Certificate],
    person: &'a dyn Person,
    transcript: Option<&'a Path>,
}

async fn held(
    invocation: &Invocation,
    station: &Station,
    pin: &PinSource,
    what: &Held<'_>,
) -> Result<Ending, Fault> {
    let operator = officer(invocation, what.plan).unwrap_or_default();
    // The PIN first: whoever is still looking for it must not keep the line from starting.
    let hsm = pin.open(station).await?;
    let desk = Desk::new(Arc::new(hsm), station.ledger(invocation)?.with_operator(operator));
    let ceremony = Ceremony {
        plan: what.plan,
        operator,
        desk: &desk,
        clock: &*station.clock,
        person: what.person,
        root: what.root,
        returned: what.returned,
    };
    let mut transcript = Transcript::new(&what.plan.name, false);
    let ending = hold(&ceremony, &mut transcript).await;
    keep_transcript(station, what.transcript, "", &transcript).await?;
    // Whatever came of it: what is on record from here, or from before, lies beside the ledger.
    let kept = keep_active(station, desk.ledger()).await;
    let ending = ending.map_err(|error| Fault::of(&error))?;
    kept?;
    if let Ending::Complete(made) | Ending::Stopped(made) = &ending {
        for made in made.iter().filter(|made| !made.active) {
            let Made { role, certificate, .. } = made;
            keep_certificate(station, *role, false, certificate).await?;
        }
    }
    Ok(ending)
}

/// Who holds the ceremony: the plan or the command line says so.
pub(super) fn officer<'a>(invocation: &'a Invocation, plan: &'a Plan) -> Result<&'a str, Fault> {
    match (&invocation.operator, &plan.officer) {
        (None, Some(officer)) => Ok(officer),
        _ => invocation.named_operator().map(Operator::as_str),
    }
}

/// Writes the transcript, and tells where it lies and what its digest is. A transcript that is there is of
/// another part of the ceremony, and stays.
pub(super) async fn keep_transcript(
    station: &Station,
    file: Option<&Path>,
    prefix: &str,
    transcript: &Transcript,
) -> Result<(), Fault> {
    let time = station.clock.now().unix_timestamp();
    let default = || station.files.ceremony(&format!("{prefix}{time}.md"));
    let file = free(&file.map_or_else(default, Path::to_owned));
    station.files.keep(&file, transcript.text().as_bytes()).await?;
    print::line(format!("transcript {}  {}", hex::encode(transcript.sha256()), file.display()))
}

/// The name itself, or with the first number from 2 under which there is no file.
fn free(file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let extension = file.extension().map(|it| format!(".{}", it.to_string_lossy())).unwrap_or_default();
    let numbered = (2..).map(|number: u32| file.with_file_name(format!("{stem}-{number}{extension}")));
    std::iter::once(file.to_owned()).chain(numbered).find(|file| !file.exists()).unwrap_or_default()
}

/// Writes the certificate of every role that signs.
async fn keep_active(station: &Station, ledger: &Ledger) -> Result<(), Fault> {
    for role in AuthorityRole::ALL {
        if let Some(record) = records(ledger, role).await?.into_iter().find(|record| record.active) {
            keep_certificate(station, role, true, &parse(&record.certificate)?).await?;
        }
    }
    Ok(())
}

async fn keep_certificate(
    station: &Station,
    role: AuthorityRole,
    active: bool,
    certificate: &Certificate,
) -> Result<(), Fault> {
    let sha256 = Digest::from_bytes(certificate.sha256());
    let file = station.files.authority(&file_name(role, active, sha256));
    station.files.keep(&file, certificate.pem().as_bytes()).await?;
    print::line(format!("{:<10} {sha256}  {}", name(role), file.display()))
}

async fn keep_requests(station: &Station, directory: &Path, requests: &[RequestMade]) -> Result<(), Fault> {
    for request in requests {
        let file = directory.join(format!("{}.csr.pem", request.role));
        station.files.keep(&file, request.pem.as_bytes()).await?;
        print::line(format!("request    {}", file.display()))?;
    }
    print::line("Carry the requests to the root, and go on with --certificates and what comes back.")
}

/// The files that were named, and those in the directories that were.
fn files_of(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
        for entry in entries {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            if file.extension().is_some_and(|extension| extension == "pem" || extension == "crt") {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The certificates in a file of PEM; at least one.
fn read_certificates(file: &Path) -> Result<Vec<Certificate>, Fault> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let mut certificates = Vec::new();
    let mut rest = text.as_str();
    // OpenSSL writes the certificate in words before it.
    while let Some(begin) = rest.find(BEGIN) {
        let end = rest[begin..].find(END).map_or(rest.len(), |end| begin + end + END.len());
        let certificate = Certificate::from_pem(rest[begin..end].trim())
            .map_err(|error| Fault::because(FaultCode::AuthorityMismatch, &error))?;
        certificates.push(certificate);
        rest = &rest[end..];
    }
    if certificates.is_empty() {
        let what = format!("{} holds no certificate", file.display());
        return Err(Fault::new(FaultCode::AuthorityMismatch, what));
    }
    Ok(certificates)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(FaultCode::Configuration, format!("cannot read {}: {error}", path.display()))
}

fn short_plan(station: &Station, short: &Short) -> Plan {
    let part = |what: &str, key: &str, years| {
        Some(AuthorityPlan {
            key: key.to_owned(),
            subject: Subject {
                common_name: format!("{} {what}", short.organization),
                organization: Some(short.organization.clone()),
                organizational_unit: None,
                country: None,
            },
            years,
        })
    };
    let labels = &station.config.hsm;
    Plan {
        name: "station ca init".to_owned(),
        sha256: None,
        officer: None,
        witnesses: Vec::new(),
        root: RootPlace::Here,
        successor: false,
        // A token that was prepared elsewhere is fine, and a command that was interrupted can be given again.
        existing_keys: true,
        root_ca: part("Root CA", &labels.root_key, short.root_years),
        manifest: part("Batch Manifests", &labels.manifest_key, short.issuing_years),
        revocation: None,
        issuing_ca: part("Issuing CA", &labels.issuing_key, short.issuing_years),
    }
}

/// The people at the terminal.
#[derive(Debug)]
pub(in crate::cli) struct Terminal;

impl Person for Terminal {
    fn confirm(&self, what: &str) -> std::io::Result<bool> {
        loop {
            match self.ask(&format!("{what}. Go on? [yes/no]"))?.as_str() {
                "yes" => return Ok(true),
                "no" => return Ok(false),
                _ => {}
            }
        }
    }

    fn ask(&self, question: &str) -> std::io::Result<String> {
        let _lines = Lines::at(std::io::stdin())?;
        print::line(question).map_err(|fault| std::io::Error::other(fault.to_string()))?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim().to_owned())
    }
}
