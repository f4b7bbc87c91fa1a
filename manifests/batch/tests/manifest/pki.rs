//! A small PKI and a batch, the same bytes each time: keys come from fixed seeds and ECDSA is
//! deterministic (RFC 6979).

use std::convert::Infallible;
use std::str::FromStr;

use batch::{
    Batch, Certificate, Delivery, Digest, Firmware, Manifest, Module, Note, NoteEvent, Notes, Passed,
    Timestamp, Uid, Void, Withdrawn,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use der::Encode;
use der::asn1::OctetString;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, Signature, SigningKey};
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

pub(crate) const CREATED: &str = "2026-11-22T21:30:15Z";

/// A key from its name.
pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::from_slice(Digest::of(name.as_bytes()).as_bytes()).unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What goes into a certificate. Tests change a field to make a bad one.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    pub(crate) key: SigningKey,
    pub(crate) issuer_key: SigningKey,
    pub(crate) ca: bool,
    pub(crate) usage: KeyUsages,
    pub(crate) purpose: Option<ObjectIdentifier>,
}

impl Template {
    pub(crate) fn root() -> Self {
        Self {
            subject: "CN=TEST Root CA,O=Example Vendor".into(),
            issuer: "CN=TEST Root CA,O=Example Vendor".into(),
            serial: vec![1],
            not_before: "2026-01-01T00:00:00Z",
            not_after: "2060-01-01T00:00:00Z",
            key: key("root"),
            issuer_key: key("root"),
            ca: true,
            usage: KeyUsages::KeyCertSign,
            purpose: None,
        }
    }

    pub(crate) fn issuing() -> Self {
        Self {
            subject: "CN=TEST Issuing CA,O=Example Vendor".into(),
            serial: vec![2],
            not_after: "2050-01-01T00:00:00Z",
            key: key("issuing"),
            ..Self::root()
        }
    }

    pub(crate) fn manifest() -> Self {
        Self {
            subject: "CN=TEST Manifest Signing,O=Example Vendor".into(),
            serial: vec![3],
            not_after: "2046-01-01T00:00:00Z",
            key: key("manifest"),
            ca: false,
            usage: KeyUsages::DigitalSignature,
            purpose: Some(ID_KP_EMAIL_PROTECTION),
            ..Self::root()
        }
    }

    pub(crate) fn birth(uid: Uid) -> Self {
        Self {
            subject: format!("CN={},O=Example Vendor", uid.thing_name()),
            issuer: Self::issuing().subject,
            serial: uid.as_bytes().to_vec(),
            not_before: "2026-11-22T20:00:00Z",
            not_after: "2036-12-22T20:00:00Z",
            key: key(&uid.to_string()),
            issuer_key: key("issuing"),
            ca: false,
            usage: KeyUsages::DigitalSignature,
            purpose: Some(ID_KP_CLIENT_AUTH),
        }
    }

    pub(crate) fn issue(&self) -> Certificate {
        let time = |text| Time::from_str(text).unwrap();
        let validity = Validity::new(time(self.not_before), time(self.not_after));
        let serial = SerialNumber::new(&self.serial).unwrap();
        let spki = SubjectPublicKeyInfoOwned::from_key(self.key.verifying_key()).unwrap();
        let builder = CertificateBuilder::new(Form(self.clone()), serial, validity, spki).unwrap();
        let certificate = builder.build::<_, DerSignature>(&self.issuer_key).unwrap();
        Certificate::from_der(&certificate.to_der().unwrap()).unwrap()
    }
}

struct Form(Template);

impl BuilderProfile for Form {
    fn get_issuer(&self, _subject: &Name) -> Name {
        Name::from_str(&self.0.issuer).unwrap()
    }

    fn get_subject(&self) -> Name {
        Name::from_str(&self.0.subject).unwrap()
    }

    fn build_extensions(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let id = |spki: SubjectPublicKeyInfoRef<'_>| {
            OctetString::new(&Digest::of(spki.subject_public_key.raw_bytes()).as_bytes()[..20]).unwrap()
        };
        let subject = tbs.subject();
        let mut extensions = vec![
            (true, &BasicConstraints { ca: self.0.ca, path_len_constraint: None })
                .to_extension(subject, &[])?,
            (true, &KeyUsage(self.0.usage.into())).to_extension(subject, &[])?,
            (false, &SubjectKeyIdentifier(id(spki))).to_extension(subject, &[])?,
            (false, &AuthorityKeyIdentifier { key_identifier: Some(id(issuer)), ..Default::default() })
                .to_extension(subject, &[])?,
        ];
        if let Some(purpose) = self.0.purpose {
            extensions.push((false, &ExtendedKeyUsage(vec![purpose])).to_extension(subject, &[])?);
        }
        Ok(extensions)
    }
}

/// UIDs with the ends of the range among them.
pub(crate) fn uids() -> Vec<Uid> {
    [
        "ff01234567894abc8def0123456789ab",
        "00000000000040008000000000000001",
        "7a1e5c0de5a14f0b9b1c2d3e4f506172",
        "3c6ef372fe94482b8e1f0a1b2c3d4e5f",
    ]
    .map(|uid| uid.parse().unwrap())
    .to_vec()
}

pub(crate) fn passed(uid: Uid) -> Passed {
    Passed {
        uid,
        certificate: Template::birth(uid).issue(),
        sealed_at: time("2026-11-22T21:00:00Z"),
        firmware: Firmware { sha256: Digest::of(b"firmware image"), version: "1.4.2".into() },
        notes: Notes::default(),
    }
}

pub(crate) fn notes<const N: usize>(notes: [(&str, NoteEvent, &str); N]) -> Notes {
    notes.into_iter().map(|(at, event, reason)| Note { at: time(at), event, reason: reason.into() }).collect()
}

/// The batch of the golden files: three modules that passed, and one that got lost after its certificate.
pub(crate) fn batch(delivery: Delivery) -> Batch {
    let uids = uids();
    let (void, shipped) = uids.split_last().unwrap();
    let mut modules: Vec<_> = shipped.iter().map(|uid| Module::Passed(passed(*uid))).collect();
    modules.push(Module::Void(Void {
        uid: *void,
        reason: "no answer after the seal".into(),
        certificate: Some(Template::birth(*void).issue().sha256()),
        notes: notes([
            ("2026-11-22T20:40:00Z", NoteEvent::Rework, "solder bridge below the antenna"),
            ("2026-11-22T21:10:00Z", NoteEvent::Void, "no answer after the seal"),
        ]),
    }));
    Batch {
        order: "WO-2026-0042".into(),
        customer: "Example Appliances".into(),
        product: "Module One".into(),
        station: "virtual-bench".into(),
        delivery,
        sequence: 1,
        previous: None,
        created: time(CREATED),
        ca_chain: vec![Template::issuing().issue(), Template::root().issue()],
        further_issuers: Vec::new(),
        signer: Template::manifest().issue(),
        modules,
    }
}

/// The batch after `first`, which is a [`batch`]: a module of that one came back and is withdrawn, another went through the line
/// again, and one is new.
pub(crate) fn second(first: &Batch) -> Batch {
    let again = Passed {
        notes: notes([
            ("2026-11-30T08:12:00Z", NoteEvent::Return, "lamp flickers"),
            ("2026-11-30T09:03:20Z", NoteEvent::Rework, "resistor replaced"),
            ("2026-11-30T09:05:41Z", NoteEvent::Reprint, "label torn"),
        ]),
        ..passed(uids()[2])
    };
    let withdrawn = Withdrawn {
        uid: uids()[0],
        reason: "does not connect".into(),
        certificate: Some(Template::birth(uids()[0]).issue().sha256()),
        notes: notes([("2026-12-01T07:30:00Z", NoteEvent::Return, "does not connect")]),
    };
    Batch {
        sequence: 2,
        previous: Some(sign(first).header_sha256),
        created: time("2026-12-02T16:00:00Z"),
        modules: vec![
            Module::Passed(again),
            Module::Passed(passed("12345678123442348234123456781234".parse().unwrap())),
            Module::Withdrawn(withdrawn),
        ],
        ..first.clone()
    }
}

/// The CA that follows [`Template::issuing`].
pub(crate) fn next_issuing() -> Template {
    Template {
        subject: "CN=TEST Issuing CA 2,O=Example Vendor".into(),
        serial: vec![4],
        key: key("issuing 2"),
        ..Template::issuing()
    }
}

/// A batch in which the last module that passed has its certificate from the next CA.
pub(crate) fn two_issuers(one: &Batch) -> Batch {
    let mut batch = Batch { further_issuers: vec![next_issuing().issue()], ..one.clone() };
    let last = batch.modules.iter_mut().rev().find_map(|module| match module {
        Module::Passed(passed) => Some(passed),
        _ => None,
    });
    let last = last.unwrap();
    let issuer = next_issuing();
    last.certificate =
        Template { issuer: issuer.subject, issuer_key: issuer.key, ..Template::birth(last.uid) }.issue();
    batch
}

/// Every batch of the golden files, by name.
pub(crate) fn all() -> [(&'static str, Batch); 6] {
    let (pre_registration, late_binding) = (pre_registration(), late_binding());
    [
        ("pre-registration-two-issuers", two_issuers(&pre_registration)),
        ("late-binding-two-issuers", two_issuers(&late_binding)),
        ("pre-registration-2", second(&pre_registration)),
        ("late-binding-2", second(&late_binding)),
        ("pre-registration", pre_registration),
        ("late-binding", late_binding),
    ]
}

pub(crate) fn pre_registration() -> Batch {
    batch(Delivery::PreRegistration)
}

pub(crate) fn late_binding() -> Batch {
    batch(Delivery::LateBinding { endpoint: Some("example-ats.iot.eu-west-1.amazonaws.com".into()) })
}

/// Signs as an HSM does: ECDSA with SHA-256 over the message, r and s.
pub(crate) fn sign(batch: &Batch) -> Manifest {
    batch
        .prepare()
        .unwrap()
        .sign(|message| {
            let signature: Signature = key("manifest").sign(message);
            Ok::<_, Infallible>(signature.to_vec())
        })
        .unwrap()
}

pub(crate) fn trust() -> Vec<Certificate> {
    vec![Template::root().issue()]
}
