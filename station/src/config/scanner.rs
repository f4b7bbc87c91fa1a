//! Where a slot's labels are read.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::beside;
use crate::scanner::Hand;
use crate::tcp::Address;

/// How fast a serial scanner sends as it comes from the factory, in bits a second. On USB the speed means nothing.
const BAUD: u32 = 9_600;

/// Where a code reader is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum ScannerPlace {
    /// In somebody's hand, on the keyboard of the terminal in which the screen is: `keyboard`.
    Keyboard,
    /// In somebody's hand, on a serial port: `serial:/dev/ttyACM0` or `serial:/dev/ttyS0?baud=115200`.
    Serial {
        /// The port.
        port: PathBuf,
        /// Bits a second.
        baud: u32,
    },
    /// Mounted, on the network: `tcp://host:port`.
    Network(Address),
}

/// A text that is no [`ScannerPlace`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no scanner: write `keyboard`, `serial:` and its port, such as serial:/dev/ttyACM0 or \
     serial:/dev/ttyS0?baud=115200, or tcp://host:port"
)]
pub struct InvalidScanner {
    text: String,
}

impl TryFrom<String> for ScannerPlace {
    type Error = InvalidScanner;

    fn try_from(text: String) -> Result<Self, InvalidScanner> {
        match Self::parse(&text) {
            Some(place) => Ok(place),
            None => Err(InvalidScanner { text }),
        }
    }
}

impl ScannerPlace {
    fn parse(text: &str) -> Option<Self> {
        if text == "keyboard" {
            return Some(Self::Keyboard);
        }
        let Some(serial) = text.strip_prefix("serial:") else { return text.parse().ok().map(Self::Network) };
        let (port, baud) = match serial.split_once("?baud=") {
            None => (serial, BAUD),
            Some((port, baud)) => (port, baud.parse().ok().filter(|baud| *baud > 0)?),
        };
        (!port.is_empty()).then(|| Self::Serial { port: port.into(), baud })
    }

    /// With its port as seen from the file in which it is named.
    pub(super) fn beside(self, file: &Path) -> Self {
        match self {
            Self::Serial { port, baud } => Self::Serial { port: beside(file, port), baud },
            Self::Keyboard | Self::Network(_) => self,
        }
    }

    /// Which hand scanner it is; none, if it reads by itself.
    pub fn hand(&self) -> Option<Hand> {
        match self {
            Self::Keyboard => Some(Hand::Keyboard),
            Self::Serial { port, .. } => Some(Hand::Serial(port.clone())),
            Self::Network(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ScannerPlace, InvalidScanner> {
        text.to_owned().try_into()
    }

    fn serial(port: &str, baud: u32) -> ScannerPlace {
        ScannerPlace::Serial { port: port.into(), baud }
    }

    #[test]
    fn a_scanner_is_on_the_keyboard_on_a_serial_port_or_on_the_network() {
        assert_eq!(parse("keyboard").unwrap(), ScannerPlace::Keyboard);
        assert_eq!(parse("serial:/dev/ttyACM0").unwrap(), serial("/dev/ttyACM0", 9_600));
        assert_eq!(parse("serial:/dev/ttyS0?baud=115200").unwrap(), serial("/dev/ttyS0", 115_200));
        assert!(matches!(parse("tcp://10.0.0.7:9101").unwrap(), ScannerPlace::Network(_)));
    }

    #[test]
    fn anything_else_is_refused_with_what_there_is() {
        let mistakes = [
            "",
            "Keyboard",
            "/dev/ttyACM0",
            "serial:",
            "serial:?baud=9600",
            "serial:/dev/x?baud=0",
            "serial:/dev/x?baud=fast",
        ];
        for text in mistakes {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("serial:/dev/ttyACM0") && error.contains("tcp://"), "{error}");
        }
    }
}
