//! The frozen lines of each protocol version, read and written by today's code.
//!
//! Do not change the golden files: modules in the field speak them. When one of these tests fails, the code
//! is wrong.

use wire::factory::{COMMAND, HardwareFault, Info, Memory, Proof, Request, SelfTest, Verb};
use wire::{Command, ErrorNumber, Outcome, PROTOCOL_VERSION, Received, ReplyReader, Uid, reply};

const V1: &str = include_str!("golden/v1.txt");

/// A command line and the lines of its reply.
type Exchange = (&'static str, Vec<&'static str>);

fn exchanges(golden: &'static str) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for line in golden.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            exchanges.push((command, Vec::new()));
        } else if let Some(reply) = line.strip_prefix("< ") {
            exchanges.last_mut().expect("a command before its reply").1.push(reply);
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "stray line: {line}");
        }
    }
    exchanges
}

struct Bytes(Vec<u8>);

impl wire::Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

#[test]
fn version_1_is_the_current_protocol_and_frozen() {
    assert_eq!(PROTOCOL_VERSION, 1);
    assert_eq!(exchanges(V1).len(), 24);
    // FNV-1a over the file: not a line of it may change, not even a comment.
    let digest = V1.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(format!("{digest:016x}"), "3fa74917d069705e");
}

#[test]
fn commands_parse_and_format_to_the_same_line() {
    for (line, _) in exchanges(V1) {
        let mut bytes = line.as_bytes().to_vec();
        let command = Received::parse(&mut bytes).expect(line);
        let formatted: Vec<u8> = if command.name == COMMAND && !line.ends_with("NOTHING") {
            Request::parse(command.parameter).expect(line).bytes().collect()
        } else {
            let Received { name, suffix, parameter } = command;
            Command { name, suffix, parameter }.bytes().collect()
        };
        assert_eq!(String::from_utf8(formatted).expect("ASCII"), format!("{line}\n"));
    }
}

#[test]
fn replies_parse_and_format_to_the_same_lines() {
    for (line, expected) in exchanges(V1) {
        let sent = expected.join("\r\n") + "\r\n";
        let mut reader = ReplyReader::<1024>::new();
        let mut input = sent.as_bytes();
        let read = reader.next_reply(&mut input).expect(line).expect(line);
        assert!(input.is_empty(), "{line}: one reply and no more");

        let detail = read.text().expect("ASCII");
        let mut formatted = Bytes(Vec::new());
        let sink = &mut formatted;
        let verb = Verb::ALL.into_iter().find(|verb| line.starts_with(&format!("AT+DIAG {}", verb.word())));
        match (read.outcome, verb) {
            (Outcome::Error(number), _) => {
                let error = ErrorNumber::from_number(number).expect("a standard number");
                match detail.strip_prefix(error.text()).expect("the standard's text") {
                    "" => reply::error(sink, error),
                    rest if error == ErrorNumber::Configuration => {
                        reply::error_detail(sink, error, HardwareFault::from_detail(rest).expect(line));
                    }
                    rest => reply::error_detail(sink, error, rest.trim_start()),
                }
            }
            (Outcome::Ok, Some(Verb::Info)) => reply::ok_text(sink, Info::parse(detail).expect(line)),
            (Outcome::Ok, Some(Verb::SelfTest)) => {
                reply::ok_text(sink, detail.parse::<SelfTest>().expect(line));
            }
            (Outcome::Ok, Some(Verb::KeyGen)) => reply::ok_text(sink, detail.parse::<Uid>().expect(line)),
            (Outcome::Ok, Some(Verb::Prove)) => reply::ok_text(sink, detail.parse::<Proof>().expect(line)),
            (Outcome::Ok, Some(Verb::Memory)) => reply::ok_text(sink, detail.parse::<Memory>().expect(line)),
            (Outcome::Ok, _) => {
                let lines: Vec<&[u8]> = read.lines().collect();
                match u32::try_from(lines.len()).expect("a few lines") {
                    0 => reply::ok_value(sink, read.detail),
                    count => reply::ok_lines(sink, count, detail),
                }
                for line in lines {
                    reply::line(sink, line);
                }
            }
        }
        assert_eq!(String::from_utf8(formatted.0).expect("ASCII"), sent, "{line}");
    }
}
