//! Is `header.json` signed by a manifest key, and by a trusted one?

use super::in_words;
use crate::certificate::Certificate;
use crate::chain;
use crate::cms::{self, Signed};
use crate::contents;
use crate::header::{CertificateName, Header};
use crate::limits;
use crate::problem::Problem;
use crate::profile;

/// Reads the signature file and checks the signature over the exact bytes of the header.
pub(super) fn check(file: &[u8], header: Option<&[u8]>, problems: &mut Vec<Problem>) -> Option<Signed> {
    let mut malformed = |reason| {
        problems.push(Problem::FileMalformed { name: contents::SIGNATURE.to_owned(), reason });
        None
    };
    if file.len() > limits::SIGNATURE_BYTES {
        return malformed(format!("is longer than {} bytes", limits::SIGNATURE_BYTES));
    }
    let signed = match cms::read(file) {
        Ok(signed) => signed,
        Err(error) => return malformed(in_words(&error)),
    };
    if header.is_some_and(|header| !signed.is_over(header)) {
        problems.push(Problem::SignatureInvalid);
    }
    Some(signed)
}

/// Checks that the signer is the one the header names, a manifest key, and trusted.
pub(super) fn check_signer(
    signed: &Signed,
    header: &Header,
    chain: &[Certificate],
    trust: &[Certificate],
    problems: &mut Vec<Problem>,
) {
    if CertificateName::from(&signed.signer) != header.signer {
        problems.push(Problem::SignerOther { signer: signed.signer.subject() });
    }
    let faults = profile::manifest_signer(&signed.signer, header.created);
    problems.extend(faults.into_iter().map(|fault| Problem::SignerUnfit { fault }));
    if let Err(fault) = chain::find(&signed.signer, chain, trust, header.created) {
        problems.push(Problem::SignerUntrusted { fault });
    }
}

/// Checks that the signature file holds nothing but what it must, by writing it again.
///
/// Of the two values s and n - s that ECDSA allows, the smaller one is the form: so the bytes of a
/// manifest cannot be varied at all.
pub(super) fn check_form(
    signed: &Signed,
    file: &[u8],
    header: &Header,
    header_bytes: &[u8],
    chain: &[Certificate],
    problems: &mut Vec<Problem>,
) {
    let again = || {
        let attributes = cms::signed_attributes(header_bytes, header.created).ok()?;
        let between = certificates_between(&signed.signer, chain, header)?;
        cms::write(&signed.signer, &between, attributes, &signed.signature.normalize_s()).ok()
    };
    if again().is_none_or(|again| again != file) {
        problems.push(Problem::SignatureForm);
    }
}

/// The CAs between the signer and the last certificate of `ca.pem`, which the signature file carries.
fn certificates_between<'a>(
    signer: &'a Certificate,
    chain: &'a [Certificate],
    header: &Header,
) -> Option<Vec<&'a Certificate>> {
    chain::find(signer, chain, chain.get(chain.len().checked_sub(1)?..)?, header.created).ok()
}
