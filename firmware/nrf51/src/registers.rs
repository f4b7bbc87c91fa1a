//! Every access to a register or to raw memory: what each function does is safe to ask for at any time.
#![expect(
    unsafe_code,
    reason = "registers and raw memory are reached through pointers, which Rust cannot check"
)]

use core::mem::size_of;
use core::ptr;

use cortex_m::peripheral::NVIC;
use cortex_m::register::msp;
use cortex_m_rt::exception;
use nrf51_pac::{CLOCK, GPIO, Interrupt, NVMC, Peripherals, RNG, UART0, UICR};

/// Bytes of flash, from address 0.
pub(crate) const FLASH_BYTES: usize = 256 * 1024;

/// Bytes of RAM.
pub(crate) const RAM_BYTES: u32 = 16 * 1024;

const RAM_START: usize = 0x2000_0000;

/// What the start-up code fills the stack's room with before `main`.
const PAINT: u32 = 0xcccc_cccc;

/// The serial line's pins on the BBC micro:bit.
const TRANSMIT_PIN: u8 = 24;
const RECEIVE_PIN: u8 = 25;

/// All the devices this firmware uses.
pub(crate) struct Registers {
    chip: ChipRegisters,
    uart: Uart,
}

impl Registers {
    /// The devices, once.
    pub(crate) fn take() -> Option<Self> {
        let Peripherals { CLOCK: clock, GPIO: gpio, NVMC: nvmc, RNG: rng, UART0: uart, UICR: uicr, .. } =
            Peripherals::take()?;
        Some(Self { chip: ChipRegisters { nvmc, rng, uicr }, uart: Uart { uart, gpio, clock } })
    }

    pub(crate) fn split(self) -> (ChipRegisters, Uart) {
        (self.chip, self.uart)
    }
}

/// Flash controller, noise source and configuration of the chip.
pub(crate) struct ChipRegisters {
    nvmc: NVMC,
    rng: RNG,
    uicr: UICR,
}

impl ChipRegisters {
    /// A part of the flash as it is now.
    pub(crate) fn flash(&self, start: usize, length: usize) -> &[u8] {
        assert!(start <= FLASH_BYTES && length <= FLASH_BYTES - start, "inside the flash");
        // SAFETY: the range lies in flash, which is always readable. It changes only through the functions below, and
        // those borrow `self` mutably, so no slice is alive while it does.
        unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance(start), length) }
    }

    /// Erases a page; the processor stands still meanwhile, about 22 ms.
    pub(crate) fn erase_flash_page(&mut self, address: usize) {
        self.nvmc.config.write(|register| register.wen().een());
        // SAFETY: any address may be written; the caller's page is not one of the running code, whose region
        // ends before the records (memory.x).
        self.nvmc.erasepage().write(|register| unsafe { register.bits(address_bits(address)) });
        self.finish_flash();
    }

    /// Writes a word of flash.
    pub(crate) fn write_flash_word(&mut self, address: usize, word: u32) {
        assert!(address < FLASH_BYTES && address.is_multiple_of(size_of::<u32>()), "a word of the flash");
        self.nvmc.config.write(|register| register.wen().wen());
        // SAFETY: the address is a word of flash, nothing borrows it (`&mut self`), and writing is enabled.
        unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(word) };
        self.finish_flash();
    }

    fn finish_flash(&mut self) {
        while self.nvmc.ready.read().ready().is_busy() {}
        self.nvmc.config.write(|register| register.wen().ren());
        while self.nvmc.ready.read().ready().is_busy() {}
    }

    /// Whether flash and RAM are, from the next reset on, closed to the debug port.
    pub(crate) fn is_read_back_protected(&self) -> bool {
        self.uicr.rbpconf.read().pall().is_enabled()
    }

    /// Closes them.
    pub(crate) fn protect_read_back(&mut self) {
        self.nvmc.config.write(|register| register.wen().wen());
        self.uicr.rbpconf.modify(|_, register| register.pall().enabled());
        self.finish_flash();
    }

    /// Starts the noise source, with its bias correction.
    pub(crate) fn start_noise(&mut self) {
        self.rng.config.write(|register| register.dercen().enabled());
        // SAFETY: clearing an event and starting a task are writes of 0 and 1.
        unsafe {
            self.rng.events_valrdy.write(|register| register.bits(0));
            self.rng.tasks_start.write(|register| register.bits(1));
        }
    }

    /// The next byte of noise, once it is there.
    pub(crate) fn noise(&mut self) -> Option<u8> {
        (self.rng.events_valrdy.read().bits() != 0).then(|| self.rng.value.read().value().bits())
    }

    /// Stops the noise source, to save power.
    pub(crate) fn stop_noise(&mut self) {
        // SAFETY: stopping a task is a write of 1.
        self.rng.tasks_stop.write(|register| unsafe { register.bits(1) });
    }
}

/// The serial port with its pins and its clock.
pub(crate) struct Uart {
    uart: UART0,
    gpio: GPIO,
    clock: CLOCK,
}

impl Uart {
    /// 115200 baud, 8 data bits, no parity, no flow control, an interrupt for each byte that comes in.
    pub(crate) fn start(&self) {
        // The crystal: the internal oscillator is at the edge of what 115200 baud bear.
        // SAFETY: starting a task is a write of 1.
        self.clock.tasks_hfclkstart.write(|register| unsafe { register.bits(1) });
        while self.clock.events_hfclkstarted.read().bits() == 0 {}

        // The line rests high from before the port takes the pin over, so the host sees no stray start bit.
        // SAFETY: setting a bit of OUTSET drives this pin alone.
        self.gpio.outset.write(|register| unsafe { register.bits(1 << TRANSMIT_PIN) });
        self.gpio.pin_cnf[usize::from(TRANSMIT_PIN)].write(|register| register.dir().output());
        self.gpio.pin_cnf[usize::from(RECEIVE_PIN)]
            .write(|register| register.input().connect().pull().pullup());

        let uart = &self.uart;
        // SAFETY: pin numbers below 32, and tasks, which are writes of 1.
        unsafe {
            uart.pseltxd.write(|register| register.bits(TRANSMIT_PIN.into()));
            uart.pselrxd.write(|register| register.bits(RECEIVE_PIN.into()));
        }
        uart.baudrate.write(|register| register.baudrate().baud115200());
        uart.enable.write(|register| register.enable().enabled());
        uart.intenset.write(|register| register.rxdrdy().set());
        // SAFETY: as above.
        unsafe {
            uart.tasks_startrx.write(|register| register.bits(1));
            uart.tasks_starttx.write(|register| register.bits(1));
        }
    }

    /// Lets the interrupt happen, once its handler has what it needs.
    pub(crate) fn enable_interrupt() {
        // SAFETY: no critical section is built on this interrupt being masked.
        unsafe { NVIC::unmask(Interrupt::UART0) };
    }

    /// Begins to send a byte; the one before must have been sent.
    pub(crate) fn send(&self, byte: u8) {
        // SAFETY: any byte may be sent.
        self.uart.txd.write(|register| unsafe { register.txd().bits(byte) });
    }

    /// Whether a byte has been sent since the last call.
    pub(crate) fn has_sent(&self) -> bool {
        let sent = self.uart.events_txdrdy.read().bits() != 0;
        if sent {
            // SAFETY: clearing an event is a write of 0.
            self.uart.events_txdrdy.write(|register| unsafe { register.bits(0) });
        }
        sent
    }

    /// A byte that has arrived. The event is cleared before the byte is read: the read moves the next one up, which
    /// raises the event again.
    pub(crate) fn received(&self) -> Option<u8> {
        if self.uart.events_rxdrdy.read().bits() == 0 {
            return None;
        }
        // SAFETY: clearing an event is a write of 0.
        self.uart.events_rxdrdy.write(|register| unsafe { register.bits(0) });
        Some(self.uart.rxd.read().rxd().bits())
    }
}

/// Bytes of RAM with a fixed use.
pub(crate) fn static_bytes() -> u32 {
    address_bits(stack_end() - RAM_START)
}

/// Bytes between the variables with a fixed place and the deepest the stack has been.
pub(crate) fn untouched_bytes() -> u32 {
    let words = (stack_end()..RAM_START + RAM_BYTES as usize).step_by(size_of::<u32>());
    let untouched = words
        // SAFETY: words of RAM, which are always readable; volatile, because they are the stack's.
        .take_while(
            |&address| unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() } == PAINT,
        )
        .count();
    address_bits(untouched * size_of::<u32>())
}

/// Whether the stack has reached the variables below it.
pub(crate) fn stack_has_overflowed() -> bool {
    untouched_bytes() == 0
}

/// Writes two patterns to each word of RAM below the stack that is in use, and puts back what was there.
#[inline(never)]
pub(crate) fn ram_keeps_patterns() -> bool {
    // Room for what the closures below and an interrupt put on the stack.
    let end = msp::read() as usize - 256;
    (RAM_START..end).step_by(size_of::<u32>()).all(|address| {
        critical_section::with(|_| {
            let word = ptr::with_exposed_provenance_mut::<u32>(address);
            // SAFETY: a word of RAM. Interrupts are masked and the old value is put back before anything else
            // can look at it; the stack in use lies above `end`.
            unsafe {
                let before = word.read_volatile();
                let kept = [0x5555_aaaa, 0xaaaa_5555].into_iter().all(|pattern| {
                    word.write_volatile(pattern);
                    word.read_volatile() == pattern
                });
                word.write_volatile(before);
                kept && word.read_volatile() == before
            }
        })
    })
}

/// Where the variables with a fixed place end, and the stack would.
fn stack_end() -> usize {
    cortex_m_rt::heap_start().addr()
}

/// An address or a size as the chip's registers and the protocol have it.
#[expect(clippy::cast_possible_truncation, reason = "pointers have 32 bits on this chip")]
fn address_bits(address: usize) -> u32 {
    address as u32
}

// SAFETY: the handler leaves the program for good, so nothing sees the state that the fault has left.
#[exception(trampoline = false)]
unsafe fn HardFault() -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}
