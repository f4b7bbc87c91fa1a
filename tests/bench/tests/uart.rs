//! Faults of the serial line, as a serial port sees them.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use serialport::SerialPort;
use support::{Image, TestBench, attach, bench, flash};
use virtual_bench::{client::Client, fault::Fault};

/// A module that says what it hears, up and running, and the port it is heard at.
fn parrot() -> (TestBench, Client, Box<dyn SerialPort>) {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    {
        let mut session = attach(&bench).unwrap();
        flash(&mut session, &Image::echo()).unwrap();
        session.core(0).unwrap().reset().unwrap();
    }
    let port = client.status().unwrap().slots[0].port.clone();
    let open = serialport::new(port.to_str().unwrap(), 115_200).timeout(Duration::from_millis(500)).open();
    let mut port = open.unwrap();
    wait_until_up(&mut *port);
    (bench, client, port)
}

/// What a module is sent before it is up is lost.
fn wait_until_up(port: &mut dyn SerialPort) {
    while port.write_all(b"?").and_then(|()| port.read_exact(&mut [0])).is_err() {}
    // An earlier one may have been heard after all, and be answered late.
    while port.read_exact(&mut [0]).is_ok() {}
}

/// Says something, and gives all that comes back.
fn hear(port: &mut dyn SerialPort, said: &[u8]) -> Vec<u8> {
    port.write_all(said).unwrap();
    let mut heard = Vec::new();
    let mut byte = [0];
    while port.read_exact(&mut byte).is_ok() {
        heard.extend(byte);
    }
    heard
}

#[test]
#[ignore = "needs QEMU"]
fn the_uart_can_fall_silent_or_talk_noise() {
    let noise = || {
        let (_bench, mut client, mut port) = parrot();
        client.fault("1", Fault::UartSilent).unwrap();
        assert_eq!(hear(&mut *port, &[b'x'; 32]), b"");
        client.clear("1").unwrap();
        client.fault("1", Fault::UartGarbage).unwrap();
        let mut answer = [0; 32];
        // One by one, so that what a piece of the line holds is the same each time.
        for byte in &mut answer {
            port.write_all(b"x").unwrap();
            port.read_exact(std::slice::from_mut(byte)).unwrap();
        }
        answer
    };
    let first = noise();
    assert_ne!(first, [b'x'; 32]);
    assert_eq!(noise(), first, "the same seed makes the same noise");
}

#[test]
#[ignore = "needs QEMU"]
fn a_byte_is_lost_doubled_or_changed_once() {
    let (_bench, mut client, mut port) = parrot();
    let cases = [
        (Fault::UartDrops { byte: 2, command: None }, "OK234567890123456789"),
        (Fault::UartRepeats { byte: 17, command: None }, "OK12345678901234566789"),
        (Fault::UartCorrupts { byte: 0, command: None }, "MK1234567890123456789"),
    ];
    for (fault, expected) in cases {
        client.fault("1", fault).unwrap();
        let said = b"OK1234567890123456789";
        assert_eq!(hear(&mut *port, said), expected.as_bytes());
        assert!(client.status().unwrap().slots[0].faults.is_empty());
        assert_eq!(hear(&mut *port, said), said);
    }
}

#[test]
#[ignore = "needs QEMU"]
fn bytes_come_alone_or_after_noise() {
    let (_bench, mut client, mut port) = parrot();
    client.fault("1", Fault::UartSplits { pause_ms: 20 }).unwrap();
    let begun = Instant::now();
    port.write_all(b"0123456789").unwrap();
    let mut answer = [0; 10];
    port.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"0123456789");
    assert!(begun.elapsed() >= Duration::from_millis(200));

    client.clear("1").unwrap();
    client.fault("1", Fault::UartFloods { bytes: 100, command: None }).unwrap();
    let heard = hear(&mut *port, b"OK");
    assert_eq!((heard.len(), &heard[100..]), (102, &b"OK"[..]));
    assert_eq!(hear(&mut *port, b"OK"), b"OK");
}

#[test]
#[ignore = "needs QEMU"]
fn a_module_reboots_in_its_reply_once() {
    let (_bench, mut client, mut port) = parrot();
    for after_bytes in [0, 4] {
        let reboots = Fault::ModuleReboots { command: "KEYGEN".to_owned(), after_bytes };
        client.fault("1", reboots.clone()).unwrap();
        assert_eq!(hear(&mut *port, b"AT+DIAG CSR\n"), b"AT+DIAG CSR\n");
        assert_eq!(client.status().unwrap().slots[0].faults, [reboots]);
        let heard = hear(&mut *port, b"AT+DIAG KEYGEN\n");
        // What had not been said before is lost; what of the line was still on its way may come after the start.
        let (whole, said) = (b"AT+DIAG KEYGEN\n", usize::try_from(after_bytes).unwrap());
        assert!(heard.starts_with(&whole[..said]) && heard.len() < whole.len(), "{}", heard.escape_ascii());
        wait_until_up(&mut *port);
        assert_eq!(hear(&mut *port, b"AT+DIAG KEYGEN\n"), b"AT+DIAG KEYGEN\n");
    }
}
