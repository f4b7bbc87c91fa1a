use std::borrow::Cow;

use super::*;
use crate::limits;
use crate::problem::Problem;

fn file<'a>(name: &str, content: &'a [u8]) -> File<'a> {
    File { name: name.to_owned(), content: Cow::Borrowed(content) }
}

/// What is wrong with an archive by itself.
fn problems(bytes: &[u8]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let files = read(bytes, &mut problems);
    if problems.is_empty() && !is_only_form(bytes, &files) {
        problems.push(Problem::ArchiveRepacked);
    }
    problems
}

/// Packs with any options: the archives of others.
fn foreign(files: &[(&str, &[u8])], options: zip::write::SimpleFileOptions) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_was_written_is_read() {
    let files = [file("a.json", b"{}"), file("b/c.pem", b""), file("d", &[0xff; 300])];
    let bytes = write(&files).unwrap();
    let mut problems = Vec::new();
    assert_eq!(read(&bytes, &mut problems), files);
    assert_eq!(problems, []);
}

#[test]
fn every_truncation_is_noticed() {
    let bytes = write(&[file("a.json", b"{}"), file("b", b"content")]).unwrap();
    for length in 0..bytes.len() {
        assert_ne!(problems(&bytes[..length]), [], "{length} bytes");
    }
}

#[test]
fn every_changed_byte_is_noticed_or_changes_the_content() {
    let files = [file("a.json", b"{}"), file("b", b"content")];
    let bytes = write(&files).unwrap();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[position] ^= 1 << bit;
            let found = read(&changed, &mut Vec::new());
            assert!(!problems(&changed).is_empty() || found != files, "bit {bit} of byte {position}");
        }
    }
}

#[test]
fn bytes_before_and_behind_are_noticed() {
    let bytes = write(&[file("a", b"content")]).unwrap();
    assert_eq!(problems(&[&bytes[..], b"x"].concat()), [Problem::ArchiveRepacked]);
    let reason = "it does not begin like one";
    assert_eq!(problems(&[b"xxxx", &bytes[..]].concat()), [Problem::ArchiveUnreadable { reason }]);
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for name in ["../x", "/etc/x", "a//b", "a/../b", "C:x", "a\\b", ".x", "é", "a b"] {
        let bytes = foreign(&[(name, b"x")], stored());
        let found = problems(&bytes);
        assert!(matches!(found[..], [Problem::FileNameUnsafe { .. }]), "{name}: {found:?}");
    }
}

#[test]
fn a_repeated_name_is_named() {
    let mut bytes = foreign(&[("aa", b"x"), ("ab", b"y")], stored());
    let name = bytes.windows(2).position(|window| window == b"ab").unwrap();
    bytes[name + 1] = b'a';
    assert_eq!(problems(&bytes), [Problem::FileRepeated { name: "aa".into() }]);
}

#[test]
fn the_archive_of_another_program_is_noticed() {
    let other_time =
        stored().last_modified_time(zip::DateTime::from_date_and_time(2026, 1, 2, 3, 4, 6).unwrap());
    assert_eq!(problems(&foreign(&[("a", b"x")], other_time)), [Problem::ArchiveRepacked]);
}

#[test]
fn an_archive_beyond_all_measure_is_not_read() {
    // Zeroed pages are never touched, so this costs no memory.
    let bytes = vec![0; limits::MANIFEST_BYTES + 1];
    assert!(matches!(problems(&bytes)[..], [Problem::ArchiveTooLarge { .. }]));
    let names: Vec<String> = (0..=limits::FILES).map(|number| number.to_string()).collect();
    let files: Vec<_> = names.iter().map(|name| file(name, b"")).collect();
    let reason = "it holds too many files";
    assert_eq!(problems(&write(&files).unwrap()), [Problem::ArchiveUnreadable { reason }]);
    assert_eq!(problems(&write(&files[1..]).unwrap()), []);
}

#[test]
fn a_claim_of_compression_is_refused() {
    // Method 8 (deflate) in the first local header; nothing is ever inflated.
    let mut bytes = write(&[file("a", b"content")]).unwrap();
    bytes[8] = 8;
    assert_eq!(problems(&bytes), [Problem::FilePacking { name: "a".into() }]);
}

fn stored() -> zip::write::SimpleFileOptions {
    zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)
}
