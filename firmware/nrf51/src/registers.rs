//! Every access to a register or to raw memory, and all the unsafe code: what the functions below do is safe
//! to ask for at any time.
#![expect(
    unsafe_code,
    reason = "registers and raw memory are reached through pointers, which Rust cannot check"
)]

mod flash;
mod noise;
mod ram;
mod uart;

pub(crate) use flash::{FLASH_BYTES, FlashRegisters};
pub(crate) use noise::NoiseRegisters;
pub(crate) use ram::{RAM_BYTES, keeps_patterns, stack_has_overflowed, static_bytes, untouched_bytes};
pub(crate) use uart::Uart;

use cortex_m::peripheral::{NVIC, SCB};
use cortex_m_rt::exception;
use nrf51_pac::generic::{Reg, Resettable, Writable};
use nrf51_pac::{Interrupt, Peripherals};

/// All the devices this firmware uses.
pub(crate) struct Registers {
    pub(crate) flash: FlashRegisters,
    pub(crate) noise: NoiseRegisters,
    pub(crate) uart: Uart,
}

impl Registers {
    /// The devices, once.
    pub(crate) fn take() -> Option<Self> {
        let all = Peripherals::take()?;
        Some(Self {
            flash: FlashRegisters::new(all.NVMC, all.UICR),
            noise: NoiseRegisters::new(all.RNG, all.TIMER0),
            uart: Uart::new(all.UART0, &all.GPIO, &all.CLOCK),
        })
    }
}

/// Starts a task of a device.
fn trigger<T: Writable<Ux = u32> + Resettable>(task: &Reg<T>) {
    set(task, 1);
}

/// Writes a register as a whole. For registers of the devices here alone: none of them is made to read or
/// write memory by it, but for the flash controller, and there the functions of `flash` are the only ones.
fn set<T: Writable<Ux = u32> + Resettable>(register: &Reg<T>, bits: u32) {
    // SAFETY: see above; the callers pass values that the chip's reference manual lists.
    register.write(|writer| unsafe { writer.bits(bits) });
}

/// Lets an interrupt happen from now on; one that was left pending does not.
fn unmask(interrupt: Interrupt) {
    NVIC::unpend(interrupt);
    // SAFETY: no critical section is built on one of these interrupts being masked.
    unsafe { NVIC::unmask(interrupt) };
}

// SAFETY: the handler leaves the program for good, so nothing sees the state that the fault has left.
#[exception(trampoline = false)]
unsafe fn HardFault() -> ! {
    SCB::sys_reset()
}
