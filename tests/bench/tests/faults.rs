//! Probe, chip and UART faults, as probe-rs and a serial port see them.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use probe_rs::{MemoryInterface, config::TargetSelector};
use support::{Image, attach, attach_as, bench, flash};
use virtual_bench::fault::Fault;

#[test]
#[ignore = "needs QEMU"]
fn a_probe_that_vanishes_breaks_flashing_and_comes_back() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    client.fault("1", Fault::ProbeVanishes { after_bytes: 4000 }).unwrap();
    // probe-rs panics on some broken connections, which is for the station to catch.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut session = attach(&bench).unwrap();
        flash(&mut session, &Image::counter(0x4000)).is_ok()
    }));
    assert!(!outcome.unwrap_or(false));
    let status = client.status().unwrap();
    assert_eq!(status.slots[0].faults, [Fault::ProbeVanishes { after_bytes: 0 }]);
    let address = status.slots[0].probe.strip_prefix("1d50:6018:").unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_err());

    client.clear("1").unwrap();
    while TcpStream::connect(&address).is_err() {}
    let mut session = attach(&bench).unwrap();
    flash(&mut session, &Image::counter(0x4000)).unwrap();
}

#[test]
#[ignore = "needs QEMU"]
fn a_second_host_is_turned_away() {
    let bench = bench(|_| {});
    let _session = attach(&bench).unwrap();
    assert!(attach(&bench).is_err());
}

#[test]
#[ignore = "needs QEMU"]
fn the_chip_is_recognised_and_the_wrong_one_too() {
    let bench = bench(|_| {});
    assert_eq!(attach_as(&bench, TargetSelector::Auto).unwrap().target().name, "nRF51822_xxAA");
    bench.client().unwrap().fault("1", Fault::WrongChip).unwrap();
    // probe-rs goes on to ask for the nRF52's control access port, which is not there.
    assert!(attach_as(&bench, TargetSelector::Auto).is_err());
    let mut session = attach(&bench).unwrap();
    let mut core = session.core(0).unwrap();
    assert_eq!(core.read_word_32(0x1000_0100).unwrap(), 0x52832, "INFO.PART");
    assert_eq!(core.read_word_32(0xE000_ED00).unwrap(), 0x410F_C241, "CPUID");
}

#[test]
#[ignore = "needs QEMU"]
fn the_uart_can_fall_silent_or_talk_noise() {
    let noise = || {
        let bench = bench(|_| {});
        let mut client = bench.client().unwrap();
        {
            let mut session = attach(&bench).unwrap();
            flash(&mut session, &Image::echo()).unwrap();
            session.core(0).unwrap().reset().unwrap();
        }
        let port = client.status().unwrap().slots[0].port.clone();
        let open =
            serialport::new(port.to_str().unwrap(), 115_200).timeout(Duration::from_millis(500)).open();
        let mut port = open.unwrap();
        let mut answer = vec![0; 32];
        // What a module is sent before it is up is lost.
        while port.write_all(b"?").and_then(|()| port.read_exact(&mut [0])).is_err() {}
        client.fault("1", Fault::UartSilent).unwrap();
        port.write_all(&[b'x'; 32]).unwrap();
        assert!(port.read_exact(&mut answer).is_err());
        client.clear("1").unwrap();
        client.fault("1", Fault::UartGarbage).unwrap();
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
