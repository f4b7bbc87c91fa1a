//! Has rcgen encode a certificate, and takes the bytes to be signed out of its hands.

use std::cell::RefCell;

use der::{Decode, Tag, Tagged};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, Issuer, KeyIdMethod, PKCS_ECDSA_P256_SHA256,
    PublicKeyData, SigningKey,
};
use x509_cert::TbsCertificate;
use x509_cert::name::Name;

use super::{AuthorityError, Role};
use crate::pki::{Certificate, PublicKey};

/// The bytes to be signed of a certificate that signs itself.
pub(super) fn self_signed(
    role: Role,
    params: &CertificateParams,
    key: &PublicKey,
) -> Result<Vec<u8>, AuthorityError> {
    let capture = Capture::of(key);
    let outcome = params.self_signed(&capture);
    capture.take(role, outcome)
}

/// The bytes to be signed of a certificate under a parent.
pub(in crate::pki) fn under(
    role: Role,
    params: &CertificateParams,
    key: &PublicKey,
    parent: &Certificate,
) -> Result<Vec<u8>, AuthorityError> {
    let foreign_name = || AuthorityError::IssuerName { role, name: parent.subject().to_string() };
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name = repeated(parent.subject()).ok_or_else(foreign_name)?;
    issuer.key_identifier_method = KeyIdMethod::PreSpecified(
        parent.subject_key_identifier().unwrap_or_else(|| parent.public_key().key_identifier().to_vec()),
    );
    let capture = Capture::of(parent.public_key());
    let outcome = params.signed_by(&Capture::of(key), &Issuer::new(issuer, &capture));
    let to_be_signed = capture.take(role, outcome)?;
    // A name that came from elsewhere may have parts that do not survive being repeated.
    let fields = TbsCertificate::from_der(&to_be_signed);
    if fields.is_ok_and(|fields| fields.issuer() == parent.subject()) {
        Ok(to_be_signed)
    } else {
        Err(foreign_name())
    }
}

/// The bytes to be signed of a request for a certificate.
pub(super) fn request(
    role: Role,
    params: &CertificateParams,
    key: &PublicKey,
) -> Result<Vec<u8>, AuthorityError> {
    let capture = Capture::of(key);
    let outcome = params.serialize_request(&capture);
    capture.take(role, outcome)
}

/// A name as the encoder wants it; `None` when a part is of a string type that it is not given.
fn repeated(name: &Name) -> Option<DistinguishedName> {
    let mut repeated = DistinguishedName::new();
    for part in name.iter() {
        let arcs: Vec<u64> = part.oid.arcs().map(u64::from).collect();
        let text = str::from_utf8(part.value.value()).ok()?;
        let value = match part.value.tag() {
            Tag::Utf8String => DnValue::Utf8String(text.to_owned()),
            Tag::PrintableString => DnValue::PrintableString(text.try_into().ok()?),
            Tag::Ia5String => DnValue::Ia5String(text.try_into().ok()?),
            _ => return None,
        };
        repeated.push(DnType::from_oid(&arcs), value);
    }
    Some(repeated)
}

/// Stands where the encoder expects a key: it keeps the bytes that it should sign, and the real
/// signature is made elsewhere. What the encoder makes of the empty signature is thrown away.
struct Capture {
    point: [u8; 65],
    message: RefCell<Option<Vec<u8>>>,
}

impl Capture {
    fn of(key: &PublicKey) -> Self {
        Self { point: key.point(), message: RefCell::new(None) }
    }

    fn take<T>(self, role: Role, outcome: Result<T, rcgen::Error>) -> Result<Vec<u8>, AuthorityError> {
        let encode = |source| AuthorityError::Encode { role, source };
        outcome.map_err(encode)?;
        self.message.into_inner().ok_or_else(|| encode(rcgen::Error::RemoteKeyError))
    }
}

impl PublicKeyData for Capture {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Capture {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.message.replace(Some(message.to_vec()));
        Ok(Vec::new())
    }
}
