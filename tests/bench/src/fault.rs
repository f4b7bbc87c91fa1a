//! What can be made to go wrong in a slot, from outside the product.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// One fault of a slot's devices. It stays until it is cleared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// The probe's connection breaks once this many more bytes of target memory have been written, and no new
    /// one is accepted. 0 breaks it at once.
    ProbeVanishes {
        /// Bytes still written.
        after_bytes: u64,
    },
    /// The part answers as an nRF52832 where a debugger looks for its identity.
    WrongChip,
    /// Nothing the module says reaches the host.
    UartSilent,
    /// Every byte the module says is replaced by a random one.
    UartGarbage,
    /// The printer refuses connections, and breaks those it has.
    PrinterOff,
    /// The printer takes labels but prints them only when paper is back.
    PaperOut,
    /// The same, with the head open.
    HeadOpen,
    /// The scanner refuses connections, and breaks those it has.
    ScannerOff,
    /// The scanner answers this text, whatever the label says.
    ScannerReads {
        /// The answer, without its line end.
        text: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProbeVanishes { after_bytes } => write!(f, "probe-vanishes after {after_bytes} bytes"),
            Self::WrongChip => f.write_str("wrong-chip"),
            Self::UartSilent => f.write_str("uart-silent"),
            Self::UartGarbage => f.write_str("uart-garbage"),
            Self::PrinterOff => f.write_str("printer-off"),
            Self::PaperOut => f.write_str("paper-out"),
            Self::HeadOpen => f.write_str("head-open"),
            Self::ScannerOff => f.write_str("scanner-off"),
            Self::ScannerReads { text } => write!(f, "scanner-reads {text}"),
        }
    }
}

/// The faults of one slot: set by control, looked at by the devices.
#[derive(Debug, Clone)]
pub(crate) struct Faults(watch::Sender<BTreeSet<Fault>>);

impl Faults {
    pub(crate) fn none() -> Self {
        Self(watch::Sender::new(BTreeSet::new()))
    }

    /// Adds a fault; one of the same kind gives way.
    pub(crate) fn set(&self, fault: Fault) {
        self.0.send_modify(|faults| {
            faults.retain(|old| std::mem::discriminant(old) != std::mem::discriminant(&fault));
            faults.insert(fault);
        });
    }

    /// Everything works again.
    pub(crate) fn clear(&self) {
        self.0.send_modify(BTreeSet::clear);
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.0.borrow().iter().cloned().collect()
    }

    pub(crate) fn has(&self, fault: &Fault) -> bool {
        self.0.borrow().contains(fault)
    }

    /// Whether the printer is gone.
    pub(crate) fn printer_off(&self) -> bool {
        self.has(&Fault::PrinterOff)
    }

    /// Whether the scanner is gone.
    pub(crate) fn scanner_off(&self) -> bool {
        self.has(&Fault::ScannerOff)
    }

    /// Whether the printer cannot feed a label.
    pub(crate) fn printer_stuck(&self) -> bool {
        self.has(&Fault::PaperOut) || self.has(&Fault::HeadOpen)
    }

    /// What the scanner is made to say, if anything.
    pub(crate) fn scanned_text(&self) -> Option<String> {
        self.0.borrow().iter().find_map(|fault| match fault {
            Fault::ScannerReads { text } => Some(text.clone()),
            _ => None,
        })
    }

    /// The probe has written `bytes` to its target.
    pub(crate) fn probe_wrote(&self, bytes: u64) {
        self.0.send_if_modified(|faults| {
            let Some(left) = faults.iter().find_map(vanishes_after) else { return false };
            faults.remove(&Fault::ProbeVanishes { after_bytes: left });
            faults.insert(Fault::ProbeVanishes { after_bytes: left.saturating_sub(bytes) })
        });
    }

    /// Whether the probe is gone.
    pub(crate) fn probe_gone(&self) -> bool {
        self.0.borrow().iter().find_map(vanishes_after) == Some(0)
    }

    /// For waiting until `condition` holds.
    pub(crate) async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let mut changes = self.0.subscribe();
        while !condition(self) {
            // The sender lives in `self`, so there is always a next change to wait for.
            let _changed = changes.changed().await;
        }
    }
}

fn vanishes_after(fault: &Fault) -> Option<u64> {
    match fault {
        Fault::ProbeVanishes { after_bytes } => Some(*after_bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_same_kind_gives_way() {
        let faults = Faults::none();
        faults.set(Fault::ScannerReads { text: "a".to_owned() });
        faults.set(Fault::ScannerReads { text: "b".to_owned() });
        faults.set(Fault::PaperOut);
        assert_eq!(faults.list().len(), 2);
        assert_eq!(faults.scanned_text().as_deref(), Some("b"));
        faults.clear();
        assert!(faults.list().is_empty());
    }

    #[test]
    fn the_probe_goes_when_its_bytes_are_used_up() {
        let faults = Faults::none();
        faults.probe_wrote(1000);
        assert!(!faults.probe_gone());
        faults.set(Fault::ProbeVanishes { after_bytes: 100 });
        faults.probe_wrote(60);
        assert!(!faults.probe_gone());
        faults.probe_wrote(60);
        assert!(faults.probe_gone());
        faults.clear();
        assert!(!faults.probe_gone());
    }

    #[test]
    fn faults_travel_by_name() {
        let json = serde_json::to_string(&Fault::ProbeVanishes { after_bytes: 5 }).unwrap();
        assert_eq!(json, r#"{"kind":"probe-vanishes","after_bytes":5}"#);
        assert_eq!(serde_json::from_str::<Fault>(r#"{"kind":"paper-out"}"#).unwrap(), Fault::PaperOut);
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"meteor"}"#).is_err());
    }
}
