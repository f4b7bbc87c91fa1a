//! What a certificate would be, by the bytes that are to be signed: exactly one of ours, or nothing.
//!
//! Whoever verifies a certificate looks at what it does not forbid: one without an extended key usage is good
//! for every purpose. So what the station signs has the extensions that it makes itself, no more and no less.

use std::collections::BTreeSet;

use der::Decode;
use der::asn1::ObjectIdentifier;
use der::flagset::FlagSet;
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
use x509_cert::TbsCertificate;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};

use super::authority::Role;
use super::csr::text_of;
use super::name::COMMON_NAME;
use super::registration::{self, RegistrationCode};

/// The role that a certificate is made for, if it is made exactly as [`authority`](super::authority) makes
/// those of that role.
pub(super) fn authority(certificate: &TbsCertificate) -> Option<Role> {
    let ca = |below| BasicConstraints { ca: true, path_len_constraint: Some(below) };
    let certifies = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
    let shapes = [
        (Role::Root, ca(1), certifies, None),
        (Role::Issuing, ca(0), certifies, None),
        (Role::Manifest, NO_CA, KeyUsages::DigitalSignature.into(), Some(ID_KP_EMAIL_PROTECTION)),
        (Role::Revocation, NO_CA, KeyUsages::CRLSign.into(), None),
    ];
    shapes
        .into_iter()
        .find(|(_, constraints, usage, purpose)| has_exactly(certificate, constraints, *usage, *purpose))
        .map(|(role, ..)| role)
}

/// Whether a certificate is made exactly as [`registration`] makes them.
pub(super) fn is_registration(certificate: &TbsCertificate) -> bool {
    let mut parts = certificate.subject().iter();
    let is_code = parts.next().is_some_and(|part| {
        part.oid == COMMON_NAME && text_of(part).is_some_and(|text| text.parse::<RegistrationCode>().is_ok())
    });
    let validity = certificate.validity();
    let (first, last) = (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
    let lasts = last.checked_sub(first).is_some_and(|lasts| lasts <= registration::LONGEST.unsigned_abs());
    let usage = KeyUsages::NonRepudiation.into();
    is_code && parts.next().is_none() && lasts && has_exactly(certificate, &NO_CA, usage, None)
}

const NO_CA: BasicConstraints = BasicConstraints { ca: false, path_len_constraint: None };

/// Whether the certificate has these extensions and the identifiers of the keys, each once, and no others.
fn has_exactly(
    certificate: &TbsCertificate,
    constraints: &BasicConstraints,
    usage: FlagSet<KeyUsages>,
    purpose: Option<ObjectIdentifier>,
) -> bool {
    let mut seen = BTreeSet::new();
    let good = certificate.extensions().into_iter().flatten().all(|extension| {
        let (value, critical) = (extension.extn_value.as_bytes(), extension.critical);
        let right = match extension.extn_id {
            BasicConstraints::OID => {
                critical && BasicConstraints::from_der(value).is_ok_and(|it| it == *constraints)
            }
            KeyUsage::OID => critical && KeyUsage::from_der(value).is_ok_and(|it| it == KeyUsage(usage)),
            ExtendedKeyUsage::OID => purpose.is_some_and(|purpose| {
                ExtendedKeyUsage::from_der(value).is_ok_and(|ExtendedKeyUsage(list)| list == [purpose])
            }),
            SubjectKeyIdentifier::OID | AuthorityKeyIdentifier::OID => true,
            _ => false,
        };
        seen.insert(extension.extn_id) && right
    });
    let there = |extension| seen.contains(&extension);
    good && certificate.version() == Version::V3
        && there(BasicConstraints::OID)
        && there(KeyUsage::OID)
        && (purpose.is_none() || there(ExtendedKeyUsage::OID))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::purpose::{Purpose, check_content};
    use crate::pki::testing::{LOW, THEN, Testing, key, public};
    use crate::pki::{CertificateProfile, birth};
    use der::Encode as _;
    use rcgen::{
        CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    };
    use time::Duration;

    /// A verification certificate with something else in it.
    fn changed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let testing = Testing::new();
        let code = "0f".repeat(32).parse().expect("a code");
        let issuing = &testing.certificates.issuing;
        let mut params = registration::params(&code, issuing, &public(&key(9)), [7; 16], THEN).expect("made");
        change(&mut params);
        crate::pki::authority::under(Role::Issuing, &params, &public(&key(9)), issuing).expect("made")
    }

    fn is_anything(bytes: &[u8]) -> Vec<Purpose> {
        [Purpose::BirthCertificate, Purpose::AuthorityCertificate, Purpose::Registration]
            .into_iter()
            .filter(|purpose| check_content(bytes, *purpose).is_ok())
            .collect()
    }

    #[test]
    fn a_verification_certificate_is_one_and_nothing_else() {
        assert_eq!(is_anything(&changed(|_| {})), [Purpose::Registration]);
    }

    #[test]
    fn what_would_pass_for_a_client_s_certificate_is_signed_for_nothing() {
        let named = |name: &str| {
            let mut names = DistinguishedName::new();
            names.push(DnType::CommonName, name);
            names
        };
        let two = |params: &mut CertificateParams| {
            params.distinguished_name.push(DnType::OrganizationName, "Example Modules");
        };
        for (what, bytes) in [
            ("without any purpose", changed(|it| it.key_usages = vec![KeyUsagePurpose::DigitalSignature])),
            ("with a further usage", changed(|it| it.key_usages.push(KeyUsagePurpose::DigitalSignature))),
            ("without a usage", changed(|it| it.key_usages.clear())),
            ("without basic constraints", changed(|it| it.is_ca = IsCa::NoCa)),
            ("for any purpose", changed(|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any])),
            ("for servers", changed(|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
            ("of a module", changed(|it| it.distinguished_name = named(LOW.uuid_text().as_str()))),
            ("of somebody", changed(|it| it.distinguished_name = named(&"x".repeat(64)))),
            ("of nobody", changed(|it| it.distinguished_name = DistinguishedName::new())),
            ("of more than a code", changed(two)),
            ("for longer", changed(|it| it.not_after += Duration::SECOND)),
            (
                "with another name",
                changed(|it| {
                    it.subject_alt_names =
                        vec![rcgen::SanType::DnsName("example.com".try_into().expect("a name"))];
                }),
            ),
        ] {
            assert_eq!(is_anything(&bytes), [], "{what}");
        }
    }

    #[test]
    fn an_authority_has_the_extensions_of_its_role_and_no_others() {
        let testing = Testing::new();
        let it = &testing.certificates;
        for (certificate, role) in
            [(&it.root, Role::Root), (&it.issuing, Role::Issuing), (&it.manifest, Role::Manifest)]
        {
            let content = TbsCertificate::from_der(certificate.to_be_signed()).expect("its bytes");
            assert_eq!(authority(&content), Some(role));
            let length = content.extensions().map_or(0, Vec::len);
            assert!(length >= 3, "{length}");
            // The same extension twice, whichever it is.
            for index in 0..length {
                let again = certificate.extensions()[index].to_der().expect("its bytes");
                let twice = with_extension(certificate.to_be_signed(), &again);
                assert_eq!(TbsCertificate::from_der(&twice).ok().as_ref().and_then(authority), None);
            }
            // One that nobody knows: 2.5.29.99, empty.
            let more = [0x30, 0x07, 0x06, 0x03, 0x55, 0x1d, 0x63, 0x04, 0x00];
            let more = with_extension(certificate.to_be_signed(), &more);
            let content = TbsCertificate::from_der(&more).expect("well-formed");
            assert_eq!(authority(&content), None, "{role}");
        }
        let profile = CertificateProfile::default();
        let birth = birth::reserve(&profile, &it.issuing, LOW, &public(&key(9)), THEN).expect("reserved");
        assert_eq!(is_anything(&birth), [Purpose::BirthCertificate]);
    }

    /// The bytes of a certificate with one more extension at the end.
    fn with_extension(to_be_signed: &[u8], extension: &[u8]) -> Vec<u8> {
        use der::asn1::AnyRef;
        use der::{Reader as _, SliceReader, Tag, TagNumber, Tagged as _};
        const EXTENSIONS: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(3) };
        let wrap =
            |tag: Tag, content: &[u8]| AnyRef::new(tag, content).and_then(|it| it.to_der()).expect("short");
        let whole = AnyRef::from_der(to_be_signed).expect("an element");
        let mut reader = SliceReader::new(whole.value()).expect("short");
        let mut parts = Vec::new();
        while !reader.is_finished() {
            let part: AnyRef<'_> = reader.decode().expect("an element");
            if part.tag() == EXTENSIONS {
                let list = AnyRef::from_der(part.value()).expect("the list");
                let list = wrap(Tag::Sequence, &[list.value(), extension].concat());
                parts.extend(wrap(part.tag(), &list));
            } else {
                parts.extend(part.to_der().expect("short"));
            }
        }
        wrap(Tag::Sequence, &parts)
    }
}
