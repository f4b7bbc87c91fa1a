//! The zip around the files: one way to pack, and a reader that trusts nothing.
//!
//! Every file is stored, not compressed, in a fixed order and with a fixed time. So the bytes depend
//! on the content alone, today and with any later compressor; and nothing in a manifest can grow when
//! it is unpacked. Certificates would hardly shrink anyway.
//!
//! A zip tells its story twice, in the local headers and in the central directory, and programs differ
//! in which they believe. The reader follows the local headers, packs what it found again and compares:
//! if the bytes are the same, there is only one story.

mod read;
mod write;

use std::borrow::Cow;

pub(crate) use read::{is_only_form, read};
pub(crate) use write::write;

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File<'a> {
    pub(crate) name: String,
    pub(crate) content: Cow<'a, [u8]>,
}

impl File<'static> {
    pub(crate) fn new(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), content: Cow::Owned(content.into()) }
    }
}

#[cfg(test)]
mod tests;
