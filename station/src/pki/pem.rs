//! Text form (RFC 7468), strict: one object, the right label, lines of 64 characters.

use der::pem::{self, LineEnding};

/// The label of a certificate.
const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a PKCS#10 request.
const REQUEST: &str = "CERTIFICATE REQUEST";

/// The label of a revocation list.
const REVOCATION_LIST: &str = "X509 CRL";

/// Why a text is not the PEM it should be.
#[derive(Debug, thiserror::Error)]
pub enum PemError {
    /// Not PEM, or not strictly so.
    #[error("the text is not PEM of one object")]
    Malformed(#[source] pem::Error),
    /// PEM of something else.
    #[error("the PEM text holds a {found:?}, not a {expected:?}")]
    Label {
        /// What was looked for.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
}

/// A certificate as text, with LF at the end of each line.
pub fn encode_certificate(der: &[u8]) -> String {
    // The encoder fails for a bad label or a length that overflows, and neither can be here.
    pem::encode_string(CERTIFICATE, LineEnding::LF, der).unwrap_or_default()
}

/// A revocation list as text, with LF at the end of each line.
pub fn encode_revocation_list(der: &[u8]) -> String {
    pem::encode_string(REVOCATION_LIST, LineEnding::LF, der).unwrap_or_default()
}

/// A PKCS#10 request as text, with LF at the end of each line.
pub fn encode_request(der: &[u8]) -> String {
    pem::encode_string(REQUEST, LineEnding::LF, der).unwrap_or_default()
}

/// The DER in the text of a certificate. Lines may end in LF or CR LF.
///
/// # Errors
/// Malformed text, or another kind of object.
pub fn decode_certificate(text: &str) -> Result<Vec<u8>, PemError> {
    decode(CERTIFICATE, text)
}

/// The DER in the text of a PKCS#10 request. Lines may end in LF or CR LF.
///
/// # Errors
/// Malformed text, or another kind of object.
pub fn decode_request(text: &str) -> Result<Vec<u8>, PemError> {
    decode(REQUEST, text)
}

fn decode(expected: &'static str, text: &str) -> Result<Vec<u8>, PemError> {
    let (found, der) = pem::decode_vec(text.as_bytes()).map_err(PemError::Malformed)?;
    if found != expected {
        return Err(PemError::Label { expected, found: found.to_owned() });
    }
    Ok(der)
}
