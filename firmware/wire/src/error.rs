//! Error numbers of the standard, `ERR{number} {text}`.

use core::fmt;

macro_rules! error_numbers {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// An error number the standard defines; its [`Display`](fmt::Display) is the standard's text.
        ///
        /// A host decides by the number alone: the text, and what follows it, differ between firmware
        /// versions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum ErrorNumber {
            $($(#[$doc])* $name = $number,)*
        }

        impl ErrorNumber {
            /// All of them, in ascending order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The error with this number, if the standard has one.
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The words that follow the number.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

error_numbers! {
    /// The line is longer than the module's buffer; the rest of it was swallowed.
    Overflow = 1, "OVERFLOW";
    /// The line does not follow the grammar.
    Parse = 2, "PARSE ERROR";
    /// The grammar is right, the command is not known.
    CommandNotFound = 3, "COMMAND NOT FOUND";
    /// A parameter is missing, unwanted, too long or unusable.
    Parameter = 4, "PARAMETER ERROR";
    /// A backslash begins no escape.
    InvalidEscape = 5, "INVALID ESCAPE";
    /// The command needs a connection.
    NoConnection = 6, "NO CONNECTION";
    /// A numeric suffix is too large.
    OutOfRange = 7, "OUT OF RANGE";
    /// The suffix names a parameter that is empty.
    ParameterUndefined = 8, "PARAMETER UNDEFINED";
    /// A key is empty or longer than 16 characters.
    InvalidKeyLength = 9, "INVALID KEY LENGTH";
    /// A key holds a character that is not alphanumeric.
    InvalidKeyName = 10, "INVALID KEY NAME";
    /// No such key.
    UnknownKey = 11, "UNKNOWN KEY";
    /// The key cannot be written.
    KeyReadOnly = 12, "KEY READONLY";
    /// The key cannot be read.
    KeyWriteOnly = 13, "KEY WRITEONLY";
    /// Connecting failed; a hint code follows the number.
    UnableToConnect = 14, "UNABLE TO CONNECT";
    /// The module does not know the time.
    TimeNotAvailable = 15, "TIME NOT AVAILABLE";
    /// The module does not know where it is.
    LocationNotAvailable = 16, "LOCATION NOT AVAILABLE";
    /// The requested mode does not exist here.
    ModeNotAvailable = 17, "MODE NOT AVAILABLE";
    /// Not while connected.
    ActiveConnection = 18, "ACTIVE CONNECTION";
    /// No host image has been received.
    HostImageNotAvailable = 19, "HOST IMAGE NOT AVAILABLE";
    /// An address outside the host image.
    InvalidAddress = 20, "INVALID ADDRESS";
    /// The update is not usable.
    InvalidOtaUpdate = 21, "INVALID OTA UPDATE";
    /// Reserved; early firmware used it.
    InvalidQuery = 22, "INVALID QUERY";
    /// A signature does not verify.
    InvalidSignature = 23, "INVALID SIGNATURE";
    /// The shadow request failed.
    Shadow = 24, "SHADOW ERROR";
    /// Not in this state.
    NotAllowed = 25, "NOT ALLOWED";
    /// The certificate is not usable.
    InvalidCertificate = 26, "INVALID CERTIFICATE";
    /// The Bluetooth request failed.
    Ble = 27, "BLE ERROR";
    /// The module cannot be configured as asked; factory commands report failed hardware by it.
    Configuration = 28, "CONFIGURATION ERROR";
    /// The link's security is too low.
    InsufficientSecurity = 29, "INSUFFICIENT SECURITY";
}

impl ErrorNumber {
    /// The number that follows `ERR`.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for ErrorNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for ErrorNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_run_from_1_to_29_without_a_gap() {
        assert_eq!(ErrorNumber::ALL.len(), 29);
        for (index, error) in ErrorNumber::ALL.iter().enumerate() {
            assert_eq!(usize::from(error.number()), index + 1);
            assert_eq!(ErrorNumber::from_number(u32::from(error.number())), Some(*error));
        }
        assert_eq!(ErrorNumber::from_number(0), None);
        assert_eq!(ErrorNumber::from_number(30), None);
    }
}
