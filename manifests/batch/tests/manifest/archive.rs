//! Takes a manifest apart and packs it again in the same form, with changes.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

pub(crate) type Files = Vec<(String, Vec<u8>)>;

pub(crate) fn unpack(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

pub(crate) fn pack(files: &Files) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The content of a file, to look at or to change.
pub(crate) fn file<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(found, _)| found == name).unwrap().1
}

/// Changes the lines of a text file.
pub(crate) fn edit_lines(files: &mut Files, name: &str, edit: impl FnOnce(&mut Vec<String>)) {
    let content = file(files, name);
    let mut lines: Vec<String> =
        std::str::from_utf8(content).unwrap().lines().map(|line| format!("{line}\n")).collect();
    edit(&mut lines);
    *content = lines.concat().into_bytes();
}
