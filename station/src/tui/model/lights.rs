//! The devices, and when each was last heard of.

use std::collections::BTreeMap;
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
    /// The slot in whose run a device was last found to be in trouble.
    #[serde(default)]
    found_by: BTreeMap<Device, String>,
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
    /// Takes in what a device says, or what was found of it.
    pub(in crate::tui) fn hear(&mut self, device: Device, report: Report, now: Moment) {
        let light = self.heard.entry(device).or_insert(Light { report, heard: now, since: now });
        if light.report != report {
            light.since = now;
        }
        if light.report != report {
            self.found_by.remove(&device);
        }
        *light = Light { report, heard: now, since: light.since };
    }

    /// A run in this slot has found a device in trouble.
    pub(in crate::tui) fn failed(&mut self, device: Device, slot: &str, code: FaultCode, now: Moment) {
        self.hear(device, Report::Trouble(code), now);
        self.found_by.insert(device, slot.to_owned());
    }

    /// A device that has done its work for this slot a moment ago is there. What else it said of itself stays so.
    /// There may be several printers and scanners: that one has worked says nothing about another in trouble, which
    /// is looked at again before long.
    pub(in crate::tui) fn worked(&mut self, device: Device, slot: &str, now: Moment) {
        let several = matches!(device, Device::Printer | Device::Scanner);
        let found_here = self.found_by.get(&device).is_some_and(|finder| finder == slot);
        let report = match self.heard.get(&device).map(|light| light.report) {
            Some(Report::Trouble(_)) if several && !found_here => return,
            Some(report @ Report::Sessions(..)) => report,
            _ => Report::Good,
        };
        self.hear(device, report, now);
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
