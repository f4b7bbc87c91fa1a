//! The functions that a fault can strike, and that can take their time.

use serde::Deserialize;

/// Declares [`Function`] and the names by which a script calls its variants.
macro_rules! functions {
    ($($variant:ident = $name:literal,)+) => {
        /// A function of this module. `C_GetFunctionList` is none of them, nor are `C_GetInterface` and `C_GetInterfaceList`, because they work before
        /// there is a store to read a script from; nor are those that only say that they are not offered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        pub(crate) enum Function {
            $(
                #[doc = concat!("`", $name, "`.")]
                #[serde(rename = $name)]
                $variant,
            )+
        }

        impl Function {
            /// The function of this name, `C_…`.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

functions! {
    CloseAllSessions = "C_CloseAllSessions",
    CloseSession = "C_CloseSession",
    CopyObject = "C_CopyObject",
    CreateObject = "C_CreateObject",
    DestroyObject = "C_DestroyObject",
    Digest = "C_Digest",
    DigestFinal = "C_DigestFinal",
    DigestInit = "C_DigestInit",
    DigestUpdate = "C_DigestUpdate",
    Finalize = "C_Finalize",
    FindObjects = "C_FindObjects",
    FindObjectsFinal = "C_FindObjectsFinal",
    FindObjectsInit = "C_FindObjectsInit",
    GenerateKeyPair = "C_GenerateKeyPair",
    GenerateRandom = "C_GenerateRandom",
    GetAttributeValue = "C_GetAttributeValue",
    GetInfo = "C_GetInfo",
    GetMechanismInfo = "C_GetMechanismInfo",
    GetMechanismList = "C_GetMechanismList",
    GetObjectSize = "C_GetObjectSize",
    GetSessionInfo = "C_GetSessionInfo",
    GetSlotInfo = "C_GetSlotInfo",
    GetSlotList = "C_GetSlotList",
    GetTokenInfo = "C_GetTokenInfo",
    InitPin = "C_InitPIN",
    InitToken = "C_InitToken",
    Initialize = "C_Initialize",
    Login = "C_Login",
    LoginUser = "C_LoginUser",
    Logout = "C_Logout",
    OpenSession = "C_OpenSession",
    SeedRandom = "C_SeedRandom",
    SessionCancel = "C_SessionCancel",
    SetAttributeValue = "C_SetAttributeValue",
    SetPin = "C_SetPIN",
    Sign = "C_Sign",
    SignFinal = "C_SignFinal",
    SignInit = "C_SignInit",
    SignUpdate = "C_SignUpdate",
    Verify = "C_Verify",
    VerifyFinal = "C_VerifyFinal",
    VerifyInit = "C_VerifyInit",
    VerifyUpdate = "C_VerifyUpdate",
    WaitForSlotEvent = "C_WaitForSlotEvent",
}

impl Function {
    /// Whether a signature is what it gives.
    pub(super) fn gives_signature(self) -> bool {
        matches!(self, Self::Sign | Self::SignFinal)
    }
}
