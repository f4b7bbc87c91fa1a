//! Reads an archive of unknown origin.

use std::borrow::Cow;

use super::{File, write};
use crate::limits;
use crate::problem::Problem;

const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8; 4] = b"PK\x01\x02";

/// General-purpose flags: bit 0 encrypted, bit 3 length after the data, bit 5 patch, bit 13 masked.
const UNREADABLE_FLAGS: u16 = 1 << 0 | 1 << 3 | 1 << 5 | 1 << 13;

/// Reads the files of an archive. What is wrong is reported, and what can be read is returned.
///
/// Contents are borrowed from `bytes`, so an archive never takes more memory than it has.
pub(crate) fn read<'a>(bytes: &'a [u8], problems: &mut Vec<Problem>) -> Vec<File<'a>> {
    if bytes.len() > limits::MANIFEST_BYTES {
        problems.push(Problem::ArchiveTooLarge { bytes: bytes.len(), limit: limits::MANIFEST_BYTES });
        return Vec::new();
    }
    let mut files: Vec<File<'a>> = Vec::new();
    if let Err(reason) = walk(bytes, &mut files, problems) {
        problems.push(Problem::ArchiveUnreadable { reason });
    }
    files
}

/// Whether `bytes` are the one archive that holds `files`, with nothing before, between or behind.
pub(crate) fn is_only_form(bytes: &[u8], files: &[File<'_>]) -> bool {
    write(files).is_ok_and(|again| again == bytes)
}

/// Follows the local headers from the first byte to the central directory.
fn walk<'a>(
    bytes: &'a [u8],
    files: &mut Vec<File<'a>>,
    problems: &mut Vec<Problem>,
) -> Result<(), &'static str> {
    let mut input = Input { rest: bytes };
    if bytes.is_empty() {
        return Err("it is empty");
    }
    for seen in 0.. {
        let signature = input.take(4)?;
        if signature == CENTRAL_HEADER {
            return Ok(());
        }
        if signature != LOCAL_HEADER {
            return Err(if seen == 0 { "it does not begin like one" } else { "it is damaged" });
        }
        if seen == limits::FILES {
            return Err("it holds too many files");
        }
        let member = member(&mut input)?;
        let name = match std::str::from_utf8(member.name) {
            Ok(name) if is_safe(name) => name.to_owned(),
            _ => {
                let name = member.name.escape_ascii().to_string();
                problems.push(Problem::FileNameUnsafe { name });
                continue;
            }
        };
        let Some(content) = member.content else {
            problems.push(Problem::FilePacking { name });
            continue;
        };
        if files.iter().any(|file| file.name == name) {
            problems.push(Problem::FileRepeated { name });
            continue;
        }
        files.push(File { name, content: Cow::Borrowed(content) });
    }
    Ok(())
}

struct Member<'a> {
    name: &'a [u8],
    /// `None` when the bytes are not the content itself.
    content: Option<&'a [u8]>,
}

/// Reads the rest of a local header and the data (APPNOTE.TXT, section 4.3.7).
fn member<'a>(input: &mut Input<'a>) -> Result<Member<'a>, &'static str> {
    let _version_needed = input.u16()?;
    let flags = input.u16()?;
    let method = input.u16()?;
    let _time_and_date = input.u32()?;
    let _crc = input.u32()?; // Held to the content by packing again.
    let packed = input.u32()?;
    let unpacked = input.u32()?;
    let name_length = input.u16()?;
    let extra_length = input.u16()?;
    let name = input.take(usize::from(name_length))?;
    input.take(usize::from(extra_length))?;
    if flags & (1 << 3) != 0 {
        // The end of the data is unknown, and with it everything behind.
        return Err("a file of it does not tell its length");
    }
    let data = input.take(usize::try_from(packed).map_err(|_| "a file of it is too long")?)?;
    let is_stored = method == 0 && packed == unpacked && flags & UNREADABLE_FLAGS == 0;
    Ok(Member { name, content: is_stored.then_some(data) })
}

/// Whether a name stays within the folder it is unpacked into, on every system.
fn is_safe(name: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    };
    name.split('/').all(is_plain)
}

/// What is left to read.
struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or("it ends too early")?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or("it ends too early")?;
        self.rest = rest;
        Ok(*taken)
    }

    fn u16(&mut self) -> Result<u16, &'static str> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, &'static str> {
        self.array().map(u32::from_le_bytes)
    }
}
