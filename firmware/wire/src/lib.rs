//! What the station and the module say to each other, byte for byte.
//!
//! One crate for both ends of the serial line, so that they cannot disagree: `no_std`, no allocator, no
//! dependency. The standard part follows the ExpressLink AT interface; the factory part lives under
//! `AT+DIAG`, which that interface leaves to the vendor.
//!
//! | module | holds | used by |
//! |---|---|---|
//! | [`uid`] | the module's 128-bit identity and its two text forms | both |
//! | [`escape`] | `\A`, `\D`, `\\` | both |
//! | [`line`](mod@line) | bytes to command lines | module |
//! | [`command`] | one command line: parse and format | both |
//! | [`reply`] | writing replies | module |
//! | [`reader`] | bytes to replies | station |
//! | [`error`], [`event`] | the numbers of the standard | both |
//! | [`factory`] | lifecycle, factory commands and their typed replies, the proof message | both |
//! | [`hexadecimal`] | fixed-length bytes as text | both |
//!
//! The lines of one protocol version never change once a module that speaks it has shipped;
//! `tests/golden/v1.txt` pins them.
#![no_std]

pub mod command;
pub mod error;
pub mod escape;
pub mod event;
pub mod factory;
pub mod hexadecimal;
pub mod line;
pub mod reader;
pub mod reply;
pub mod uid;

pub use command::{Command, Received};
pub use error::ErrorNumber;
pub use event::EventNumber;
pub use line::{Line, LineAssembler};
pub use reader::{Outcome, Reply, ReplyReader};
pub use reply::Sink;
pub use uid::Uid;

/// Version of the factory commands, the first word of the reply to `AT+DIAG INFO`.
///
/// A change to any line in `tests/golden/v1.txt` needs a new number and a new file.
pub const PROTOCOL_VERSION: u8 = 1;

/// Speed of the serial line in baud; 8 data bits, no parity, one stop bit, no flow control.
pub const BAUD: u32 = 115_200;
