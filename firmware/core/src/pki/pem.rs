//! PEM text (RFC 7468): decoded where it lies, written line by line, so that neither needs a buffer.

use base64ct::{Base64, Encoding};
use wire::{Sink, reply};

/// The label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a certificate signing request.
pub const CERTIFICATE_REQUEST: &str = "CERTIFICATE REQUEST";

/// Bytes encoded in one line of 64 characters.
const LINE_BYTES: usize = 48;

/// The text is not one PEM block with the expected label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPem;

/// Decodes where the bytes lie and returns the decoded front part. Ends of line may be LF or CR LF and lines
/// of any length; white space may surround the block, nothing else. After an error the content is
/// unspecified.
///
/// # Errors
/// [`InvalidPem`].
pub fn decode_in_place<'a>(text: &'a mut [u8], label: &str) -> Result<&'a [u8], InvalidPem> {
    let body = body(text, label).ok_or(InvalidPem)?;
    // The body is a part of the text: squeeze it, without its ends of line, to the front.
    let start = body.as_ptr().addr() - text.as_ptr().addr();
    let mut length = 0;
    for at in start..start + body.len() {
        if !matches!(text[at], b'\r' | b'\n') {
            text[length] = text[at];
            length += 1;
        }
    }
    Base64::decode_in_place(&mut text[..length]).map_err(|_| InvalidPem)
}

/// What stands between the two boundary lines.
fn body<'t>(text: &'t [u8], label: &str) -> Option<&'t [u8]> {
    let after_begin = text
        .trim_ascii()
        .strip_prefix(b"-----BEGIN ")?
        .strip_prefix(label.as_bytes())?
        .strip_prefix(b"-----")?;
    let body =
        after_begin.strip_suffix(b"-----")?.strip_suffix(label.as_bytes())?.strip_suffix(b"-----END ")?;
    let own_lines = matches!(body, [b'\n', ..] | [b'\r', b'\n', ..]) && body.ends_with(b"\n");
    own_lines.then_some(body)
}

/// Answers `OK{n} pem` and the `n` lines; `OK0 pem` for nothing.
pub fn reply(sink: &mut impl Sink, label: &str, der: &[u8]) {
    reply::ok_lines(sink, line_count(der), "pem");
    write(sink, label, der, b"\r\n");
}

/// Answers `OK` and the text as one line, its line feeds escaped; just `OK` for nothing.
pub fn reply_escaped(sink: &mut impl Sink, label: &str, der: &[u8]) {
    if der.is_empty() {
        return reply::ok(sink);
    }
    sink.put(b"OK ");
    write(sink, label, der, br"\A");
    sink.put(b"\r\n");
}

fn line_count(der: &[u8]) -> u32 {
    match der.len() {
        0 => 0,
        // Nothing that is stored comes near 2^32 bytes.
        length => u32::try_from(2 + length.div_ceil(LINE_BYTES)).unwrap_or(u32::MAX),
    }
}

fn write(sink: &mut impl Sink, label: &str, der: &[u8], end_of_line: &[u8]) {
    if der.is_empty() {
        return;
    }
    let boundary = |word: &[u8], sink: &mut _| {
        for part in [b"-----", word, label.as_bytes(), b"-----", end_of_line] {
            Sink::put(sink, part);
        }
    };
    boundary(b"BEGIN ", sink);
    for bytes in der.chunks(LINE_BYTES) {
        let mut line = [0; LINE_BYTES / 3 * 4];
        // The line's length is made for the chunk's.
        let text = Base64::encode(bytes, &mut line).unwrap_or_default();
        sink.put(text.as_bytes());
        sink.put(end_of_line);
    }
    boundary(b"END ", sink);
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    struct Bytes(Vec<u8>);

    impl Sink for Bytes {
        fn put(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }

    fn decode(text: &str) -> Result<Vec<u8>, InvalidPem> {
        let mut text = text.as_bytes().to_vec();
        decode_in_place(&mut text, CERTIFICATE).map(<[u8]>::to_vec)
    }

    const GOOD: &str = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";

    #[test]
    fn ends_of_line_and_surrounding_space_may_vary() {
        assert_eq!(decode(GOOD), Ok(b"ABC".to_vec()));
        assert_eq!(decode(&GOOD.replace('\n', "\r\n")), Ok(b"ABC".to_vec()));
        assert_eq!(decode(&std::format!("\n {GOOD}\n")), Ok(b"ABC".to_vec()));
        assert_eq!(decode(&GOOD.replace("QUJD", "QU\nJD\n")), Ok(b"ABC".to_vec()));
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            String::new(),
            GOOD.replace("CERTIFICATE", "PRIVATE KEY"),
            GOOD.replace("END CERTIFICATE", "END CERT"),
            GOOD.replace("-----\nQ", "-----Q"),
            GOOD.replace("D\n-", "D-"),
            GOOD.replace("QUJD", "QUJ"),
            GOOD.replace("QUJD", "Q*JD"),
            GOOD.replace("QUJD", "QU JD"),
            GOOD.repeat(2),
            std::format!("x{GOOD}"),
            std::format!("{GOOD}x"),
            "-----BEGIN CERTIFICATE-----".into(),
        ] {
            assert_eq!(decode(&wrong), Err(InvalidPem), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(der in proptest::collection::vec(any::<u8>(), 1..300)) {
            let mut sink = Bytes(Vec::new());
            reply(&mut sink, CERTIFICATE, &der);
            let text = String::from_utf8(sink.0).expect("ASCII");
            let (head, body) = text.split_once("\r\n").expect("a head line");
            prop_assert_eq!(head, std::format!("OK{} pem", body.lines().count()));
            prop_assert!(body.lines().all(|line| line.len() <= 64));
            prop_assert_eq!(decode(body), Ok(der.clone()));

            let mut sink = Bytes(Vec::new());
            reply_escaped(&mut sink, CERTIFICATE, &der);
            let line = String::from_utf8(sink.0).expect("ASCII");
            prop_assert_eq!(line.strip_prefix("OK ").expect("a detail").trim_end().replace(r"\A", "\r\n"), body);
        }

        #[test]
        fn no_text_panics(text: Vec<u8>, inner: String) {
            let mut text = text;
            let _ = decode_in_place(&mut text, CERTIFICATE);
            let _ = decode(&GOOD.replace("QUJD", &inner));
        }
    }
}
