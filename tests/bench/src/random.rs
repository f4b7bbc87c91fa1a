//! Numbers that look random and repeat with the seed, so that a fault script gives the same run every time.

/// `SplitMix64` (Steele, Lea and Flood, 2014): small, and good enough for noise. Never for keys.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of `seed` for one purpose; streams of different purposes do not overlap in practice.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a, so that a purpose in words becomes a distance between streams.
        let hash = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(seed ^ hash)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let noise = self.next().to_le_bytes();
            chunk.copy_from_slice(&noise[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_bytes() {
        let bytes = |seed, purpose| {
            let mut bytes = [0; 21];
            Random::new(seed, purpose).fill(&mut bytes);
            bytes
        };
        assert_eq!(bytes(7, "uart 1"), bytes(7, "uart 1"));
        assert_ne!(bytes(7, "uart 1"), bytes(7, "uart 2"));
        assert_ne!(bytes(7, "uart 1"), bytes(8, "uart 1"));
    }
}
