//! The signature file has one form. What CMS would allow beside it is refused, though the signature
//! stays good and OpenSSL would not mind.

use batch::profile::CertificateFault;
use batch::{Certificate, Digest, Problem, verify};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::ContentInfo;
use cms::signed_data::{CertificateSet, SignedData, SignerIdentifier, SignerInfo, SignerInfos};
use const_oid::db::rfc5911::{ID_MESSAGE_DIGEST, ID_SIGNING_TIME};
use der::asn1::{Null, OctetString, SetOfVec};
use der::{Any, Decode, Encode};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use x509_cert::attr::Attribute;

use crate::archive::{file, pack, unpack};
use crate::pki;

/// The problems after the signature file was taken apart, changed and written again.
fn problems(edit: impl FnOnce(&mut SignedData, &mut SignerInfo)) -> Vec<Problem> {
    let mut files = unpack(&pki::sign(&pki::late_binding()).bytes);
    let content = file(&mut files, "header.cms");
    let mut info = ContentInfo::from_der(content).unwrap();
    let mut data: SignedData = info.content.decode_as().unwrap();
    let mut signer = data.signer_infos.0.get(0).unwrap().clone();
    edit(&mut data, &mut signer);
    data.signer_infos = SignerInfos::try_from(vec![signer]).unwrap();
    info.content = Any::encode_from(&data).unwrap();
    *content = info.to_der().unwrap();
    // The length and digest of this file stand nowhere, so nothing else needs to change.
    verify(&pack(&files), &pki::trust()).problems
}

/// The attack that the purpose in the signer's certificate is there for: a module is genuine, its chain
/// leads to the trusted root, and whoever holds one can have it sign.
#[test]
fn a_manifest_forged_with_the_key_of_a_module() {
    let uid = pki::uids()[0];
    let module = pki::Template::birth(uid).issue();
    let mut files = unpack(&pki::sign(&pki::late_binding()).bytes);
    let header = file(&mut files, "header.json");
    let text = String::from_utf8(header.clone()).unwrap();
    let genuine = pki::Template::manifest().issue();
    let text = text
        .replace(&genuine.sha256().to_string(), &module.sha256().to_string())
        .replace(&genuine.subject(), &module.subject())
        .replace("WO-2026-0042", "WO-2026-0666");
    *header = text.into_bytes();
    let digest = Digest::of(header);

    let parsed = |certificate: &Certificate| x509_cert::Certificate::from_der(certificate.der()).unwrap();
    let content = file(&mut files, "header.cms");
    let mut info = ContentInfo::from_der(content).unwrap();
    let mut data: SignedData = info.content.decode_as().unwrap();
    let mut signer = data.signer_infos.0.get(0).unwrap().clone();
    let mut attributes = signer.signed_attrs.take().unwrap().into_vec();
    for attribute in attributes.iter_mut().filter(|attribute| attribute.oid == ID_MESSAGE_DIGEST) {
        let value = OctetString::new(digest.as_bytes().as_slice()).unwrap();
        attribute.values = SetOfVec::try_from(vec![Any::encode_from(&value).unwrap()]).unwrap();
    }
    let attributes = SetOfVec::try_from(attributes).unwrap();
    let signature: Signature = pki::key(&uid.to_string()).sign(&attributes.to_der().unwrap());
    signer.signature = OctetString::new(signature.normalize_s().to_der().as_bytes()).unwrap();
    signer.signed_attrs = Some(attributes);
    signer.sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: parsed(&module).tbs_certificate().issuer().clone(),
        serial_number: parsed(&module).tbs_certificate().serial_number().clone(),
    });
    let certificates = [module, pki::Template::issuing().issue()]
        .map(|certificate| CertificateChoices::Certificate(parsed(&certificate)));
    data.certificates = Some(CertificateSet::try_from(certificates.to_vec()).unwrap());
    data.signer_infos = SignerInfos::try_from(vec![signer]).unwrap();
    info.content = Any::encode_from(&data).unwrap();
    *content = info.to_der().unwrap();

    let found = verify(&pack(&files), &pki::trust()).problems;
    assert!(
        matches!(
            &found[..],
            [
                Problem::SignerUnfit { fault: CertificateFault::ExtendedKeyUsage { .. } },
                // The header names the UID of the forger's module, which late binding forbids too.
                Problem::Disclosure { .. },
                Problem::Disclosure { .. }
            ]
        ),
        "{found:?}"
    );
}

#[test]
fn the_file_written_again_is_the_same() {
    assert_eq!(problems(|_, _| {}), []);
}

#[test]
fn the_other_value_of_s() {
    let found = problems(|_, signer| {
        let signature = Signature::from_der(signer.signature.as_bytes()).unwrap();
        let other = Signature::from_scalars(signature.r(), -*signature.s()).unwrap();
        signer.signature = OctetString::new(other.to_der().as_bytes()).unwrap();
    });
    assert_eq!(found, [Problem::SignatureForm]);
}

#[test]
fn another_certificate() {
    let found = problems(|data, _| {
        let mut certificates = data.certificates.take().unwrap().0.into_vec();
        let root = x509_cert::Certificate::from_der(pki::trust()[0].der()).unwrap();
        certificates.push(CertificateChoices::Certificate(root));
        data.certificates = Some(CertificateSet::try_from(certificates).unwrap());
    });
    assert_eq!(found, [Problem::SignatureForm]);
}

#[test]
fn an_attribute_that_is_not_signed() {
    let found = problems(|_, signer| {
        let values = SetOfVec::try_from(vec![Any::encode_from(&Null).unwrap()]).unwrap();
        let attribute = Attribute { oid: ID_SIGNING_TIME, values };
        signer.unsigned_attrs = Some(SetOfVec::try_from(vec![attribute]).unwrap());
    });
    assert_eq!(found, [Problem::SignatureForm]);
}

#[test]
fn parameters_of_the_digest_algorithm() {
    let found = problems(|_, signer| signer.digest_alg.parameters = Some(Any::null()));
    assert_eq!(found, [Problem::SignatureForm]);
}

#[test]
fn no_certificate_or_no_signature() {
    let is_malformed =
        |found: &[Problem]| matches!(found, [Problem::FileMalformed { name, .. }] if name == "header.cms");
    let without = problems(|data, _| data.certificates = None);
    assert!(is_malformed(&without), "{without:?}");
    let no_signature = problems(|_, signer| signer.signature = OctetString::new(vec![1]).unwrap());
    assert!(is_malformed(&no_signature), "{no_signature:?}");
}

#[test]
fn a_signature_without_attributes() {
    let found = problems(|_, signer| signer.signed_attrs = None);
    assert_eq!(found, [Problem::SignatureInvalid, Problem::SignatureForm]);
}
