//! Whatever happens to the bytes on the way, the reader notices and stays on its feet.

use std::sync::LazyLock;

use batch::{Certificate, verify};
use proptest::prelude::*;

use crate::pki;

static MANIFESTS: LazyLock<[Vec<u8>; 6]> =
    LazyLock::new(|| pki::all().map(|(_, batch)| pki::sign(&batch).bytes));

static TRUST: LazyLock<Vec<Certificate>> = LazyLock::new(pki::trust);

fn is_ok(bytes: &[u8]) -> bool {
    verify(bytes, &TRUST).is_ok()
}

#[test]
fn the_originals_are_good() {
    assert!(MANIFESTS.iter().all(|bytes| is_ok(bytes)));
}

/// The signature file is the part that no digest covers.
#[test]
fn every_changed_bit_of_the_signature_file_is_noticed() {
    let bytes = &MANIFESTS[1];
    let find = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name).unwrap();
    // From the end of the header to the local header of the next file.
    let (start, end) = (find(b"header.cms"), find(b"README.md# A batch"));
    assert!(end > start + 700);
    for position in start..end {
        let mut changed = bytes.clone();
        changed[position] ^= 1 << (position % 8);
        assert!(!is_ok(&changed), "byte {position}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_changed_byte_is_noticed(which in 0..MANIFESTS.len(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
        let mut bytes = MANIFESTS[which].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        prop_assert!(!is_ok(&bytes), "byte {}", at);
    }

    #[test]
    fn a_cut_is_noticed(
        which in 0..MANIFESTS.len(),
        at in any::<prop::sample::Index>(),
        length in 1..5000usize,
    ) {
        let mut bytes = MANIFESTS[which].clone();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.drain(start..end);
        prop_assert!(!is_ok(&bytes));
    }

    #[test]
    fn an_insertion_is_noticed(
        which in 0..MANIFESTS.len(),
        at in any::<prop::sample::Index>(),
        inserted in prop::collection::vec(any::<u8>(), 1..100),
    ) {
        let mut bytes = MANIFESTS[which].clone();
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, inserted);
        prop_assert!(!is_ok(&bytes));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!is_ok(&bytes));
    }

    /// Contents that no signature protects yet reach every parser behind the archive.
    #[test]
    fn any_content_of_any_file_is_survived(
        which in 0..MANIFESTS.len(),
        file in any::<prop::sample::Index>(),
        content in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..500),
            "\\PC{0,200}".prop_map(String::into_bytes),
            r#"(\{|\[|"[a-z_]{1,9}":|[0-9]{1,3}|,|\}|\]){0,60}"#.prop_map(String::into_bytes),
            (0..4000usize).prop_map(|depth| b"[".repeat(depth)),
        ],
    ) {
        let mut files = crate::archive::unpack(&MANIFESTS[which]);
        let file = file.index(files.len());
        prop_assume!(files[file].1 != content);
        files[file].1 = content;
        prop_assert!(!is_ok(&crate::archive::pack(&files)));
    }

    /// Changes inside a file, with the archive put right again.
    #[test]
    fn a_changed_byte_in_a_good_archive_is_noticed(
        which in 0..MANIFESTS.len(),
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        by in 1..=255u8,
    ) {
        let mut files = crate::archive::unpack(&MANIFESTS[which]);
        let file = file.index(files.len());
        let content = &mut files[file].1;
        let at = at.index(content.len());
        content[at] ^= by;
        prop_assert!(!is_ok(&crate::archive::pack(&files)));
    }
}
