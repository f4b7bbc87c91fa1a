//! Why a factory command failed, beyond the standard's numbers.

use core::fmt;
use core::str::FromStr;

use super::InvalidReply;

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word on the line.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Reads the detail of an error reply, which ends in the word.
            ///
            /// # Errors
            /// [`InvalidReply`] when the last word is none of these.
            pub fn from_detail(detail: &str) -> Result<Self, InvalidReply> {
                detail.rsplit(' ').next().unwrap_or_default().parse()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromStr for $type {
            type Err = InvalidReply;

            fn from_str(word: &str) -> Result<Self, InvalidReply> {
                Self::ALL.iter().copied().find(|item| item.word() == word).ok_or(InvalidReply)
            }
        }
    };
}

words! {
    /// Why the module refused a certificate; follows `ERR26 INVALID CERTIFICATE`.
    CertificateFlaw {
        /// Not a PEM certificate, or not DER inside.
        Malformed = "MALFORMED",
        /// Longer than the module can store.
        Length = "LENGTH",
        /// The signature is not ECDSA with SHA-256, or the key not on P-256.
        Algorithm = "ALGORITHM",
        /// The public key is not the module's.
        Key = "KEY",
        /// The serial number is not the module's UID.
        Serial = "SERIAL",
        /// The subject's common name is not the module's UID as UUID text.
        Subject = "SUBJECT",
    }
}

words! {
    /// Hardware the module found broken; follows `ERR28 CONFIGURATION ERROR`.
    HardwareFault {
        /// The random number generator failed its health test.
        Rng = "RNG",
        /// The flash does not hold what was written.
        Flash = "FLASH",
        /// Read-back protection could not be set.
        Lock = "LOCK",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_text_of_the_standard() {
        assert_eq!(CertificateFlaw::from_detail("INVALID CERTIFICATE SERIAL"), Ok(CertificateFlaw::Serial));
        assert_eq!(HardwareFault::from_detail("CONFIGURATION ERROR RNG"), Ok(HardwareFault::Rng));
        assert_eq!(HardwareFault::from_detail("CONFIGURATION ERROR"), Err(InvalidReply));
        for flaw in CertificateFlaw::ALL {
            assert_eq!(flaw.word().parse(), Ok(*flaw));
        }
    }
}
