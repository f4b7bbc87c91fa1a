//! Carries modules through the steps, many slots at a time.
//!
//! | file | what it holds |
//! |---|---|
//! | [`plan`] | the steps and their order |
//! | [`step`] | how a step ends |
//! | [`event`] | what the engine tells the outside |
//! | [`line`](mod@line) | what all slots share, and running them side by side |
//! | [`slot`] | one slot: wait for a module, run it, wait until it is taken out |
//! | [`run`] | one module's way through the steps |
//! | [`retry`] | trying a module again that is still in its slot |
//! | [`turn`] | whose turn it is at the devices of a slot |
//! | [`context`] | what a step may use |
//!
//! A run is a chain of typed steps: each takes what the one before it gives. Only here does an error
//! become a fault, only here is a verdict found, and the event that tells a PASS is sent after the
//! ledger has acknowledged it.

pub mod context;
pub mod event;
pub mod line;
pub mod plan;
pub mod retry;
pub mod run;
pub mod slot;
pub mod step;
pub mod turn;

pub use context::Context;
pub use event::Event;
pub use line::{Progress, Quota, Shared, Tally};
pub use plan::StepId;
pub use retry::Retries;
pub use slot::SlotDevices;
pub use step::{Step, StepResult};
