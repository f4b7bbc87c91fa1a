//! What the station and the module say to each other.
#![no_std]
mod uid;
pub use uid::{ParseUidError, Uid};
