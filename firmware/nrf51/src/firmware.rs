//! Start, main loop, and what happens when something goes wrong.

use core::panic::PanicInfo;

use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use module_core::{MAX_LINE, Module, Next};
use static_cell::ConstStaticCell;
use wire::LineAssembler;

use crate::chip::Chip;
use crate::registers::{self, Registers};
use crate::serial::Serial;

/// A quarter of the RAM, so it has a fixed place.
static LINES: ConstStaticCell<LineAssembler<MAX_LINE>> = ConstStaticCell::new(LineAssembler::new());

#[entry]
fn main() -> ! {
    let (Some(registers), lines) = (Registers::take(), LINES.take()) else { SCB::sys_reset() };
    let mut serial = Serial::start(registers.uart);
    let mut module = Module::start(Chip::new(registers.flash, registers.noise));
    let mut received = [0; 16];
    loop {
        let mut input = serial.receive(&mut received);
        while let Some(line) = lines.next_line(&mut input) {
            match module.answer(line, &mut serial) {
                Next::Line => {}
                Next::Pem => lines.expect_pem(),
                Next::Restart => {
                    serial.flush();
                    SCB::sys_reset();
                }
            }
            if registers::stack_has_overflowed() {
                SCB::sys_reset();
            }
        }
    }
}

/// The records are safe at any moment, so the best answer to the unexpected is a fresh start.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    SCB::sys_reset()
}
