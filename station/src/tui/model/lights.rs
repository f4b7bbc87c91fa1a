//! The devices, and when each was last heard of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::FaultCode;
use crate::tui::moment::Moment;
use crate::tui::msg::{Device, Report};

/// A device that was not heard of for so long is late: it is asked more often than that.
const LATE: Duration = Duration::from_secs(30);

/// Of how much room on the disk a person has to hear, in percent.
pub(in crate::tui) const LITTLE_ROOM: u8 = 5;

/// What was last heard of every device.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct Lights {
    heard: BTreeMap<Device, Light>,
    /// The slots in whose runs a device was found to be in trouble, and has done nothing since.
    #[serde(default)]
    found_by: BTreeMap<Device, BTreeSet<String>>,
}

/// What was last heard of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::tui) struct Light {
    pub(in crate::tui) report: Report,
    /// When it was heard last, whatever it said.
    pub(in crate::tui) heard: Moment,
    /// Since when it has said the like.
    pub(in crate::tui) since: Moment,
}

/// What colour a light has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Shade {
    /// Never heard of.
    Dark,
    /// All is well.
    Good,
    /// Somebody should see to it some time.
    Warning,
    /// Nothing was heard for too long: what was heard last may no longer be so.
    Silent,
    /// It is in trouble.
    Trouble,
}

impl Lights {
    /// Takes in what a device says, or what is found of it by looking. Looking at a printer finds all that can be
    /// wrong with it; a scanner that is reached may read nothing all the same, and an HSM that answers may not
    /// sign: what a run has found of those stays so until they have worked again.
    pub(in crate::tui) fn hear(&mut self, device: Device, report: Report, now: Moment) {
        let well = matches!(report, Report::Good | Report::Sessions(..));
        if well && matches!(device, Device::Scanner | Device::Hsm) && self.found_by.contains_key(&device) {
            return;
        }
        self.found_by.remove(&device);
        self.note(device, report, now);
    }

    /// A run in this slot has found a device in trouble.
    pub(in crate::tui) fn failed(&mut self, device: Device, slot: &str, code: FaultCode, now: Moment) {
        self.found_by.entry(device).or_default().insert(slot.to_owned());
        self.note(device, Report::Trouble(code), now);
    }

    /// A device that has done its work for this slot a moment ago is there. What else it said of itself stays so.
    /// There may be several printers and scanners: that one has worked says nothing about another in trouble.
    pub(in crate::tui) fn worked(&mut self, device: Device, slot: &str, now: Moment) {
        let several = matches!(device, Device::Printer | Device::Scanner);
        let mut others = self.found_by.remove(&device).unwrap_or_default();
        let found_here = others.remove(slot);
        let report = match self.of(device).map(|light| light.report) {
            Some(Report::Trouble(_)) if several && !(found_here && others.is_empty()) => {
                if !others.is_empty() {
                    self.found_by.insert(device, others);
                }
                return;
            }
            Some(report @ Report::Sessions(..)) => report,
            _ => Report::Good,
        };
        self.note(device, report, now);
    }

    fn note(&mut self, device: Device, report: Report, now: Moment) {
        let light = self.heard.entry(device).or_insert(Light { report, heard: now, since: now });
        let since = if light.report == report { light.since } else { now };
        *light = Light { report, heard: now, since };
    }

    /// What was last heard of it.
    pub(in crate::tui) fn of(&self, device: Device) -> Option<&Light> {
        self.heard.get(&device)
    }

    /// The colour of its light.
    pub(in crate::tui) fn shade(&self, device: Device, now: Moment) -> Shade {
        let Some(light) = self.of(device) else { return Shade::Dark };
        match light.report {
            Report::Trouble(_) => Shade::Trouble,
            _ if now.since(light.heard) > LATE => Shade::Silent,
            Report::Free(percent) if percent < LITTLE_ROOM => Shade::Warning,
            Report::Closed | Report::Exported(None) => Shade::Warning,
            Report::Good | Report::Sessions(..) | Report::Free(_) | Report::Exported(Some(_)) => Shade::Good,
        }
    }
}
