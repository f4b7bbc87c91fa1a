//! What a signature is for, and which of the vendor's keys may make it.
//!
//! | purpose | the key's certificate |
//! |---|---|
//! | birth certificate, registration with a cloud | CA of path length 0, `keyCertSign` |
//! | certificate of one of the vendor's keys | CA of path length 1 or more, `keyCertSign` |
//! | list of void certificates | `cRLSign` |
//! | manifest, checkpoint of the ledger | no CA, `digitalSignature`, no `keyCertSign` |
//! | request to an offline root | any: a key may always ask for a certificate of its own |
//!
//! A customer trusts the issuing CA for modules and the manifest key for manifests. A key that could do
//! both would let whoever gets at one of them forge the other.

use serde::{Deserialize, Serialize};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use super::Certificate;

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A module's certificate.
    BirthCertificate,
    /// A certificate of one of the vendor's own keys.
    AuthorityCertificate,
    /// A request for one, to be carried to an offline root.
    AuthorityRequest,
    /// A list of void certificates.
    RevocationList,
    /// A batch manifest.
    Manifest,
    /// The ledger's own chain.
    Checkpoint,
    /// The proof to a cloud that the vendor holds the authority's key.
    Registration,
}

/// Why a key may not make a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// The certificate lacks a key usage.
    #[error("the certificate of {subject} has no {usage}")]
    Usage {
        /// Whose certificate.
        subject: String,
        /// The usage, by its name in RFC 5280, section 4.2.1.3.
        usage: &'static str,
    },
    /// The certificate is a CA's and should not be, or the reverse.
    #[error("the certificate of {subject} is {found}, not {wanted}")]
    Authority {
        /// Whose certificate.
        subject: String,
        /// What it is.
        found: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// A key without a certificate signs nothing but its own certificate, or a request for it.
    #[error("the key has no certificate that says what it is for")]
    Bare,
}

impl Purpose {
    /// As JSON and the database hold it, and as people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BirthCertificate => "birth-certificate",
            Self::AuthorityCertificate => "authority-certificate",
            Self::AuthorityRequest => "authority-request",
            Self::RevocationList => "revocation-list",
            Self::Manifest => "manifest",
            Self::Checkpoint => "checkpoint",
            Self::Registration => "registration",
        }
    }
}

/// Whether the key of this certificate may make such a signature.
///
/// # Errors
/// What the certificate says against it.
pub fn check(certificate: &Certificate, purpose: Purpose) -> Result<(), PurposeError> {
    let it = Constraints::of(certificate);
    match purpose {
        Purpose::BirthCertificate | Purpose::Registration => {
            it.is("a CA for modules", |kind| kind == Kind::LastAuthority)?;
            it.may("keyCertSign", KeyUsage::key_cert_sign)
        }
        Purpose::AuthorityCertificate => {
            it.is("a CA above others", |kind| kind == Kind::UpperAuthority)?;
            it.may("keyCertSign", KeyUsage::key_cert_sign)
        }
        Purpose::RevocationList => it.may("cRLSign", KeyUsage::crl_sign),
        Purpose::Manifest | Purpose::Checkpoint => {
            it.is("no CA", |kind| kind == Kind::NoAuthority)?;
            it.may("digitalSignature", KeyUsage::digital_signature)
        }
        Purpose::AuthorityRequest => Ok(()),
    }
}

/// Whether a key that has no certificate may make such a signature.
///
/// # Errors
/// [`PurposeError::Bare`].
pub fn check_bare(purpose: Purpose) -> Result<(), PurposeError> {
    match purpose {
        Purpose::AuthorityCertificate | Purpose::AuthorityRequest => Ok(()),
        _ => Err(PurposeError::Bare),
    }
}

/// What a certificate says of the use of its key.
struct Constraints {
    subject: String,
    kind: Kind,
    usage: Option<KeyUsage>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    NoAuthority,
    /// Nothing but end entities below it.
    LastAuthority,
    /// Other CAs below it.
    UpperAuthority,
}

impl Constraints {
    fn of(certificate: &Certificate) -> Self {
        let constraints = certificate.extension::<BasicConstraints>().ok().flatten();
        let kind = match constraints {
            Some((_, BasicConstraints { ca: true, path_len_constraint: Some(0) })) => Kind::LastAuthority,
            Some((_, BasicConstraints { ca: true, .. })) => Kind::UpperAuthority,
            _ => Kind::NoAuthority,
        };
        let usage = certificate.extension::<KeyUsage>().ok().flatten().map(|(_, usage)| usage);
        Self { subject: certificate.subject().to_string(), kind, usage }
    }

    fn is(&self, wanted: &'static str, right: impl Fn(Kind) -> bool) -> Result<(), PurposeError> {
        if right(self.kind) {
            return Ok(());
        }
        let found = match self.kind {
            Kind::NoAuthority => "no CA",
            Kind::LastAuthority => "a CA for modules",
            Kind::UpperAuthority => "a CA above others",
        };
        Err(PurposeError::Authority { subject: self.subject.clone(), found, wanted })
    }

    /// A certificate without key usage may nothing here, although RFC 5280 would let it.
    fn may(&self, usage: &'static str, has: impl Fn(&KeyUsage) -> bool) -> Result<(), PurposeError> {
        if self.usage.as_ref().is_some_and(has) {
            Ok(())
        } else {
            Err(PurposeError::Usage { subject: self.subject.clone(), usage })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{LOW, Testing};
    use Purpose::{
        AuthorityCertificate, AuthorityRequest, BirthCertificate, Checkpoint, Manifest, Registration,
        RevocationList,
    };

    #[test]
    fn each_key_does_its_own_and_nothing_else() {
        let authority = Testing::new();
        let birth = authority.birth(LOW, 9);
        let all = [
            BirthCertificate,
            AuthorityCertificate,
            AuthorityRequest,
            RevocationList,
            Manifest,
            Checkpoint,
            Registration,
        ];
        let may = |certificate: &Certificate| -> Vec<Purpose> {
            all.into_iter().filter(|purpose| check(certificate, *purpose).is_ok()).collect()
        };
        let it = &authority.certificates;
        assert_eq!(may(&it.root), [AuthorityCertificate, AuthorityRequest, RevocationList]);
        assert_eq!(may(&it.issuing), [BirthCertificate, AuthorityRequest, RevocationList, Registration]);
        assert_eq!(may(&it.manifest), [AuthorityRequest, Manifest, Checkpoint]);
        // A module's own key has the usage of a manifest key; no such key is on the HSM.
        assert_eq!(may(&birth), [AuthorityRequest, Manifest, Checkpoint]);
    }

    #[test]
    fn a_refusal_says_what_the_certificate_is() {
        let it = Testing::new().certificates;
        let error = check(&it.manifest, BirthCertificate).expect_err("no CA");
        assert!(error.to_string().ends_with("is no CA, not a CA for modules"), "{error}");
        assert_eq!(check_bare(Manifest), Err(PurposeError::Bare));
    }
}
