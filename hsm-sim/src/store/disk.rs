//! How a file is replaced: the new bytes go into a file beside it, reach the disk, and take the old one's name.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The only door to the disk for what must survive a power cut. Tests put a disk behind it that dies at the Nth operation.
pub(crate) trait Disk: Send + Sync {
    /// Creates or empties the file at `path`, writes `bytes`, and waits until they are on the disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Gives the file at `from` the name `to`; an older file of this name is gone afterwards.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Waits until the names in `directory` are on the disk.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

/// Puts `bytes` in place of the file at `path`. Whenever this is cut off, the file holds all of the old bytes or all of the new.
///
/// One writer at a time: the caller holds the token's lock.
pub(crate) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = beside(path);
    disk.write(&fresh, bytes)?;
    disk.rename(&fresh, path)?;
    // Without this the rename itself could be lost, and with it a counted wrong PIN.
    disk.sync_directory(path.parent().unwrap_or(Path::new(".")))
}

/// The disk of this computer. Files are readable by their owner alone.
#[derive(Debug)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = private_file().truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

/// How files are opened for writing: created when absent, for the owner's eyes only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Where the new bytes are gathered. The name is fixed, so that a left-over of a crash is overwritten by the next write.
fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A disk that does `alive` operations and is dead from then on. The write it dies in leaves half of its bytes.
    #[derive(Debug)]
    pub(crate) struct DyingDisk {
        alive: AtomicUsize,
    }

    impl DyingDisk {
        pub(crate) fn after(operations: usize) -> Self {
            Self { alive: AtomicUsize::new(operations) }
        }

        fn live(&self) -> bool {
            self.alive.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        }
    }

    impl Disk for DyingDisk {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            if self.live() {
                return RealDisk.write(path, bytes);
            }
            if !path.exists() {
                RealDisk.write(path, &bytes[..bytes.len() / 2])?;
            }
            Err(io::Error::other("power cut"))
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            if self.live() { RealDisk.rename(from, to) } else { Err(io::Error::other("power cut")) }
        }

        fn sync_directory(&self, directory: &Path) -> io::Result<()> {
            if self.live() { RealDisk.sync_directory(directory) } else { Err(io::Error::other("power cut")) }
        }
    }

    #[test]
    fn a_power_cut_leaves_the_old_bytes_or_the_new() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slot-0.token");
        for operations in 0..=3 {
            replace(&RealDisk, &path, b"old bytes").unwrap();
            let outcome = replace(&DyingDisk::after(operations), &path, b"new bytes, and longer");
            assert_eq!(outcome.is_ok(), operations == 3);
            let found = std::fs::read(&path).unwrap();
            let expected: &[u8] = if operations < 2 { b"old bytes" } else { b"new bytes, and longer" };
            assert_eq!(found, expected, "after {operations} operations");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_a_token() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slot-0.token");
        replace(&RealDisk, &path, b"bytes").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
