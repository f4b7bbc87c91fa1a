//! What is recorded of the station itself: the ledger, the program, the clock, who works there.

use serde::{Deserialize, Serialize};

use super::payload;
use crate::ledger::id::{Digest, Reason, Seq};
use crate::ledger::text;

payload! {
    /// The ledger was made. Always the first event, and written by the ledger itself.
    pub struct LedgerCreated {
        /// 16 random bytes that tell this ledger from every other.
        #[serde(with = "text::hexadecimal")]
        pub ledger: [u8; 16],
    }

    /// The station program started. Ends every run that an earlier start left open.
    pub struct StationStarted {
        /// The program's version.
        pub program: String,
    }

    /// Somebody began to work at the line, before its screen. Their name stands in the operator's column of
    /// this event and of those that follow. A line without a screen is worked by whoever started it.
    pub struct OperatorSignedIn {
        /// How they said who they are.
        pub by: SignInBy,
    }

    /// Whoever worked at the line left it: no further module is taken up until somebody signs in. Runs
    /// under way end under this name.
    pub struct OperatorSignedOut {
        /// Why.
        pub because: SignOutBecause,
    }

    /// All events up to one were vouched for with a key outside the ledger, so that a chain that is
    /// rewritten afterwards shows. What is signed, see [`checkpoint`](crate::ledger::checkpoint).
    pub struct CheckpointSigned {
        /// The last event it covers.
        pub upto: Seq,
        /// That event's hash.
        pub hash: Digest,
        /// SHA-256 of the certificate of the manifest key that signed.
        pub signer: Digest,
        /// ECDSA on P-256 with SHA-256: r and s, 32 bytes each, big-endian.
        #[serde(with = "text::hexadecimal")]
        pub signature: [u8; 64],
    }

    /// Somebody says that the clock is right although it is behind the ledger's last event.
    pub struct ClockAccepted {
        /// How far it is behind.
        pub behind_ms: u64,
        /// Why.
        pub reason: Reason,
    }
}

/// How an operator said who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInBy {
    /// By a badge that the settings know.
    Badge,
    /// On the command line.
    Command,
    /// By a name.
    Name,
}

/// Why an operator was signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignOutBecause {
    /// They asked for it.
    Asked,
    /// The line ended.
    Ended,
    /// Nothing was heard of them for as long as the settings allow.
    Idle,
    /// Another one signed in.
    Relieved,
}
