//! `AT+DIAG SELFTEST`.

use wire::factory::SelfTest;

use super::Module;
use crate::identity;
use crate::platform::{Flash, FlashError, PAGE, Platform};
use crate::store::SCRATCH_PAGE;

impl<P: Platform> Module<P> {
    pub(super) fn self_test(&mut self) -> SelfTest {
        SelfTest {
            flash: flash_keeps_patterns(&mut self.platform).is_ok_and(|kept| kept),
            ram: self.platform.test(),
            rng: self.entropy.test(&mut self.platform).is_ok(),
            p256: known_signature_comes_out(),
        }
    }
}

/// Erases the scratch page and writes it full, twice, so that each bit was read both ways.
fn flash_keeps_patterns(flash: &mut impl Flash) -> Result<bool, FlashError> {
    let start = SCRATCH_PAGE * PAGE;
    for pattern in [0x5555_aaaa, 0xaaaa_5555_u32] {
        flash.erase(SCRATCH_PAGE)?;
        for offset in (start..start + PAGE).step_by(4) {
            flash.write(offset, pattern)?;
        }
        let kept = flash.bytes()[start..start + PAGE]
            .as_chunks()
            .0
            .iter()
            .all(|&word| word == pattern.to_le_bytes());
        if !kept {
            return Ok(false);
        }
    }
    flash.erase(SCRATCH_PAGE)?;
    Ok(flash.bytes()[start..start + PAGE].iter().all(|&byte| byte == 0xff))
}

/// RFC 6979 appendix A.2.5: the message "sample", with SHA-256.
fn known_signature_comes_out() -> bool {
    const KEY: [u8; 32] = hexadecimal("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    const R: [u8; 32] = hexadecimal("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
    const S: [u8; 32] = hexadecimal("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    identity::sign(&KEY, b"sample").is_some_and(|signature| {
        let bytes: [u8; 64] = signature.to_bytes().into();
        bytes[..32] == R && bytes[32..] == S
    })
}

const fn hexadecimal(text: &str) -> [u8; 32] {
    let text = text.as_bytes();
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        bytes[index] = digit(text[2 * index]) << 4 | digit(text[2 * index + 1]);
        index += 1;
    }
    bytes
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character - b'a' + 10,
    }
}
