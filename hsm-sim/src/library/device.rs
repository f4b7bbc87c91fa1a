//! How long calls take beside what they compute, and whether they wait for each other.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock;
use crate::fault::Function;
use crate::refusal::{Answer, Refusal};
use crate::store::Settings;
use crate::store::disk::private_file;

/// The simulated device behind all slots.
pub(crate) struct Device {
    latencies: BTreeMap<Function, Duration>,
    /// The file that is locked by whoever has the device to himself, if it does one thing at a time.
    turn: Option<PathBuf>,
}

/// A call under way. The device is free for the next one when this is dropped.
#[derive(Debug)]
pub(crate) struct Busy(#[expect(dead_code, reason = "the open file is the lock")] Option<File>);

impl Device {
    /// The device of the store in `directory`.
    pub(crate) fn new(directory: &Path, settings: &Settings) -> Self {
        let turn = settings.one_at_a_time.then(|| directory.join(TURN));
        Self { latencies: settings.latencies(), turn }
    }

    /// Whether a function takes time at all.
    pub(crate) fn is_slow(&self, function: Function) -> bool {
        self.latencies.contains_key(&function)
    }

    /// Waits for the device, and then as long as the function takes.
    pub(crate) fn take_time(&self, function: Function) -> Answer<Busy> {
        let Some(latency) = self.latencies.get(&function) else { return Ok(Busy(None)) };
        let turn = self.turn.as_deref().map(wait_for_turn).transpose()?;
        clock::wait(*latency);
        Ok(Busy(turn))
    }
}

/// Each opening is a lock of its own, so this keeps threads apart as well as processes.
fn wait_for_turn(path: &Path) -> Answer<File> {
    let file = private_file().open(path).map_err(|_| Refusal::DeviceError)?;
    file.lock().map_err(|_| Refusal::DeviceError)?;
    Ok(file)
}

/// The name of the file that is locked.
const TURN: &str = "device.lock";
