//! Random numbers for identity and key: the chip's noise, watched and conditioned.
//!
//! The noise is tested as NIST SP 800-90B section 4.4 describes: 1024 samples before the first use after
//! power-up, and every sample from then on. What is handed out is SHA-256 over enough samples that it would
//! have full entropy even if each byte of noise held only 4 of its 8 bits.

mod health;

use core::fmt;

use health::Health;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::platform::Noise;

/// The noise failed a health test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unhealthy;

/// The noise source's state of health; the source itself is lent to each call.
#[derive(Default)]
pub struct Entropy {
    /// Running tests; none before the start-up test has passed.
    health: Option<Health>,
}

/// Samples tested before the first use: SP 800-90B section 4.3 asks for at least 1024.
const STARTUP_SAMPLES: usize = 1024;

/// Samples conditioned into one block: 256 bits of output plus 64 (SP 800-90B section 3.1.5.1.2).
const BLOCK_SAMPLES: usize = (256 + 64) / health::ASSESSED_BITS as usize;

impl Entropy {
    /// Runs the start-up test anew.
    ///
    /// # Errors
    /// [`Unhealthy`]; it will be run again before the next use.
    pub fn test(&mut self, noise: &mut impl Noise) -> Result<(), Unhealthy> {
        self.health = None;
        let mut health = Health::new();
        for _ in 0..STARTUP_SAMPLES {
            health.admit(noise.sample())?;
        }
        self.health = Some(health);
        Ok(())
    }

    /// 32 random bytes.
    ///
    /// # Errors
    /// [`Unhealthy`]; the start-up test will be run before the next use.
    pub fn block(&mut self, noise: &mut impl Noise) -> Result<Zeroizing<[u8; 32]>, Unhealthy> {
        if self.health.is_none() {
            self.test(noise)?;
        }
        let Some(health) = &mut self.health else { return Err(Unhealthy) };
        let mut conditioner = Sha256::new();
        for _ in 0..BLOCK_SAMPLES {
            let mut sample = noise.sample();
            if health.admit(sample).is_err() {
                self.health = None;
                return Err(Unhealthy);
            }
            conditioner.update([sample]);
            sample.zeroize();
        }
        Ok(Zeroizing::new(conditioner.finalize().into()))
    }
}

impl fmt::Debug for Entropy {
    /// The tests' state holds samples that went into secrets, so it is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entropy").field("is_tested", &self.health.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Good noise (a simple generator) up to a sample, then one value for ever.
    struct Sticks {
        after: usize,
        state: u64,
    }

    impl Noise for Sticks {
        fn sample(&mut self) -> u8 {
            if self.after == 0 {
                return 7;
            }
            self.after -= 1;
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            self.state.to_be_bytes()[0]
        }
    }

    #[test]
    fn a_source_that_sticks_gives_nothing_and_is_tested_from_the_start_again() {
        let mut entropy = Entropy::default();
        let mut noise = Sticks { after: STARTUP_SAMPLES + BLOCK_SAMPLES + 9, state: 1 };
        let first = entropy.block(&mut noise).expect("good so far");
        assert_eq!(entropy.block(&mut noise), Err(Unhealthy));
        noise.after = STARTUP_SAMPLES - 9;
        assert_eq!(entropy.block(&mut noise), Err(Unhealthy));
        noise.after = usize::MAX;
        let later = entropy.block(&mut noise).expect("good again");
        assert_ne!(first, later);
    }

    #[test]
    fn a_dead_source_fails_the_start_up_test() {
        assert_eq!(Entropy::default().test(&mut Sticks { after: 0, state: 1 }), Err(Unhealthy));
    }
}
