//! One module outside its runs: what people do to it, and the label it has.
//!
//! | file | what it holds |
//! |---|---|
//! | [`deeds`] | void, scrap, rework, return, reprint: recorded with who and why |
//! | [`label`](mod@label) | the label that a module has, made anew from the record |
//!
//! The command line and the screen both come here, so that neither can do more than the other.

pub mod deeds;
pub mod label;

pub use deeds::{Deed, Done};
pub use label::label;
