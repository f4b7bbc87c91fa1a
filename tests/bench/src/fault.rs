//! What can be made to go wrong in a slot, from outside the product.

mod switchboard;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use self::switchboard::{Faults, Slip};

/// One fault of a slot's devices. It stays until it is cleared, unless it says that it happens once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// The probe's connection breaks once this many more bytes of target memory have been written, and no new
    /// one is accepted. 0 breaks it at once.
    ProbeVanishes {
        /// Bytes still written.
        after_bytes: u64,
    },
    /// The probe takes requests but answers none once this many more bytes of target memory have been
    /// written. 0 makes it mute at once. Clearing is plugging it out and in: its connections break.
    ProbeStalls {
        /// Bytes still written.
        after_bytes: u64,
    },
    /// The probe answers reads of the debug port's registers with more digits than a register has.
    ProbeBabbles,
    /// The part answers as an nRF52832 where a debugger looks for its identity.
    WrongChip,
    /// A bit of the flash reads as what it is not, whatever was written there.
    FlashReadsBackWrong,
    /// The module is reset after it got a command and before it has answered in full. Happens once.
    ModuleReboots {
        /// What follows `AT+` or `AT+DIAG `: `KEYGEN`, `CONF? ThingName`. Parameters may follow.
        command: String,
        /// Bytes of the reply that still leave the module. At 0 the reset comes as soon as the module has the
        /// whole command, and nobody knows how far it got with it.
        after_bytes: u64,
    },
    /// Nothing the module says reaches the host.
    UartSilent,
    /// Every byte the module says is replaced by a random one.
    UartGarbage,
    /// One byte of what the module says is lost. Happens once.
    UartDrops {
        /// Bytes before it.
        byte: u64,
        /// The command from which on they are counted, as in [`ModuleReboots`](Self::ModuleReboots); from now
        /// on if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// One byte of what the module says arrives twice. Happens once.
    UartRepeats {
        /// Bytes before it.
        byte: u64,
        /// The command from which on they are counted, as in [`ModuleReboots`](Self::ModuleReboots); from now
        /// on if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// One byte of what the module says arrives with a bit flipped. Happens once.
    UartCorrupts {
        /// Bytes before it.
        byte: u64,
        /// The command from which on they are counted, as in [`ModuleReboots`](Self::ModuleReboots); from now
        /// on if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// Every byte of what the module says arrives alone.
    UartSplits {
        /// Pause before each byte, in milliseconds.
        pause_ms: u64,
    },
    /// Noise arrives before the next thing that the module says. Happens once.
    UartFloods {
        /// Bytes of noise.
        bytes: u64,
        /// The command whose answer it comes before, if it is not to come before the very next words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// The printer refuses connections, and breaks those it has.
    PrinterOff,
    /// The printer takes labels but prints them only when paper is back.
    PaperOut,
    /// The same, with the head open.
    HeadOpen,
    /// The printer breaks the connection in the middle of a label, which it forgets.
    LabelCut {
        /// Bytes of the label that it takes.
        after_bytes: u64,
    },
    /// The scanner refuses connections, and breaks those it has.
    ScannerOff,
    /// The scanner answers this text, whatever the label says.
    ScannerReads {
        /// The answer, without its line end.
        text: String,
    },
    /// The scanner answers twice to one trigger.
    ScannerReadsTwice,
}

impl Fault {
    /// Whether it is set but has not happened yet, as far as that can be told: a byte or a command is still to
    /// come.
    pub fn is_waiting(&self) -> bool {
        match self {
            Self::ProbeVanishes { after_bytes } | Self::ProbeStalls { after_bytes } => *after_bytes > 0,
            Self::ModuleReboots { .. }
            | Self::UartDrops { .. }
            | Self::UartRepeats { .. }
            | Self::UartCorrupts { .. }
            | Self::UartFloods { .. } => true,
            Self::ProbeBabbles
            | Self::WrongChip
            | Self::FlashReadsBackWrong
            | Self::UartSilent
            | Self::UartGarbage
            | Self::UartSplits { .. }
            | Self::PrinterOff
            | Self::PaperOut
            | Self::HeadOpen
            | Self::LabelCut { .. }
            | Self::ScannerOff
            | Self::ScannerReads { .. }
            | Self::ScannerReadsTwice => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProbeVanishes { after_bytes } => write!(f, "probe-vanishes after {after_bytes} bytes"),
            Self::ProbeStalls { after_bytes } => write!(f, "probe-stalls after {after_bytes} bytes"),
            Self::ProbeBabbles => f.write_str("probe-babbles"),
            Self::WrongChip => f.write_str("wrong-chip"),
            Self::FlashReadsBackWrong => f.write_str("flash-reads-back-wrong"),
            Self::ModuleReboots { command, after_bytes } => {
                write!(f, "module-reboots at {command} after {after_bytes} bytes")
            }
            Self::UartSilent => f.write_str("uart-silent"),
            Self::UartGarbage => f.write_str("uart-garbage"),
            Self::UartDrops { byte, command } => write!(f, "uart-drops byte {byte}{}", After(command)),
            Self::UartRepeats { byte, command } => write!(f, "uart-repeats byte {byte}{}", After(command)),
            Self::UartCorrupts { byte, command } => write!(f, "uart-corrupts byte {byte}{}", After(command)),
            Self::UartSplits { pause_ms } => write!(f, "uart-splits by {pause_ms} ms"),
            Self::UartFloods { bytes, command } => {
                write!(f, "uart-floods with {bytes} bytes{}", After(command))
            }
            Self::PrinterOff => f.write_str("printer-off"),
            Self::PaperOut => f.write_str("paper-out"),
            Self::HeadOpen => f.write_str("head-open"),
            Self::LabelCut { after_bytes } => write!(f, "label-cut after {after_bytes} bytes"),
            Self::ScannerOff => f.write_str("scanner-off"),
            Self::ScannerReads { text } => write!(f, "scanner-reads {text}"),
            Self::ScannerReadsTwice => f.write_str("scanner-reads-twice"),
        }
    }
}

/// The command that a fault waits for, if it does.
struct After<'a>(&'a Option<String>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(command) => write!(f, " after {command}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_travel_by_name() {
        let json = serde_json::to_string(&Fault::ProbeVanishes { after_bytes: 5 }).unwrap();
        assert_eq!(json, r#"{"kind":"probe-vanishes","after_bytes":5}"#);
        assert_eq!(serde_json::from_str::<Fault>(r#"{"kind":"paper-out"}"#).unwrap(), Fault::PaperOut);
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"meteor"}"#).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"uart-drops","byte":1,"bit":2}"#).is_err());
        let drops = Fault::UartDrops { byte: 1, command: None };
        assert_eq!(serde_json::from_str::<Fault>(r#"{"kind":"uart-drops","byte":1}"#).unwrap(), drops);
        let drops = Fault::UartDrops { byte: 1, command: Some("CSR".to_owned()) };
        assert_eq!(drops.to_string(), "uart-drops byte 1 after CSR");
    }
}
