//! Packs files into the one form of the archive.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::File;

/// Packs the files in the order given.
pub(crate) fn write(files: &[File<'_>]) -> Result<Vec<u8>, ZipError> {
    // All that could depend on the machine or the moment is set here.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(0o644);
    let size = files.iter().map(|file| file.content.len() + 256).sum();
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
    for file in files {
        zip.start_file(&file.name, options)?;
        zip.write_all(&file.content)?;
    }
    Ok(zip.finish()?.into_inner())
}
