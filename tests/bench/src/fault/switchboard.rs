//! The faults of one slot: set by control, looked at by the devices.

use std::collections::BTreeSet;

use tokio::sync::watch;

use super::Fault;

/// What happens to a single byte on its way from the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    /// It is lost.
    Drop,
    /// It arrives twice.
    Repeat,
    /// It arrives changed.
    Corrupt,
}

/// What is wrong in a slot now. Clones share it.
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

    /// After how many bytes of a label the printer hangs up, if it does.
    pub(crate) fn label_cut(&self) -> Option<u64> {
        self.find(|fault| match fault {
            Fault::LabelCut { after_bytes } => Some(*after_bytes),
            _ => None,
        })
    }

    /// What the scanner is made to say, if anything.
    pub(crate) fn scanned_text(&self) -> Option<String> {
        self.find(|fault| match fault {
            Fault::ScannerReads { text } => Some(text.clone()),
            _ => None,
        })
    }

    /// The probe has written `bytes` to its target.
    pub(crate) fn probe_wrote(&self, bytes: u64) {
        self.change(|fault| match fault {
            Fault::ProbeVanishes { after_bytes } | Fault::ProbeStalls { after_bytes } => {
                *after_bytes = after_bytes.saturating_sub(bytes);
                true
            }
            _ => true,
        });
    }

    /// Whether the probe is gone.
    pub(crate) fn probe_gone(&self) -> bool {
        self.has(&Fault::ProbeVanishes { after_bytes: 0 })
    }

    /// Whether the probe is mute.
    pub(crate) fn probe_stalled(&self) -> bool {
        self.has(&Fault::ProbeStalls { after_bytes: 0 })
    }

    /// The module gets this command, without `AT+` and `DIAG`. After how many bytes of its reply it is to be
    /// reset, if that was waited for; it will not happen again.
    pub(crate) fn commanded(&self, said: &str) -> Option<u64> {
        let mut reboot = None;
        self.change(|fault| match fault {
            Fault::ModuleReboots { command, after_bytes } if is_command(said, command) => {
                reboot = Some(*after_bytes);
                false
            }
            Fault::UartDrops { command, .. }
            | Fault::UartRepeats { command, .. }
            | Fault::UartCorrupts { command, .. }
            | Fault::UartFloods { command, .. } => {
                // What was waited for has come; now it is bytes that count.
                command.take_if(|command| is_command(said, command));
                true
            }
            _ => true,
        });
        reboot
    }

    /// The module has said so many bytes. What happens to which of them, counted from the first of these; it
    /// will not happen again.
    pub(crate) fn slips(&self, count: usize) -> Vec<(usize, Slip)> {
        let mut slips = Vec::new();
        self.change(|fault| {
            let (byte, slip) = match fault {
                Fault::UartDrops { byte, command: None } => (byte, Slip::Drop),
                Fault::UartRepeats { byte, command: None } => (byte, Slip::Repeat),
                Fault::UartCorrupts { byte, command: None } => (byte, Slip::Corrupt),
                _ => return true,
            };
            match usize::try_from(*byte) {
                Ok(place) if place < count => {
                    slips.push((place, slip));
                    false
                }
                _ => {
                    *byte = byte.saturating_sub(count as u64);
                    true
                }
            }
        });
        slips
    }

    /// How many bytes of noise come before what the module says next; it will not happen again.
    pub(crate) fn flood(&self) -> u64 {
        let mut flood = 0;
        self.change(|fault| match fault {
            Fault::UartFloods { bytes, command: None } => {
                flood = *bytes;
                false
            }
            _ => true,
        });
        flood
    }

    /// The pause before each byte that the module says, in milliseconds, if there is one.
    pub(crate) fn split(&self) -> Option<u64> {
        self.find(|fault| match fault {
            Fault::UartSplits { pause_ms } => Some(*pause_ms),
            _ => None,
        })
    }

    /// For waiting until `condition` holds.
    pub(crate) async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let mut changes = self.0.subscribe();
        while !condition(self) {
            // The sender lives in `self`, so there is always a next change to wait for.
            let _changed = changes.changed().await;
        }
    }

    fn find<T>(&self, wanted: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.0.borrow().iter().find_map(wanted)
    }

    /// Lets `keep` change each fault, and removes those that it does not keep.
    fn change(&self, mut keep: impl FnMut(&mut Fault) -> bool) {
        self.0.send_if_modified(|faults| {
            if faults.is_empty() {
                return false;
            }
            let mut left = faults.clone().into_iter().collect::<Vec<_>>();
            left.retain_mut(&mut keep);
            let left = left.into_iter().collect();
            let changed = *faults != left;
            *faults = left;
            changed
        });
    }
}

/// Whether a command is the wanted one, whatever parameters follow.
fn is_command(said: &str, wanted: &str) -> bool {
    said.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
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
        faults.set(Fault::ProbeStalls { after_bytes: 70 });
        faults.probe_wrote(60);
        assert!(!faults.probe_gone() && !faults.probe_stalled());
        faults.probe_wrote(20);
        assert!(!faults.probe_gone() && faults.probe_stalled());
        faults.probe_wrote(60);
        assert!(faults.probe_gone());
        faults.clear();
        assert!(!faults.probe_gone() && !faults.probe_stalled());
    }

    #[test]
    fn a_byte_is_met_once_wherever_it_comes() {
        let faults = Faults::none();
        faults.set(Fault::UartDrops { byte: 17, command: None });
        faults.set(Fault::UartRepeats { byte: 3, command: None });
        assert_eq!(faults.slips(3), []);
        assert_eq!(faults.slips(10), [(0, Slip::Repeat)]);
        assert_eq!(faults.list(), [Fault::UartDrops { byte: 4, command: None }]);
        assert_eq!(faults.slips(10), [(4, Slip::Drop)]);
        assert_eq!(faults.slips(100), []);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_reboot_waits_for_its_command() {
        let faults = Faults::none();
        faults.set(Fault::ModuleReboots { command: "CONF? Cert".to_owned(), after_bytes: 7 });
        for other in ["CERTIFICATE x", "CONF?", "CONF? Certificate pem"] {
            assert_eq!(faults.commanded(other), None, "{other}");
        }
        assert_eq!(faults.commanded("CONF? Cert pem"), Some(7));
        assert_eq!(faults.commanded("CONF? Cert pem"), None);
    }

    #[test]
    fn bytes_of_a_reply_are_counted_from_its_command() {
        let faults = Faults::none();
        faults.set(Fault::UartCorrupts { byte: 2, command: Some("CSR".to_owned()) });
        faults.set(Fault::UartFloods { bytes: 9, command: Some("CSR".to_owned()) });
        assert_eq!((faults.slips(10), faults.flood()), (vec![], 0));
        assert_eq!(faults.commanded("CSR"), None);
        assert_eq!((faults.slips(10), faults.flood()), (vec![(2, Slip::Corrupt)], 9));
        assert!(faults.list().is_empty());
    }
}
