//! The manifest from outside: made by the crate, checked by the crate, by OpenSSL and by unzip.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on has failed its test")]

mod archive;
mod disclosure;
mod golden;
mod issuers;
mod mutation;
mod pki;
mod refusal;
mod signature_file;
mod stock_tools;
mod tampering;
