//! The debug registers of the Cortex-M0, which QEMU does not have: state only, no I/O.
//!
//! Source: `ARMv6-M` Architecture Reference Manual, chapter C1 "`ARMv6-M` Debug".

/// Debug Fault Status Register.
pub(crate) const DFSR: u32 = 0xE000_ED30;
/// Application Interrupt and Reset Control Register.
pub(crate) const AIRCR: u32 = 0xE000_ED0C;
/// Debug Halting Control and Status Register.
pub(crate) const DHCSR: u32 = 0xE000_EDF0;
/// Debug Core Register Selector Register.
pub(crate) const DCRSR: u32 = 0xE000_EDF4;
/// Debug Core Register Data Register.
pub(crate) const DCRDR: u32 = 0xE000_EDF8;
/// Debug Exception and Monitor Control Register.
pub(crate) const DEMCR: u32 = 0xE000_EDFC;

const DHCSR_KEY: u32 = 0xA05F;
const C_DEBUGEN: u32 = 1 << 0;
const C_HALT: u32 = 1 << 1;
const C_STEP: u32 = 1 << 2;
const C_MASKINTS: u32 = 1 << 3;
const S_REGRDY: u32 = 1 << 16;
const S_HALT: u32 = 1 << 17;
const S_LOCKUP: u32 = 1 << 19;
const S_RETIRE_ST: u32 = 1 << 24;
const S_RESET_ST: u32 = 1 << 25;

const AIRCR_KEY: u32 = 0x05FA;
const SYSRESETREQ: u32 = 1 << 2;
const VC_CORERESET: u32 = 1 << 0;
/// Bits of DEMCR that exist: `VC_CORERESET`, `VC_HARDERR`, DWTENA.
const DEMCR_BITS: u32 = VC_CORERESET | 1 << 10 | 1 << 24;

/// Why the core is halted: a bit of DFSR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HaltReason {
    /// `C_HALT` or `C_STEP`.
    Request = 1 << 0,
    /// A BKPT instruction or a comparator.
    Breakpoint = 1 << 1,
    /// `VC_CORERESET`.
    VectorCatch = 1 << 3,
}

/// What the core does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Activity {
    /// Executes instructions.
    Running,
    /// Halted in debug state.
    Halted,
    /// Stuck on a fault it cannot take, as a blank part is from its first instruction on.
    LockedUp,
    /// The reset line is held.
    #[default]
    InReset,
}

/// What a write to a debug register makes the core do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    Halt,
    Resume,
    Step,
}

/// The state behind DHCSR, DCRDR, DEMCR and DFSR.
#[derive(Debug, Default)]
pub(crate) struct Core {
    activity: Activity,
    /// The core would lock up again if it were resumed where it is.
    wedged: bool,
    control: u32,
    reset_seen: bool,
    dfsr: u32,
    pub(crate) dcrdr: u32,
    demcr: u32,
}

impl Core {
    pub(crate) fn activity(&self) -> Activity {
        self.activity
    }

    pub(crate) fn debug_enabled(&self) -> bool {
        self.control & C_DEBUGEN != 0
    }

    /// Whether the next reset ends in a halt at the reset vector.
    pub(crate) fn catches_reset(&self) -> bool {
        self.debug_enabled() && self.demcr & VC_CORERESET != 0
    }

    /// DHCSR as read; reading clears `S_RESET_ST`.
    pub(crate) fn read_dhcsr(&mut self) -> u32 {
        let state = match self.activity {
            Activity::Running => S_RETIRE_ST,
            Activity::Halted => S_HALT,
            Activity::LockedUp => S_LOCKUP,
            Activity::InReset => 0,
        };
        let reset = if std::mem::take(&mut self.reset_seen) { S_RESET_ST } else { 0 };
        let halt = if self.activity == Activity::Halted { C_HALT } else { 0 };
        // A register transfer is over before the next request can arrive.
        S_REGRDY | state | reset | halt | self.control
    }

    /// A write to DHCSR. Without its key it changes nothing.
    pub(crate) fn write_dhcsr(&mut self, value: u32) -> Action {
        if value >> 16 != DHCSR_KEY {
            return Action::Nothing;
        }
        self.control = value & (C_DEBUGEN | C_STEP | C_MASKINTS);
        if !self.debug_enabled() {
            self.control = 0;
            return if self.activity == Activity::Halted { Action::Resume } else { Action::Nothing };
        }
        match (self.activity, value & C_HALT != 0, value & C_STEP != 0) {
            (Activity::Running | Activity::LockedUp, true, _) => Action::Halt,
            (Activity::Halted, false, false) => Action::Resume,
            (Activity::Halted, false, true) => Action::Step,
            (Activity::Running | Activity::LockedUp, false, _)
            | (Activity::Halted, true, _)
            | (Activity::InReset, ..) => Action::Nothing,
        }
    }

    pub(crate) fn dfsr(&self) -> u32 {
        self.dfsr
    }

    /// Writing ones clears.
    pub(crate) fn write_dfsr(&mut self, value: u32) {
        self.dfsr &= !value;
    }

    pub(crate) fn demcr(&self) -> u32 {
        self.demcr
    }

    pub(crate) fn write_demcr(&mut self, value: u32) {
        self.demcr = value & DEMCR_BITS;
    }

    /// The core has halted.
    pub(crate) fn halted(&mut self, reason: HaltReason) {
        self.activity = Activity::Halted;
        self.dfsr |= reason as u32;
    }

    /// The core goes on; a wedged one only back into lock-up.
    pub(crate) fn resumed(&mut self) -> Activity {
        self.activity = if self.wedged { Activity::LockedUp } else { Activity::Running };
        self.activity
    }

    /// The debugger wrote the program counter: whatever held the core no longer does.
    pub(crate) fn unwedged(&mut self) {
        self.wedged = false;
    }

    /// The core cannot execute where it stands.
    pub(crate) fn locked_up(&mut self) {
        self.wedged = true;
        self.activity = Activity::LockedUp;
    }

    pub(crate) fn is_wedged(&self) -> bool {
        self.wedged
    }

    /// The reset line went low.
    pub(crate) fn held_in_reset(&mut self) {
        self.activity = Activity::InReset;
    }

    /// The part came out of reset; `bootable` tells whether it can start. Debug settings survive all resets
    /// but power-on, which begins with a new `Core`.
    pub(crate) fn came_out_of_reset(&mut self, bootable: bool) {
        self.reset_seen = true;
        self.wedged = !bootable;
        self.activity = Activity::LockedUp;
        if self.catches_reset() {
            self.halted(HaltReason::VectorCatch);
        }
    }
}

/// Whether a write to AIRCR asks for a system reset.
pub(crate) fn requests_reset(aircr: u32) -> bool {
    aircr >> 16 == AIRCR_KEY && aircr & SYSRESETREQ != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: u32 = DHCSR_KEY << 16;

    fn running() -> Core {
        let mut core = Core::default();
        core.came_out_of_reset(true);
        core.resumed();
        core
    }

    #[test]
    fn dhcsr_needs_its_key_and_debug_enabled() {
        let mut core = running();
        assert_eq!(core.write_dhcsr(C_DEBUGEN | C_HALT), Action::Nothing);
        assert_eq!(core.write_dhcsr(KEY | C_HALT), Action::Nothing);
        assert_eq!(core.write_dhcsr(KEY | C_DEBUGEN | C_HALT), Action::Halt);
    }

    #[test]
    fn halt_step_and_resume() {
        let mut core = running();
        core.write_dhcsr(KEY | C_DEBUGEN | C_HALT);
        core.halted(HaltReason::Request);
        assert_eq!(core.read_dhcsr() & (S_HALT | S_LOCKUP), S_HALT);
        assert_eq!(core.dfsr(), 1);
        assert_eq!(core.write_dhcsr(KEY | C_DEBUGEN | C_STEP), Action::Step);
        assert_eq!(core.write_dhcsr(KEY | C_DEBUGEN | C_HALT), Action::Nothing);
        assert_eq!(core.write_dhcsr(KEY | C_DEBUGEN), Action::Resume);
        core.resumed();
        assert_eq!(core.read_dhcsr() & S_HALT, 0);
    }

    #[test]
    fn taking_debug_away_lets_a_halted_core_go() {
        let mut core = running();
        core.write_dhcsr(KEY | C_DEBUGEN | C_HALT);
        core.halted(HaltReason::Request);
        assert_eq!(core.write_dhcsr(KEY), Action::Resume);
    }

    #[test]
    fn reset_is_reported_once() {
        let mut core = running();
        assert_ne!(core.read_dhcsr() & S_RESET_ST, 0);
        assert_eq!(core.read_dhcsr() & S_RESET_ST, 0);
    }

    #[test]
    fn a_blank_part_locks_up_until_the_debugger_sets_the_program_counter() {
        let mut core = Core::default();
        core.came_out_of_reset(false);
        assert_eq!(core.resumed(), Activity::LockedUp);
        assert_ne!(core.read_dhcsr() & S_LOCKUP, 0);
        assert_eq!(core.write_dhcsr(KEY | C_DEBUGEN | C_HALT), Action::Halt);
        core.halted(HaltReason::Request);
        assert_eq!(core.read_dhcsr() & (S_LOCKUP | S_HALT), S_HALT);
        assert_eq!(core.resumed(), Activity::LockedUp);
        core.halted(HaltReason::Request);
        core.unwedged();
        assert_eq!(core.resumed(), Activity::Running);
    }

    #[test]
    fn vector_catch_halts_at_reset_when_debug_is_on() {
        let mut core = running();
        core.write_demcr(VC_CORERESET);
        core.came_out_of_reset(true);
        assert_eq!(core.activity(), Activity::LockedUp, "debug is off, the owner resumes");
        core.write_dhcsr(KEY | C_DEBUGEN);
        core.came_out_of_reset(true);
        assert_eq!(core.activity(), Activity::Halted);
        assert_eq!(core.dfsr(), HaltReason::VectorCatch as u32);
    }

    #[test]
    fn a_reset_request_needs_its_key() {
        assert!(requests_reset(0x05FA_0004));
        assert!(!requests_reset(0x0000_0004));
        assert!(!requests_reset(0x05FA_0000));
    }
}
