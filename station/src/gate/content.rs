//! Whether bytes are of the kind that a signature is for.
//!
//! A key signs bytes, not meanings: the manifest key, asked to sign the bytes of a certificate, would make
//! one. What verifies it looks at the key's certificate and refuses; it is better never made.

use der::asn1::AnyRef;
use der::{Decode, Tag, Tagged};
use x509_cert::TbsCertificate;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::TbsCertList;
use x509_cert::request::CertReqInfo;

use crate::ledger::checkpoint;
use crate::pki::purpose::Purpose;

/// Whether `message` is what a signature for this purpose is made over.
pub(super) fn is_for(purpose: Purpose, message: &[u8]) -> bool {
    match purpose {
        Purpose::BirthCertificate | Purpose::AuthorityCertificate | Purpose::Registration => {
            TbsCertificate::from_der(message).is_ok()
        }
        Purpose::AuthorityRequest => CertReqInfo::from_der(message).is_ok(),
        // A list has the shape of a certificate's beginning, but is never one.
        Purpose::RevocationList => TbsCertList::<Rfc5280>::from_der(message).is_ok(),
        // The signed attributes of CMS, as a SET (RFC 5652, section 5.4).
        Purpose::Manifest => AnyRef::from_der(message).is_ok_and(|any| any.tag() == Tag::Set),
        Purpose::Checkpoint => checkpoint::is_message(message),
    }
}
