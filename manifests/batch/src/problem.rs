//! Everything that can be wrong with a manifest, one variant each.
//!
//! The texts say what is wrong; what to do about it is for the program that shows them.

use serde::Serialize;
use thiserror::Error;

use crate::chain::ChainFault;
use crate::digest::Digest;
use crate::entry::Id;
use crate::header::Counts;
use crate::profile::CertificateFault;
use crate::timestamp::Timestamp;

/// One thing that is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "problem", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Problem {
    // The archive
    /// The bytes are no zip, or not a whole one.
    #[error("the file is not a complete zip archive: {reason}")]
    ArchiveUnreadable {
        /// Where reading stopped.
        reason: &'static str,
    },
    /// The file is larger than any manifest.
    #[error("the file has {bytes} bytes, more than the {limit} of any manifest")]
    ArchiveTooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// All files are as they were, but the archive around them is another.
    #[error("the archive was packed by another program")]
    ArchiveRepacked,
    /// A file of the archive is compressed, encrypted or of unknown length.
    #[error("{name}: packed in a way the format does not use")]
    FilePacking {
        /// The file.
        name: String,
    },
    /// A file name that could leave the folder it is unpacked into.
    #[error("{name}: not a safe file name")]
    FileNameUnsafe {
        /// The name, made printable.
        name: String,
    },
    /// Two files of one name.
    #[error("{name}: is in the archive more than once")]
    FileRepeated {
        /// The file.
        name: String,
    },
    /// A file the header does not name.
    #[error("{name}: was added")]
    FileAdded {
        /// The file.
        name: String,
    },
    /// A file the format or the header names is not there.
    #[error("{name}: is missing")]
    FileMissing {
        /// The file.
        name: String,
    },
    /// A file is not what the header says.
    #[error("{name}: was changed")]
    FileChanged {
        /// The file.
        name: String,
    },
    /// The files stand in another order.
    #[error("the files of the archive stand in another order")]
    FilesReordered,
    /// A file cannot be read as what it should be.
    #[error("{name}: cannot be read: {reason}")]
    FileMalformed {
        /// The file.
        name: String,
        /// What the reader found.
        reason: String,
    },

    // The header and its signature
    /// The header is of another version of the format.
    #[error("the manifest has format {found}; this program reads format {known}")]
    FormatUnknown {
        /// The version found.
        found: u64,
        /// The version this crate knows.
        known: u32,
    },
    /// The header lists other files than a manifest of its flavour has.
    #[error("the header lists other files than the format has")]
    FileList,
    /// The signature is not over this header.
    #[error("the signature does not fit the header")]
    SignatureInvalid,
    /// The signature is good, but its file holds something else than the format allows.
    #[error("the signature file is not in the one form of the format")]
    SignatureForm,
    /// The header names another signer.
    #[error("the manifest was signed by {signer}, which is not the signer its header names")]
    SignerOther {
        /// Subject of the certificate in the signature.
        signer: String,
    },
    /// The signer's certificate is not one of a manifest key.
    #[error("the certificate of the signer {fault}")]
    SignerUnfit {
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The signer's certificate leads to no trusted CA.
    #[error("the signer is not trusted: {fault}")]
    SignerUntrusted {
        /// Where the chain ends.
        fault: ChainFault,
    },

    // The CA
    /// The first certificate of ca.pem is not the issuer that the header names.
    #[error("ca.pem does not begin with the issuing CA that the header names")]
    IssuerOther,
    /// The issuing CA leads to no trusted CA.
    #[error("the issuing CA is not trusted: {fault}")]
    IssuerUntrusted {
        /// Where the chain ends.
        fault: ChainFault,
    },
    /// A certificate of ca.pem is not that of a CA.
    #[error("ca.pem holds \"{subject}\", which is no CA")]
    NotAnIssuer {
        /// Its subject.
        subject: String,
    },

    // The entries
    /// A line of entries.ndjson cannot be read.
    #[error("entry {line}: cannot be read: {reason}")]
    EntryMalformed {
        /// Line number, from 1.
        line: usize,
        /// What the reader found.
        reason: String,
    },
    /// More entries than a batch may have.
    #[error("there are more than {limit} entries")]
    EntriesTooMany {
        /// The most that are read.
        limit: usize,
    },
    /// An entry that was signed is not there.
    #[error("module {id}: its entry is missing")]
    EntryMissing {
        /// The module.
        id: String,
    },
    /// An entry that was not signed.
    #[error("module {id}: its entry was added")]
    EntryAdded {
        /// The module.
        id: Id,
    },
    /// An entry is not as it was signed.
    #[error("module {id}: its entry was changed")]
    EntryChanged {
        /// The module.
        id: Id,
    },
    /// A module has more than one entry.
    #[error("module {id}: has more than one entry")]
    EntryRepeated {
        /// The module.
        id: Id,
    },
    /// The entries are not sorted.
    #[error("the entries stand in another order, first at module {id}")]
    EntriesReordered {
        /// The first module that stands too late.
        id: Id,
    },
    /// An entry names its module in the way of the other flavour.
    #[error("module {id}: is named in the way of the other flavour")]
    EntryFlavour {
        /// The module.
        id: Id,
    },
    /// The entries do not hash to the root in the header.
    #[error("the entries do not fit the Merkle root in the header")]
    MerkleRoot,
    /// The counts in the header are not those of the entries.
    #[error("the header counts {header}; the entries are {entries}")]
    Counts {
        /// Counts by the header.
        header: Counts,
        /// Counts of the entries.
        entries: Counts,
    },
    /// A module is withdrawn by a batch before which there was none.
    #[error("module {id}: is withdrawn, but no earlier batch can have named it")]
    WithdrawnFirst {
        /// The module.
        id: Id,
    },
    /// Two modules have one certificate or one key.
    #[error("module {id}: shares its {what} with another module")]
    Shared {
        /// The later of the modules.
        id: Id,
        /// What they share: "certificate" or "key".
        what: &'static str,
    },
    /// A module was sealed after the batch was closed.
    #[error("module {id}: was sealed at {sealed_at}, after the batch was closed")]
    SealedLate {
        /// The module.
        id: Id,
        /// When it was sealed.
        sealed_at: Timestamp,
    },

    /// Something was done to a module after the batch was closed.
    #[error("module {id}: has a note of {at}, after the batch was closed")]
    NoteLate {
        /// The module.
        id: Id,
        /// When it was done.
        at: Timestamp,
    },

    // The certificates
    /// A passed module without certificate.
    #[error("module {id}: its certificate is missing")]
    CertificateMissing {
        /// The module.
        id: Id,
    },
    /// A certificate of no module in the batch.
    #[error("the certificate {sha256} belongs to no module of the batch")]
    CertificateAdded {
        /// Digest of the certificate.
        sha256: Digest,
    },
    /// The certificate of a module is not the one its entry names.
    #[error("module {id}: its certificate was changed")]
    CertificateChanged {
        /// The module.
        id: Id,
    },
    /// A certificate that stands twice.
    #[error("module {id}: its certificate is there more than once")]
    CertificateRepeated {
        /// The module.
        id: Id,
    },
    /// The certificates stand in another order than the entries.
    #[error("the certificates stand in another order than the entries")]
    CertificatesReordered,
    /// The issuing CA of the batch did not sign the certificate.
    #[error(
        "module {id}: its certificate was not signed by the issuing CA of the batch, but says \"{issuer}\""
    )]
    CertificateForeign {
        /// The module.
        id: Id,
        /// The issuer that the certificate names.
        issuer: String,
    },
    /// A certificate is not what a birth certificate must be.
    #[error("module {id}: its certificate {fault}")]
    CertificateUnfit {
        /// The module.
        id: Id,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// Key or validity of the certificate are not what the entry says.
    #[error("module {id}: its entry and its certificate differ")]
    CertificateDiffers {
        /// The module.
        id: Id,
    },
    /// A file made from the entries and certificates does not follow from them.
    #[error("{name}: does not follow from the entries and certificates")]
    FileDiffers {
        /// The file.
        name: String,
    },

    // Late binding
    /// A file tells what late binding keeps secret.
    #[error("{name}: discloses the {what} of a module")]
    Disclosure {
        /// The file.
        name: String,
        /// "UID" or "certificate".
        what: &'static str,
    },

    // The batch before
    /// The sequence number and the presence of a previous batch contradict each other.
    #[error("batch number {sequence} must {expected} a batch before it")]
    Sequence {
        /// The number of the batch.
        sequence: u32,
        /// "name" or "not name".
        expected: &'static str,
    },
    /// The batch does not follow the one given as the previous.
    #[error("the batch does not follow the one given as the previous: {reason}")]
    NotTheSuccessor {
        /// What does not fit.
        reason: &'static str,
    },
}
