//! What the module answers: each type displays as the detail after `OK` and is parsed from it.

use core::fmt;
use core::str::FromStr;

use super::Lifecycle;
use crate::Uid;

/// The detail of a reply does not have the form its command promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidReply;

impl fmt::Display for InvalidReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reply does not have the form its command promises")
    }
}

impl core::error::Error for InvalidReply {}

/// `{protocol} {lifecycle} {chip} {firmware version} {uid or -}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info<'a> {
    /// Version of the factory commands the module speaks; see [`PROTOCOL_VERSION`](crate::PROTOCOL_VERSION).
    pub protocol: u8,
    /// How far the module has come.
    pub lifecycle: Lifecycle,
    /// The chip the firmware was built for, without spaces.
    pub chip: &'a str,
    /// The firmware's version, without spaces.
    pub version: &'a str,
    /// The identity; none while blank.
    pub uid: Option<Uid>,
}

impl<'a> Info<'a> {
    /// Reads the detail of the reply. Words after the fifth are left to later versions.
    ///
    /// # Errors
    /// [`InvalidReply`] when a word is missing or wrong, or when only one of lifecycle and UID says blank.
    pub fn parse(detail: &'a str) -> Result<Self, InvalidReply> {
        let mut words = detail.split(' ');
        let mut word = || words.next().filter(|word| !word.is_empty()).ok_or(InvalidReply);
        let protocol = word()?.parse().map_err(|_| InvalidReply)?;
        let lifecycle = word()?.parse()?;
        let chip = word()?;
        let version = word()?;
        let uid = match word()? {
            "-" => None,
            // The canonical form alone: this is the module's own word for itself.
            digits if digits.len() == 32 => Some(digits.parse().map_err(|_| InvalidReply)?),
            _ => return Err(InvalidReply),
        };
        if (lifecycle == Lifecycle::Blank) != uid.is_none() {
            return Err(InvalidReply);
        }
        Ok(Self { protocol, lifecycle, chip, version, uid })
    }
}

impl fmt::Display for Info<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, lifecycle, chip, version, uid } = self;
        write!(f, "{protocol} {lifecycle} {chip} {version} ")?;
        match uid {
            Some(uid) => uid.fmt(f),
            None => f.write_str("-"),
        }
    }
}

/// `FLASH=PASS RAM=PASS RNG=PASS P256=PASS`, with `FAIL` for an item that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one verdict for each item, as on the line")]
pub struct SelfTest {
    /// A flash page takes and keeps patterns.
    pub flash: bool,
    /// RAM takes and keeps patterns.
    pub ram: bool,
    /// The random number generator passes its health test.
    pub rng: bool,
    /// A known signature comes out right.
    pub p256: bool,
}

impl SelfTest {
    /// Whether every item passed.
    pub const fn passed(&self) -> bool {
        let Self { flash, ram, rng, p256 } = *self;
        flash && ram && rng && p256
    }
}

impl fmt::Display for SelfTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |passed| if passed { "PASS" } else { "FAIL" };
        let Self { flash, ram, rng, p256 } = *self;
        write!(f, "FLASH={} RAM={} RNG={} P256={}", word(flash), word(ram), word(rng), word(p256))
    }
}

impl FromStr for SelfTest {
    type Err = InvalidReply;

    fn from_str(detail: &str) -> Result<Self, InvalidReply> {
        let mut words = detail.split(' ');
        let mut item = |name| match words.next().and_then(|word| word.split_once('=')) {
            Some((found, "PASS")) if found == name => Ok(true),
            Some((found, "FAIL")) if found == name => Ok(false),
            _ => Err(InvalidReply),
        };
        Ok(Self { flash: item("FLASH")?, ram: item("RAM")?, rng: item("RNG")?, p256: item("P256")? })
    }
}

/// `{static} {deepest stack} {free}`, in bytes; together they are the whole RAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Variables with a fixed place.
    pub static_bytes: u32,
    /// The deepest the stack has been since the start.
    pub stack_bytes: u32,
    /// Never touched.
    pub free_bytes: u32,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { static_bytes, stack_bytes, free_bytes } = self;
        write!(f, "{static_bytes} {stack_bytes} {free_bytes}")
    }
}

impl FromStr for Memory {
    type Err = InvalidReply;

    fn from_str(detail: &str) -> Result<Self, InvalidReply> {
        let mut words = detail.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok()).ok_or(InvalidReply);
        Ok(Self { static_bytes: number()?, stack_bytes: number()?, free_bytes: number()? })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::string::{String, ToString};

    proptest! {
        #[test]
        fn info_survives(
            protocol: u8, later in 1_usize..4, chip in "[a-z0-9]{1,12}", version in "[0-9.]{1,10}", bytes: [u8; 16],
        ) {
            for (lifecycle, uid) in
                [(Lifecycle::Blank, None), (Lifecycle::ALL[later], Some(Uid::from_bytes(bytes)))]
            {
                let sent = Info { protocol, lifecycle, chip: &chip, version: &version, uid };
                let now = sent.to_string();
                prop_assert_eq!(Info::parse(&now), Ok(sent));
                let later = std::format!("{sent} later words");
                prop_assert_eq!(Info::parse(&later), Ok(sent));
            }
        }

        #[test]
        fn self_test_survives(flash: bool, ram: bool, rng: bool, p256: bool) {
            let sent = SelfTest { flash, ram, rng, p256 };
            prop_assert_eq!(sent.to_string().parse(), Ok(sent));
            prop_assert_eq!(sent.passed(), !sent.to_string().contains("FAIL"));
        }

        #[test]
        fn memory_survives(static_bytes: u32, stack_bytes: u32, free_bytes: u32) {
            let sent = Memory { static_bytes, stack_bytes, free_bytes };
            prop_assert_eq!(sent.to_string().parse(), Ok(sent));
        }

        #[test]
        fn no_detail_panics(detail: String) {
            let _ = Info::parse(&detail);
            let _ = detail.parse::<SelfTest>();
            let _ = detail.parse::<Memory>();
        }
    }

    #[test]
    fn a_lifecycle_and_a_uid_that_contradict_each_other_are_refused() {
        for wrong in [
            "1 BLANK nrf51822 0.1.0 00000000000040008000000000000000",
            "1 KEYED nrf51822 0.1.0 -",
            "1 KEYED nrf51822 0.1.0",
            "1 KEYED nrf51822  0.1.0 00000000000040008000000000000000",
            "1 keyed nrf51822 0.1.0 00000000000040008000000000000000",
            "256 BLANK nrf51822 0.1.0 -",
            "1 KEYED nrf51822 0.1.0 00000000-0000-4000-8000-000000000000",
        ] {
            assert_eq!(Info::parse(wrong), Err(InvalidReply), "{wrong}");
        }
    }
}
