//! One key, one certificate, one request.

use super::CeremonyError;
use super::plan::AuthorityPlan;
use super::walk::{Halt, Made, RequestMade, Walk, digest, recorded_as};
use crate::clock::rfc3339;
use crate::gate::{DeskError, Request, Signer};
use crate::hsm::HsmError;
use crate::ledger::{AuthorityEstablished, AuthorityRole};
use crate::pki::authority::{self, Content, Role};
use crate::pki::purpose::Purpose;
use crate::pki::{Certificate, PublicKey, Signature, chain, complete, complete_request, pem};
use crate::random;

impl Walk<'_, '_> {
    /// The key of a part: made, or found where the plan allows it and nothing hangs on it.
    pub(super) async fn key(&mut self, part: &AuthorityPlan) -> Result<PublicKey, Halt> {
        let label = &part.key;
        self.check_free(label).await?;
        let (key, how) = match self.ceremony.desk.hsm().public_key(label).await {
            Ok(key) if self.ceremony.plan.existing_keys => {
                self.confirm(&format!("use the key {label}, which is in the token already"))?;
                (key, "found in the token")
            }
            Ok(_) => return Err(Halt::Failed(CeremonyError::KeyThere(label.clone()))),
            Err(HsmError::KeyAbsent { .. }) => {
                self.confirm(&format!("make the key {label} in the token {}", self.token.label))?;
                (self.ceremony.desk.hsm().generate(label).await?, "made in the token, which it cannot leave")
            }
            Err(error) => return Err(error.into()),
        };
        let facts = self.facts();
        let fingerprint = hex::encode(key.spki_sha256());
        self.transcript.step(
            &format!("the key {label}"),
            &[
                ("time", &facts.time),
                ("by", &facts.officer),
                ("token serial number", &facts.serial),
                ("key", label),
                ("how", how),
                ("SHA-256 of the public key", &fingerprint),
            ],
        );
        Ok(key)
    }

    /// The root's certificate, by its own key.
    pub(super) async fn self_sign(
        &mut self,
        part: &AuthorityPlan,
        key: &PublicKey,
    ) -> Result<Certificate, Halt> {
        self.confirm(&format!(
            "sign the certificate of the root {:?} with its key",
            part.subject.common_name
        ))?;
        let content = self.content(part, key)?;
        let to_be_signed = authority::root(content)?;
        let signature =
            self.sign(&part.key, Signer::Bare(key), Purpose::AuthorityCertificate, &to_be_signed).await?;
        let certificate = complete(&to_be_signed, &signature, None)
            .map_err(|source| CeremonyError::Complete { role: Role::Root, source })?;
        chain::check_root(&certificate, self.ceremony.clock.now())?;
        self.put_on_record(Role::Root, &part.key, certificate.clone(), Some(key)).await?;
        Ok(certificate)
    }

    /// A certificate by the root, whose key is here.
    pub(super) async fn certify(
        &mut self,
        role: Role,
        part: &AuthorityPlan,
        key: &PublicKey,
        root: &Certificate,
        root_label: &str,
    ) -> Result<(), Halt> {
        self.confirm(&format!("have the root sign the {role} certificate {:?}", part.subject.common_name))?;
        let content = self.content(part, key)?;
        let to_be_signed = match role {
            Role::Root | Role::Issuing => authority::issuing(content, root),
            Role::Manifest => authority::manifest(content, root),
            Role::Revocation => authority::revocation(content, root),
        }?;
        let signature = self
            .sign(root_label, Signer::Certified(root), Purpose::AuthorityCertificate, &to_be_signed)
            .await?;
        let certificate = complete(&to_be_signed, &signature, Some(root))
            .map_err(|source| CeremonyError::Complete { role, source })?;
        self.put_on_record(role, &part.key, certificate, Some(key)).await
    }

    /// A request to a root that is elsewhere, signed by its own key.
    pub(super) async fn request(
        &mut self,
        role: Role,
        part: &AuthorityPlan,
        key: &PublicKey,
    ) -> Result<RequestMade, Halt> {
        self.confirm(&format!("have the key {} sign its request to the offline root", part.key))?;
        let to_be_signed = authority::request(role, &part.subject, key)?;
        let signature =
            self.sign(&part.key, Signer::Bare(key), Purpose::AuthorityRequest, &to_be_signed).await?;
        let der = complete_request(&to_be_signed, &signature, key)
            .map_err(|source| CeremonyError::Complete { role, source })?;
        let pem = pem::encode_request(&der);
        let facts = self.facts();
        let years = format!("{} years or more from today", part.years);
        self.transcript.step(
            &format!("the request for the {role} certificate"),
            &[
                ("time", &facts.time),
                ("by", &facts.officer),
                ("key", &part.key),
                ("subject", &part.subject.common_name),
                ("to be valid for", &years),
                ("SHA-256 of the public key", &hex::encode(key.spki_sha256())),
            ],
        );
        self.transcript.block(&pem);
        Ok(RequestMade { role, pem })
    }

    async fn sign(
        &self,
        key: &str,
        signer: Signer<'_>,
        purpose: Purpose,
        message: &[u8],
    ) -> Result<Signature, DeskError> {
        self.ceremony.desk.sign(Request { key, signer, purpose, caller: "ceremony", message }).await
    }

    /// Puts a certificate on record, and into the transcript.
    pub(super) async fn put_on_record(
        &mut self,
        role: Role,
        label: &str,
        certificate: Certificate,
        key: Option<&PublicKey>,
    ) -> Result<(), Halt> {
        let kind = recorded_as(role);
        let event = AuthorityEstablished {
            role: kind,
            key_label: label.to_owned(),
            certificate: certificate.der().to_vec(),
        };
        let sha256 = digest(&certificate);
        self.ceremony.desk.ledger().append(event).await?;
        let record = self.ceremony.desk.ledger().query(move |reader| reader.authority_with(&sha256)).await?;
        let active = record.is_some_and(|record| record.active);
        let facts = self.facts();
        let standing = if active { "it is active" } else { "it waits to be activated" };
        let fingerprint = key.map(|key| hex::encode(key.spki_sha256())).unwrap_or_default();
        self.transcript.step(
            &format!("the {role} certificate, on record"),
            &[
                ("time", &facts.time),
                ("by", &facts.officer),
                ("token serial number", &facts.serial),
                ("key", if label.is_empty() { "kept elsewhere" } else { label }),
                ("SHA-256 of the public key", &fingerprint),
                ("SHA-256 of the certificate", &sha256.to_string()),
                ("standing", standing),
            ],
        );
        self.transcript.certificate(&certificate);
        self.made.push(Made { role: kind, active, certificate });
        Ok(())
    }

    /// Nothing on record may hang on a key that gets a certificate now.
    async fn check_free(&self, label: &str) -> Result<(), CeremonyError> {
        const ROLES: [(Role, AuthorityRole); 4] = [
            (Role::Root, AuthorityRole::Root),
            (Role::Issuing, AuthorityRole::Issuing),
            (Role::Manifest, AuthorityRole::Manifest),
            (Role::Revocation, AuthorityRole::Revocation),
        ];
        for (role, kind) in ROLES {
            let records = self.ceremony.desk.ledger().query(move |reader| reader.authorities(kind)).await?;
            if let Some(record) = records.iter().find(|record| record.key_label == label) {
                let certificate = record.sha256.to_string();
                return Err(CeremonyError::KeyTaken { label: label.to_owned(), role, certificate });
            }
        }
        Ok(())
    }

    fn content<'c>(&self, part: &'c AuthorityPlan, key: &'c PublicKey) -> Result<Content<'c>, CeremonyError> {
        Ok(Content {
            subject: &part.subject,
            key,
            serial: random::bytes()?,
            now: self.ceremony.clock.now(),
            years: part.years,
        })
    }

    /// What every step says: when, who, where.
    fn facts(&self) -> Facts {
        Facts {
            time: rfc3339(self.ceremony.clock.now()),
            officer: self.officer.clone(),
            serial: self.token.serial.clone(),
        }
    }
}

struct Facts {
    time: String,
    officer: String,
    serial: String,
}
