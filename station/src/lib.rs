//! The end-of-line provisioning station.
//!
//! The map of this crate, from the outside in:
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`] | the commands, their arguments and exit codes |
//! | [`tui`] | the operator's screen |
//! | [`headless`] | the run as plain lines or bars, and as a stream of JSON events |
//! | [`check`] | looks at every device and setting, and tells all that is wrong |
//! | [`engine`] | carries one module through the steps; many slots at a time |
//! | [`steps`] | one file a step, in the order they happen |
//! | [`link`], [`probe`], [`hsm`], [`printer`], [`scanner`] | one device each, behind its owner |
//! | [`ceremony`] | makes the vendor's keys and certificates, before witnesses |
//! | [`pki`] | certificates and requests: bytes in, bytes out |
//! | [`gate`] | what may be signed, by whose leave, and the one place that has it signed |
//! | [`audit`] | the HSM's own log against the record |
//! | [`ledger`] | the record of all that happened |
//! | [`label`] | what is printed |
//! | [`operator`] | who works at the station |
//! | [`module`] | one module outside its runs: what people do to it |
//! | [`fault`] | codes, what they mean to an operator, and the chain behind them |
//! | [`batches`], [`manifest`], [`files`] | makes up a batch and its file; from the ledger to a manifest; the files beside it |
//! | [`config`] | the station, the product and the order, as files |
//! | [`order`](mod@order) | a work order on its way into the ledger and back |
//! | [`device`] | the thread that owns a blocking device |
//! | [`tcp`] | devices reached over the network |
//! | `terminal` | its driver, for whoever asks for a line there |
//! | [`signals`] | who takes the signals that ask the program to end |
//! | [`clock`], [`random`] | the only doors to time and chance |
//!
//! Two rules hold everywhere: the ledger is written before the world, and PASS is shown after the
//! ledger is on disk.

pub mod audit;
pub mod batches;
pub mod boundary;
pub mod ceremony;
pub mod check;
pub mod checkpoint;
pub mod cli;
pub mod clock;
pub mod config;
pub mod device;
mod disk;
pub mod engine;
pub mod fault;
pub mod files;
pub mod gate;
pub mod headless;
pub mod hsm;
pub mod label;
pub mod ledger;
pub mod link;
pub mod manifest;
pub mod module;
pub mod operator;
pub mod order;
pub mod pki;
pub mod printer;
pub mod probe;
pub mod random;
pub mod scanner;
pub mod signals;
pub mod steps;
pub mod tcp;
mod terminal;
pub mod tui;
