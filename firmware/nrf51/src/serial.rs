//! The serial line: bytes come in by interrupt, and the processor sleeps while it waits for them.
//!
//! Bytes go out one by one, each as soon as the one before has left. That is waited for awake: the emulated
//! port (QEMU 7.2) raises no interrupt for a byte that the host took late, and a processor asleep would never
//! learn of it.

use core::cell::RefCell;

use critical_section::Mutex;
use nrf51_pac::interrupt;
use wire::Sink;

use crate::registers::Uart;

/// Shared with the interrupt handler.
static LINE: Mutex<RefCell<Option<Line>>> = Mutex::new(RefCell::new(None));

struct Line {
    port: Uart,
    received: Ring<256>,
}

/// The line as the main loop uses it; there is only one.
pub(crate) struct Serial {
    /// A byte is on its way out.
    sending: bool,
}

impl Serial {
    /// Opens the line.
    pub(crate) fn start(uart: Uart) -> Self {
        let line = Line { port: uart, received: Ring::new() };
        critical_section::with(|section| LINE.replace(section, Some(line)));
        Uart::enable_interrupt();
        Self { sending: false }
    }

    /// Waits until something has arrived and takes what fits into `buffer`.
    #[expect(clippy::unused_self, reason = "whoever receives must have the one line")]
    pub(crate) fn receive<'b>(&mut self, buffer: &'b mut [u8]) -> &'b [u8] {
        let mut length = 0;
        while length == 0 {
            with_line(|line| {
                while let Some(place) = buffer.get_mut(length)
                    && let Some(byte) = line.received.pop()
                {
                    *place = byte;
                    length += 1;
                }
                if length == 0 {
                    // Interrupts are masked here, so none slips in between the look and the sleep; a pending
                    // one wakes all the same.
                    cortex_m::asm::wfi();
                }
            });
        }
        &buffer[..length]
    }

    /// Waits until the last byte has left.
    pub(crate) fn flush(&mut self) {
        while self.sending {
            with_line(|line| self.sending = !line.port.has_sent());
        }
    }
}

impl Sink for Serial {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.flush();
            with_line(|line| line.port.send(byte));
            self.sending = true;
        }
    }
}

fn with_line(action: impl FnOnce(&mut Line)) {
    critical_section::with(|section| {
        if let Some(line) = LINE.borrow_ref_mut(section).as_mut() {
            action(line);
        }
    });
}

#[interrupt]
fn UART0() {
    with_line(|line| {
        while let Some(byte) = line.port.received() {
            // When the ring is full the byte is lost, and the host gets an error or no reply: there is no
            // flow control on this line.
            line.received.push(byte);
        }
    });
}

/// Bytes first in, first out; one place of `N` stays empty.
struct Ring<const N: usize> {
    bytes: [u8; N],
    read: usize,
    write: usize,
}

impl<const N: usize> Ring<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], read: 0, write: 0 }
    }

    /// `false` when there is no room.
    fn push(&mut self, byte: u8) -> bool {
        let next = (self.write + 1) % N;
        let has_room = next != self.read;
        if has_room {
            self.bytes[self.write] = byte;
            self.write = next;
        }
        has_room
    }

    fn pop(&mut self) -> Option<u8> {
        let byte = (self.read != self.write).then(|| self.bytes[self.read])?;
        self.read = (self.read + 1) % N;
        Some(byte)
    }
}
