//! How the token says no: one variant for each return value that this module gives.

use cryptoki_sys as ck;

use crate::store::StoreError;

/// The result of anything a caller can ask for.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// Declares [`Refusal`] and its return values side by side, so that neither list can miss an entry of the other.
macro_rules! refusals {
    ($($(#[$doc:meta])+ $name:ident = $code:ident,)+) => {
        /// Why a call was refused. The standard's meaning of each is in PKCS#11 2.40 base, section 5.1;
        /// the comments here say when *this* module uses it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Refusal {
            $($(#[$doc])+ $name,)+
        }

        impl Refusal {
            /// The `CKR_…` value that crosses the C boundary.
            pub(crate) fn code(self) -> ck::CK_RV {
                match self {
                    $(Self::$name => ck::$code,)+
                }
            }

            /// The refusal whose value has this name, `CKR_…`; for scripted faults.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($code) => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

refusals! {
    /// The object is marked as not modifiable or not destroyable.
    ActionProhibited = CKR_ACTION_PROHIBITED,
    /// A pointer is null or misaligned, a reserved field is used, or a length cannot be.
    ArgumentsBad = CKR_ARGUMENTS_BAD,
    /// The token alone sets this attribute, or it cannot change after creation.
    AttributeReadOnly = CKR_ATTRIBUTE_READ_ONLY,
    /// The attribute never leaves the token.
    AttributeSensitive = CKR_ATTRIBUTE_SENSITIVE,
    /// The object has no such attribute.
    AttributeTypeInvalid = CKR_ATTRIBUTE_TYPE_INVALID,
    /// The value has the wrong length or form for its attribute.
    AttributeValueInvalid = CKR_ATTRIBUTE_VALUE_INVALID,
    /// The caller's buffer is shorter than the result.
    BufferTooSmall = CKR_BUFFER_TOO_SMALL,
    /// The caller wants its own mutexes used, and only those.
    CannotLock = CKR_CANT_LOCK,
    /// `C_Initialize` was called twice.
    CryptokiAlreadyInitialized = CKR_CRYPTOKI_ALREADY_INITIALIZED,
    /// `C_Initialize` was not called, or was called by the parent before a fork.
    CryptokiNotInitialized = CKR_CRYPTOKI_NOT_INITIALIZED,
    /// The curve is a named one, but none this token knows.
    CurveNotSupported = CKR_CURVE_NOT_SUPPORTED,
    /// There is nothing to sign, or a digest is longer than any this token knows.
    DataLengthRange = CKR_DATA_LEN_RANGE,
    /// The token's file cannot be read or written.
    DeviceError = CKR_DEVICE_ERROR,
    /// The token holds as many objects as the settings say, or the disk below it is full.
    DeviceMemory = CKR_DEVICE_MEMORY,
    /// A scripted fault removed the token while the call was made.
    DeviceRemoved = CKR_DEVICE_REMOVED,
    /// `CKA_EC_PARAMS` is no DER object identifier.
    DomainParametersInvalid = CKR_DOMAIN_PARAMS_INVALID,
    /// By a scripted fault alone.
    FunctionCanceled = CKR_FUNCTION_CANCELED,
    /// By a scripted fault alone.
    FunctionFailed = CKR_FUNCTION_FAILED,
    /// The answer of the two functions left over from PKCS#11 1.0.
    FunctionNotParallel = CKR_FUNCTION_NOT_PARALLEL,
    /// The function is in the list, and this token does not offer it.
    FunctionNotSupported = CKR_FUNCTION_NOT_SUPPORTED,
    /// The module is in no state to go on: no marker, bad settings, or a defect of its own.
    GeneralError = CKR_GENERAL_ERROR,
    /// By a scripted fault alone.
    HostMemory = CKR_HOST_MEMORY,
    /// The key's usage attribute forbids the operation, or the key has signed as often as the settings say.
    KeyFunctionNotPermitted = CKR_KEY_FUNCTION_NOT_PERMITTED,
    /// The handle names no object that this session may see.
    KeyHandleInvalid = CKR_KEY_HANDLE_INVALID,
    /// The mechanism does not exist here, or does not do this operation.
    MechanismInvalid = CKR_MECHANISM_INVALID,
    /// A parameter was given to a mechanism that takes none.
    MechanismParameterInvalid = CKR_MECHANISM_PARAM_INVALID,
    /// No slot event has happened.
    NoEvent = CKR_NO_EVENT,
    /// The handle names no object that this session may see.
    ObjectHandleInvalid = CKR_OBJECT_HANDLE_INVALID,
    /// The session is in the middle of another operation.
    OperationActive = CKR_OPERATION_ACTIVE,
    /// There is no operation that this call could go on with.
    OperationNotInitialized = CKR_OPERATION_NOT_INITIALIZED,
    /// By a scripted fault alone.
    PinExpired = CKR_PIN_EXPIRED,
    /// The PIN is wrong. The try is counted.
    PinIncorrect = CKR_PIN_INCORRECT,
    /// A new PIN is too short or too long.
    PinLengthRange = CKR_PIN_LEN_RANGE,
    /// Too many wrong PINs; the right one is refused as well.
    PinLocked = CKR_PIN_LOCKED,
    /// The token's random number generator takes no seed.
    RandomSeedNotSupported = CKR_RANDOM_SEED_NOT_SUPPORTED,
    /// By a scripted fault alone.
    SessionClosed = CKR_SESSION_CLOSED,
    /// The limit of sessions in the settings is reached.
    SessionCount = CKR_SESSION_COUNT,
    /// The token cannot be initialised while this or another process has a session with it.
    SessionExists = CKR_SESSION_EXISTS,
    /// The session was closed or never opened.
    SessionHandleInvalid = CKR_SESSION_HANDLE_INVALID,
    /// `CKF_SERIAL_SESSION` is missing.
    SessionParallelNotSupported = CKR_SESSION_PARALLEL_NOT_SUPPORTED,
    /// A read-only session cannot change the token.
    SessionReadOnly = CKR_SESSION_READ_ONLY,
    /// The security officer cannot log in beside a read-only session.
    SessionReadOnlyExists = CKR_SESSION_READ_ONLY_EXISTS,
    /// No read-only session beside the security officer's.
    SessionReadWriteSoExists = CKR_SESSION_READ_WRITE_SO_EXISTS,
    /// The signature has the right length and is wrong.
    SignatureInvalid = CKR_SIGNATURE_INVALID,
    /// The signature has a length it cannot have.
    SignatureLengthRange = CKR_SIGNATURE_LEN_RANGE,
    /// There is no such slot.
    SlotIdInvalid = CKR_SLOT_ID_INVALID,
    /// An attribute is missing that has no default.
    TemplateIncomplete = CKR_TEMPLATE_INCOMPLETE,
    /// The attributes contradict each other or what this token permits.
    TemplateInconsistent = CKR_TEMPLATE_INCONSISTENT,
    /// A scripted fault removed the token before the call.
    TokenNotPresent = CKR_TOKEN_NOT_PRESENT,
    /// The token was never initialised, or its file is not one of ours.
    TokenNotRecognized = CKR_TOKEN_NOT_RECOGNIZED,
    /// This user is logged in already.
    UserAlreadyLoggedIn = CKR_USER_ALREADY_LOGGED_IN,
    /// The other user is logged in.
    UserAnotherAlreadyLoggedIn = CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
    /// The call needs a login, or another one than the present.
    UserNotLoggedIn = CKR_USER_NOT_LOGGED_IN,
    /// The security officer has not set a user PIN yet.
    UserPinNotInitialized = CKR_USER_PIN_NOT_INITIALIZED,
    /// There is no such kind of user.
    UserTypeInvalid = CKR_USER_TYPE_INVALID,
}

/// A token whose file fails is, seen from outside, a device that fails.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TokenMalformed { .. } => Self::TokenNotRecognized,
            error if error.is_full() => Self::DeviceMemory,
            _ => Self::DeviceError,
        }
    }
}
