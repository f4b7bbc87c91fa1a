//! Emulated modules, probes, serial ports, printers and scanners behind the interfaces of real ones.
//!
//! A bench has slots. In each slot stands a debug probe, a serial port, a label printer and a scanner, and a
//! module can be put in and taken out. The station that is tested against it knows nothing of this crate: it
//! opens a Black Magic Probe by TCP, a serial port, a ZPL printer, a scanner.
//!
//! | module | what it is |
//! |---|---|
//! | [`mod@bench`] | [`Bench`] and its [`Options`]: start, wait, end |
//! | [`control`] | requests on `DIR/control.sock`, and the [`client`] for them |
//! | `slot`, `tray` | the seat and its devices; the modules the bench knows, with their labels |
//! | `emulator` | one QEMU process and its sockets |
//! | `chip` | one powered nRF51822: what a debugger needs and QEMU does not have |
//! | `probe` | the Black Magic Probe: remote protocol, SWD bits, debug and access port |
//! | `uart` | the pseudo-terminal, at 115200 baud |
//! | `printer` | ZPL II in, PNG out |
//! | `scanner` | reads the label on the module in the slot |
//! | [`fault`] | what can be made to go wrong |
//! | `door`, `pace`, `random` | services that can be off, time that devices take, noise that repeats |
//!
//! # Where the model is stricter or simpler than silicon
//!
//! - **Read-back protection.** Once UICR.RBPCONF says "protect all" and the part has been reset, the debugger
//!   can attach and halt the core, but accesses to flash, RAM and peripherals fault, and core registers read
//!   as zero. FICR, UICR and the flash controller stay open, so that ERASEALL remains the way back. Real
//!   nRF51 parts answer protected reads with zeros and leave core registers open, which is a known leak: a
//!   station that wants to run on both takes a fault as well as zeros for "locked".
//! - **Lock-up.** A part without a valid vector table locks up at once. A core that locks up later loses what
//!   was written to flash since the last reset.
//! - **DEVICEID** differs per module for the debugger; the firmware sees the emulator's constant.
//! - **Time** passes on the wires (SWD at 1 MHz, UART at 115200 baud, paper at 100 mm/s). Erasing and programming
//!   of flash take no time. The core runs as fast as the host, or with [`Options::clocked`] at the part's speed.

pub mod bench;
mod chip;
pub mod config;
pub mod control;
mod door;
mod emulator;
pub mod fault;
mod pace;
mod printer;
mod probe;
mod random;
mod scanner;
mod slot;
mod tray;
mod uart;

pub use self::{
    bench::{Bench, Options},
    control::client,
};
