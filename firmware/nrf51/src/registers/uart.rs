//! The serial port with its pins and its clock.

use nrf51_pac::{CLOCK, GPIO, Interrupt, UART0};

use super::{set, trigger, unmask};

/// The serial line's pins on the BBC micro:bit.
const TRANSMIT_PIN: u8 = 24;
const RECEIVE_PIN: u8 = 25;

/// The port.
pub(crate) struct Uart(UART0);

impl Uart {
    /// 115200 baud, 8 data bits, no parity, no flow control, an interrupt for each byte that comes in.
    pub(super) fn new(uart: UART0, gpio: &GPIO, clock: &CLOCK) -> Self {
        // The crystal: the internal oscillator is at the edge of what 115200 baud bear.
        trigger(&clock.tasks_hfclkstart);
        while clock.events_hfclkstarted.read().bits() == 0 {}

        // The line rests high from before the port takes the pin over, so the host sees no stray start bit.
        set(&gpio.outset, 1 << TRANSMIT_PIN);
        gpio.pin_cnf[usize::from(TRANSMIT_PIN)].write(|register| register.dir().output());
        gpio.pin_cnf[usize::from(RECEIVE_PIN)].write(|register| register.input().connect().pull().pullup());

        set(&uart.pseltxd, TRANSMIT_PIN.into());
        set(&uart.pselrxd, RECEIVE_PIN.into());
        uart.baudrate.write(|register| register.baudrate().baud115200());
        uart.enable.write(|register| register.enable().enabled());
        uart.intenset.write(|register| register.rxdrdy().set());
        trigger(&uart.tasks_startrx);
        trigger(&uart.tasks_starttx);
        Self(uart)
    }

    /// Lets bytes interrupt, once the handler has what it needs.
    pub(crate) fn enable_interrupt() {
        unmask(Interrupt::UART0);
    }

    /// Begins to send a byte; the one before must have been sent.
    pub(crate) fn send(&self, byte: u8) {
        set(&self.0.txd, byte.into());
    }

    /// Whether a byte has been sent since the last call.
    pub(crate) fn has_sent(&self) -> bool {
        let sent = self.0.events_txdrdy.read().bits() != 0;
        if sent {
            self.0.events_txdrdy.reset();
        }
        sent
    }

    /// A byte that has arrived. The event is cleared before the byte is read: the read moves the next one up,
    /// which raises the event again.
    pub(crate) fn received(&self) -> Option<u8> {
        if self.0.events_rxdrdy.read().bits() == 0 {
            return None;
        }
        self.0.events_rxdrdy.reset();
        Some(self.0.rxd.read().rxd().bits())
    }
}
