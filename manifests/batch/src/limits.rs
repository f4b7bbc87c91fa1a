//! How large a manifest may be. A reader that has never seen the sender needs a bound before it
//! parses; a writer that keeps to the same bounds never makes a file nobody reads.

/// Modules in a batch, of all fates together.
pub const ENTRIES: usize = 50_000;

/// Bytes of a whole manifest: the largest batch with its certificates, and room to spare.
pub const MANIFEST_BYTES: usize = 512 << 20;

/// Notes on a module.
pub const NOTES: usize = 32;

/// Bytes of `header.json`.
pub(crate) const HEADER_BYTES: usize = 64 << 10;

/// Bytes of `header.cms`.
pub(crate) const SIGNATURE_BYTES: usize = 64 << 10;

/// Files in the archive that are looked at; a good one has a dozen.
pub(crate) const FILES: usize = 64;

/// Certificates in `ca.pem`, and in any chain.
pub(crate) const CHAIN: usize = 8;

/// Characters of a name in the header or of a reason.
pub(crate) const NAME_CHARACTERS: usize = 200;

/// Characters of one parameter of a registration task of AWS.
pub(crate) const AWS_PARAMETER_CHARACTERS: usize = 4096;
