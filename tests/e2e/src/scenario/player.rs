//! Plays a scenario on a rig.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hsm_sim::store::MARKER;
use virtual_bench::client::Client;
use virtual_bench::fault::Fault;
use wire::Uid;

use super::file::{Clock, Expect, Hsm, Jump, Later, Scenario, Then, Verdict};
use super::judge::{Ending, check_record, check_station};
use super::record::{Record, check_traces};
use crate::Rig;
use crate::rig::{Order, USER_PIN, text};
use crate::run::{POLL, Run};

/// The slot in which it happens.
const SLOT: &str = "1";
/// How long a visit may take: the longest deadline of the station is a minute.
const LIMIT: Duration = Duration::from_secs(100);

/// Plays a scenario with a fresh module and an order of its own.
///
/// # Errors
/// Something is not as the scenario expects, or not as it must be in any.
pub fn play(rig: &Rig, scenario: &Scenario) -> Result<()> {
    static ORDERS: AtomicU32 = AtomicU32::new(1);
    let id = format!("WO-{}", ORDERS.fetch_add(1, Ordering::Relaxed));
    rig.open_order(&Order { id, ..Order::default() })?;
    let hsm_settings = fs::read(tokens(rig).join(MARKER))?;
    let mut stage =
        Stage { rig, bench: rig.bench()?, hsm_settings, uid: None, certificate: None, clock: None };
    stage.begin(scenario).with_context(|| log(rig))?;
    for (number, then) in (1..).zip(&scenario.then) {
        stage.go_on(then).with_context(|| format!("afterwards, {number}: {}", log(rig)))?;
    }
    stage.mend()?;
    if !stage.is_empty()? {
        stage.bench.take(SLOT)?;
    }
    Ok(())
}

/// A rig and the module that plays on it.
struct Stage<'a> {
    rig: &'a Rig,
    bench: Client,
    /// What kind of HSM it usually is.
    hsm_settings: Vec<u8>,
    /// Who the module is, once it has said so.
    uid: Option<Uid>,
    /// The certificate it was issued.
    certificate: Option<Vec<u8>>,
    /// What is wrong with the clock, if the station is to go by one that is.
    clock: Option<Clock>,
}

impl Stage<'_> {
    fn begin(&mut self, scenario: &Scenario) -> Result<()> {
        for fault in &scenario.bench {
            self.bench.fault(SLOT, fault.clone())?;
        }
        if let Some(hsm) = &scenario.hsm {
            fs::write(self.hsm_faults(), entries(hsm)?)?;
            if let Some(settings) = &hsm.settings {
                hsm_sim::store::configure(&tokens(self.rig), settings)?;
            }
        }
        self.bench.put_fresh(SLOT)?;
        self.clock = scenario.clock;
        self.visit(&scenario.expect, &scenario.later)?;
        self.clock = None;
        let status = self.bench.status()?;
        let waiting: Vec<&Fault> =
            status.slots.iter().flat_map(|slot| &slot.faults).filter(|fault| fault.is_waiting()).collect();
        ensure!(waiting.is_empty(), "what should go wrong has not happened: {waiting:?}");
        Ok(())
    }

    fn go_on(&mut self, then: &Then) -> Result<()> {
        self.mend()?;
        for command in &then.commands {
            self.command(command)?;
        }
        if then.take_out && !self.is_empty()? {
            self.bench.take(SLOT)?;
        }
        if self.is_empty()? {
            self.bench.put(SLOT)?;
        }
        if then.same_certificate {
            ensure!(self.certificate.is_some(), "the module has no certificate from before");
        }
        self.visit(&then.expect, &[])
    }

    /// Everything works again.
    fn mend(&mut self) -> Result<()> {
        self.bench.clear(SLOT)?;
        fs::write(tokens(self.rig).join(MARKER), &self.hsm_settings)?;
        match fs::remove_file(self.hsm_faults()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Starts the station with the module in the slot, and looks at what comes of it.
    fn visit(&mut self, expect: &Expect, later: &[Later]) -> Result<()> {
        let record = Record::from_now(self.rig)?;
        let ending = self.run_station(expect, later)?;
        check_station(self.rig, &ending, expect)?;
        let uid = known(&record, ending.uid()?)?;
        ensure!(self.uid.is_none() || uid.is_none() || self.uid == uid, "{:?} became {uid:?}", self.uid);
        self.uid = uid.or(self.uid);
        check_record(&record, &ending, self.uid, expect)?;
        if let Some(uid) = self.uid {
            let certificate = record.certificate(uid)?;
            let kept = self.certificate.is_none() || self.certificate == certificate;
            ensure!(kept, "{uid} has another certificate than before");
            self.certificate = certificate;
        }
        check_traces(self.rig)
    }

    /// One run of the station, with faults coming at their steps. It ends by itself after a module's run; while
    /// it waits for its slot to be mended it is asked to.
    fn run_station(&mut self, expect: &Expect, later: &[Later]) -> Result<Ending> {
        let mut run = self.start_station()?;
        let deadline = Instant::now() + LIMIT;
        let mut events = Vec::new();
        let mut asked = false;
        loop {
            let ended = run.ended()?;
            for event in run.events()? {
                for later in later {
                    if event["event"] == "step-started" && event["step"] == later.at_step.name() {
                        self.interfere(later)?;
                    }
                }
                if let Some(Jump { at_step, seconds }) = self.clock.and_then(|clock| clock.jump)
                    && event["event"] == "step-started"
                    && event["step"] == at_step.name()
                {
                    self.rig.set_clock(seconds)?;
                }
                if event["event"] == "slot-trouble" && expect.verdict == Verdict::Trouble && !asked {
                    run.stop()?;
                    asked = true;
                }
                events.push(event);
            }
            if let Some(status) = ended {
                return Ok(Ending { status, events });
            }
            if Instant::now() > deadline {
                bail!("the station has not ended in time: {events:#?}");
            }
            std::thread::sleep(POLL);
        }
    }

    fn start_station(&self) -> Result<Run> {
        let Some(clock) = self.clock else { return self.rig.start_run(1) };
        self.rig.set_clock(clock.ahead_s)?;
        self.rig.start_run_by_clock(1)
    }

    fn interfere(&mut self, later: &Later) -> Result<()> {
        std::thread::sleep(Duration::from_millis(later.after_ms));
        if let Some(fault) = &later.fault {
            self.bench.fault(SLOT, fault.clone())?;
        }
        if later.take_out {
            self.bench.take(SLOT)?;
        }
        Ok(())
    }

    fn is_empty(&mut self) -> Result<bool> {
        Ok(self.bench.status()?.slots.iter().all(|slot| slot.module.is_none()))
    }

    fn command(&self, command: &str) -> Result<()> {
        let uid = self.uid.map(|uid| uid.to_string());
        ensure!(uid.is_some() || !command.contains("{uid}"), "{command}: the module has no UID yet");
        let words = words(&command.replace("{uid}", &uid.unwrap_or_default()));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = self.rig.station(&words, USER_PIN)?;
        ensure!(output.status.success(), "{command}: {}", text(&output));
        Ok(())
    }

    fn hsm_faults(&self) -> PathBuf {
        tokens(self.rig).join("faults.toml")
    }
}

/// hsm-sim's store.
fn tokens(rig: &Rig) -> PathBuf {
    rig.path().join("tokens")
}

/// A module that the ledger does not know has no name to keep: it may have been misheard.
fn known(record: &Record, uid: Option<Uid>) -> Result<Option<Uid>> {
    let Some(uid) = uid else { return Ok(None) };
    Ok(record.state(uid)?.map(|_| uid))
}

/// hsm-sim's file of faults.
fn entries(hsm: &Hsm) -> Result<String> {
    let entries = hsm.faults.iter().cloned().map(toml::Value::Table).collect();
    let file = toml::Table::from_iter([("fault".to_owned(), toml::Value::Array(entries))]);
    Ok(toml::to_string(&file)?)
}

/// What the station said, for a message.
fn log(rig: &Rig) -> String {
    fs::read_to_string(rig.path().join("run.log")).unwrap_or_default()
}

/// The words of a command line; single quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let line = "unit rework 0102 --reason 'label  swapped' --json";
        assert_eq!(words(line), ["unit", "rework", "0102", "--reason", "label  swapped", "--json"]);
    }

    #[test]
    fn the_hsm_gets_its_faults_as_they_are_written() {
        let scenario = "title = \"x\"\n[hsm]\nfaults = [{ function = \"C_Sign\", delay-ms = 5 }]\n\
                        [expect]\nverdict = \"pass\"";
        let hsm = Scenario::parse(scenario).unwrap().hsm.unwrap();
        assert_eq!(entries(&hsm).unwrap(), "[[fault]]\ndelay-ms = 5\nfunction = \"C_Sign\"\n");
    }
}
