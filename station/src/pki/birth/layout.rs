//! What stands where in a birth certificate.

use der::asn1::OctetString;
use der::oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use p256::ecdsa::signature::Keypair;
use wire::Uid;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned,
    SubjectPublicKeyInfoRef,
};

use crate::pki::signed::ECDSA_WITH_SHA256;
use crate::pki::{Certificate, CertificateProfile, PublicKey, Validity, name};

/// The bytes to be signed.
pub(super) fn encode(
    profile: &CertificateProfile,
    issuer: &Certificate,
    uid: Uid,
    public_key: &PublicKey,
    validity: Validity,
) -> builder::Result<Vec<u8>> {
    let subject = name::module_name(
        profile.country.as_deref(),
        profile.organization.as_deref(),
        profile.organizational_unit.as_deref(),
        uid.uuid_text().as_str(),
        profile.subject_serial_number,
    )?;
    CertificateBuilder::new(
        Layout { issuer, subject, public_key },
        SerialNumber::new(uid.as_bytes())?,
        validity.encode()?,
        SubjectPublicKeyInfoOwned::from_key(public_key)?,
    )?
    .finalize(&IssuerKey(issuer))
}

/// Names and extensions of a birth certificate.
struct Layout<'a> {
    issuer: &'a Certificate,
    subject: Name,
    public_key: &'a PublicKey,
}

impl BuilderProfile for Layout<'_> {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.subject().clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _content: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        // The issuer's identifier is the one in its certificate, however that was made.
        let issuer_identifier = match self.issuer.subject_key_identifier() {
            Some(identifier) => identifier,
            None => PublicKey::from_spki(&issuer_key)
                .map_err(|_| spki::Error::KeyMalformed)?
                .key_identifier()
                .to_vec(),
        };
        let subject_identifier = OctetString::new(self.public_key.key_identifier())?;
        let mut extensions = Extensions::new();
        let mut push = |extension: der::Result<Extension>| extension.map(|it| extensions.push(it));
        push((&BasicConstraints { ca: false, path_len_constraint: None }).to_extension(&self.subject, &[]))?;
        push((&KeyUsage(KeyUsages::DigitalSignature.into())).to_extension(&self.subject, &[]))?;
        push((&ExtendedKeyUsage(vec![ID_KP_CLIENT_AUTH])).to_extension(&self.subject, &[]))?;
        push((&SubjectKeyIdentifier(subject_identifier)).to_extension(&self.subject, &[]))?;
        push(
            (&AuthorityKeyIdentifier {
                key_identifier: Some(OctetString::new(issuer_identifier)?),
                authority_cert_issuer: None,
                authority_cert_serial_number: None,
            })
                .to_extension(&self.subject, &[]),
        )?;
        Ok(extensions)
    }
}

/// Tells the builder whose signature will follow; it never signs.
struct IssuerKey<'a>(&'a Certificate);

impl Keypair for IssuerKey<'_> {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        *self.0.public_key()
    }
}

impl DynSignatureAlgorithmIdentifier for IssuerKey<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None })
    }
}
