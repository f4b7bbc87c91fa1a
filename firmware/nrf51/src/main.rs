//! The module's firmware image for the nRF51822: the core on this chip's registers.
//!
//! | file | holds |
//! |---|---|
//! | `chip` | flash, noise, lock and RAM as the core asks for them |
//! | `serial` | the serial line, by interrupt, asleep while there is nothing to do |
//! | `registers` | every access to a register or to raw memory, and all the unsafe code |
//!
//! Built for any other machine it is an empty program, so that commands over the whole workspace work
//! everywhere.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod chip;
#[cfg(target_os = "none")]
mod firmware;
#[cfg(target_os = "none")]
mod registers;
#[cfg(target_os = "none")]
mod serial;

#[cfg(not(target_os = "none"))]
fn main() {}
