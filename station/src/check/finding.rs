//! What was looked at, and what was found of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::clock::rfc3339;
use crate::fault::Fault;
use crate::hsm::Usage;

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: Subject,
    /// What was found.
    pub found: Found,
}

/// How a thing was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// It is well.
    Well(Detail),
    /// It was left in peace: a run is using it.
    AtWork,
    /// It is not well.
    Wrong(Fault),
}

/// Something that is looked at. Displays as the command calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// `station.toml`.
    Settings,
    /// The file of the ledger.
    Ledger,
    /// The machine's clock, against the ledger.
    Clock,
    /// The room on the ledger's disk.
    Disk,
    /// The open order.
    Order,
    /// The image that the order's product names.
    Firmware,
    /// The label that the order and the product describe.
    Label,
    /// Root, issuing CA and manifest signer.
    Certificates,
    /// The HSM: module, token, PIN.
    Hsm,
    /// The key with this label in the HSM.
    HsmKey(String),
    /// A device of a slot.
    Slot {
        /// Name of the slot.
        slot: String,
        /// Which of its devices.
        part: Part,
    },
}

/// A device of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The debug probe.
    Probe,
    /// The serial port.
    SerialPort,
    /// The label printer.
    Printer,
    /// The code reader.
    Scanner,
}

impl Part {
    /// All of them, in the order in which they are looked at.
    pub const ALL: [Self; 4] = [Self::Probe, Self::SerialPort, Self::Printer, Self::Scanner];
}

/// What is well about a thing. Displays as the command says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Detail {
    /// The file that was read.
    File(String),
    /// There is no ledger yet, and need not be.
    NoLedgerYet,
    /// The time.
    Time(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// So many percent of the disk's room are left.
    Room(u8),
    /// What the order is for.
    Order {
        /// Its number.
        id: String,
        /// Modules that are to pass.
        quantity: u32,
        /// Name of the product.
        product: String,
        /// Whom the modules ship to.
        customer: String,
    },
    /// The firmware.
    Firmware {
        /// Its version.
        version: String,
        /// How much flash it takes, from the start of the flash, in bytes.
        bytes: u64,
    },
    /// What a label says.
    Label(String),
    /// The issuing CA's certificate ends then.
    IssuingUntil(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// What the token says of itself.
    Token {
        /// Its label.
        label: String,
        /// Who made it.
        manufacturer: String,
        /// Which model.
        model: String,
        /// Its serial number.
        serial: String,
        /// What it says of the tries at its PIN.
        tries: String,
    },
    /// The key is there.
    KeyFound,
    /// The key is there, and the HSM says how much it was used.
    KeyUsed {
        /// How many signatures it has made, if that is counted.
        count: Option<u64>,
        /// How many it may make, if that is limited.
        limit: Option<u64>,
    },
    /// A module is in the slot.
    Seated,
    /// No module is in the slot.
    NotSeated,
    /// The port can be opened.
    Opens,
    /// The printer is ready.
    Ready,
    /// The device answers.
    Answers,
    /// Nothing tells whether the device is there but its use.
    CannotBeAsked,
}

impl From<Option<Usage>> for Detail {
    fn from(usage: Option<Usage>) -> Self {
        usage.map_or(Self::KeyFound, |Usage { count, limit }| Self::KeyUsed { count, limit })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.pad("settings"),
            Self::Ledger => f.pad("ledger"),
            Self::Clock => f.pad("clock"),
            Self::Disk => f.pad("disk"),
            Self::Order => f.pad("order"),
            Self::Firmware => f.pad("firmware"),
            Self::Label => f.pad("label"),
            Self::Certificates => f.pad("certificates"),
            Self::Hsm => f.pad("hsm"),
            Self::HsmKey(label) => f.pad(&format!("hsm key {label}")),
            Self::Slot { slot, part } => f.pad(&format!("slot {slot} {part}")),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Probe => "probe",
            Self::SerialPort => "serial port",
            Self::Printer => "printer",
            Self::Scanner => "scanner",
        })
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => f.write_str(file),
            Self::NoLedgerYet => f.write_str("none yet; the first command makes one"),
            Self::Time(time) => f.write_str(&rfc3339(*time)),
            Self::Room(percent) => write!(f, "{percent} % free"),
            Self::Order { id, quantity, product, customer } => {
                write!(f, "{id}: {quantity} x {product} for {customer}")
            }
            Self::Firmware { version, bytes } => write!(f, "version {version}, {bytes} bytes of flash"),
            Self::Label(payload) => write!(f, "such as {payload}"),
            Self::IssuingUntil(end) => write!(f, "issuing CA until {}", rfc3339(*end)),
            Self::Token { label, manufacturer, model, serial, tries } => {
                write!(f, "token {label}: {manufacturer} {model}, serial number {serial}; {tries}")
            }
            Self::KeyFound => f.write_str("found"),
            Self::KeyUsed { count, limit } => {
                write!(f, "found; {}", Usage { count: *count, limit: *limit })
            }
            Self::Seated => f.write_str("a module is seated"),
            Self::NotSeated => f.write_str("no module is seated"),
            Self::Opens => f.write_str("opens"),
            Self::Ready => f.write_str("ready"),
            Self::Answers => f.write_str("answers"),
            Self::CannotBeAsked => f.write_str("cannot be asked: scan something"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_called_as_the_command_calls_them() {
        let port = Subject::Slot { slot: "3".to_owned(), part: Part::SerialPort };
        assert_eq!(format!("{port:<20}|"), "slot 3 serial port  |");
        assert_eq!(Subject::HsmKey("issuing".to_owned()).to_string(), "hsm key issuing");
        let used = Detail::from(Some(Usage { count: Some(3), limit: Some(9) }));
        assert_eq!(used.to_string(), "found; 3 of 9 signatures made");
        assert_eq!(Detail::from(None).to_string(), "found");
        let end = time::macros::datetime!(2036-03-08 1:00:00.25 +1);
        assert_eq!(Detail::IssuingUntil(end).to_string(), "issuing CA until 2036-03-08T00:00:00Z");
        assert_eq!(Detail::Time(end).to_string(), "2036-03-08T00:00:00Z");
    }

    #[test]
    fn a_finding_is_read_as_it_was_written() {
        let time = time::macros::datetime!(2026-03-01 8:00 UTC);
        for detail in [
            Detail::Time(time),
            Detail::IssuingUntil(time),
            Detail::NoLedgerYet,
            Detail::KeyUsed { count: None, limit: None },
        ] {
            let finding = Finding { subject: Subject::Clock, found: Found::Well(detail) };
            let text = serde_json::to_string(&finding).expect("JSON");
            assert_eq!(serde_json::from_str::<Finding>(&text).expect("a finding"), finding);
        }
    }
}
