//! `header.cms`: the signature of the manifest key over `header.json`, as CMS.
//!
//! A detached `SignedData` (RFC 5652, section 5) of one form only: one signer, named by issuer and
//! serial number; SHA-256 and ECDSA on P-256; the signed attributes content type, message digest and
//! signing time; the signer's certificate and the CAs above it up to, not including, the root.
//! Because the form is fixed, a reader rebuilds the bytes and compares, and nothing can hide.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
    SignerInfos,
};
use const_oid::db::rfc5911::{ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME};
use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_SHA_256};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, Signature};
use spki::AlgorithmIdentifierOwned;
use thiserror::Error;
use x509_cert::attr::Attribute;
use x509_cert::time::Time;

use crate::certificate::{Certificate, CertificateError};
use crate::digest::Digest;
use crate::timestamp::Timestamp;

/// Why `header.cms` cannot be read.
#[derive(Debug, Error)]
pub(crate) enum CmsError {
    #[error("parse the signature file")]
    Parse(#[source] der::Error),
    #[error("signature file holds {0} signatures, not one")]
    Signatures(usize),
    #[error("signature file has not the certificate of its signer")]
    NoCertificate,
    #[error("read the certificate of the signer")]
    Certificate(#[source] CertificateError),
    #[error("signature is not one of ECDSA on P-256")]
    Signature,
}

/// What `header.cms` says, before anything of it is believed.
pub(crate) struct Signed {
    pub(crate) signer: Certificate,
    attributes: Option<SignedAttributes>,
    pub(crate) signature: Signature,
}

/// The attributes that are signed: they bind the content and the time.
pub(crate) fn signed_attributes(header: &[u8], at: Timestamp) -> der::Result<SignedAttributes> {
    let digest = OctetString::new(Digest::of(header).as_bytes().as_slice())?;
    SetOfVec::try_from(vec![
        attribute(ID_CONTENT_TYPE, Any::encode_from(&ID_DATA)?)?,
        attribute(ID_MESSAGE_DIGEST, Any::encode_from(&digest)?)?,
        attribute(ID_SIGNING_TIME, Any::encode_from(&Time::from(at.date_time()))?)?,
    ])
}

/// The exact bytes the manifest key signs: the DER of the attributes as SET OF (RFC 5652, section 5.4).
pub(crate) fn message(attributes: &SignedAttributes) -> der::Result<Vec<u8>> {
    attributes.to_der()
}

/// The bytes of `header.cms`.
pub(crate) fn write(
    signer: &Certificate,
    between: &[&Certificate],
    attributes: SignedAttributes,
    signature: &Signature,
) -> der::Result<Vec<u8>> {
    let tbs = signer.parsed().tbs_certificate();
    let signer_info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: tbs.issuer().clone(),
            serial_number: tbs.serial_number().clone(),
        }),
        digest_alg: algorithm(ID_SHA_256),
        signed_attrs: Some(attributes),
        signature_algorithm: algorithm(ECDSA_WITH_SHA_256),
        signature: OctetString::new(signature.to_der().as_bytes())?,
        unsigned_attrs: None,
    };
    let certificates = std::iter::once(signer)
        .chain(between.iter().copied())
        .map(|certificate| CertificateChoices::Certificate(certificate.parsed().clone()))
        .collect::<Vec<_>>();
    let signed_data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![algorithm(ID_SHA_256)])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(certificates)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer_info])?,
    };
    ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&signed_data)? }.to_der()
}

/// Reads `header.cms` far enough to check the signature.
pub(crate) fn read(bytes: &[u8]) -> Result<Signed, CmsError> {
    let info = ContentInfo::from_der(bytes).map_err(CmsError::Parse)?;
    let data = info.content.decode_as::<SignedData>().map_err(CmsError::Parse)?;
    let [signer_info] = data.signer_infos.0.as_slice() else {
        return Err(CmsError::Signatures(data.signer_infos.0.len()));
    };
    let parsed = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .find_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => {
                let tbs = certificate.tbs_certificate();
                let id = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                    issuer: tbs.issuer().clone(),
                    serial_number: tbs.serial_number().clone(),
                });
                (id == signer_info.sid).then_some(certificate)
            }
            CertificateChoices::Other(_) => None,
        })
        .ok_or(CmsError::NoCertificate)?;
    let der = parsed.to_der().map_err(CmsError::Parse)?;
    let signature = DerSignature::from_bytes(signer_info.signature.as_bytes())
        .and_then(Signature::try_from)
        .map_err(|_| CmsError::Signature)?;
    Ok(Signed {
        signer: Certificate::from_der(&der).map_err(CmsError::Certificate)?,
        attributes: signer_info.signed_attrs.clone(),
        signature,
    })
}

impl Signed {
    /// Whether the signer signed the exact bytes of `header`.
    pub(crate) fn is_over(&self, header: &[u8]) -> bool {
        let check = || -> Option<()> {
            let attributes = self.attributes.as_ref()?;
            let mut digests = attributes.iter().filter(|attribute| attribute.oid == ID_MESSAGE_DIGEST);
            let (digest, None) = (digests.next()?, digests.next()) else { return None };
            let [value] = digest.values.as_slice() else { return None };
            let value = value.decode_as::<OctetString>().ok()?;
            if value.as_bytes() != Digest::of(header).as_bytes() {
                return None;
            }
            self.signer.key()?.verify(&message(attributes).ok()?, &self.signature).ok()
        };
        check().is_some()
    }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

/// RFC 5754 and RFC 5758: the parameters of these algorithms are absent.
fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}
