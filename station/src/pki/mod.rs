//! Certificates and requests: bytes in, bytes out.
//!
//! Nothing here reads a file, a clock or a device. Every certificate is made in two halves with the
//! signature between them, so that the bytes to be signed can be on disk before the HSM sees them,
//! and can be signed again, unchanged, after a crash:
//!
//! ```text
//! birth::reserve ──► to-be-signed bytes ──► ledger ──► HSM ──► birth::complete ──► certificate
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`profile`] | what a product's certificates say besides the UID and the key; calendar validity |
//! | [`csr`] | the gate between a module's request and a signature |
//! | [`birth`] | the birth certificate: reserve, complete, check |
//! | [`authority`] | root, issuing CA, manifest signer and the signer of revocation lists |
//! | [`purpose`] | what each key may sign |
//! | `shape` | what a certificate would be, by the bytes that are to be signed |
//! | [`registration`] | the certificate by which a customer proves to AWS that they hold the CA |
//! | [`revocation`] | the list of certificates that are void |
//! | [`chain`] | does this certificate hang on these CAs |
//! | [`Certificate`], [`PublicKey`], [`Subject`] | the values the others speak in |
//! | [`pem`], [`words`] | text form; a certificate in words, to be read by people |
//!
//! Everything is P-256 with ECDSA and SHA-256; anything else is refused by name.

pub mod authority;
pub mod birth;
mod certificate;
pub mod chain;
pub mod csr;
mod key;
mod name;
pub mod pem;
pub mod profile;
pub mod purpose;
pub mod registration;
pub mod revocation;
mod shape;
mod signed;
#[cfg(test)]
pub(crate) mod testing;
mod validity;
pub mod words;

pub use certificate::{Certificate, CertificateError};
pub use key::{PublicKey, PublicKeyError, Signature, SignatureWrong};
pub use name::{Subject, SubjectError};
pub use profile::CertificateProfile;
pub use signed::{CompleteError, EnvelopeError, complete, complete_request};
pub use validity::Validity;
