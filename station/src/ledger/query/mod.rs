//! The queries about what the events amount to.

mod authority;
mod batch;
mod module;
mod order;
mod vouch;

pub use vouch::VoidCertificate;
