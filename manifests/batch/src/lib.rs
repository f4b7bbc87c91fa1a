//! The batch manifest: build, sign, verify.
//!
//! A manifest is the file that ships with a batch of modules: a zip whose header is signed by the
//! vendor's manifest key and vouches for every other byte. [`format`](mod@format) describes the file, down to the byte;
//! this page maps the code.
//!
//! The crate has no I/O, no clock and no randomness: bytes, times and a signature come in, bytes and a
//! report go out.
//!
//! # To make one
//! [`Batch`] holds the typed input. [`Batch::prepare`] checks it as a receiver would and gives an
//! [`Unsigned`] manifest with the exact message for the HSM; [`Unsigned::sign`] gives the [`Manifest`].
//!
//! # To check one
//! [`verify()`], or [`verify_successor`] with the batch before it, gives a [`Report`] with every
//! [`Problem`] at once. It never panics and never unpacks anything to disk.
//!
//! # Modules
//! | module | concern |
//! |---|---|
//! | [`input`], `prepare`, `sign` | from a batch to a file |
//! | [`verify`](mod@verify), [`problem`] | from a file to a report |
//! | [`header`], [`entry`], [`note`], `contents` | the files inside, and their JSON |
//! | [`merkle`], `cms`, `archive`, `json` | tree, signature, zip, canonical text |
//! | [`certificate`], [`chain`], [`profile`], `issuers` | X.509 |
//! | [`uid`], [`digest`], [`timestamp`], [`text`], [`limits`] | small values |

mod archive;
pub mod certificate;
pub mod chain;
mod cms;
mod contents;
pub mod digest;
pub mod entry;
pub mod header;
pub mod input;
mod issuers;
mod json;
pub mod limits;
pub mod merkle;
pub mod note;
mod prepare;
pub mod problem;
pub mod profile;
mod sign;
pub mod text;
pub mod timestamp;
pub mod uid;
pub mod verify;

#[doc = include_str!("../FORMAT.md")]
pub mod format {}

pub use certificate::{Certificate, CertificateError};
pub use digest::Digest;
pub use entry::{Fate, Firmware, Id, PassedFacts, Record};
pub use header::{Flavour, Header};
pub use input::{Batch, Delivery, Module, Passed, Void, Withdrawn};
pub use note::{Note, NoteEvent, Notes};
pub use prepare::PrepareError;
pub use problem::Problem;
pub use sign::{Manifest, SignError, Unsigned};
pub use timestamp::Timestamp;
pub use uid::Uid;
pub use verify::{Report, verify, verify_successor};
