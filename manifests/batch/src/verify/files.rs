//! Are the files those that the header names, in its order, and unchanged?

use crate::archive::File;
use crate::contents;
use crate::digest::Digest;
use crate::header::{FileDigest, Header};
use crate::problem::Problem;

/// Compares the archive with the list in the header, and the list with the format.
pub(super) fn check(archive: &[File<'_>], header: &Header, problems: &mut Vec<Problem>) {
    let listed: Vec<&str> = header.files.iter().map(|file| file.name.as_str()).collect();
    if listed != contents::names(header.flavour) {
        problems.push(Problem::FileList);
    }
    let found = |name: &str| archive.iter().find(|file| file.name == name);
    for entry in &header.files {
        let name = entry.name.clone();
        match found(&name) {
            None => problems.push(Problem::FileMissing { name }),
            Some(file) if describe(file) != *entry => problems.push(Problem::FileChanged { name }),
            Some(_) => {}
        }
    }
    let expected: Vec<&str> =
        [contents::HEADER, contents::SIGNATURE].into_iter().chain(listed.iter().copied()).collect();
    let (known, added): (Vec<_>, Vec<_>) =
        archive.iter().partition(|file| expected.contains(&file.name.as_str()));
    problems.extend(added.into_iter().map(|file| Problem::FileAdded { name: file.name.clone() }));
    let present = expected.iter().filter(|name| found(name).is_some());
    if !present.eq(known.iter().map(|file| &file.name)) {
        problems.push(Problem::FilesReordered);
    }
}

/// What the header says of a file.
pub(crate) fn describe(file: &File<'_>) -> FileDigest {
    FileDigest { name: file.name.clone(), sha256: Digest::of(&file.content), size: file.content.len() as u64 }
}
