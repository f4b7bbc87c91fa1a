//! What only the simulator promises: its store, its boundary, its behaviour among several processes, its scripted
//! faults and its audit log.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, reason = "shared with the conformance suite, which uses all of it")]
#[path = "../support/mod.rs"]
mod support;

mod audit;
mod boundary;
mod crash;
mod faults;
mod limits;
mod processes;
mod store;
