//! The queries about what the events amount to.

mod authority;
mod batch;
mod module;
mod order;
mod search;
mod signing;
mod vouch;

pub use search::{Matches, NoUidPart, UidPart};
pub use signing::SigningRecord;
pub use vouch::VoidCertificate;
