//! How the HSM is used: how many sessions, how long it may take, what its vendor calls things.

use std::num::NonZeroU8;
use std::time::Duration;

/// How the HSM is used. The default suits every token we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many sessions are opened at most, as work demands them. A token that allows fewer is used
    /// with what it gives.
    pub sessions: NonZeroU8,
    /// How long a session may be idle before it is used, so that the token does not drop it. A
    /// YubiHSM drops sessions after 30 seconds.
    pub keep_alive: Duration,
    /// How long the HSM may take.
    pub deadlines: Deadlines,
    /// Where the token counts signatures, if it does.
    pub usage: UsageAttributes,
}

/// How long the HSM may take; waiting for a session, connecting and logging in included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To answer any question but the next.
    pub answer: Duration,
    /// To make a key pair.
    pub generate: Duration,
}

/// Attributes of a private key in which a vendor keeps count of its signatures. PKCS#11 has none of
/// its own, so these are numbers from `CKA_VENDOR_DEFINED` upwards; their values are `CK_ULONG`s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageAttributes {
    /// How many signatures the key has made.
    pub count: Option<u64>,
    /// How many it may make.
    pub limit: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sessions: const { NonZeroU8::new(8).unwrap() },
            keep_alive: Duration::from_secs(20),
            deadlines: Deadlines::default(),
            usage: UsageAttributes::default(),
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { answer: Duration::from_secs(15), generate: Duration::from_mins(1) }
    }
}
