//! The one place that has anything signed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::opening::Permit;
use crate::fault::{Coded, FaultCode};
use crate::hsm::{Hsm, HsmError};
use crate::ledger::{AuthorityRole, Digest, Ledger, LedgerError, Reader, SignatureAnnounced, SignatureMade};
use crate::pki::purpose::{self, Purpose, PurposeError};
use crate::pki::{Certificate, PublicKey, Signature};

/// Has the HSM sign what may be signed, and keeps the record of it.
#[derive(Clone, Debug)]
pub struct Desk {
    hsm: Arc<dyn Hsm>,
    ledger: Ledger,
    /// The public keys by their labels, as the HSM showed them; clones share them.
    keys: Arc<Mutex<BTreeMap<String, PublicKey>>>,
}

/// Whose key signs.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// That of this certificate, for what the certificate is for.
    Certified(&'a Certificate),
    /// A key that has no certificate yet: it signs its own, or a request for it.
    Bare(&'a PublicKey),
}

/// What is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The label of the key on the HSM.
    pub key: &'a str,
    /// Whose key it is.
    pub signer: Signer<'a>,
    /// What for.
    pub purpose: Purpose,
    /// Which part of the station asks, in words.
    pub caller: &'a str,
    /// The bytes.
    pub message: &'a [u8],
}

/// Why nothing was signed, or what was is not used.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The key is for something else, or the bytes are something else.
    #[error("the key {key:?} is not asked to sign {purpose}")]
    Purpose {
        /// The label of the key.
        key: String,
        /// What the signature would be for.
        purpose: Purpose,
        /// What stands against it.
        #[source]
        source: PurposeError,
    },
    /// A key without a certificate signs nothing but its own certificate, and requests for it.
    #[error("the key {key:?} has no certificate that lets it sign {purpose}")]
    Bare {
        /// The label of the key.
        key: String,
        /// What the signature would be for.
        purpose: Purpose,
    },
    /// The key on the HSM is not the signer's.
    #[error("the key {key:?} on the HSM is not the one that was to sign")]
    OtherKey {
        /// The label of the key.
        key: String,
    },
    /// The ledger cannot be asked, or did not take the announcement, or what was signed.
    #[error("the signature of the key {key:?} is not on record")]
    Ledger {
        /// The label of the key.
        key: String,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// The HSM did not sign.
    #[error("the HSM did not sign {purpose}")]
    Hsm {
        /// What the signature would be for.
        purpose: Purpose,
        /// Why.
        #[source]
        source: HsmError,
    },
    /// The signature is another key's, or none.
    #[error("the signature of the key {key:?} does not verify")]
    Wrong {
        /// The label of the key.
        key: String,
    },
}

impl Coded for DeskError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Purpose { source, .. } => source.code(),
            Self::Bare { .. } => FaultCode::KeyPurpose,
            Self::OtherKey { .. } => FaultCode::AuthorityMismatch,
            Self::Ledger { source, .. } => source.code(),
            Self::Hsm { source, .. } => source.code(),
            Self::Wrong { .. } => FaultCode::HsmSignatureWrong,
        }
    }
}

impl Desk {
    /// A desk for these keys and this record.
    pub fn new(hsm: Arc<dyn Hsm>, ledger: Ledger) -> Self {
        Self { hsm, ledger, keys: Arc::default() }
    }

    /// The same desk, with another name in the operator's column of what it records.
    #[must_use]
    pub fn with_operator(&self, operator: &str) -> Self {
        Self { ledger: self.ledger.with_operator(operator), ..self.clone() }
    }

    /// The HSM.
    pub fn hsm(&self) -> &Arc<dyn Hsm> {
        &self.hsm
    }

    /// The record.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Has anything but a birth certificate signed: announced, signed, verified, recorded.
    ///
    /// # Errors
    /// The key is not for this, or is not the signer's, or the bytes are not that; ledger or HSM fail.
    pub async fn sign(&self, request: Request<'_>) -> Result<Signature, DeskError> {
        let Request { key, purpose, caller, message, .. } = request;
        request.check()?;
        self.match_key(&request).await?;
        self.check_bare(&request).await?;
        let digest = Digest::of(message);
        let on_record = |source| DeskError::Ledger { key: key.to_owned(), source };
        let announced =
            SignatureAnnounced { key: key.to_owned(), purpose, caller: caller.to_owned(), digest };
        self.ledger.append(announced).await.map_err(on_record)?;
        let signature = self.ask(&request).await?;
        let wrong = |_| DeskError::Wrong { key: key.to_owned() };
        request.signer.public_key().verify(message, &signature).map_err(wrong)?;
        self.ledger.append(SignatureMade { key: key.to_owned(), digest }).await.map_err(on_record)?;
        Ok(signature)
    }

    /// Has the reserved bytes of a birth certificate signed. The ledger knows them; that they were signed
    /// is for the caller to record, with the certificate, and the making of the certificate verifies the
    /// signature.
    ///
    /// # Errors
    /// As [`sign`](Self::sign).
    pub async fn sign_birth(
        &self,
        issuer: &Certificate,
        key: &str,
        reserved: &[u8],
        _leave: &Permit,
    ) -> Result<Signature, DeskError> {
        let purpose = Purpose::BirthCertificate;
        let request =
            Request { key, signer: Signer::Certified(issuer), purpose, caller: "run", message: reserved };
        request.check()?;
        self.match_key(&request).await?;
        self.ask(&request).await
    }

    /// Whether the key with this label is the signer's: what another key would sign, nobody asked for, and
    /// it could not be taken back. The HSM is asked once for each label, as it refuses a key that changes.
    async fn match_key(&self, request: &Request<'_>) -> Result<(), DeskError> {
        let Request { key, signer, purpose, .. } = *request;
        let known = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        let found = if let Some(found) = known {
            found
        } else {
            let shown = self.hsm.public_key(key).await;
            let shown = shown.map_err(|source| DeskError::Hsm { purpose, source })?;
            self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), shown);
            shown
        };
        if found == *signer.public_key() { Ok(()) } else { Err(DeskError::OtherKey { key: key.to_owned() }) }
    }

    /// A key that has a certificate on record cannot claim to have none: what it may sign stands there.
    async fn check_bare(&self, request: &Request<'_>) -> Result<(), DeskError> {
        let Request { key, signer, purpose, .. } = *request;
        let Signer::Bare(public_key) = signer else { return Ok(()) };
        if purpose == Purpose::AuthorityRequest {
            return Ok(());
        }
        let (label, public_key) = (key.to_owned(), *public_key);
        let certified = self.ledger.query(move |reader| certified(reader, &label, &public_key)).await;
        let certified = certified.map_err(|source| DeskError::Ledger { key: key.to_owned(), source })?;
        if certified { Err(DeskError::Bare { key: key.to_owned(), purpose }) } else { Ok(()) }
    }

    async fn ask(&self, request: &Request<'_>) -> Result<Signature, DeskError> {
        let Request { key, purpose, message, .. } = *request;
        self.hsm.sign(key, message).await.map_err(|source| DeskError::Hsm { purpose, source })
    }
}

/// Whether the ledger has a certificate of this key, in any role, or one under its label.
fn certified(reader: &Reader, label: &str, key: &PublicKey) -> Result<bool, LedgerError> {
    for role in AuthorityRole::ALL {
        let found = reader.authorities(role)?.iter().any(|record| {
            record.key_label == label
                || Certificate::from_der(&record.certificate).is_ok_and(|it| it.public_key() == key)
        });
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Signer<'_> {
    fn public_key(&self) -> &PublicKey {
        match self {
            Self::Certified(certificate) => certificate.public_key(),
            Self::Bare(key) => key,
        }
    }
}

impl Request<'_> {
    /// Whether the key is for this, and whether the bytes are that.
    fn check(&self) -> Result<(), DeskError> {
        let Request { key, signer, purpose, message, .. } = *self;
        let refused = |source| DeskError::Purpose { key: key.to_owned(), purpose, source };
        match signer {
            Signer::Certified(certificate) => purpose::check(certificate, purpose).map_err(refused)?,
            Signer::Bare(_)
                if matches!(purpose, Purpose::AuthorityCertificate | Purpose::AuthorityRequest) => {}
            Signer::Bare(_) => return Err(DeskError::Bare { key: key.to_owned(), purpose }),
        }
        purpose::check_content(message, purpose).map_err(refused)?;
        // A key speaks for itself in a request, and in a certificate that nobody else signs.
        let own = purpose == Purpose::AuthorityRequest || matches!(signer, Signer::Bare(_));
        if own { purpose::check_own(message, purpose, signer.public_key()).map_err(refused) } else { Ok(()) }
    }
}
