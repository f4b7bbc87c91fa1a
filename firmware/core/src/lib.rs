//! w
#![no_std]
pub mod entropy;
pub mod identity;
pub mod pki;
pub mod platform;
pub mod store;
