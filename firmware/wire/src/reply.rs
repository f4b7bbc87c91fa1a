//! Writing replies, on the module's side: `OK[#] [detail]` or `ERR{#} {text} [detail]`, ended by CR LF.

use core::fmt;

use crate::command::decimal_digits;
use crate::error::ErrorNumber;
use crate::escape;

/// Where the module's bytes go: the serial line, or a test's buffer. Waits for space rather than dropping
/// bytes.
pub trait Sink {
    /// Takes all of `bytes`.
    fn put(&mut self, bytes: &[u8]);
}

/// `OK`.
pub fn ok(sink: &mut impl Sink) {
    sink.put(b"OK\r\n");
}

/// `OK {detail}` with a detail that needs no escapes.
pub fn ok_text(sink: &mut impl Sink, detail: impl fmt::Display) {
    sink.put(b"OK ");
    put_text(sink, detail);
    sink.put(b"\r\n");
}

/// `OK {value}` with any bytes, escaped; just `OK` when there are none.
pub fn ok_value(sink: &mut impl Sink, value: &[u8]) {
    if value.is_empty() {
        return ok(sink);
    }
    sink.put(b"OK ");
    put_escaped(sink, value);
    sink.put(b"\r\n");
}

/// `OK{count} {detail}`, the announcement of `count` lines; each follows by [`line()`].
pub fn ok_lines(sink: &mut impl Sink, count: u32, detail: impl fmt::Display) {
    sink.put(b"OK");
    put_decimal(sink, count);
    sink.put(b" ");
    put_text(sink, detail);
    sink.put(b"\r\n");
}

/// One of the announced lines, as it is: it must not hold CR or LF.
pub fn line(sink: &mut impl Sink, bytes: &[u8]) {
    sink.put(bytes);
    sink.put(b"\r\n");
}

/// `ERR{number} {text}`.
pub fn error(sink: &mut impl Sink, error: ErrorNumber) {
    put_error(sink, error);
    sink.put(b"\r\n");
}

/// `ERR{number} {text} {detail}`.
pub fn error_detail(sink: &mut impl Sink, error: ErrorNumber, detail: impl fmt::Display) {
    put_error(sink, error);
    sink.put(b" ");
    put_text(sink, detail);
    sink.put(b"\r\n");
}

/// `ERR14 {hint} UNABLE TO CONNECT`: the one error with a number between number and text.
pub fn unable_to_connect(sink: &mut impl Sink, hint: u32) {
    let error = ErrorNumber::UnableToConnect;
    sink.put(b"ERR");
    put_decimal(sink, error.number().into());
    sink.put(b" ");
    put_decimal(sink, hint);
    sink.put(b" ");
    sink.put(error.text().as_bytes());
    sink.put(b"\r\n");
}

fn put_error(sink: &mut impl Sink, error: ErrorNumber) {
    sink.put(b"ERR");
    put_decimal(sink, error.number().into());
    sink.put(b" ");
    sink.put(error.text().as_bytes());
}

fn put_decimal(sink: &mut impl Sink, number: u32) {
    decimal_digits(number).for_each(|digit| sink.put(&[digit]));
}

fn put_escaped(sink: &mut impl Sink, bytes: &[u8]) {
    escape::encode(bytes.iter().copied()).for_each(|byte| sink.put(&[byte]));
}

fn put_text(sink: &mut impl Sink, text: impl fmt::Display) {
    use fmt::Write;
    struct Text<'a, S>(&'a mut S);
    impl<S: Sink> Write for Text<'_, S> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.put(text.as_bytes());
            Ok(())
        }
    }
    // A sink takes everything, and the values that are written never fail of themselves.
    let _ = write!(Text(sink), "{text}");
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    struct Bytes(Vec<u8>);

    impl Sink for Bytes {
        fn put(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }

    #[test]
    fn every_form_ends_in_cr_lf() {
        let mut sink = Bytes(Vec::new());
        ok(&mut sink);
        ok_text(&mut sink, "1 0 CONNECTED STAGING");
        ok_value(&mut sink, b"");
        ok_value(&mut sink, b"a\nb\\\xff");
        ok_lines(&mut sink, 2, "pem");
        line(&mut sink, b"one");
        line(&mut sink, b"two");
        error(&mut sink, ErrorNumber::CommandNotFound);
        error_detail(&mut sink, ErrorNumber::InvalidCertificate, "SERIAL");
        unable_to_connect(&mut sink, 2);
        let expected: &[u8] =
            b"OK\r\nOK 1 0 CONNECTED STAGING\r\nOK\r\nOK a\\Ab\\\\\xff\r\nOK2 pem\r\none\r\ntwo\r\n\
            ERR3 COMMAND NOT FOUND\r\nERR26 INVALID CERTIFICATE SERIAL\r\nERR14 2 UNABLE TO CONNECT\r\n";
        assert_eq!(sink.0, expected);
    }
}
