//! The noise source, and the timer that bounds the wait for it.

use cortex_m::asm::wfi;
use cortex_m::peripheral::NVIC;
use nrf51_pac::{Interrupt, RNG, TIMER0, interrupt};

use super::{set, trigger, unmask};

/// Microseconds before a byte is taken for overdue: one takes 700 with bias correction.
const PATIENCE: u32 = 50_000;

/// Random number generator and timer.
pub(crate) struct NoiseRegisters {
    rng: RNG,
    timer: TIMER0,
}

impl NoiseRegisters {
    pub(super) fn new(rng: RNG, timer: TIMER0) -> Self {
        rng.config.write(|register| register.dercen().enabled());
        rng.intenset.write(|register| register.valrdy().set());
        timer.mode.write(|register| register.mode().timer());
        timer.bitmode.write(|register| register.bitmode()._32bit());
        // 16 MHz divided by 2 to the power of 4: one tick is a microsecond.
        set(&timer.prescaler, 4);
        set(&timer.cc[0], PATIENCE);
        timer.intenset.write(|register| register.compare0().set());
        Self { rng, timer }
    }

    /// The next byte of noise, with bias correction; `None` when the source does not deliver. Asleep
    /// meanwhile.
    pub(crate) fn sample(&mut self) -> Option<u8> {
        self.rng.events_valrdy.reset();
        self.timer.events_compare[0].reset();
        trigger(&self.timer.tasks_clear);
        trigger(&self.timer.tasks_start);
        trigger(&self.rng.tasks_start);
        unmask(Interrupt::RNG);
        unmask(Interrupt::TIMER0);

        let mut sample = None;
        let mut is_over = false;
        while !is_over {
            // An interrupt that is pending while it is masked ends the sleep all the same, so none is missed
            // between the look and the sleep.
            critical_section::with(|_| {
                if self.rng.events_valrdy.read().bits() != 0 {
                    sample = Some(self.rng.value.read().value().bits());
                }
                is_over = sample.is_some() || self.timer.events_compare[0].read().bits() != 0;
                if !is_over {
                    wfi();
                }
            });
        }

        trigger(&self.rng.tasks_stop);
        trigger(&self.timer.tasks_stop);
        sample
    }
}

/// The interrupt has ended the sleep; the event stays for [`NoiseRegisters::sample`] to see.
#[interrupt]
fn RNG() {
    NVIC::mask(Interrupt::RNG);
}

/// As above.
#[interrupt]
fn TIMER0() {
    NVIC::mask(Interrupt::TIMER0);
}
