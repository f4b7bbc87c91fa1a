//! The sweep over all boundaries: the station is killed at each, started again, and must have kept
//! its promise.
//!
//! | file | what it holds |
//! |---|---|
//! | [`life`] | one module: the run that is killed, the run that follows, the judgement |
//! | [`boundary`] | a boundary as the frail station wrote it down |
//! | [`promise`] | what must hold, whatever was cut short |
//! | [`table`] | what was found, boundary by boundary |

pub mod boundary;
pub mod life;
pub mod promise;
pub mod table;

pub use boundary::Boundary;
pub use life::{Life, live};
pub use table::Table;
