//! Looking whether a module is there, as cheaply as the wires allow.

use std::sync::atomic::{AtomicBool, Ordering};

use probe_rs::architecture::arm::dp::{DPIDR, DpAddress, DpRegister as _};
use probe_rs::architecture::arm::sequences::ArmDebugSequence;
use probe_rs::architecture::arm::{ArmError, DapProbe, RegisterAddress};

/// A debug sequence that asks once for the debug port's identification and leaves it at that.
///
/// probe-rs's own sequence tries for seconds before it gives up, because it expects a module. Here
/// an empty slot is the usual case. Nothing is written to the port, so a module that runs is left
/// alone.
#[derive(Debug, Default)]
pub(super) struct Presence {
    answered: AtomicBool,
}

/// Line reset: at least 50 cycles with the data line high (ADIv5.2, B4.3.3).
const LINE_RESET: (u8, u64) = (51, 0x0007_FFFF_FFFF_FFFF);
/// Switches a port that speaks JTAG and serial wire to serial wire (ADIv5.2, B5.2.1).
const JTAG_TO_SWD: (u8, u64) = (16, 0xE79E);
/// Idle cycles, after which a request may begin.
const IDLE: (u8, u64) = (3, 0);

impl Presence {
    /// Whether a debug port answered.
    pub(super) fn answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

impl ArmDebugSequence for Presence {
    fn debug_port_setup(&self, interface: &mut dyn DapProbe, _dp: DpAddress) -> Result<(), ArmError> {
        for (length, bits) in [LINE_RESET, JTAG_TO_SWD, LINE_RESET, IDLE] {
            interface.swj_sequence(length, bits)?;
        }
        let answer = interface.raw_read_register(RegisterAddress::DpRegister(DPIDR::ADDRESS));
        self.answered.store(answer.is_ok(), Ordering::Relaxed);
        if let Err(broken @ ArmError::Probe(_)) = answer {
            return Err(broken);
        }
        // Setting the port up would go on with powering the debug domain; all is known that was asked.
        Err(ArmError::NotImplemented("more than a look"))
    }
}
