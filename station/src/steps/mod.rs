//! One file a step, in the order they happen.
//!
//! A step takes what the steps before it found out, and gives what the steps after it need, so that
//! none can run before its turn. It talks to the devices of its slot and to the ledger, and knows
//! nothing of screens.
//!
//! A module may come back half done; every step asks the module (or the ledger) whether its work is
//! done already, and says so instead of doing it twice.

pub mod flash;
pub mod greet;
pub mod install;
pub mod issue;
pub mod keygen;
pub mod label;
pub mod pass;
pub mod prove;
mod reading;
pub mod scan;
pub mod seal;
pub mod self_test;
