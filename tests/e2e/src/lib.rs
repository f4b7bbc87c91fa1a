//! Whole-system tests: the real programs, on the virtual bench.
//!
//! | module | what it holds |
//! |---|---|
//! | [`disk`] | a disk whose power is cut at every moment of a program's life |
//! | [`figures`] | what measurements have in common |
//! | [`frail`] | a station that dies at the boundary it is told to, by a clock that can be moved |
//! | [`kill`] | the sweep over all those boundaries |
//! | [`long`] | whether the long tests are wanted |
//! | [`lying`] | a module in software that answers wrongly, by a script |
//! | [`memory`] | what is in the memory of a process that runs |
//! | [`person`] | a person before the screen of `station run`, with a hand at the bench |
//! | [`programs`] | where the built programs and the firmware are |
//! | [`record`] | what `station` tells of its record, as JSON |
//! | [`rig`] | a station with an HSM, an order and a bench, in a directory of its own |
//! | [`run`] | `station run` as a child, its events, and a hand that changes modules |
//! | [`scenario`] | stories of trouble, as files, and who plays them |
//! | [`terminal`] | a terminal in software, for what a person sees |
//! | [`trial`] | trouble with the HSM, one kind and one moment at a time |
//!
//! The tests are in `tests/`; what they need is built and installed by `cargo xtask test`.

pub mod disk;
pub mod figures;
pub mod frail;
pub mod kill;
pub mod long;
pub mod lying;
pub mod memory;
pub mod person;
pub mod programs;
pub mod record;
pub mod rig;
pub mod run;
pub mod scenario;
pub mod terminal;
pub mod trial;

pub use lying::LyingModule;
pub use person::Person;
pub use rig::Rig;
pub use run::{Event, Run};
pub use scenario::Scenario;
pub use terminal::Terminal;
