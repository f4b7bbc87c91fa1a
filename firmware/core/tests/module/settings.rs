//! The configuration dictionary over `AT+CONF` and `AT+CONF?`.

use proptest::prelude::*;
use wire::Command;

use crate::bench::Bench;
use crate::chip::Chip;
use crate::issuer;

fn value(bench: &mut Bench, key: &str) -> String {
    let reply = bench.command(&format!("AT+CONF? {key}"));
    assert!(reply.is_ok(), "{key}: {reply:?}");
    reply.detail
}

#[test]
fn factory_values_are_those_of_the_standard() {
    let mut bench = Bench::start(Chip::new(1));
    for (key, expected) in [
        ("Version", env!("CARGO_PKG_VERSION")),
        ("TechSpec", "v1.3"),
        ("ThingName", ""),
        ("Certificate", ""),
        ("CustomName", ""),
        ("Endpoint", "staging.module-vendor.example"),
        ("ShadowToken", "ExpressLink"),
        ("DefenderPeriod", "0"),
        ("HOTAcertificate", ""),
        ("QoS", "0"),
        ("Topic4", ""),
        ("EnableShadow", "0"),
        ("Shadow2", ""),
    ] {
        assert_eq!(value(&mut bench, key), expected, "{key}");
    }
    let root = bench.command("AT+CONF? RootCA PEM").body;
    assert!(
        root.starts_with("-----BEGIN CERTIFICATE-----\n") && root.ends_with("-----END CERTIFICATE-----\n")
    );
    assert_eq!(bench.feed(b"AT+CONF? Certificate pem\n"), b"OK0 pem\r\n");
}

#[test]
fn keys_and_values_that_are_wrong_get_the_number_of_the_standard() {
    let mut bench = Bench::start(Chip::new(1));
    for (line, number) in [
        ("AT+CONF CustomName", 4),
        ("AT+CONF =x", 9),
        ("AT+CONF? ", 9),
        ("AT+CONF ABCDEFGHIJKLMNOPQ=x", 9),
        ("AT+CONF Custom-Name=x", 10),
        ("AT+CONF customname=x", 11),
        ("AT+CONF? SSID", 11),
        ("AT+CONF Topic5=x", 11),
        ("AT+CONF About=x", 12),
        ("AT+CONF ThingName=x", 12),
        ("AT+CONF Certificate=pem", 12),
        ("AT+CONF? OTAcertificate", 13),
        ("AT+CONF OTAcertificate=pem", 23),
        ("AT+CONF RootCA=x", 26),
        ("AT+CONF QoS=2", 4),
        ("AT+CONF DefenderPeriod=often", 4),
        ("AT+CONF DefenderPeriod=123456789", 4),
        ("AT+CONF? CustomName pem", 4),
        ("AT+CONF? Certificate der", 4),
    ] {
        let reply = bench.command(line);
        assert_eq!(reply.outcome, wire::Outcome::Error(number), "{line}: {reply:?}");
    }
}

#[test]
fn a_reset_and_a_factory_reset_restore_what_they_should() {
    let mut bench = Bench::start(Chip::new(1));
    let keys = ["CustomName", "Endpoint", "ShadowToken", "LWTMessage", "Topic1", "Shadow1"];
    let factory = keys.map(|key| value(&mut bench, key));
    for key in keys {
        assert!(bench.command(&format!("AT+CONF {key}=mine")).is_ok());
    }
    assert_eq!(bench.command("AT+CONNECT?").detail, "0 1 DISCONNECTED CUSTOMER");
    assert!(bench.command("AT+CONF KeepAlive=30").is_ok());

    assert!(bench.command("AT+RESET").is_ok());
    assert_eq!(bench.command("AT+EVENT?").detail, "2 0 STARTUP");
    assert_eq!(keys.map(|key| value(&mut bench, key)), ["mine", "mine", "mine", "mine", "", ""]);

    assert!(bench.command("AT+FACTORY_RESET").is_ok());
    assert_eq!(bench.command("AT+EVENT?").detail, "2 0 STARTUP");
    let [custom_name, endpoint, shadow_token, _, topic, shadow] = factory;
    assert_eq!(
        keys.map(|key| value(&mut bench, key)),
        [custom_name, endpoint, shadow_token, "mine".into(), topic, shadow]
    );
    assert_eq!(value(&mut bench, "KeepAlive"), "30");
    assert_eq!(bench.command("AT+CONNECT?").detail, "0 0 DISCONNECTED STAGING");
}

#[test]
fn certificates_are_pasted_or_sent_escaped() {
    let pem = issuer::self_signed();
    let mut bench = Bench::start(Chip::new(1));
    let pasted = format!("AT+CONF HOTAcertificate=pem\r\n{}", pem.replace('\n', "\r\n"));
    assert_eq!(bench.feed(pasted.as_bytes()), b"OK\r\nOK\r\n");
    assert_eq!(bench.command("AT+CONF? HOTAcertificate pem").body, pem);

    let parameter = format!("RootCA={pem}");
    assert!(bench.send(Command::new("CONF", parameter.as_bytes()).bytes()).is_ok());
    bench.restart();
    assert_eq!(bench.command("AT+CONF? RootCA pem").body, pem);

    assert!(bench.command("AT+FACTORY_RESET").is_ok());
    assert_eq!(bench.command("AT+CONF? RootCA pem").body, pem, "survives the factory reset");
    assert_eq!(value(&mut bench, "HOTAcertificate"), "", "does not survive the factory reset");

    // A host that changes its mind instead of pasting is answered as ever.
    assert_eq!(bench.feed(b"AT+CONF RootCA=pem\nAT\nAT\n"), b"OK\r\nOK\r\nOK\r\n");
    assert_eq!(
        bench.feed(
            b"AT+CONF RootCA=pem\n-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\nAT\n"
        ),
        b"OK\r\nERR26 INVALID CERTIFICATE MALFORMED\r\nOK\r\n"
    );
    assert_eq!(bench.command("AT+CONF? RootCA pem").body, pem, "a failed paste changes nothing");
}

proptest! {
    #[test]
    fn any_bytes_are_kept_as_they_are(bytes in proptest::collection::vec(any::<u8>(), 0..=128)) {
        let mut bench = Bench::start(Chip::new(1));
        for key in ["CustomName", "Topic2"] {
            let parameter = [key.as_bytes(), b"=", &bytes].concat();
            let line: Vec<u8> = Command::new("CONF", &parameter).bytes().collect();
            prop_assert_eq!(bench.feed(&line), b"OK\r\n");
            let reply = bench.feed(format!("AT+CONF? {key}\n").as_bytes());
            let value = reply.strip_prefix(b"OK").and_then(|rest| rest.strip_suffix(b"\r\n")).expect("a reply");
            let mut value = value.strip_prefix(b" ").unwrap_or(value).to_vec();
            prop_assert_eq!(&*wire::escape::decode_in_place(&mut value).expect("escaped"), &bytes[..]);
        }
    }
}
