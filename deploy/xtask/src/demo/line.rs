//! The station at work, with hands to serve it.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::bench::Bench;
use super::events::{Event, Events};
use super::hands::{Finished, Hands, Move};
use super::interrupt::{Interrupt, Interrupted};
use super::programs::Station;
use crate::process::stop;

/// How often the station's events are looked for: far below the time a hand needs.
const POLL: Duration = Duration::from_millis(10);

/// A station that tells nothing for so long is stuck.
const SILENCE_LIMIT: Duration = Duration::from_mins(3);

/// How long the station may take to end once all is done.
const END_LIMIT: Duration = Duration::from_secs(20);

/// What came of it.
#[derive(Debug)]
pub(super) struct Shift {
    /// Modules in the order in which their runs ended.
    pub(super) finished: Vec<Finished>,
    /// From the station's start to the end of the last run: how long somebody looks at the screen afterwards is no work.
    pub(super) elapsed: Duration,
}

impl Shift {
    /// How many modules passed.
    pub(super) fn passed(&self) -> usize {
        self.finished.iter().filter(|finished| finished.verdict == "PASS").count()
    }

    /// What is missing of so many modules that all pass.
    pub(super) fn missing(&self, units: u32) -> Vec<String> {
        let units = usize::try_from(units).unwrap_or(usize::MAX);
        let untried = units.saturating_sub(self.finished.len());
        let failed = self.finished.len() - self.passed();
        let mut missing = Vec::new();
        if untried > 0 {
            missing
                .push(format!("the station was ended when {untried} of {units} modules had no verdict yet"));
        }
        if failed > 0 {
            missing.push(format!("{failed} of {units} modules did not pass"));
        }
        missing
    }
}

/// Runs the station on so many fresh modules. Its own display goes to this program's standard output; with the screen,
/// the terminal is the station's until somebody leaves it.
pub(super) fn run(
    interrupt: &Interrupt,
    station: &Station<'_>,
    bench: &mut Bench<'_>,
    events: &Path,
    units: u32,
    screen: bool,
) -> Result<Shift> {
    let mut command = station.command(&["run", "--units", &units.to_string()]);
    command.arg("--events").arg(events);
    if !screen {
        command.arg("--headless").stdin(Stdio::null());
    }
    let pin = station.token().user_pin()?;
    pin.hand_to(&mut command, "--pin-fd")?;
    let since = Instant::now();
    let child = command.spawn().context("start the station")?;
    drop(pin);
    let hands = Hands::with(units);
    let mut line =
        Line { child, hands, events: Events::of(events), finished: Vec::new(), worked_until: since, screen };
    let result = line.serve(interrupt, bench);
    // Gone by itself if all went well.
    stop(&mut line.child);
    let elapsed = line.worked_until.duration_since(since);
    result.map(|()| Shift { finished: line.finished, elapsed })
}

struct Line {
    child: Child,
    hands: Hands,
    events: Events,
    finished: Vec<Finished>,
    /// When the last run ended.
    worked_until: Instant,
    /// Somebody looks at it, and ends it when they have seen enough.
    screen: bool,
}

impl Line {
    fn serve(&mut self, interrupt: &Interrupt, bench: &mut Bench<'_>) -> Result<()> {
        let mut heard = Instant::now();
        let mut done: Option<Instant> = None;
        let mut stopping = false;
        loop {
            let ended = self.child.try_wait().context("wait for the station")?;
            let events = self.events.new_ones()?;
            if !events.is_empty() {
                heard = Instant::now();
            }
            for event in &events {
                self.react(event, bench)?;
            }
            if ended.is_some() {
                // Its exit code says no more than the verdicts do; whoever is missing among them did not pass.
                return if stopping { Err(Interrupted.into()) } else { Ok(()) };
            }
            if interrupt.take() {
                if stopping {
                    // The second one: without waiting for the runs under way.
                    return Err(Interrupted.into());
                }
                stopping = true;
                self.hands.stop();
                // On a terminal the station got the Ctrl-C itself; twice does no harm.
                let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            }
            if self.screen {
                thread::sleep(POLL);
                continue;
            }
            if self.hands.are_done() && done.get_or_insert_with(Instant::now).elapsed() > END_LIMIT {
                bail!("all runs have ended, and the station has not");
            }
            if heard.elapsed() > SILENCE_LIMIT {
                bail!("the station has told nothing for {} seconds", SILENCE_LIMIT.as_secs());
            }
            thread::sleep(POLL);
        }
    }

    fn react(&mut self, event: &Event, bench: &mut Bench<'_>) -> Result<()> {
        if let Event::RunEnded { slot, verdict, uid, code, elapsed_ms } = event {
            self.worked_until = Instant::now();
            self.finished.push(Finished {
                slot: slot.clone(),
                verdict: verdict.to_uppercase(),
                uid: uid.clone(),
                code: code.clone(),
                elapsed: Duration::from_millis(*elapsed_ms),
            });
        }
        match self.hands.react(event) {
            Some(Move::PutFresh { slot }) => bench.put_fresh(&slot),
            Some(Move::Take { slot }) => bench.take(&slot),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(verdicts: &[&str]) -> Shift {
        let finished = verdicts.iter().map(|verdict| Finished {
            slot: "1".into(),
            verdict: (*verdict).into(),
            uid: None,
            code: None,
            elapsed: Duration::ZERO,
        });
        Shift { finished: finished.collect(), elapsed: Duration::ZERO }
    }

    #[test]
    fn whoever_ends_it_early_is_told_what_is_missing() {
        assert_eq!(shift(&["PASS"; 4]).missing(4), Vec::<String>::new());
        let missing = shift(&["PASS"; 4]).missing(20);
        assert_eq!(missing, ["the station was ended when 16 of 20 modules had no verdict yet"]);
        let missing = shift(&["PASS", "FAIL", "PASS"]).missing(4);
        assert_eq!(missing.len(), 2);
        assert_eq!(missing[1], "1 of 4 modules did not pass");
    }
}
