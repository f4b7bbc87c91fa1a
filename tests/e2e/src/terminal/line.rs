//! The pseudo-terminal, and a program that has it as its own.

use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use super::Size;

/// The near end of a pseudo-terminal, and the program at the far end.
#[derive(Debug)]
pub(super) struct Line {
    /// None once it was closed.
    near: Option<OwnedFd>,
    /// Its settings before any program had it.
    before: Termios,
    child: Child,
}

impl Line {
    /// Starts a program in a session of its own, whose controlling terminal this is: it can open `/dev/tty`,
    /// Control-C becomes a signal, and so does a change of size.
    pub(super) fn start(command: &Command, size: Size) -> Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        tcsetwinsize(&near, winsize(size))?;
        let far = far_end(&ptsname(&near, Vec::new())?)?;
        let before = tcgetattr(&far)?;
        // `setsid` of util-linux takes the terminal, then becomes `env`, which becomes the program: the process
        // stays the same. What whoever runs the tests has ignored, as `nohup` has, the program must not.
        let mut own = Command::new("setsid");
        own.args(["--ctty", "env", "--default-signal=HUP,INT,QUIT,TERM,WINCH"]);
        own.arg(command.get_program()).args(command.get_args());
        own.env("TERM", "xterm-256color").env("COLORTERM", "truecolor").env_remove("NO_COLOR");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => own.env(name, value),
                None => own.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            own.current_dir(directory);
        }
        own.stdin(Stdio::from(far.try_clone()?))
            .stdout(Stdio::from(far.try_clone()?))
            .stderr(Stdio::from(far));
        let child = own.spawn().context("start setsid")?;
        Ok(Self { near: Some(near), before, child })
    }

    pub(super) fn near(&self) -> Result<&OwnedFd> {
        self.near.as_ref().context("the terminal is closed")
    }

    /// Closes the near end.
    pub(super) fn close(&mut self) {
        drop(self.near.take());
    }

    pub(super) fn before(&self) -> &Termios {
        &self.before
    }

    pub(super) fn child(&self) -> &Child {
        &self.child
    }

    pub(super) fn child_mut(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(super) fn resize(&self, size: Size) -> Result<()> {
        Ok(tcsetwinsize(self.near()?, winsize(size))?)
    }
}

/// Writes all bytes to the program's keyboard.
pub(super) fn write_all(near: impl AsFd, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(&near, bytes))?;
        ensure!(count > 0, "the terminal takes nothing");
        bytes = &bytes[count..];
    }
    Ok(())
}

/// Opened without becoming the controlling terminal of this process.
fn far_end(name: &CStr) -> Result<OwnedFd> {
    Ok(open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?)
}

fn winsize(size: Size) -> Winsize {
    Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 }
}
