//! The operator's screen.
//!
//! | module | what it holds |
//! |---|---|
//! | [`text`] | every sentence, in every language |

pub mod text;
