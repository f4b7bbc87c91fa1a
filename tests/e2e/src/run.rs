//! `station run` as a child, its events, and a hand that changes modules.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use virtual_bench::client::Client;

/// One line of the event file.
pub type Event = Value;

/// The events that a station appends to a file, read as far as they have been written.
#[derive(Debug)]
pub struct Events {
    file: PathBuf,
    read: u64,
    partial: String,
}

/// A station that is running.
#[derive(Debug)]
pub struct Run {
    child: Child,
    events: Events,
}

/// How often the event file is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(20);

impl Events {
    /// The events of a file, which need not be there yet.
    pub fn of(file: PathBuf) -> Self {
        Self { file, read: 0, partial: String::new() }
    }

    /// Events that have come since the last call.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not JSON.
    pub fn new_ones(&mut self) -> Result<Vec<Event>> {
        let Ok(mut file) = File::open(&self.file) else { return Ok(Vec::new()) };
        file.seek(SeekFrom::Start(self.read))?;
        let count = file.read_to_string(&mut self.partial)?;
        self.read += u64::try_from(count)?;
        let mut events = Vec::new();
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            events.push(serde_json::from_str(&line)?);
        }
        Ok(events)
    }
}

impl Run {
    pub(crate) fn new(child: Child, file: PathBuf) -> Self {
        Self { child, events: Events::of(file) }
    }

    /// Process id of the station.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Events that have come since the last call.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not JSON.
    pub fn events(&mut self) -> Result<Vec<Event>> {
        self.events.new_ones()
    }

    /// Waits for the first event that `wanted` picks, and gives all up to it.
    ///
    /// # Errors
    /// It does not come in time, or the station ends first.
    pub fn wait_for(&mut self, limit: Duration, wanted: impl Fn(&Event) -> bool) -> Result<Vec<Event>> {
        let deadline = Instant::now() + limit;
        let mut seen = Vec::new();
        loop {
            let ended = self.child.try_wait()?;
            for event in self.events()? {
                let found = wanted(&event);
                seen.push(event);
                if found {
                    return Ok(seen);
                }
            }
            if let Some(status) = ended {
                bail!("the station ended ({status}) after {seen:#?}");
            }
            if Instant::now() > deadline {
                bail!("the event did not come; seen: {seen:#?}");
            }
            std::thread::sleep(POLL);
        }
    }

    /// Does what an operator does until the station ends: puts a fresh module into a slot that waits
    /// for one, and takes it out when its run has ended, as long as `fresh` are left. Gives all events.
    ///
    /// # Errors
    /// The station does not end in time, or the bench fails.
    pub fn change_modules(
        &mut self,
        bench: &mut Client,
        mut fresh: u32,
        limit: Duration,
    ) -> Result<(ExitStatus, Vec<Event>)> {
        let deadline = Instant::now() + limit;
        let mut seen = Vec::new();
        loop {
            let ended = self.child.try_wait()?;
            for event in self.events()? {
                let slot = event["slot"].as_str().unwrap_or_default();
                if event["event"] == "slot-waiting" && fresh > 0 {
                    bench.put_fresh(slot)?;
                    fresh -= 1;
                } else if event["event"] == "run-ended" && fresh > 0 {
                    bench.take(slot)?;
                }
                seen.push(event);
            }
            if let Some(status) = ended {
                return Ok((status, seen));
            }
            if Instant::now() > deadline {
                bail!("the station has not ended in time; seen: {seen:#?}");
            }
            std::thread::sleep(POLL);
        }
    }

    /// How the station ended, if it has.
    ///
    /// # Errors
    /// It cannot be asked for.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Asks the station to end, as an operator does.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn stop(&self) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::TERM)?)
    }

    /// Waits for the station's end.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > deadline {
                bail!("the station has not ended in time");
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
