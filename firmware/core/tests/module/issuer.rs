//! Makes birth certificates with an implementation that is not the module's.

use std::str::FromStr;
use std::time::Duration;

use p256::ecdsa::{DerSignature, SigningKey};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder, Result};
use x509_cert::der::asn1::GeneralizedTime;
use x509_cert::der::{DecodePem, EncodePem, pem::LineEnding};
use x509_cert::ext::{Extension, ToExtension, pkix::BasicConstraints};
use x509_cert::name::Name;
use x509_cert::request::CertReq;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use wire::Uid;

/// What goes into a certificate; a test spoils what it wants to see refused.
pub(crate) struct Birth {
    pub(crate) serial: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) key: SubjectPublicKeyInfoOwned,
}

impl Birth {
    /// The certificate that the module's request asks for.
    pub(crate) fn of(uid: &Uid, request: &str) -> Self {
        let request = CertReq::from_pem(request).expect("a PKCS #10 request");
        let subject = request.info.subject.to_string();
        assert_eq!(subject, format!("CN={}", uid.uuid_text()));
        Self { serial: uid.as_bytes().to_vec(), subject, key: request.info.public_key }
    }

    /// The certificate as PEM.
    pub(crate) fn issue(self) -> String {
        let key = SigningKey::from_slice(&[0x42; 32]).expect("a scalar");
        let date = |seconds| {
            Time::from(GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).expect("a date"))
        };
        let validity = Validity::new(date(1_800_000_000), date(2_200_000_000));
        // The builder refuses serials that begin with a set bit; the module's UIDs may, so a zero goes before
        // them.
        let mut serial = self.serial;
        if serial.first().is_some_and(|first| first & 0x80 != 0) {
            serial.insert(0, 0);
        }
        let serial = SerialNumber::new(&serial).expect("a serial number");
        let profile = Profile(Name::from_str(&self.subject).expect("a name"));
        CertificateBuilder::new(profile, serial, validity, self.key)
            .expect("a builder")
            .build::<_, DerSignature>(&key)
            .expect("a certificate")
            .to_pem(LineEnding::LF)
            .expect("PEM")
    }
}

/// A certificate that is nobody's, as PEM.
pub(crate) fn self_signed() -> String {
    let key = SigningKey::from_slice(&[0x42; 32]).expect("a scalar");
    let key = SubjectPublicKeyInfoOwned::from_key(key.verifying_key()).expect("a public key");
    Birth { serial: vec![1], subject: "CN=TEST".into(), key }.issue()
}

struct Profile(Name);

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        Name::from_str("CN=TEST issuing CA").expect("a name")
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let end_entity = BasicConstraints { ca: false, path_len_constraint: None };
        Ok(vec![end_entity.to_extension(&self.0, &[])?])
    }
}
