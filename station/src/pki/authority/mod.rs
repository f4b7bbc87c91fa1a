//! The vendor's own certificates: root, issuing CA, manifest signer, signer of revocation lists.
//!
//! ```text
//! root ─┬─ issuing CA ── birth certificates      the CA that customers register
//!       ├─ manifest signer                       signs batch manifests
//!       └─ revocation signer                     on demand: signs the issuing CA's lists
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `content`, `encoder` | what stands in each, and rcgen that writes it |
//! | [`returned`] | whether a certificate that comes back from an offline root is what was asked for |
//!
//! The manifest signer hangs on the root: a customer who registers the issuing CA with a cloud lets
//! in what that CA signed, and that is to be modules and nothing else. Its profile is what stock
//! `openssl cms -verify` wants for its default purpose `smimesign`: `digitalSignature` in the key
//! usage and `emailProtection` among the purposes. (OpenSSL takes a signer without any extended key
//! usage too, but none whose purposes lack `emailProtection`.) A file with the root in it is enough
//! for `-CAfile`.
//!
//! An issuing CA signs its own revocation lists. Whoever wants another key for that, so that the issuing
//! key can be under lock while lists go on, gives it a certificate under the CA's *name* with `cRLSign` alone:
//! RFC 5280 section 6.3.3 (f) finds a list's signer by name and key identifier, and what it signs is a complete
//! list of that CA, no indirect one, which few verifiers take. OpenSSL accepts it with `-extended_crl`, which
//! lets the list's path be another than the certificate's; AWS reads no lists at all.
//!
//! Each certificate comes in two halves, as birth certificates do: [`root`], [`issuing`], [`manifest`] or
//! [`revocation`] give the bytes to be signed, [`complete`] puts the signature to them. [`establish`]
//! does all of it for the first three. To a root that is elsewhere goes a [`request`].

mod content;
mod encoder;
pub mod returned;

pub(super) use content::positive;
pub use content::{AuthorityError, Content, issuing, manifest, request, revocation, root};
pub(super) use encoder::under;

use std::fmt;

use time::OffsetDateTime;

use super::key::{PublicKey, Signature};
use super::signed::{CompleteError, complete};
use super::{Certificate, Subject};
use crate::fault::{Coded, FaultCode};

/// What one of the vendor's certificates is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signs the others' certificates.
    Root,
    /// Signs birth certificates.
    Issuing,
    /// Signs batch manifests.
    Manifest,
    /// Signs lists of void certificates for the issuing CA of the same name.
    Revocation,
}

/// Subjects and lifetimes of all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The root's subject.
    pub root: Subject,
    /// The issuing CA's subject.
    pub issuing: Subject,
    /// The manifest signer's subject.
    pub manifest: Subject,
    /// How many calendar years the root lasts.
    pub root_years: u16,
    /// How many calendar years the other two last. An issuing CA stops issuing when it has less to
    /// live than a birth certificate has.
    pub leaf_years: u16,
}

/// One thing for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerRole<T> {
    /// The root's.
    pub root: T,
    /// The issuing CA's.
    pub issuing: T,
    /// The manifest signer's.
    pub manifest: T,
}

/// Why the vendor's certificates could not be established. `E` is what the signer says.
#[derive(Debug, thiserror::Error)]
pub enum EstablishError<E: std::error::Error + 'static> {
    /// The content of a certificate.
    #[error(transparent)]
    Content(AuthorityError),
    /// The signer gave no signature.
    #[error("the {role} certificate was not signed")]
    Sign {
        /// Which certificate.
        role: Role,
        /// What the signer said.
        #[source]
        source: E,
    },
    /// The signature did not make a certificate.
    #[error("the {role} certificate cannot be completed")]
    Complete {
        /// Which certificate.
        role: Role,
        /// Why.
        #[source]
        source: CompleteError,
    },
}

impl<E: Coded + 'static> Coded for EstablishError<E> {
    fn code(&self) -> FaultCode {
        match self {
            Self::Content(source) => source.code(),
            Self::Sign { source, .. } => source.code(),
            Self::Complete { source, .. } => source.code(),
        }
    }
}

/// Makes all three certificates. `sign` signs bytes with the root's key, and is asked three times.
///
/// # Errors
/// A plan that cannot be carried out, a signer that fails, a signature by another key.
pub async fn establish<E: std::error::Error + 'static>(
    plan: &Plan,
    keys: &PerRole<PublicKey>,
    serials: &PerRole<[u8; 16]>,
    now: OffsetDateTime,
    sign: impl AsyncFn(&[u8]) -> Result<Signature, E>,
) -> Result<PerRole<Certificate>, EstablishError<E>> {
    let finish = async |role, to_be_signed: Result<Vec<u8>, AuthorityError>, parent: Option<&Certificate>| {
        let to_be_signed = to_be_signed.map_err(EstablishError::Content)?;
        let signature = sign(&to_be_signed).await.map_err(|source| EstablishError::Sign { role, source })?;
        complete(&to_be_signed, &signature, parent)
            .map_err(|source| EstablishError::Complete { role, source })
    };
    let content = |subject, key, serial, years| Content { subject, key, serial, now, years };

    let of_root = content(&plan.root, &keys.root, serials.root, plan.root_years);
    let of_issuing = content(&plan.issuing, &keys.issuing, serials.issuing, plan.leaf_years);
    let of_manifest = content(&plan.manifest, &keys.manifest, serials.manifest, plan.leaf_years);
    let root = finish(Role::Root, root(of_root), None).await?;
    let issuing = finish(Role::Issuing, issuing(of_issuing, &root), Some(&root)).await?;
    let manifest = finish(Role::Manifest, manifest(of_manifest, &root), Some(&root)).await?;
    Ok(PerRole { root, issuing, manifest })
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Issuing => "issuing",
            Self::Manifest => "manifest",
            Self::Revocation => "revocation",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Chain;
    use crate::pki::testing::{THEN, Testing, plan, public, sign, wait_for};
    use std::io;
    use time::macros::datetime;

    #[test]
    fn lifetimes_are_nested_and_of_the_calendar() {
        let it = Testing::new().certificates;
        for certificate in [&it.root, &it.issuing, &it.manifest] {
            assert_eq!(certificate.not_before(), datetime!(2026-11-22 9:00 UTC));
        }
        assert_eq!(it.root.not_after(), datetime!(2066-11-22 10:00 UTC));
        assert_eq!(it.issuing.not_after(), datetime!(2056-11-22 10:00 UTC));
    }

    #[test]
    fn what_the_signer_says_is_not_lost() {
        let keys = Testing::new().keys;
        let publics = PerRole {
            root: public(&keys.root),
            issuing: public(&keys.issuing),
            manifest: public(&keys.manifest),
        };
        let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
        let plan = plan();
        let failing = establish(&plan, &publics, &serials, THEN, async |_: &[u8]| {
            Err::<Signature, _>(io::Error::other("pulled out"))
        });
        let error = wait_for(failing).expect_err("no signature");
        let chain = Chain::of(&error).to_string();
        assert_eq!(chain, "the root certificate was not signed: pulled out");

        let wrong_key = establish(&plan, &publics, &serials, THEN, async |bytes: &[u8]| {
            Ok::<_, io::Error>(sign(&keys.issuing, bytes))
        });
        let error = wait_for(wrong_key).expect_err("another key");
        assert!(matches!(
            error,
            EstablishError::Complete { role: Role::Root, source: CompleteError::SignatureWrong { .. } }
        ));
    }
}
