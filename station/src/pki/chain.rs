//! Does this certificate hang on these CAs?
//!
//! The rules are those of RFC 5280 section 6 as far as our chains need them, and some that are
//! ours: validity is nested, key identifiers are there and agree, unknown critical extensions are
//! refused.

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
use time::OffsetDateTime;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use super::Certificate;
use super::key::{PublicKey, SignatureWrong};
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};

/// What is wrong with a chain. `subject` is whose certificate is meant.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// It was issued by another.
    #[error("{subject:?} was issued by {named:?}, not by {expected:?}")]
    Issuer {
        /// Whose certificate.
        subject: String,
        /// The issuer it names.
        named: String,
        /// The issuer it was checked with.
        expected: String,
    },
    /// The issuer's key did not sign it.
    #[error("{subject:?} is not signed by the key of its issuer")]
    Signature {
        /// Whose certificate.
        subject: String,
        /// What the verification said.
        #[source]
        source: SignatureWrong,
    },
    /// The key identifiers are missing or disagree.
    #[error("the key identifiers of {subject:?} and its issuer are missing or disagree")]
    KeyIdentifier {
        /// Whose certificate.
        subject: String,
    },
    /// An extension says that it cannot be used for this.
    #[error("the extension {extension} of {subject:?} is missing or forbids this use")]
    Use {
        /// Whose certificate.
        subject: String,
        /// Which extension.
        extension: &'static str,
    },
    /// A critical extension that we do not know.
    #[error("{subject:?} has the unknown critical extension {extension}")]
    UnknownCritical {
        /// Whose certificate.
        subject: String,
        /// Which extension.
        extension: ObjectIdentifier,
    },
    /// It is valid at a time when its issuer is not.
    #[error("{subject:?} is valid beyond its issuer")]
    NotNested {
        /// Whose certificate.
        subject: String,
    },
    /// It is not valid yet.
    #[error("{subject:?} is not valid before {}", rfc3339(*since))]
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// Its first second.
        since: OffsetDateTime,
    },
    /// It is not valid any more.
    #[error("{subject:?} was valid until {}", rfc3339(*until))]
    Expired {
        /// Whose certificate.
        subject: String,
        /// Its last second.
        until: OffsetDateTime,
    },
    /// The key is not the one in the certificate.
    #[error("the key is not the one that the certificate of {subject:?} holds")]
    OtherKey {
        /// Whose certificate.
        subject: String,
    },
}

impl Coded for ChainError {
    fn code(&self) -> FaultCode {
        match self {
            Self::NotYetValid { .. } | Self::Expired { .. } => FaultCode::ClockBehind,
            Self::Issuer { .. }
            | Self::Signature { .. }
            | Self::KeyIdentifier { .. }
            | Self::Use { .. }
            | Self::UnknownCritical { .. }
            | Self::NotNested { .. }
            | Self::OtherKey { .. } => FaultCode::AuthorityMismatch,
        }
    }
}

/// Checks the vendor's own certificates: a root, and an issuing CA and a manifest signer under it.
///
/// # Errors
/// The first rule that is broken.
pub fn check_authority(
    root: &Certificate,
    issuing: &Certificate,
    manifest: &Certificate,
    now: OffsetDateTime,
) -> Result<(), ChainError> {
    check_root(root, now)?;
    check_issuing(issuing, now)?;
    check_link(issuing, root)?;
    check_manifest_signer(manifest, now)?;
    check_link(manifest, root)
}

/// Checks a manifest signer and its root, at the time from which both are valid: whether it was one
/// then, not whether it still is.
///
/// # Errors
/// The first rule that is broken.
pub fn check_manifest_signer_under(manifest: &Certificate, root: &Certificate) -> Result<(), ChainError> {
    let begin = manifest.not_before().max(root.not_before());
    check_root(root, begin)?;
    check_manifest_signer(manifest, begin)?;
    check_link(manifest, root)
}

/// Checks the path of a birth certificate to the root. Whose it is, is for
/// [`birth::check`](super::birth::check).
///
/// # Errors
/// The first rule that is broken.
pub fn check_birth(
    certificate: &Certificate,
    issuing: &Certificate,
    root: &Certificate,
    now: OffsetDateTime,
) -> Result<(), ChainError> {
    check_root(root, now)?;
    check_issuing(issuing, now)?;
    check_link(issuing, root)?;
    check_common(certificate, now)?;
    check_link(certificate, issuing)
}

/// Checks that a certificate holds the key that the HSM has.
///
/// # Errors
/// When it does not.
pub fn check_key(certificate: &Certificate, key: &PublicKey) -> Result<(), ChainError> {
    if certificate.public_key() == key {
        Ok(())
    } else {
        Err(ChainError::OtherKey { subject: subject(certificate) })
    }
}

/// Checks a root by itself: a CA that signed itself.
///
/// # Errors
/// The first rule that is broken.
pub fn check_root(root: &Certificate, now: OffsetDateTime) -> Result<(), ChainError> {
    check_common(root, now)?;
    check_may_certify(root)?;
    check_names(root, root)?;
    check_signature(root, root)
}

/// Checks an issuing CA by itself: a CA below which there is no other.
///
/// # Errors
/// The first rule that is broken.
pub fn check_issuing(issuing: &Certificate, now: OffsetDateTime) -> Result<(), ChainError> {
    check_common(issuing, now)?;
    check_may_certify(issuing)?;
    let constraints = issuing.extension::<BasicConstraints>().ok().flatten();
    match constraints {
        Some((_, BasicConstraints { path_len_constraint: Some(0), .. })) => Ok(()),
        _ => Err(ChainError::Use { subject: subject(issuing), extension: "basicConstraints" }),
    }
}

/// Checks a manifest signer by itself: no CA, may sign, for the purpose that `openssl cms -verify`
/// looks for.
///
/// # Errors
/// The first rule that is broken.
pub fn check_manifest_signer(manifest: &Certificate, now: OffsetDateTime) -> Result<(), ChainError> {
    check_common(manifest, now)?;
    let not_for = |extension| ChainError::Use { subject: subject(manifest), extension };
    match manifest.extension::<BasicConstraints>() {
        Ok(Some((_, BasicConstraints { ca: false, .. }))) => {}
        _ => return Err(not_for("basicConstraints")),
    }
    match manifest.extension::<KeyUsage>() {
        Ok(Some((_, usage))) if usage.digital_signature() && !usage.key_cert_sign() => {}
        _ => return Err(not_for("keyUsage")),
    }
    match manifest.extension::<ExtendedKeyUsage>() {
        Ok(Some((_, ExtendedKeyUsage(purposes)))) if purposes.contains(&ID_KP_EMAIL_PROTECTION) => Ok(()),
        _ => Err(not_for("extKeyUsage")),
    }
}

/// Checks a key that signs an issuing CA's revocation lists: no CA, nothing but `cRLSign`, and the CA's name
/// (RFC 5280 section 6.3.3 (f)).
///
/// # Errors
/// The first rule that is broken.
pub fn check_revocation_signer(
    signer: &Certificate,
    issuing: &Certificate,
    root: &Certificate,
    now: OffsetDateTime,
) -> Result<(), ChainError> {
    check_common(signer, now)?;
    let not_for = |extension| ChainError::Use { subject: subject(signer), extension };
    match signer.extension::<BasicConstraints>() {
        Ok(None | Some((_, BasicConstraints { ca: false, .. }))) => {}
        _ => return Err(not_for("basicConstraints")),
    }
    match signer.extension::<KeyUsage>() {
        Ok(Some((_, usage))) if usage == KeyUsage(KeyUsages::CRLSign.into()) => {}
        _ => return Err(not_for("keyUsage")),
    }
    if signer.subject() != issuing.subject() {
        return Err(ChainError::Issuer {
            subject: subject(signer),
            named: subject(signer),
            expected: subject(issuing),
        });
    }
    check_link(signer, root)
}

fn check_common(certificate: &Certificate, now: OffsetDateTime) -> Result<(), ChainError> {
    const KNOWN: [ObjectIdentifier; 3] = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];
    if let Some(unknown) =
        certificate.extensions().iter().find(|it| it.critical && !KNOWN.contains(&it.extn_id))
    {
        return Err(ChainError::UnknownCritical {
            subject: subject(certificate),
            extension: unknown.extn_id,
        });
    }
    if now < certificate.not_before() {
        return Err(ChainError::NotYetValid {
            subject: subject(certificate),
            since: certificate.not_before(),
        });
    }
    // The last second is valid to its end.
    if now.replace_nanosecond(0).unwrap_or(now) > certificate.not_after() {
        return Err(ChainError::Expired { subject: subject(certificate), until: certificate.not_after() });
    }
    Ok(())
}

fn check_may_certify(authority: &Certificate) -> Result<(), ChainError> {
    let not_for = |extension| ChainError::Use { subject: subject(authority), extension };
    match authority.extension::<BasicConstraints>() {
        Ok(Some((true, BasicConstraints { ca: true, .. }))) => {}
        _ => return Err(not_for("basicConstraints")),
    }
    match authority.extension::<KeyUsage>() {
        Ok(Some((_, usage))) if usage.key_cert_sign() => {}
        _ => return Err(not_for("keyUsage")),
    }
    if authority.subject_key_identifier().is_none() {
        return Err(ChainError::KeyIdentifier { subject: subject(authority) });
    }
    Ok(())
}

/// Checks that the parent issued the child: names, key identifiers, signature, nested validity.
///
/// # Errors
/// The first rule that is broken.
pub fn check_link(child: &Certificate, parent: &Certificate) -> Result<(), ChainError> {
    check_names(child, parent)?;
    if child.authority_key_identifier() != parent.subject_key_identifier() {
        return Err(ChainError::KeyIdentifier { subject: subject(child) });
    }
    check_signature(child, parent)?;
    if child.not_before() < parent.not_before() || child.not_after() > parent.not_after() {
        return Err(ChainError::NotNested { subject: subject(child) });
    }
    Ok(())
}

fn check_names(child: &Certificate, parent: &Certificate) -> Result<(), ChainError> {
    if child.issuer() == parent.subject() {
        Ok(())
    } else {
        Err(ChainError::Issuer {
            subject: subject(child),
            named: child.issuer().to_string(),
            expected: subject(parent),
        })
    }
}

fn check_signature(child: &Certificate, parent: &Certificate) -> Result<(), ChainError> {
    child
        .verify(parent.public_key())
        .map_err(|source| ChainError::Signature { subject: subject(child), source })
}

fn subject(certificate: &Certificate) -> String {
    certificate.subject().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, THEN, Testing, key, public};
    use time::Duration;

    #[test]
    fn what_belongs_together_hangs_together() {
        let authority = Testing::new();
        let it = &authority.certificates;
        check_authority(&it.root, &it.issuing, &it.manifest, THEN).expect("an authority");
        check_birth(&authority.birth(HIGH, 9), &it.issuing, &it.root, THEN).expect("a chain");
    }

    #[test]
    fn a_namesake_s_certificates_do_not_hang_on_us() {
        let (ours, theirs) = (Testing::new().certificates, Testing::impostor());
        assert_eq!(ours.root.subject(), theirs.certificates.root.subject());
        let outcome = check_birth(&theirs.birth(HIGH, 9), &theirs.certificates.issuing, &ours.root, THEN);
        assert!(matches!(outcome, Err(ChainError::KeyIdentifier { .. })));
        let outcome = check_birth(&theirs.birth(HIGH, 9), &ours.issuing, &ours.root, THEN);
        assert!(matches!(outcome, Err(ChainError::KeyIdentifier { .. })));
    }

    #[test]
    fn certificates_in_each_other_s_place_are_refused() {
        let authority = Testing::new();
        let it = &authority.certificates;
        assert!(check_authority(&it.issuing, &it.root, &it.manifest, THEN).is_err());
        assert!(check_authority(&it.root, &it.manifest, &it.issuing, THEN).is_err());
        assert!(check_birth(&it.manifest, &it.issuing, &it.root, THEN).is_err());
        assert!(check_birth(&authority.birth(HIGH, 9), &it.root, &it.issuing, THEN).is_err());
        assert!(matches!(
            check_issuing(&it.root, THEN),
            Err(ChainError::Use { extension: "basicConstraints", .. })
        ));
    }

    #[test]
    fn a_certificate_is_valid_from_its_first_second_to_the_end_of_its_last() {
        let issuing = Testing::new().certificates.issuing;
        let (first, last) = (issuing.not_before(), issuing.not_after());
        assert!(check_issuing(&issuing, first).is_ok());
        assert!(check_issuing(&issuing, last + Duration::milliseconds(999)).is_ok());
        let early = check_issuing(&issuing, first - Duration::NANOSECOND).expect_err("early");
        assert!(matches!(early, ChainError::NotYetValid { .. }));
        let late = check_issuing(&issuing, last + Duration::SECOND).expect_err("late");
        assert!(matches!(late, ChainError::Expired { .. }));
        assert_eq!(late.code(), FaultCode::ClockBehind);
    }

    #[test]
    fn the_key_in_the_hsm_is_the_certificate_s_or_it_is_refused() {
        let Testing { keys, certificates } = Testing::new();
        check_key(&certificates.issuing, &public(&keys.issuing)).expect("its key");
        let error = check_key(&certificates.issuing, &public(&key(9))).expect_err("another key");
        assert_eq!(error.code(), FaultCode::AuthorityMismatch);
    }
}
