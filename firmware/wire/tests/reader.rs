//! The host's reader on whole conversations, cut in every way.

use proptest::prelude::*;
use wire::reader::ReplyTooLong;
use wire::{Outcome, ReplyReader};

type Owned = Result<(Outcome, Vec<u8>, Vec<Vec<u8>>), ReplyTooLong>;

fn replies<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Owned> {
    let mut reader = ReplyReader::<64>::new();
    let mut replies = Vec::new();
    for mut chunk in chunks {
        while let Some(reply) = reader.next_reply(&mut chunk) {
            replies.push(reply.map(|reply| {
                (reply.outcome, reply.detail.to_vec(), reply.lines().map(<[u8]>::to_vec).collect())
            }));
        }
        assert!(chunk.is_empty(), "a reader takes all bytes");
    }
    replies
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what the reader returns")]
fn ok(detail: &str, lines: &[&str]) -> Owned {
    Ok((Outcome::Ok, detail.into(), lines.iter().map(|line| line.as_bytes().to_vec()).collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what the reader returns")]
fn error(number: u32, detail: &str) -> Owned {
    Ok((Outcome::Error(number), detail.into(), Vec::new()))
}

#[test]
fn number_glued_to_ok_counts_lines_and_number_after_a_space_does_not() {
    assert_eq!(
        replies([&b"OK 1 CONNECTED\r\nOK1 topic\r\nmessage\r\nOK\r\n"[..]]),
        [ok("1 CONNECTED", &[]), ok("topic", &["message"]), ok("", &[])]
    );
    assert_eq!(replies([&b"OK1 topic\r\n\r\nOK0 none\r\n"[..]]), [ok("topic", &[""]), ok("none", &[])]);
}

#[test]
fn errors_carry_number_and_detail() {
    assert_eq!(
        replies([&b"ERR3 COMMAND NOT FOUND\r\nERR14 2 UNABLE TO CONNECT\nERR25\r\n"[..]]),
        [error(3, "COMMAND NOT FOUND"), error(14, "2 UNABLE TO CONNECT"), error(25, "")]
    );
}

#[test]
fn old_firmware_sends_a_pem_without_count_and_bare_lf() {
    let bytes = b"OK pem\n-----BEGIN X-----\nQUJD\n-----END X-----\nOK\n";
    assert_eq!(
        replies([&bytes[..]]),
        [ok("pem", &["-----BEGIN X-----", "QUJD", "-----END X-----"]), ok("", &[])]
    );
}

#[test]
fn noise_before_a_reply_is_dropped_but_words_like_a_reply_are_none() {
    assert_eq!(
        replies([&b"boot 1.0\r\n\x00\xff\r\n\x00\xfaOK 7\r\nOKAY\r\nERROR\r\nERR\r\nERRx\r\nOK\r\n"[..]]),
        [ok("7", &[]), ok("", &[])]
    );
}

#[test]
fn a_reply_that_does_not_fit_is_reported_once_and_the_next_is_whole() {
    let mut bytes = b"OK3 pem\r\n".to_vec();
    for _ in 0..3 {
        bytes.extend_from_slice(&[b'x'; 50]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"OK ");
    bytes.extend_from_slice(&[b'y'; 100]);
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&[b'z'; 100]);
    bytes.extend_from_slice(b"\r\nOK fine\r\n");
    assert_eq!(replies([&bytes[..]]), [Err(ReplyTooLong), Err(ReplyTooLong), ok("fine", &[])]);
}

#[test]
fn a_host_that_gave_up_starts_afresh() {
    let mut reader = ReplyReader::<64>::new();
    assert!(reader.next_reply(&mut &b"OK9 pem\r\nhalf"[..]).is_none());
    reader.reset();
    let mut input = &b"OK\r\n"[..];
    let reply = reader.next_reply(&mut input).expect("a whole line").expect("a short reply");
    assert_eq!((reply.outcome, reply.detail), (Outcome::Ok, &b""[..]));
}

fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"OK".to_vec()),
        Just(b"OK2 ".to_vec()),
        Just(b"OK pem\n".to_vec()),
        Just(b"-----END X-----".to_vec()),
        Just(b"ERR4 x".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn chunking_does_not_matter(bytes in traffic(), cuts in proptest::collection::vec(0_usize..600, 0..20)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(replies([&bytes[..]]), replies(chunks));
    }
}
