//! Other programs, run under a time limit.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// How often a child is looked after.
const POLL: Duration = Duration::from_millis(20);

/// How long a program that was asked to stop may take before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How a program ended that ran under a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It ended by itself.
    Itself(ExitStatus),
    /// It was stopped when its time was over.
    Overdue,
}

impl Ended {
    pub(crate) fn success(self) -> bool {
        matches!(self, Self::Itself(status) if status.success())
    }
}

/// Runs a program to its end, or to the end of `limit`.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<Ended> {
    let mut child = command.spawn().with_context(|| format!("start `{}`", shown(command)))?;
    match wait(&mut child, limit) {
        Ok(Some(status)) => Ok(Ended::Itself(status)),
        Ok(None) => {
            stop(&mut child);
            Ok(Ended::Overdue)
        }
        Err(error) => Err(error).with_context(|| format!("wait for `{}`", shown(command))),
    }
}

/// Runs a program with its output kept in a file, to be shown only when something went wrong.
pub(crate) fn run_quietly(command: &mut Command, limit: Duration, log: &Path) -> Result<Ended> {
    let file = File::create(log).with_context(|| format!("create {}", log.display()))?;
    let copy = file.try_clone().with_context(|| format!("share {}", log.display()))?;
    run_within(command.stdin(Stdio::null()).stdout(file).stderr(copy), limit)
}

/// What a quick question to a program answers on its standard output, without the last line end; `None` if the
/// program is not there, fails, or does not answer in time.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    const LIMIT: Duration = Duration::from_secs(30);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut pipe = child.stdout.take()?;
    // Read beside the waiting: an answer longer than the pipe holds would block the program for ever.
    let reader = thread::spawn(move || io::read_to_string(&mut pipe));
    let Ok(Some(status)) = wait(&mut child, LIMIT) else {
        stop(&mut child);
        return None;
    };
    let answer = reader.join().ok()?.ok()?;
    status.success().then(|| answer.trim_end().to_owned())
}

/// Whether a quick question to a program ends well.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    ask(command).is_some()
}

/// Waits until the child ends or `limit` is over (`None`).
pub(crate) fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if since.elapsed() >= limit {
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// Ends a child: asked first, so that it can tidy up, then forced.
pub(crate) fn stop(child: &mut Child) {
    stop_within(child, GRACE);
}

fn stop_within(child: &mut Child, grace: Duration) {
    // Errors mean that it is gone already, or belongs to root (sudo) and will end with its own time-outs.
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
    if matches!(wait(child, grace), Ok(Some(_))) {
        return;
    }
    if child.kill().is_ok() {
        let _ = child.wait();
    }
}

/// Where a program lies on the search path.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    // System administration directories are left out of a user's path on Debian.
    let extra = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(extra)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

/// A command as one would type it into a shell; of the program, its name alone.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word as a shell takes it literally.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+,./:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overdue_program_is_stopped() {
        let since = Instant::now();
        let ended = run_within(Command::new("sleep").arg("60"), Duration::from_millis(100)).unwrap();
        assert_eq!(ended, Ended::Overdue);
        assert!(since.elapsed() < GRACE, "SIGTERM was enough");
    }

    #[test]
    fn program_that_ignores_being_asked_is_killed() {
        // What a shell ignores, the program that takes its place ignores too.
        let mut child = Command::new("sh").args(["-c", "trap '' TERM; exec sleep 60"]).spawn().unwrap();
        thread::sleep(Duration::from_millis(200));
        stop_within(&mut child, Duration::from_millis(200));
        assert!(child.try_wait().unwrap().is_some());
    }

    #[test]
    fn ask_reads_answers_longer_than_a_pipe() {
        let answer = ask(Command::new("sh").args(["-c", "head -c 200000 /dev/zero | tr '\\0' x"])).unwrap();
        assert_eq!(answer.len(), 200_000);
    }

    #[test]
    fn ask_tells_no_answer_from_an_empty_one() {
        assert_eq!(ask(&mut Command::new("true")), Some(String::new()));
        assert_eq!(ask(&mut Command::new("false")), None);
        assert_eq!(ask(&mut Command::new("no-such-program-anywhere")), None);
    }

    #[test]
    fn quiet_output_lands_in_the_log() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let ended = run_quietly(&mut command, Duration::from_secs(5), &log).unwrap();
        assert!(!ended.success());
        assert_eq!(std::fs::read_to_string(log).unwrap(), "out\nerr\n");
    }

    #[test]
    fn commands_are_shown_ready_to_paste() {
        let mut command = Command::new("cargo");
        command.args(["test", "--", "it's", "a b", ""]);
        assert_eq!(shown(&command), r"cargo test -- 'it'\''s' 'a b' ''");
    }
}
