//! Names of files, and when they are on disk.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// The directory in which a file is. A bare name is in the current one.
pub(crate) fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

/// Renames a file; when this returns, the new name is on disk, which it is only when its directory is.
pub(crate) fn rename(file: &Path, name: &Path) -> io::Result<()> {
    fs::rename(file, name)?;
    File::open(directory_of(name))?.sync_all()
}
