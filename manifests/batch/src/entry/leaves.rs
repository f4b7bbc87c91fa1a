//! `leaves.txt`: a line for each entry, in its order: leaf hash, two spaces, id.

use std::fmt::Write as _;

use super::Id;
use crate::digest::Digest;
use crate::merkle;

/// The line for an entry.
pub(crate) fn leaf_line(id: Id, line: &[u8]) -> String {
    format!("{}  {id}\n", merkle::leaf(line))
}

/// Reads the file into (id text, leaf hash) pairs; `None` when it is not of its form.
pub(crate) fn read_leaves(text: &[u8]) -> Option<Vec<(String, Digest)>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut again = String::with_capacity(text.len());
    let mut leaves = Vec::new();
    for line in text.lines() {
        let (leaf, id) = line.split_once("  ")?;
        let leaf: Digest = leaf.parse().ok()?;
        writeln!(again, "{leaf}  {id}").ok()?;
        leaves.push((id.to_owned(), leaf));
    }
    (again == text).then_some(leaves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uid::Uid;

    #[test]
    fn leaves_have_one_spelling() {
        let id = Id::Uid(Uid::from_bytes([1; 16]));
        let line = leaf_line(id, b"line");
        let leaves = read_leaves(line.as_bytes()).unwrap();
        assert_eq!(leaves, [(id.to_string(), merkle::leaf(b"line"))]);
        assert!(read_leaves(line.replace('\n', "\r\n").as_bytes()).is_none());
        assert!(read_leaves(line.trim_end().as_bytes()).is_none());
    }
}
