//! A disk whose power is cut at every moment of a program's life.
//!
//! The program runs once, on a real disk, with each of its system calls on record ([`Recording`]). From the record every disk is
//! built that a power cut could have left behind, and each is judged by opening what is on it ([`sweep`]).
//!
//! | module | what it holds |
//! |---|---|
//! | [`trace`] | a program's system calls, by `strace` |
//! | [`recording`] | what they did to the files beside each other in one directory, and what the program said meanwhile |
//! | [`model`] | what of it is on disk, and what a power cut may take back |
//! | [`cut`] | the kinds of power cut, and the disks that each leaves |
//! | [`sweep`] | all cuts at all moments, judged |
//! | [`report`] | what came of them, as a table |
//! | [`ledger`] | how a ledger is judged |
//! | [`careless`] | a database that loses what it said was on disk |
//!
//! # What a disk may do
//! It is SQLite's own list (<https://www.sqlite.org/atomiccommit.html>, section 2.0, with powersafe overwrite as by default):
//!
//! - What was written before a sync of its file that returned is there. What was written since may be there or not, each write on its own and in
//!   whatever order; one write may be there up to some sector, or from there on.
//! - A file may have grown while what was written there is not there; then it holds zeros.
//! - A file's name is there for sure when its directory was synced. A name that was removed may come back until then.
//! - What is written beside other bytes leaves those as they are.
//!
//! Left out is the file that SQLite shares between processes (`-shm`): it is mapped into memory, and made anew from the log by the first who opens
//! the database after a power cut. So is the ledger's lock, an empty file.

pub mod careless;
pub mod cut;
pub mod ledger;
pub mod model;
pub mod recording;
pub mod report;
pub mod sweep;
pub mod trace;

pub use recording::Recording;
pub use report::Report;
