//! The certificate signing request (PKCS #10, RFC 2986): subject CN is the UID as UUID text, signed by the
//! module's key.

use der::asn1::{AnyRef, BitStringRef};
use der::{Encode, Sequence, Tag};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use wire::Uid;

use super::{EC_PUBLIC_KEY, ECDSA_WITH_SHA256, SECP256R1};
use crate::identity::Identity;

/// Room for any request in bytes.
pub const MAX_REQUEST: usize = 320;

/// Builds the request for an identity in `buffer`, signed by its key. `None` when there is nothing to sign
/// with; see [`Identity::sign`].
pub fn build<'b>(buffer: &'b mut [u8; MAX_REQUEST], identity: &Identity<'_>) -> Option<&'b [u8]> {
    let name = common_name(&identity.uid);
    let mut point = [4; 65];
    point[1..].copy_from_slice(identity.public_key);
    let info = CertificationRequestInfo {
        version: 0,
        subject: AnyRef::new(Tag::Sequence, &name).ok()?,
        public_key: SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: EC_PUBLIC_KEY,
                parameters: Some(AnyRef::from(&SECP256R1)),
            },
            subject_public_key: BitStringRef::from_bytes(&point).ok()?,
        },
        attributes: AnyRef::new(ATTRIBUTES, &[]).ok()?,
    };
    let signature = identity.sign(info.encode_to_slice(buffer).ok()?)?.to_der();
    let request = CertificationRequest {
        info,
        signature_algorithm: AlgorithmIdentifierRef { oid: ECDSA_WITH_SHA256, parameters: None },
        signature: BitStringRef::from_bytes(signature.as_bytes()).ok()?,
    };
    request.encode_to_slice(buffer).ok()
}

#[derive(Sequence)]
struct CertificationRequest<'a> {
    info: CertificationRequestInfo<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

#[derive(Sequence)]
struct CertificationRequestInfo<'a> {
    version: u8,
    subject: AnyRef<'a>,
    public_key: SubjectPublicKeyInfoRef<'a>,
    /// `[0] IMPLICIT SET OF`: present, and empty.
    attributes: AnyRef<'a>,
}

const ATTRIBUTES: Tag = Tag::ContextSpecific { constructed: true, number: der::TagNumber(0) };

/// The content of a `Name` with the common name alone. Every length is known, so it is written out.
fn common_name(uid: &Uid) -> [u8; NAME_PREFIX.len() + 36] {
    let mut name = [0; NAME_PREFIX.len() + 36];
    let (prefix, text) = name.split_at_mut(NAME_PREFIX.len());
    prefix.copy_from_slice(&NAME_PREFIX);
    text.copy_from_slice(uid.uuid_text().as_bytes());
    name
}

/// `SET { SEQUENCE { OID 2.5.4.3, UTF8String of 36 } }` up to the string's content.
const NAME_PREFIX: [u8; 11] = [0x31, 45, 0x30, 43, 0x06, 3, 0x55, 0x04, 0x03, 0x0c, 36];

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, SigningKey};
    use std::vec::Vec;
    use x509_cert::der::Decode;
    use x509_cert::request::CertReq;

    #[test]
    fn an_independent_parser_reads_it_and_the_signature_verifies() {
        for (uid, scalar) in [([0; 16], 1), ([0xff; 16], 0x7f)] {
            let uid = Uid::from_random(uid);
            let key = SigningKey::from_slice(&[scalar; 32]).expect("a scalar below the order");
            let point = key.verifying_key().to_sec1_point(false);
            let record: Vec<u8> = [&uid.as_bytes()[..], &[scalar; 32], &point.as_bytes()[1..]].concat();
            let identity = Identity::read(&record).expect("an identity");
            let mut buffer = [0; MAX_REQUEST];
            let request = build(&mut buffer, &identity).expect("room for it");

            let request = CertReq::from_der(request).expect("a PKCS #10 request");
            assert_eq!(std::format!("{}", request.info.subject), std::format!("CN={}", uid.uuid_text()));
            assert_eq!(request.info.public_key.subject_public_key.raw_bytes(), point.as_bytes());
            assert_eq!(request.algorithm.oid, ECDSA_WITH_SHA256);
            let signed = request.info.to_der().expect("what was decoded");
            let signature = Signature::from_der(request.signature.raw_bytes()).expect("a DER signature");
            key.verifying_key().verify(&signed, &signature).expect("proof of possession");
        }
    }
}
