//! From a prepared manifest and a signature to the file.

use cms::signed_data::SignedAttributes;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier;
use thiserror::Error;

use crate::archive::{self, File};
use crate::certificate::Certificate;
use crate::cms as signature_file;
use crate::contents;
use crate::digest::Digest;
use crate::header::Header;

/// Why a prepared manifest was not signed.
#[derive(Debug, Error)]
pub enum SignError<E: std::error::Error + 'static> {
    /// The key did not sign.
    #[error("sign the manifest")]
    Key(#[source] E),
    /// What the key returned is no signature of 64 bytes, r and s.
    #[error("the manifest key returned {length} bytes that are no ECDSA signature on P-256")]
    Form {
        /// How many bytes it returned.
        length: usize,
    },
    /// The signature is good for no message of this key: the certificate is that of another key.
    #[error("the signature does not fit the certificate \"{signer}\"")]
    OtherKey {
        /// Subject of the certificate of the manifest key.
        signer: String,
    },
    /// The signature cannot be encoded.
    #[error("encode the signature file")]
    Der(#[source] der::Error),
    /// The archive cannot be packed.
    #[error("pack the manifest")]
    Pack(#[source] zip::result::ZipError),
}

/// A manifest that lacks nothing but its signature.
#[derive(Debug)]
pub struct Unsigned {
    pub(crate) header: Header,
    pub(crate) header_bytes: Vec<u8>,
    pub(crate) files: Vec<File<'static>>,
    pub(crate) attributes: SignedAttributes,
    pub(crate) message: Vec<u8>,
    pub(crate) signer: Certificate,
    /// The CAs between the signer and the root.
    pub(crate) between: Vec<Certificate>,
}

/// A finished manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The bytes of the zip.
    pub bytes: Vec<u8>,
    /// What was signed.
    pub header: Header,
    /// Digest of `header.json`: what the next batch to this customer names as [`Batch::previous`](crate::Batch::previous).
    pub header_sha256: Digest,
}

impl Unsigned {
    /// What will be signed, as JSON.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// SHA-256 of `header.json`: what the next batch to this customer names as [`Batch::previous`](crate::Batch::previous).
    pub fn header_sha256(&self) -> Digest {
        Digest::of(&self.header_bytes)
    }

    /// The exact bytes that the manifest key signs by ECDSA with SHA-256 (`CKM_ECDSA_SHA256`, which
    /// hashes them itself): the DER of the CMS signed attributes, about 110 bytes.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Has the message signed and packs the manifest.
    ///
    /// `key` is called once, with [`Unsigned::message`], and returns the signature as PKCS#11 does: r and
    /// s, 32 bytes each. The signature is checked before the manifest is made.
    ///
    /// # Errors
    /// [`SignError::Key`] with the error of `key`, or what is wrong with what it returned.
    pub fn sign<E: std::error::Error + 'static>(
        self,
        key: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Manifest, SignError<E>> {
        let raw = key(&self.message).map_err(SignError::Key)?;
        let signature = Signature::from_slice(&raw).map_err(|_| SignError::Form { length: raw.len() })?;
        let is_of_signer = self.signer.key().is_some_and(|key| key.verify(&self.message, &signature).is_ok());
        if !is_of_signer {
            return Err(SignError::OtherKey { signer: self.signer.subject() });
        }
        let between: Vec<&Certificate> = self.between.iter().collect();
        let signature_bytes =
            signature_file::write(&self.signer, &between, self.attributes, &signature.normalize_s())
                .map_err(SignError::Der)?;
        let header_sha256 = Digest::of(&self.header_bytes);
        let mut files = vec![
            File::new(contents::HEADER, self.header_bytes),
            File::new(contents::SIGNATURE, signature_bytes),
        ];
        files.extend(self.files);
        let bytes = archive::write(&files).map_err(SignError::Pack)?;
        Ok(Manifest { bytes, header: self.header, header_sha256 })
    }
}
