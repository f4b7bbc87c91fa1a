//! The steps, in order, and what ends them.

use super::plan::{AuthorityPlan, Plan, RootPlace};
use super::{CeremonyError, Person, Transcript};
use crate::clock::{Clock, rfc3339};
use crate::fault::Coded as _;
use crate::gate::Desk;
use crate::hsm::TokenDetails;
use crate::ledger::{AuthorityRole, Digest};
use crate::pki::authority::Role;
use crate::pki::authority::returned::{self, Requested};
use crate::pki::{Certificate, PublicKey, chain, purpose};

/// What a ceremony is held with.
#[derive(Clone, Copy, Debug)]
pub struct Ceremony<'a> {
    /// What is to be made.
    pub plan: &'a Plan,
    /// Who gives the command.
    pub operator: &'a str,
    /// Where the keys are made and sign, and where all of it is put on record.
    pub desk: &'a Desk,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Whoever is asked before each step.
    pub person: &'a dyn Person,
    /// The certificate of a root that is offline.
    pub root: Option<&'a Certificate>,
    /// The certificates that came back from it; empty before.
    pub returned: &'a [Certificate],
}

/// How a ceremony ended that nothing kept from its end.
#[derive(Clone, Debug)]
pub enum Ending {
    /// All is made and on record.
    Complete(Vec<Made>),
    /// These requests have to be carried to the root, and the ceremony goes on with what comes back.
    Requests(Vec<RequestMade>),
    /// The people present said no before a step. What was made before it stays.
    Stopped(Vec<Made>),
}

/// A certificate that is on record now.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is for.
    pub role: AuthorityRole,
    /// Whether it signs from now on; if not, it waits to be activated.
    pub active: bool,
    /// The certificate.
    pub certificate: Certificate,
}

/// A request for a certificate.
#[derive(Clone, Debug)]
pub struct RequestMade {
    /// What it is for.
    pub role: Role,
    /// PKCS#10, as PEM.
    pub pem: String,
}

/// Holds a ceremony. The transcript has all that happened, whatever the outcome.
///
/// # Errors
/// What keeps it from its end. Whatever was put on record before is on record.
pub async fn hold(ceremony: &Ceremony<'_>, transcript: &mut Transcript) -> Result<Ending, CeremonyError> {
    let officer = ceremony.plan.officer.as_deref().unwrap_or(ceremony.operator).to_owned();
    let witnesses = witnesses(ceremony)?;
    let token = ceremony.desk.hsm().open().await?;
    opening(ceremony, transcript, &token, &officer, &witnesses);
    let mut walk = Walk { ceremony: *ceremony, transcript, token, officer, made: Vec::new() };
    let outcome = walk.go().await;
    let Walk { made, officer, transcript, .. } = walk;
    let (ending, outcome) = match outcome {
        Ok(requests) if requests.is_empty() => ("complete".to_owned(), Ok(Ending::Complete(made))),
        Ok(requests) => (
            "the requests wait for the root's signature; the ceremony goes on with what comes back"
                .to_owned(),
            Ok(Ending::Requests(requests)),
        ),
        Err(Halt::Declined(step)) => {
            (format!("stopped by the people present, before: {step}"), Ok(Ending::Stopped(made)))
        }
        Err(Halt::Failed(error)) => (format!("failed: {} {error}", error.code().entry().code), Err(error)),
    };
    transcript.close(&ending, &officer, &witnesses);
    outcome
}

fn witnesses(ceremony: &Ceremony<'_>) -> Result<Vec<String>, CeremonyError> {
    let mut names = ceremony.plan.witnesses.clone();
    while ceremony.plan.witnesses.is_empty() {
        let question = format!("Name of witness {}, or nothing: ", names.len() + 1);
        let name = ceremony.person.ask(&question).map_err(CeremonyError::Person)?;
        if name.trim().is_empty() {
            break;
        }
        names.push(name.trim().to_owned());
    }
    Ok(names)
}

fn opening(
    ceremony: &Ceremony<'_>,
    transcript: &mut Transcript,
    token: &TokenDetails,
    officer: &str,
    witnesses: &[String],
) {
    let root = match &ceremony.plan.root {
        RootPlace::Here => "in this HSM",
        RootPlace::Offline(_) => "offline",
    };
    let plan = ceremony.plan.sha256.map(hex::encode).unwrap_or_default();
    let sort = if ceremony.plan.successor { "a successor, which waits to be activated" } else { "the first" };
    transcript.facts(
        "Beginning",
        &[
            ("time", &rfc3339(ceremony.clock.now())),
            ("officer", officer),
            ("witnesses", &witnesses.join(", ")),
            ("what is made", sort),
            ("root", root),
            ("token", &token.label),
            ("token made by", &format!("{} {}", token.manufacturer, token.model)),
            ("token serial number", &token.serial),
            ("SHA-256 of the plan", &plan),
            ("program", concat!("station ", env!("CARGO_PKG_VERSION"))),
        ],
    );
}

/// Why the steps do not go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// Somebody said no, before this.
    Declined(String),
    /// Something went wrong.
    Failed(CeremonyError),
}

impl<E: Into<CeremonyError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A ceremony under way.
#[derive(Debug)]
pub(super) struct Walk<'a, 't> {
    pub(super) ceremony: Ceremony<'a>,
    pub(super) transcript: &'t mut Transcript,
    pub(super) token: TokenDetails,
    pub(super) officer: String,
    pub(super) made: Vec<Made>,
}

/// The root, and the label of its key if that is here.
pub(super) struct Root {
    pub(super) certificate: Certificate,
    pub(super) label: Option<String>,
}

impl Walk<'_, '_> {
    /// All steps. Requests come back when it has to go on elsewhere.
    async fn go(&mut self) -> Result<Vec<RequestMade>, Halt> {
        let root = self.root().await?;
        match &root.label {
            Some(label) => {
                for (role, part) in self.ceremony.plan.certified() {
                    if self.on_record(role, part).await? {
                        continue;
                    }
                    let key = self.key(part).await?;
                    self.certify(role, part, &key, &root.certificate, label).await?;
                }
                Ok(Vec::new())
            }
            None if self.ceremony.returned.is_empty() => self.requests().await,
            None => {
                self.take_back(&root.certificate).await?;
                Ok(Vec::new())
            }
        }
    }

    /// The root: made here, found here, or given.
    async fn root(&mut self) -> Result<Root, Halt> {
        let plan = self.ceremony.plan;
        if let Some(part) = &plan.root_ca {
            let label = Some(part.key.clone());
            if self.on_record(Role::Root, part).await? {
                let record = self.record_of(AuthorityRole::Root).await?;
                let certificate = record.ok_or(CeremonyError::NoPredecessor(Role::Root))?.0;
                return Ok(Root { certificate, label });
            }
            let key = self.key(part).await?;
            let certificate = self.self_sign(part, &key).await?;
            return Ok(Root { certificate, label });
        }
        let now = self.ceremony.clock.now();
        let known = self.record_of(AuthorityRole::Root).await?;
        match (self.ceremony.root, known) {
            (Some(given), known) => {
                if let Some((known, _)) = known
                    && known.der() != given.der()
                {
                    return Err(Halt::Failed(CeremonyError::RootOther {
                        given: hex::encode(given.sha256()),
                        known: hex::encode(known.sha256()),
                    }));
                }
                chain::check_root(given, now)?;
                self.transcript.facts(
                    "The root, which is offline",
                    &[("SHA-256 of its certificate", &hex::encode(given.sha256()))],
                );
                self.transcript.certificate(given);
                Ok(Root { certificate: given.clone(), label: None })
            }
            (None, Some((certificate, label))) => {
                chain::check_root(&certificate, now)?;
                let key = self.ceremony.desk.hsm().public_key(&label).await?;
                chain::check_key(&certificate, &key)?;
                self.transcript.facts(
                    "The root, which is on record",
                    &[("key", &label), ("SHA-256 of its certificate", &hex::encode(certificate.sha256()))],
                );
                Ok(Root { certificate, label: Some(label) })
            }
            (None, None) => Err(Halt::Failed(CeremonyError::NoPredecessor(Role::Root))),
        }
    }

    /// A request for each key that has no certificate yet.
    async fn requests(&mut self) -> Result<Vec<RequestMade>, Halt> {
        let mut made = Vec::new();
        for (role, part) in self.ceremony.plan.certified() {
            if self.on_record(role, part).await? {
                continue;
            }
            let key = self.key(part).await?;
            made.push(self.request(role, part, &key).await?);
        }
        Ok(made)
    }

    /// Checks all that came back, and puts it on record if all of it is right.
    async fn take_back(&mut self, root: &Certificate) -> Result<(), Halt> {
        let now = self.ceremony.clock.now();
        let mut right: Vec<(Role, &AuthorityPlan, PublicKey, Certificate)> = Vec::new();
        let mut wrong = Vec::new();
        for (role, part) in self.ceremony.plan.certified() {
            if self.on_record(role, part).await? {
                continue;
            }
            let key = self.ceremony.desk.hsm().public_key(&part.key).await?;
            let found = self.ceremony.returned.iter().find(|it| it.public_key() == &key);
            let Some(certificate) = found else {
                return Err(Halt::Failed(CeremonyError::NotReturned { role, label: part.key.clone() }));
            };
            let requested = Requested { role, subject: &part.subject, key: &key, years: part.years };
            match returned::check(certificate, requested, root, now) {
                Ok(()) => right.push((role, part, key, certificate.clone())),
                Err(problems) => wrong.push(problems),
            }
        }
        if !wrong.is_empty() {
            return Err(Halt::Failed(CeremonyError::Returned(wrong)));
        }
        if self.record_of(AuthorityRole::Root).await?.is_none() {
            self.confirm("put the certificate of the offline root on record")?;
            self.put_on_record(Role::Root, "", root.clone(), None).await?;
        }
        for (role, part, key, certificate) in right {
            self.confirm(&format!("put the {role} certificate that came back on record"))?;
            self.put_on_record(role, &part.key, certificate, Some(&key)).await?;
        }
        Ok(())
    }

    /// Says what is about to happen, and goes on only if the people present agree.
    pub(super) fn confirm(&self, what: &str) -> Result<(), Halt> {
        let text = format!("Step {}: {what}", self.transcript.next_step());
        if self.ceremony.person.confirm(&text).map_err(CeremonyError::Person)? {
            Ok(())
        } else {
            Err(Halt::Declined(what.to_owned()))
        }
    }

    /// The active certificate in a role, and its key's label.
    pub(super) async fn record_of(
        &self,
        role: AuthorityRole,
    ) -> Result<Option<(Certificate, String)>, CeremonyError> {
        let record = self.ceremony.desk.ledger().query(move |reader| reader.authority(role)).await?;
        record
            .map(|record| {
                let certificate =
                    Certificate::from_der(&record.certificate).map_err(CeremonyError::OnRecord)?;
                Ok((certificate, record.key_label))
            })
            .transpose()
    }

    /// Whether the certificate of this part is on record from an earlier, interrupted ceremony. A role that
    /// is taken otherwise is an error, unless a successor is made.
    async fn on_record(&mut self, role: Role, part: &AuthorityPlan) -> Result<bool, Halt> {
        let kind = recorded_as(role);
        let records = self.ceremony.desk.ledger().query(move |reader| reader.authorities(kind)).await?;
        let successor = self.ceremony.plan.successor;
        let same = records.iter().find(|record| record.key_label == part.key);
        if let Some(record) = same.filter(|record| !successor || record.activated.is_none()) {
            let certificate = Certificate::from_der(&record.certificate).map_err(CeremonyError::OnRecord)?;
            let key = self.ceremony.desk.hsm().public_key(&part.key).await?;
            chain::check_key(&certificate, &key)?;
            let differences = differences(role, part, &certificate);
            if !differences.is_empty() {
                let certificate = record.sha256.to_string();
                return Err(Halt::Failed(CeremonyError::OtherPlan { role, certificate, differences }));
            }
            self.transcript.facts(
                &format!("The {role} certificate is on record already"),
                &[("key", &part.key), ("SHA-256 of the certificate", &record.sha256.to_string())],
            );
            return Ok(true);
        }
        match records.first() {
            Some(first) if !successor => {
                Err(Halt::Failed(CeremonyError::Exists { role, certificate: first.sha256.to_string() }))
            }
            Some(_) => {
                if role == Role::Issuing {
                    check_name(part, records.iter().map(|record| record.certificate.as_slice()))?;
                }
                Ok(false)
            }
            // The first key for lists may come with a successor, or after the CA.
            None if successor && role != Role::Revocation => {
                Err(Halt::Failed(CeremonyError::NoPredecessor(role)))
            }
            None => Ok(false),
        }
    }
}

/// The role under which the ledger has it.
pub(super) const fn recorded_as(role: Role) -> AuthorityRole {
    match role {
        Role::Root => AuthorityRole::Root,
        Role::Issuing => AuthorityRole::Issuing,
        Role::Manifest => AuthorityRole::Manifest,
        Role::Revocation => AuthorityRole::Revocation,
    }
}

/// SHA-256 of a certificate, as the ledger names it.
pub(super) fn digest(certificate: &Certificate) -> Digest {
    Digest::from_bytes(certificate.sha256())
}

/// What a certificate on record has otherwise than the plan, in words; empty if it is the plan's.
fn differences(role: Role, part: &AuthorityPlan, certificate: &Certificate) -> Vec<String> {
    let mut differences = Vec::new();
    match purpose::role_of(certificate) {
        Some(found) if found == role => {}
        Some(found) => differences.push(format!("it is made for {found}, not for {role}")),
        None => differences.push(format!("its extensions are not those of {role}")),
    }
    if !part.subject.is_that_of(certificate) {
        let (found, wanted) = (certificate.subject().to_string(), &part.subject);
        differences.push(format!("its subject is {found:?}, and the plan says {:?}", wanted.to_string()));
    }
    differences
}

/// Lists of void certificates, and customers, tell issuing CAs by their names.
fn check_name<'c>(
    part: &AuthorityPlan,
    mut known: impl Iterator<Item = &'c [u8]>,
) -> Result<(), CeremonyError> {
    let taken = known
        .any(|der| Certificate::from_der(der).is_ok_and(|certificate| part.subject.is_that_of(&certificate)));
    if taken { Err(CeremonyError::NameTaken(part.subject.common_name.clone())) } else { Ok(()) }
}
