//! What goes wrong with an HSM.

use hsm_sim::store::Settings;
use serde::{Deserialize, Serialize};

/// A kind of trouble.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    /// What happens, in words.
    pub title: &'static str,
    /// How it is made.
    pub cause: Cause,
    /// When it can happen.
    pub moments: &'static [Moment],
}

/// How a trouble is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// hsm-sim's script: the effect on the call that the moment stands for.
    Script(&'static str),
    /// The token's contents are exchanged.
    Contents(Contents),
    /// The token is pulled out, and this plugged in instead.
    Exchange(Contents),
    /// The HSM is of that kind from the beginning.
    Kind(Kind),
}

/// What can be in a token's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contents {
    /// The token with its key.
    Whole,
    /// The same token, the key deleted.
    NoKey,
    /// The same token with a second key of that name.
    TwoKeys,
    /// The same token with another key of that name instead.
    OtherKey,
    /// Another token with that name, and a key of its own.
    Other,
}

/// A property of the HSM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No room for another object.
    Full,
    /// The key has signed as often as it may.
    Spent,
    /// Its clock is ten minutes ahead.
    ClockAhead,
}

/// When it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// While a session is opened.
    Opening,
    /// While logging in.
    Login,
    /// While the key is looked for.
    Finding,
    /// While signing.
    Signing,
    /// Between two signatures: the next finds it so.
    Between,
    /// While a key is made.
    Making,
}

impl Moment {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Opening, Self::Login, Self::Finding, Self::Signing, Self::Between, Self::Making];

    /// The first function that is called then.
    pub fn function(self) -> &'static str {
        match self {
            Self::Opening => "C_OpenSession",
            Self::Login => "C_Login",
            Self::Finding => "C_FindObjectsInit",
            Self::Signing => "C_Sign",
            Self::Between => "C_SignInit",
            Self::Making => "C_GenerateKeyPair",
        }
    }

    /// The same in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Opening => "opening a session",
            Self::Login => "logging in",
            Self::Finding => "finding the key",
            Self::Signing => "signing",
            Self::Between => "between two calls",
            Self::Making => "making a key",
        }
    }
}

impl Kind {
    /// An HSM of this kind.
    pub fn settings(self, usual: Settings) -> Settings {
        match self {
            // Both halves of one pair.
            Self::Full => Settings { object_limit: Some(2), ..usual },
            Self::Spent => Settings { signature_limit: Some(1), ..usual },
            Self::ClockAhead => Settings { clock: true, clock_skew_s: Some(600), ..usual },
        }
    }
}

/// All troubles.
pub const TROUBLES: &[Trouble] = &[
    Trouble { title: "pulled out", cause: Cause::Script("remove-token = true"), moments: &Moment::ALL },
    Trouble {
        title: "pulled out, and another plugged in",
        cause: Cause::Exchange(Contents::Other),
        moments: &[Moment::Between],
    },
    Trouble {
        title: "pulled out, and plugged in without the key",
        cause: Cause::Exchange(Contents::NoKey),
        moments: &[Moment::Between],
    },
    Trouble {
        title: "pulled out, and plugged in with another key of that name",
        cause: Cause::Exchange(Contents::OtherKey),
        moments: &[Moment::Between],
    },
    Trouble {
        title: "all sessions dropped, as after idleness",
        cause: Cause::Script("drop-sessions = true"),
        moments: &[Moment::Login, Moment::Finding, Moment::Signing, Moment::Between, Moment::Making],
    },
    Trouble {
        title: "logged out",
        cause: Cause::Script("log-out = true"),
        moments: &[Moment::Finding, Moment::Signing, Moment::Between, Moment::Making],
    },
    Trouble { title: "does not return", cause: Cause::Script("hang = true"), moments: &Moment::ALL },
    Trouble {
        title: "`CKR_DEVICE_ERROR`, once",
        cause: Cause::Script("answer = \"CKR_DEVICE_ERROR\""),
        moments: &Moment::ALL,
    },
    Trouble {
        title: "`CKR_DEVICE_ERROR`, again and again",
        cause: Cause::Script("times = 0\nanswer = \"CKR_DEVICE_ERROR\""),
        moments: &Moment::ALL,
    },
    Trouble {
        title: "done, and answered with `CKR_DEVICE_ERROR`",
        cause: Cause::Script("answer = \"CKR_DEVICE_ERROR\"\ncarried-out = true"),
        moments: &[Moment::Signing, Moment::Making],
    },
    Trouble {
        title: "`CKR_FUNCTION_FAILED`, once",
        cause: Cause::Script("answer = \"CKR_FUNCTION_FAILED\""),
        moments: &Moment::ALL,
    },
    Trouble {
        title: "`CKR_GENERAL_ERROR`, again and again",
        cause: Cause::Script("times = 0\nanswer = \"CKR_GENERAL_ERROR\""),
        moments: &Moment::ALL,
    },
    Trouble {
        title: "all sessions taken by others",
        cause: Cause::Script("times = 0\nanswer = \"CKR_SESSION_COUNT\""),
        moments: &[Moment::Opening],
    },
    Trouble {
        title: "no memory for a session",
        cause: Cause::Script("answer = \"CKR_DEVICE_MEMORY\""),
        moments: &[Moment::Opening, Moment::Signing],
    },
    Trouble { title: "no room for a key", cause: Cause::Kind(Kind::Full), moments: &[Moment::Making] },
    Trouble {
        title: "the security officer has a session",
        cause: Cause::Script("times = 0\nanswer = \"CKR_SESSION_READ_WRITE_SO_EXISTS\""),
        moments: &[Moment::Opening],
    },
    Trouble {
        title: "somebody else is logged in",
        cause: Cause::Script("times = 0\nanswer = \"CKR_USER_ANOTHER_ALREADY_LOGGED_IN\""),
        moments: &[Moment::Login],
    },
    Trouble {
        title: "wrong PIN",
        cause: Cause::Script("answer = \"CKR_PIN_INCORRECT\""),
        moments: &[Moment::Login],
    },
    Trouble {
        title: "PIN locked",
        cause: Cause::Script("answer = \"CKR_PIN_LOCKED\""),
        moments: &[Moment::Login],
    },
    Trouble { title: "key deleted", cause: Cause::Contents(Contents::NoKey), moments: &[Moment::Finding] },
    Trouble {
        title: "two keys of one name",
        cause: Cause::Contents(Contents::TwoKeys),
        moments: &[Moment::Finding],
    },
    Trouble {
        title: "the key has made all its signatures",
        cause: Cause::Kind(Kind::Spent),
        moments: &[Moment::Between],
    },
    Trouble {
        title: "its clock is ten minutes ahead",
        cause: Cause::Kind(Kind::ClockAhead),
        moments: &[Moment::Opening],
    },
];
