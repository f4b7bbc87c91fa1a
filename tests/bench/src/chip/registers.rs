//! Core registers of a halted part, and two things QEMU does not do for a debugger: it does not show the
//! special registers, and a core that sleeps in WFI sleeps on when it is halted.

use super::memory::RAM_START;
use crate::emulator::{EmulatorError, Machine, REGISTER_PC, REGISTER_XPSR};

/// xPSR.T: without it the core faults at the next instruction.
const THUMB: u32 = 1 << 24;
const XPSR_SELECTOR: u8 = 16;

/// Interrupt Control and State Register: set and clear `PendSV`.
const ICSR: u32 = 0xE000_ED04;
const PENDSVSET: u32 = 1 << 28;
const PENDSVCLR: u32 = 1 << 27;

const NOP_NOP: u32 = 0xBF00_BF00;

/// A special register by its number in MRS and MSR.
#[derive(Clone, Copy)]
enum Special {
    MainStack = 8,
    ProcessStack = 9,
    PriorityMask = 16,
    Control = 20,
}

/// Reads the register that DCRSR calls `selector`; registers that do not exist read as 0.
pub(super) async fn read(machine: &mut Machine, selector: u8) -> Result<u32, EmulatorError> {
    match selector {
        0..=15 => machine.register(selector).await,
        XPSR_SELECTOR => machine.register(REGISTER_XPSR).await,
        17 => read_special(machine, Special::MainStack).await,
        18 => read_special(machine, Special::ProcessStack).await,
        20 => {
            let control = read_special(machine, Special::Control).await?;
            let mask = read_special(machine, Special::PriorityMask).await?;
            Ok(control << 24 | mask)
        }
        _ => Ok(0),
    }
}

/// Writes the register that DCRSR calls `selector`.
pub(super) async fn write(machine: &mut Machine, selector: u8, value: u32) -> Result<(), EmulatorError> {
    match selector {
        REGISTER_PC => {
            machine.set_register(REGISTER_PC, value & !1).await?;
            set_thumb(machine).await
        }
        0..=14 => machine.set_register(selector, value).await,
        XPSR_SELECTOR => machine.set_register(REGISTER_XPSR, value).await,
        17 => write_special(machine, Special::MainStack, value).await,
        18 => write_special(machine, Special::ProcessStack, value).await,
        20 => {
            write_special(machine, Special::Control, value >> 24).await?;
            write_special(machine, Special::PriorityMask, value & 0xFF).await
        }
        _ => Ok(()),
    }
}

/// Ends the sleep of a core that was halted in WFI, as entering debug state does on silicon. In QEMU only an
/// interrupt does, so `PendSV` is made pending for one step, in which interrupts are not taken. Whether the core
/// sleeps cannot be seen, so this is done to all.
pub(super) async fn wake(machine: &mut Machine) -> Result<(), EmulatorError> {
    let pending = machine.read_word(ICSR).await? & PENDSVSET != 0;
    if !pending {
        machine.write_word(ICSR, PENDSVSET).await?;
    }
    execute(machine, NOP_NOP).await?;
    if !pending {
        machine.write_word(ICSR, PENDSVCLR).await?;
    }
    Ok(())
}

async fn read_special(machine: &mut Machine, special: Special) -> Result<u32, EmulatorError> {
    let r0 = machine.register(0).await?;
    // MRS r0, special
    execute(machine, 0x8000_F3EF | (special as u32) << 16).await?;
    let value = machine.register(0).await?;
    machine.set_register(0, r0).await?;
    Ok(value)
}

async fn write_special(machine: &mut Machine, special: Special, value: u32) -> Result<(), EmulatorError> {
    let r0 = machine.register(0).await?;
    machine.set_register(0, value).await?;
    // MSR special, r0
    execute(machine, 0x8800_F380 | (special as u32) << 16).await?;
    machine.set_register(0, r0).await
}

/// Executes one instruction, lower halfword first, from RAM, and leaves RAM, PC and flags as they were.
async fn execute(machine: &mut Machine, instruction: u32) -> Result<(), EmulatorError> {
    let pc = machine.register(REGISTER_PC).await?;
    let xpsr = machine.register(REGISTER_XPSR).await?;
    let ram = machine.read_word(RAM_START).await?;
    machine.write_word(RAM_START, instruction).await?;
    machine.set_register(REGISTER_PC, RAM_START).await?;
    machine.set_register(REGISTER_XPSR, xpsr | THUMB).await?;
    machine.step().await?;
    machine.write_word(RAM_START, ram).await?;
    machine.set_register(REGISTER_PC, pc).await?;
    machine.set_register(REGISTER_XPSR, xpsr).await
}

async fn set_thumb(machine: &mut Machine) -> Result<(), EmulatorError> {
    let xpsr = machine.register(REGISTER_XPSR).await?;
    if xpsr & THUMB == 0 {
        machine.set_register(REGISTER_XPSR, xpsr | THUMB).await?;
    }
    Ok(())
}
