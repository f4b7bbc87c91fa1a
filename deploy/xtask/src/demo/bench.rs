//! The virtual bench as a child process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::hsm::{self, Token};
use super::place::Place;
use super::programs::Programs;
use crate::process::{run_within, shown, stop, wait};

/// Emulators start in a fraction of a second; a busy machine takes longer.
const START_LIMIT: Duration = Duration::from_mins(1);
const MOVE_LIMIT: Duration = Duration::from_secs(30);
const END_LIMIT: Duration = Duration::from_secs(10);

/// A bench that runs; ends when dropped.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    programs: &'a Programs,
    place: &'a Place,
    child: Child,
}

impl<'a> Bench<'a> {
    /// Starts a bench and waits until it is ready. It takes the settings for the station from here, too: only the bench
    /// knows the ports it got.
    pub(super) fn start(programs: &'a Programs, place: &'a Place, slots: u32, token: &Token) -> Result<Self> {
        let log = File::create(place.bench_log())
            .with_context(|| format!("create {}", place.bench_log().display()))?;
        let mut command = programs.virtual_bench();
        command.args(["up", "--slots", &slots.to_string(), "--hsm-token", hsm::LABEL]);
        command.arg("--hsm-module").arg(&token.module).arg("--dir").arg(place.bench());
        // The bench ends when its standard input does, whatever becomes of this program. A group of its own keeps a
        // Ctrl-C from it: the modules have to be there until the station has finished with them.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).process_group(0);
        let mut child = command.spawn().with_context(|| format!("start `{}`", shown(&command)))?;
        let output = child.stdout.take();
        let bench = Self { programs, place, child };

        let (lines, heard) = mpsc::channel();
        if let Some(output) = output {
            // Reads on to the end: a full pipe would stop the bench.
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // Nobody listens any more once the bench is ready.
                    let _ = lines.send(line);
                }
            });
        }
        match heard.recv_timeout(START_LIMIT) {
            Ok(line) if line.starts_with("ready ") => Ok(bench),
            Ok(line) => bail!("the bench said `{line}` instead of being ready"),
            Err(RecvTimeoutError::Timeout) => bail!("the bench was not ready in time; see {}", bench.log()),
            Err(RecvTimeoutError::Disconnected) => bail!("the bench ended; see {}", bench.log()),
        }
    }

    /// Puts a new blank module into a slot.
    pub(super) fn put_fresh(&mut self, slot: &str) -> Result<()> {
        self.steer(&["put", slot, "--fresh"])
    }

    /// Takes the module out of a slot.
    pub(super) fn take(&mut self, slot: &str) -> Result<()> {
        self.steer(&["take", slot])
    }

    fn steer(&mut self, words: &[&str]) -> Result<()> {
        let mut command: Command = self.programs.virtual_bench();
        command.args(words).arg("--dir").arg(self.place.bench());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        if run_within(&mut command, MOVE_LIMIT)?.success() {
            return Ok(());
        }
        if let Ok(Some(status)) = self.child.try_wait() {
            bail!("the bench has ended ({status}); see {}", self.log());
        }
        bail!("`{}` failed; see {}", shown(&command), self.log());
    }

    fn log(&self) -> String {
        self.place.bench_log().display().to_string()
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        // Closing its standard input is the bench's sign to end.
        drop(self.child.stdin.take());
        if !matches!(wait(&mut self.child, END_LIMIT), Ok(Some(_))) {
            stop(&mut self.child);
        }
    }
}
