//! All of it on a token that is thrown away.
//!
//! Everything is done as in the ceremony itself, by the same steps, so that nobody is surprised on the day.
//! The token is a blank one of the same module, with PINs that nobody ever sees; the ledger is in a directory
//! that is removed. Where the plan takes something from outside (an offline root, or the root on record that a
//! successor hangs on), a root that is made on the same token stands in for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{AuthorityPlan, Plan, REHEARSAL, RootPlace};
use super::walk::{Ceremony, Ending, hold};
use super::{CeremonyError, Person, Transcript};
use crate::clock::Clock;
use crate::gate::{Desk, DeskError, Request, Signer};
use crate::hsm::{self, Pin, Pkcs11Hsm, TokenAddress};
use crate::ledger::{AuthorityEstablished, AuthorityRole, Ledger, StationName};
use crate::pki::authority::{self, Content, Role};
use crate::pki::purpose::Purpose;
use crate::pki::{Certificate, Signature, Subject, complete};
use crate::random;

/// The room for a token's label, in bytes (PKCS#11, `CK_TOKEN_INFO`).
const LONGEST_LABEL: usize = 32;
/// The key of a root that stands in for another.
const STAND_IN: &str = "stand-in-root";
/// Older than anything a plan may ask for.
const STAND_IN_YEARS: u16 = 200;

/// What a rehearsal is held with.
#[derive(Clone, Debug)]
pub struct Rehearsal<'a> {
    /// What is to be made.
    pub plan: &'a Plan,
    /// Who gives the command.
    pub operator: &'a str,
    /// The PKCS#11 module.
    pub module: PathBuf,
    /// The label of the token in which the real ceremony is held.
    pub token: &'a str,
    /// The directory in which the rehearsal's ledger has its own for a while.
    pub data: &'a Path,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whoever is asked before each step.
    pub person: &'a dyn Person,
}

/// Rehearses a plan, and gives the label of the token that can be thrown away.
///
/// # Errors
/// No blank token, and whatever the ceremony itself would stumble over.
pub async fn rehearse(
    rehearsal: &Rehearsal<'_>,
    transcript: &mut Transcript,
) -> Result<(Ending, String), CeremonyError> {
    let plan = rehearsal.plan.rehearsed();
    let token = throw_away_label(rehearsal.token)?;
    let address = TokenAddress { module: rehearsal.module.clone(), token: token.clone() };
    let user = hex::encode(random::bytes::<8>()?);
    hsm::init(address.clone(), Pin::from(hex::encode(random::bytes::<8>()?)), Pin::from(user.clone()))
        .await?;
    let hsm = Arc::new(Pkcs11Hsm::new(address, Some(Pin::from(user))));
    // Removed with all that is in it when this ends, however it ends.
    std::fs::create_dir_all(rehearsal.data).map_err(CeremonyError::Room)?;
    let room = tempfile::Builder::new()
        .prefix("rehearsal-")
        .tempdir_in(rehearsal.data)
        .map_err(CeremonyError::Room)?;
    let file = room.path().join("ledger.sqlite");
    let ledger = Ledger::open(&file, Arc::clone(&rehearsal.clock), StationName::new("rehearsal"))?;
    let ending = walk(rehearsal, &plan, &Desk::new(hsm, ledger), transcript).await?;
    Ok((ending, token))
}

async fn walk(
    rehearsal: &Rehearsal<'_>,
    plan: &Plan,
    desk: &Desk,
    transcript: &mut Transcript,
) -> Result<Ending, CeremonyError> {
    let clock = &*rehearsal.clock;
    let stand_in = if plan.root_ca.is_some() { None } else { Some(StandIn::make(desk, clock).await?) };
    if let Some(stand_in) = &stand_in {
        if plan.successor {
            stand_in.precede(plan, desk, clock).await?;
        }
        transcript.facts("A root that is made for the rehearsal stands in for yours", &[("key", STAND_IN)]);
    }
    let offline = matches!(plan.root, RootPlace::Offline(_));
    let ceremony = Ceremony {
        plan,
        operator: rehearsal.operator,
        desk,
        clock,
        person: rehearsal.person,
        root: stand_in.as_ref().filter(|_| offline).map(|stand_in| &stand_in.certificate),
        returned: &[],
    };
    let ending = hold(&ceremony, transcript).await?;
    let (Ending::Requests(_), Some(stand_in)) = (&ending, &stand_in) else { return Ok(ending) };
    let mut returned = Vec::new();
    for (role, part) in plan.certified() {
        returned.push(stand_in.certify(role, part, desk, clock).await?);
    }
    hold(&Ceremony { returned: &returned, ..ceremony }, transcript).await
}

/// A root that stands in for one that is elsewhere or on record.
struct StandIn {
    certificate: Certificate,
}

impl StandIn {
    async fn make(desk: &Desk, clock: &dyn Clock) -> Result<Self, CeremonyError> {
        let key = desk.hsm().generate(STAND_IN).await?;
        let subject = name("stand-in root");
        let content = Content {
            subject: &subject,
            key: &key,
            serial: random::bytes()?,
            now: clock.now(),
            years: STAND_IN_YEARS,
        };
        let to_be_signed = authority::root(content)?;
        let signature = sign(desk, Signer::Bare(&key), &to_be_signed).await?;
        let certificate = complete(&to_be_signed, &signature, None)
            .map_err(|source| CeremonyError::Complete { role: Role::Root, source })?;
        Ok(Self { certificate })
    }

    /// Puts on record what a successor follows.
    async fn precede(&self, plan: &Plan, desk: &Desk, clock: &dyn Clock) -> Result<(), CeremonyError> {
        let label = if plan.root == RootPlace::Here { STAND_IN } else { "" };
        establish(desk.ledger(), AuthorityRole::Root, label, &self.certificate).await?;
        for (role, kind) in
            [(Role::Manifest, AuthorityRole::Manifest), (Role::Issuing, AuthorityRole::Issuing)]
        {
            let part = AuthorityPlan {
                key: format!("stand-in-{role}"),
                subject: name(&format!("stand-in {role}")),
                // Made after the root, and so not to last as long.
                years: STAND_IN_YEARS - 1,
            };
            desk.hsm().generate(&part.key).await?;
            let certificate = self.certify(role, &part, desk, clock).await?;
            establish(desk.ledger(), kind, &part.key, &certificate).await?;
        }
        Ok(())
    }

    async fn certify(
        &self,
        role: Role,
        part: &AuthorityPlan,
        desk: &Desk,
        clock: &dyn Clock,
    ) -> Result<Certificate, CeremonyError> {
        let key = desk.hsm().public_key(&part.key).await?;
        let content = Content {
            subject: &part.subject,
            key: &key,
            serial: random::bytes()?,
            now: clock.now(),
            years: part.years,
        };
        let to_be_signed = match role {
            Role::Root | Role::Issuing => authority::issuing(content, &self.certificate),
            Role::Manifest => authority::manifest(content, &self.certificate),
            Role::Revocation => authority::revocation(content, &self.certificate),
        }?;
        let signature = sign(desk, Signer::Certified(&self.certificate), &to_be_signed).await?;
        complete(&to_be_signed, &signature, Some(&self.certificate))
            .map_err(|source| CeremonyError::Complete { role, source })
    }
}

async fn sign(desk: &Desk, signer: Signer<'_>, message: &[u8]) -> Result<Signature, DeskError> {
    let purpose = Purpose::AuthorityCertificate;
    desk.sign(Request { key: STAND_IN, signer, purpose, caller: "rehearsal", message }).await
}

async fn establish(
    ledger: &Ledger,
    role: AuthorityRole,
    label: &str,
    certificate: &Certificate,
) -> Result<(), CeremonyError> {
    let event =
        AuthorityEstablished { role, key_label: label.to_owned(), certificate: certificate.der().to_vec() };
    ledger.append(event).await?;
    Ok(())
}

fn name(what: &str) -> Subject {
    Subject {
        country: None,
        organization: None,
        organizational_unit: None,
        common_name: format!("{REHEARSAL}{what}"),
    }
}

/// A label that no token has yet: the beginning of the real one's, chance, and what it is for.
fn throw_away_label(token: &str) -> Result<String, CeremonyError> {
    let end = format!("-{}-rehearsal", hex::encode(random::bytes::<3>()?));
    let room = LONGEST_LABEL - end.len();
    let begin: String = token.chars().filter(char::is_ascii).take(room).collect();
    Ok(begin + &end)
}
