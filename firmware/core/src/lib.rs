//! The module's firmware, independent of the chip: everything between a line that comes in and the reply that
//! goes out.
//!
//! The same code runs on the nRF51822 and on a PC: a chip implements [`platform::Platform`], collects bytes
//! with [`wire::LineAssembler`] and hands each line to [`module::Module::answer`].
//!
//! | module | holds |
//! |---|---|
//! | [`module`](mod@module) | dispatch, the standard's commands, the factory commands in their order, self-test |
//! | [`dictionary`] | the configuration keys, what each may hold, the volatile values |
//! | [`store`] | the power-safe record store in the last pages of flash |
//! | [`identity`] | UID and key: making them, signing with them |
//! | [`entropy`] | random numbers from noise, with health tests |
//! | [`pki`] | certificate signing request, certificate check, PEM |
//! | [`events`] | the event queue |
//! | [`platform`] | what the core asks of a chip |
#![no_std]

pub mod dictionary;
pub mod entropy;
pub mod events;
pub mod identity;
pub mod module;
pub mod pki;
pub mod platform;
pub mod store;

pub use module::{MAX_LINE, Module, Next};
