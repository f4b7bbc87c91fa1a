//! What each key may sign.
//!
//! An HSM signs whatever it is given, with whichever key it is told. So before each signature two questions
//! are asked here: may the key that this certificate is for sign for this purpose, and are the bytes what
//! they are said to be? A manifest key that is made to sign a certificate would be a CA that nobody knows of.

use std::fmt;

use der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use der::{Decode, Header, Reader as _, SliceReader, Tag};
use serde::{Deserialize, Serialize};
use x509_cert::TbsCertificate;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::TbsCertList;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::request::CertReqInfo;
use x509_cert::spki::SubjectPublicKeyInfoRef;
use x509_cert::spki::der::referenced::OwnedToRef;

use super::authority::Role;
use super::{Certificate, PublicKey, shape};
use crate::fault::{Coded, FaultCode};

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A module's birth certificate.
    BirthCertificate,
    /// A certificate of the vendor's own: root, issuing CA, manifest signer, revocation signer.
    AuthorityCertificate,
    /// A request for such a certificate, signed by its own key.
    AuthorityRequest,
    /// A list of void certificates.
    RevocationList,
    /// A batch manifest.
    Manifest,
    /// A checkpoint of the ledger.
    Checkpoint,
    /// The certificate by which a customer proves to AWS that they hold the CA.
    Registration,
}

/// Why nothing may be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// The certificate of the key does not allow it.
    #[error("the key of {subject:?} is not for {purpose}: {why}")]
    Certificate {
        /// Whose certificate.
        subject: String,
        /// What was to be signed.
        purpose: Purpose,
        /// What its certificate says.
        why: &'static str,
    },
    /// The bytes name another key.
    #[error("the bytes to be signed are {purpose} for another key than the one that signs")]
    OtherKey {
        /// What they are.
        purpose: Purpose,
    },
    /// The bytes are something else.
    #[error("the bytes to be signed are not those of {purpose}")]
    Content {
        /// What they should be.
        purpose: Purpose,
    },
}

impl Coded for PurposeError {
    fn code(&self) -> FaultCode {
        FaultCode::KeyPurpose
    }
}

impl Purpose {
    /// As JSON and the database hold it.
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

    /// The roles whose keys sign for it, the usual one first.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::BirthCertificate | Self::Registration => &[Role::Issuing],
            Self::AuthorityCertificate => &[Role::Root],
            Self::AuthorityRequest => &[Role::Issuing, Role::Manifest, Role::Revocation],
            Self::RevocationList => &[Role::Issuing, Role::Revocation],
            Self::Manifest | Self::Checkpoint => &[Role::Manifest],
        }
    }
}

/// The role that a certificate is made for, by what its extensions allow; `None` when it is none of ours.
pub fn role_of(certificate: &Certificate) -> Option<Role> {
    let constraints = certificate.extension::<BasicConstraints>().ok()?;
    let (_, usage) = certificate.extension::<KeyUsage>().ok()??;
    let purposes = certificate.extension::<ExtendedKeyUsage>().ok()?;
    let is_ca = constraints.as_ref().is_some_and(|(_, constraints)| constraints.ca);
    let below = constraints.and_then(|(_, constraints)| constraints.path_len_constraint);
    match (is_ca, usage.key_cert_sign(), usage.crl_sign(), usage.digital_signature()) {
        (true, true, _, false) if below == Some(0) => Some(Role::Issuing),
        (true, true, _, false) => Some(Role::Root),
        (false, false, true, false) if purposes.is_none() => Some(Role::Revocation),
        (false, false, false, true) => purposes
            .is_some_and(|(_, ExtendedKeyUsage(list))| {
                list.contains(&ID_KP_EMAIL_PROTECTION) && !list.contains(&ID_KP_CLIENT_AUTH)
            })
            .then_some(Role::Manifest),
        _ => None,
    }
}

/// Checks that the key of this certificate may sign for a purpose.
///
/// # Errors
/// What the certificate says against it.
pub fn check(certificate: &Certificate, purpose: Purpose) -> Result<(), PurposeError> {
    let not_for =
        |why| PurposeError::Certificate { subject: certificate.subject().to_string(), purpose, why };
    let role = role_of(certificate).ok_or_else(|| not_for("its extensions are those of no role here"))?;
    if !purpose.roles().contains(&role) {
        return Err(not_for(match role {
            Role::Root => "it is a root",
            Role::Issuing => "it is an issuing CA",
            Role::Manifest => "it is a manifest signer",
            Role::Revocation => "it signs revocation lists alone",
        }));
    }
    let may_sign_lists =
        certificate.extension::<KeyUsage>().ok().flatten().is_some_and(|(_, it)| it.crl_sign());
    if purpose == Purpose::RevocationList && !may_sign_lists {
        return Err(not_for("its key usage lacks cRLSign"));
    }
    Ok(())
}

/// Checks that bytes are what is signed for a purpose, and nothing that another purpose could take them for.
///
/// # Errors
/// When they are not.
pub fn check_content(to_be_signed: &[u8], purpose: Purpose) -> Result<(), PurposeError> {
    let good = match purpose {
        Purpose::BirthCertificate => is_certificate(to_be_signed, is_client),
        Purpose::Registration => is_certificate(to_be_signed, shape::is_registration),
        Purpose::AuthorityCertificate => is_certificate(to_be_signed, |it| shape::authority(it).is_some()),
        Purpose::AuthorityRequest => CertReqInfo::from_der(to_be_signed).is_ok(),
        Purpose::RevocationList => TbsCertList::<Rfc5280>::from_der(to_be_signed).is_ok(),
        // The signed attributes of CMS are a SET (RFC 5652 section 5.4); certificates, requests and lists
        // are a SEQUENCE each.
        Purpose::Manifest => is_a(Tag::Set, to_be_signed),
        Purpose::Checkpoint => !is_a(Tag::Set, to_be_signed) && !is_a(Tag::Sequence, to_be_signed),
    };
    if good { Ok(()) } else { Err(PurposeError::Content { purpose }) }
}

/// Checks that bytes are of the very key that signs them: a root's certificate, or a request.
///
/// # Errors
/// When they are of another key, or of none.
pub fn check_own(to_be_signed: &[u8], purpose: Purpose, key: &PublicKey) -> Result<(), PurposeError> {
    let good = match purpose {
        Purpose::AuthorityCertificate => TbsCertificate::from_der(to_be_signed).is_ok_and(|it| {
            shape::authority(&it) == Some(Role::Root)
                && it.issuer() == it.subject()
                && is_that(key, &it.subject_public_key_info().owned_to_ref())
        }),
        Purpose::AuthorityRequest => CertReqInfo::from_der(to_be_signed)
            .is_ok_and(|request| is_that(key, &request.public_key.owned_to_ref())),
        _ => false,
    };
    if good { Ok(()) } else { Err(PurposeError::OtherKey { purpose }) }
}

fn is_that(key: &PublicKey, info: &SubjectPublicKeyInfoRef<'_>) -> bool {
    PublicKey::from_spki(info).is_ok_and(|it| it == *key)
}

fn is_certificate(to_be_signed: &[u8], fits: impl FnOnce(&TbsCertificate) -> bool) -> bool {
    TbsCertificate::from_der(to_be_signed).is_ok_and(|certificate| fits(&certificate))
}

/// Whether a certificate is a client's and no CA's.
fn is_client(certificate: &TbsCertificate) -> bool {
    let constraints = certificate.get_extension::<BasicConstraints>();
    let purposes = certificate.get_extension::<ExtendedKeyUsage>();
    constraints.is_ok_and(|found| found.is_none_or(|(_, constraints)| !constraints.ca))
        && purposes.is_ok_and(|found| {
            found.is_some_and(|(_, ExtendedKeyUsage(list))| list.contains(&ID_KP_CLIENT_AUTH))
        })
}

/// Whether the bytes are one DER element with this tag.
fn is_a(tag: Tag, bytes: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(bytes) else { return false };
    let Ok(header) = Header::decode(&mut reader) else { return false };
    let whole = usize::try_from(header.length())
        .is_ok_and(|length| usize::try_from(reader.remaining_len()).is_ok_and(|left| left == length));
    header.tag() == tag && whole
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BirthCertificate => "a birth certificate",
            Self::AuthorityCertificate => "a certificate of the vendor's own",
            Self::AuthorityRequest => "a request for a certificate of the vendor's own",
            Self::RevocationList => "a revocation list",
            Self::Manifest => "a batch manifest",
            Self::Checkpoint => "a checkpoint",
            Self::Registration => "a verification certificate",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::authority::{self, Content};
    use crate::pki::testing::{HIGH, LOW, THEN, Testing, key, public, sign, subject};
    use crate::pki::{CertificateProfile, birth, complete, revocation};
    use time::Duration;

    const ALL: [Purpose; 7] = [
        Purpose::BirthCertificate,
        Purpose::AuthorityCertificate,
        Purpose::AuthorityRequest,
        Purpose::RevocationList,
        Purpose::Manifest,
        Purpose::Checkpoint,
        Purpose::Registration,
    ];

    fn revocation_signer(testing: &Testing) -> Certificate {
        let (name, key) = (subject("TEST Issuing"), public(&key(7)));
        let content = Content { subject: &name, key: &key, serial: [9; 16], now: THEN, years: 30 };
        let bytes = authority::revocation(content, &testing.certificates.root).expect("made");
        let root = &testing.certificates.root;
        complete(&bytes, &sign(&testing.keys.root, &bytes), Some(root)).expect("completed")
    }

    #[test]
    fn every_key_signs_for_its_own_purposes_and_no_others() {
        let testing = Testing::new();
        let it = &testing.certificates;
        let revocation = revocation_signer(&testing);
        for (certificate, purposes) in [
            (&it.root, &[Purpose::AuthorityCertificate][..]),
            (
                &it.issuing,
                &[
                    Purpose::BirthCertificate,
                    Purpose::AuthorityRequest,
                    Purpose::RevocationList,
                    Purpose::Registration,
                ],
            ),
            (&it.manifest, &[Purpose::AuthorityRequest, Purpose::Manifest, Purpose::Checkpoint]),
            (&revocation, &[Purpose::AuthorityRequest, Purpose::RevocationList]),
            (&testing.birth(HIGH, 9), &[]),
        ] {
            for purpose in ALL {
                let outcome = check(certificate, purpose);
                assert_eq!(
                    outcome.is_ok(),
                    purposes.contains(&purpose),
                    "{certificate:?} {purpose}: {outcome:?}"
                );
                assert!(outcome.is_ok() || outcome.is_err_and(|error| error.code() == FaultCode::KeyPurpose));
            }
        }
    }

    #[test]
    fn bytes_are_taken_for_one_purpose_alone() {
        let testing = Testing::new();
        let issuing = &testing.certificates.issuing;
        let profile = CertificateProfile::default();
        let birth = birth::reserve(&profile, issuing, LOW, &public(&key(9)), THEN).expect("reserved");
        let list = revocation::Content {
            number: 1,
            this_update: THEN,
            next_update: THEN + Duration::days(30),
            revoked: &[],
        };
        let list = revocation::prepare(issuing, &list).expect("prepared");
        let request =
            authority::request(Role::Issuing, &subject("TEST Next"), &public(&key(8))).expect("made");
        for (bytes, purpose) in [
            (birth, Purpose::BirthCertificate),
            (issuing.to_be_signed().to_vec(), Purpose::AuthorityCertificate),
            (list, Purpose::RevocationList),
            (request, Purpose::AuthorityRequest),
            (vec![0x31, 0x02, 0x05, 0x00], Purpose::Manifest),
            (b"checkpoint of a ledger".to_vec(), Purpose::Checkpoint),
        ] {
            for other in ALL {
                assert_eq!(check_content(&bytes, other).is_ok(), other == purpose, "{purpose} as {other}");
            }
        }
    }
}
