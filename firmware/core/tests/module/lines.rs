//! Every line gets one reply, whatever it is and however it arrives.

use proptest::prelude::*;
use wire::Uid;
use wire::factory::Request;

use crate::bench::Bench;
use crate::chip::Chip;
use crate::issuer::Birth;

/// The frozen lines of the protocol; see the test of the same name in `wire`.
const GOLDEN: &str = include_str!("../../../wire/tests/golden/v1.txt");

fn replies(mut bench: Bench, chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    chunks.into_iter().flat_map(|chunk| bench.feed(chunk.as_ref())).collect()
}

#[test]
fn lines_that_are_wrong_get_the_number_of_the_standard() {
    let mut bench = Bench::start(Chip::new(1));
    for (line, expected) in [
        ("hello", "ERR2 PARSE ERROR"),
        ("AT+", "ERR2 PARSE ERROR"),
        ("AT+CONF?Version", "ERR2 PARSE ERROR"),
        ("AT+NOTHING", "ERR3 COMMAND NOT FOUND"),
        ("AT+NOTHING1 x", "ERR3 COMMAND NOT FOUND"),
        ("AT+RESET now", "ERR4 PARAMETER ERROR"),
        ("AT+TIME1?", "ERR2 PARSE ERROR"),
        ("AT+CONNECT1", "ERR4 PARAMETER ERROR"),
        (r"AT+CONF CustomName=\x", "ERR5 INVALID ESCAPE"),
        ("AT+SEND99999999999 x", "ERR7 OUT OF RANGE"),
        ("AT+DIAG", "ERR4 PARAMETER ERROR"),
        ("AT+DIAG info", "ERR4 PARAMETER ERROR"),
        ("AT+DIAG UNSEAL", "ERR4 PARAMETER ERROR"),
        ("AT+DIAG PROVE 00", "ERR4 PARAMETER ERROR"),
        ("AT+CONNECT", "ERR14 2 UNABLE TO CONNECT"),
        ("AT+CONFMODE", "ERR17 MODE NOT AVAILABLE"),
        ("AT+TIME?", "ERR15 TIME NOT AVAILABLE"),
        ("AT+WHERE?", "ERR16 LOCATION NOT AVAILABLE"),
        ("AT+OTA READ 1", "ERR19 HOST IMAGE NOT AVAILABLE"),
        ("AT+SEND x", "ERR4 PARAMETER ERROR"),
        ("AT+SEND1 x", "ERR8 PARAMETER UNDEFINED"),
        ("AT+SEND5 x", "ERR7 OUT OF RANGE"),
        ("AT+SEND0 x", "ERR7 OUT OF RANGE"),
        ("AT+CONF Topic1=data", "OK"),
        ("AT+SEND1 x", "ERR6 NO CONNECTION"),
        ("AT+SUBSCRIBE1", "ERR6 NO CONNECTION"),
        ("AT+GET1", "OK"),
        ("AT+GET2", "ERR8 PARAMETER UNDEFINED"),
        ("AT+GET0", "OK"),
        ("AT+GET", "OK"),
        ("AT+SHADOW1 DOC", "ERR24 SHADOW ERROR"),
        ("AT+SHADOW3 DOC", "ERR7 OUT OF RANGE"),
        ("AT+SLEEP9 1", "OK 0"),
        ("AT+SLEEP soon", "ERR4 PARAMETER ERROR"),
        ("AT+OTA?", "OK 0"),
    ] {
        let reply = bench.feed(format!("{line}\n").as_bytes());
        assert_eq!(String::from_utf8(reply).expect("text"), format!("{expected}\r\n"), "{line}");
    }
    let overlong = format!("AT+CONF CustomName={}\nAT\n", "x".repeat(5000));
    assert_eq!(bench.feed(overlong.as_bytes()), b"ERR1 OVERFLOW\r\nOK\r\n");
}

#[test]
fn events_come_in_order_and_sleep_forgets_them() {
    let mut bench = Bench::start(Chip::new(1));
    assert_eq!(bench.feed(b"AT+CONNECT!\nAT+DISCONNECT\n"), b"OK\r\nOK 0 DISCONNECTED\r\n");
    assert_eq!(
        bench.feed(&b"AT+EVENT?\n".repeat(4)),
        b"OK 2 0 STARTUP\r\nOK 6 2 CONNECT\r\nOK 3 0 CONLOST\r\nOK\r\n"
    );
    assert_eq!(bench.feed(b"AT+CONNECT!\nAT+SLEEP\n"), b"OK\r\nOK 0\r\n");
    assert_eq!(bench.feed(&b"AT+EVENT?\n".repeat(2)), b"OK 2 0 STARTUP\r\nOK\r\n");
}

/// The golden lines whose replies do not depend on the module's identity are the module's own words.
#[test]
fn golden_lines_are_what_the_module_says() {
    let mut bench = Bench::start(Chip::new(2));
    let uid: Uid = bench.request(Request::KeyGen).detail.parse().expect("a UID");
    let request = bench.request(Request::Csr).body;
    let certificate = Birth::of(&uid, &request).issue();
    assert!(bench.request(Request::Certificate(certificate.as_bytes())).is_ok());
    let mut checked = 0;
    for exchange in GOLDEN.split("\n> ").skip(1) {
        let (line, reply) = exchange.split_once("\n< ").expect("a reply");
        let same_in_every_module =
            ["AT", "AT+DIAG NOTHING", "AT+NONSENSE", "AT+CONNECT?", "AT+CONF? Endpoint"];
        let passing = line == "AT+DIAG SELFTEST" && !reply.contains("FAIL");
        if same_in_every_module.contains(&line) || passing {
            let said = bench.feed(format!("{line}\n").as_bytes());
            assert_eq!(String::from_utf8(said).expect("text"), format!("{}\r\n", reply.trim_end()), "{line}");
            checked += 1;
        }
    }
    assert_eq!(checked, 6);
}

/// Bytes that hold commands, parts of commands and noise.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let verbs = ["INFO", "CSR", "SEAL", "MEMORY", "PROVE 00", "CERTIFICATE x", "KEYGEN x", ""];
    let commands = [
        "AT",
        "AT+CONF? Certificate pem",
        "AT+CONF? RootCA",
        "AT+CONF? Topic1",
        "AT+CONF Topic1=",
        "AT+CONF CustomName=",
        "AT+CONF HOTAcertificate=pem",
        "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----",
        "AT+EVENT?",
        "AT+RESET",
        "AT+FACTORY_RESET",
        "AT+SEND1 ",
        "AT+CONNECT!",
        "AT+DIAG ",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(commands.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        2 => proptest::sample::select(verbs.to_vec()).prop_map(|verb| format!("AT+DIAG {verb}").into_bytes()),
        4 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        2 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => Just(vec![b'x'; 4400]),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    // A third of the traffic holds a reset; in a long round that is more than proptest would put up with.
    #![proptest_config(ProptestConfig { max_global_rejects: 1 << 16, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_any_chunks_get_the_same_replies(bytes in traffic(), cut in 1_usize..200) {
        let whole = replies(Bench::start(Chip::new(1)), [&bytes]);
        // A restart drops what is left of the chunk, so the cuts must not make a difference to what is
        // dropped.
        prop_assume!(!bytes.windows(5).any(|window| window == b"RESET"));
        prop_assert_eq!(whole, replies(Bench::start(Chip::new(1)), bytes.chunks(cut)));
    }

    #[test]
    fn there_are_as_many_replies_as_lines(lines in proptest::collection::vec("[ -~]{1,60}", 1..20)) {
        let mut bench = Bench::start(Chip::new(1));
        for line in lines {
            // Commands with several lines in their reply announce them; here each reply is one line.
            prop_assume!(!line.contains("pem") && !line.contains("CSR"));
            let reply = bench.feed(format!("{line}\r\n").as_bytes());
            prop_assert!(reply.ends_with(b"\r\n"));
            prop_assert_eq!(reply.split(|&byte| byte == b'\n').count(), 2);
            prop_assert!(reply.starts_with(b"OK") || reply.starts_with(b"ERR"));
        }
    }
}
