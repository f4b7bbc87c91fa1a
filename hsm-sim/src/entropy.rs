//! The only source of randomness: the operating system's generator.

use getrandom::SysRng;
use getrandom::rand_core::TryRng;

use crate::refusal::{Answer, Refusal};

/// Fills `bytes` with random numbers.
pub(crate) fn fill(bytes: &mut [u8]) -> Answer<()> {
    generator().try_fill_bytes(bytes).map_err(|_| Refusal::DeviceError)
}

/// An array of random bytes.
pub(crate) fn array<const N: usize>() -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// The generator itself, for key generation and for signing.
pub(crate) fn generator() -> SysRng {
    SysRng
}
