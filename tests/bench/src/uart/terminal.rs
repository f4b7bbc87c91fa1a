//! A pseudo-terminal that behaves like a serial adapter: raw, without echo, and open whether or not anybody
//! listens.

use std::{
    ffi::{CStr, CString, OsStr},
    fs, io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt, unix::fs::symlink},
    path::Path,
};

use rustix::{
    fs::{
        Mode, OFlags, fcntl_getfl, fcntl_setfl,
        inotify::{self, CreateFlags, WatchFlags},
        open,
    },
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr},
};
use tokio::net::unix::pipe;

/// Both ends of a pseudo-terminal.
#[derive(Debug)]
pub(super) struct Terminal {
    /// The bench's end, for reading. It is no pipe, but waited for in the same way.
    reader: pipe::Receiver,
    /// The bench's end, for writing.
    writer: OwnedFd,
    /// The host's end, kept open: otherwise every read fails while no program has the port open.
    host: OwnedFd,
    /// Tells when a program closes the host's end.
    closings: pipe::Receiver,
    name: CString,
}

impl Terminal {
    /// Needs a tokio runtime around it.
    pub(super) fn open() -> io::Result<Self> {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let name = ptsname(&controller, Vec::new())?;
        let host = open_host(&name)?;
        let mut settings = tcgetattr(&host)?;
        settings.make_raw();
        tcsetattr(&host, OptionalActions::Now, &settings)?;
        let flags = fcntl_getfl(&controller)?;
        fcntl_setfl(&controller, flags | OFlags::NONBLOCK)?;
        let writer = controller.try_clone()?;
        let reader = pipe::Receiver::from_owned_fd_unchecked(controller)?;
        let closings = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        inotify::add_watch(&closings, &name, WatchFlags::CLOSE)?;
        let closings = pipe::Receiver::from_owned_fd_unchecked(closings)?;
        Ok(Self { reader, writer, host, closings, name })
    }

    /// Makes `link` a symbolic link to the host's end.
    pub(super) fn link(&self, link: &Path) -> io::Result<()> {
        match fs::remove_file(link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        symlink(OsStr::from_bytes(self.name.to_bytes()), link)
    }

    /// What the host sends; at least one byte.
    pub(super) async fn read(&self, buffer: &mut [u8]) -> usize {
        loop {
            match self.reader.try_read(buffer) {
                Ok(count @ 1..) => return count,
                // The host's end is open, so there is no end of file, and no error that waiting could mend.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => std::future::pending().await,
            }
            let _ready = self.reader.readable().await;
        }
    }

    /// Gives the port free whenever a program has closed it, and never returns. A program that was killed may
    /// have left it locked against others, which the last closing of a real port ends; of this one the bench
    /// itself is the last.
    pub(super) async fn release(&self) {
        let mut events = [0; 4096];
        while self.closings.readable().await.is_ok() {
            while matches!(self.closings.try_read(&mut events), Ok(1..)) {
                let _not_locked = ioctl_tiocnxcl(&self.host);
            }
        }
        std::future::pending::<()>().await;
    }

    /// Sends to the host. What finds the host's buffer full is lost, as on a line without flow control.
    pub(super) fn write(&self, bytes: &[u8]) {
        let _lost = rustix::io::write(&self.writer, bytes);
    }
}

fn open_host(name: &CStr) -> io::Result<OwnedFd> {
    Ok(open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        time::Duration,
    };

    use super::*;

    #[tokio::test]
    async fn bytes_pass_both_ways_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("uart");
        let terminal = Terminal::open().unwrap();
        terminal.link(&link).unwrap();
        terminal.link(&link).unwrap();

        let all: Vec<u8> = (0..=255).collect();
        let path = link.to_str().unwrap().to_owned();
        let mut host = serialport::new(path, 115_200).timeout(Duration::from_secs(5)).open().unwrap();
        host.write_all(&all).unwrap();
        let mut received = Vec::new();
        while received.len() < all.len() {
            let mut buffer = [0; 64];
            let count = terminal.read(&mut buffer).await;
            received.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(received, all);

        terminal.write(&all);
        let mut answer = vec![0; all.len()];
        host.read_exact(&mut answer).unwrap();
        assert_eq!(answer, all);
    }
}
