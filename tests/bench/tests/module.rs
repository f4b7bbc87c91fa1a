//! What a module keeps and what it loses: seating, UART, UICR and read-back protection, lock-up.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use probe_rs::{MemoryInterface, RegisterId};
use serialport::{ClearBuffer, SerialPort};
use support::{Image, TestBench, attach, bench, flash};

const RBPCONF: u64 = 0x1000_1004;
const PROTECT_ALL: u32 = 0xFFFF_00FF;
const NVMC_CONFIG: u64 = 0x4001_E504;
const NVMC_ERASEALL: u64 = 0x4001_E50C;

/// Flashes an image and lets it run from reset, with the debugger gone.
fn install(bench: &TestBench, image: &Image) {
    let mut session = attach(bench).unwrap();
    flash(&mut session, image).unwrap();
    session.core(0).unwrap().reset().unwrap();
}

fn open_port(bench: &TestBench) -> Box<dyn SerialPort> {
    let port = bench.client().unwrap().status().unwrap().slots[0].port.clone();
    serialport::new(port.to_str().unwrap(), 115_200).timeout(Duration::from_millis(500)).open().unwrap()
}

fn echo(port: &mut dyn SerialPort, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    port.write_all(bytes)?;
    let mut answer = vec![0; bytes.len()];
    port.read_exact(&mut answer).map(|()| answer)
}

/// Waits until a firmware that echoes is up. What it is sent before is lost.
fn wait_for_echo(port: &mut dyn SerialPort) {
    wait_for("the module does not answer", || {
        port.clear(ClearBuffer::Input).unwrap();
        echo(port, b"?").is_ok_and(|answer| answer == b"?")
    });
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
#[ignore = "needs QEMU"]
fn the_uart_is_silent_without_a_module_and_the_firmware_survives_the_tray() {
    let bench = bench(|_| {});
    install(&bench, &Image::echo());
    let mut port = open_port(&bench);
    wait_for_echo(&mut *port);
    assert_eq!(echo(&mut *port, b"AT\r\n").unwrap(), b"AT\r\n");

    let mut client = bench.client().unwrap();
    let first = client.take("1").unwrap();
    assert!(echo(&mut *port, b"AT\r\n").is_err());
    let second = client.put_fresh("1").unwrap();
    assert_ne!(first, second);
    assert!(echo(&mut *port, b"AT\r\n").is_err(), "a blank module says nothing");
    client.take("1").unwrap();
    client.put_module("1", &first).unwrap();
    wait_for_echo(&mut *port);
}

#[test]
#[ignore = "needs QEMU"]
fn a_debugger_can_halt_and_reflash_a_core_that_sleeps() {
    let bench = bench(|_| {});
    install(&bench, &Image::echo());
    let mut session = attach(&bench).unwrap();
    let mut core = session.core(0).unwrap();
    core.halt(Duration::from_secs(1)).unwrap();
    drop(core);
    flash(&mut session, &Image::counter(0x800)).unwrap();
    let mut core = session.core(0).unwrap();
    core.reset().unwrap();
    let first = core.read_word_32(Image::COUNTER).unwrap();
    wait_for("the image does not run", || core.read_word_32(Image::COUNTER).unwrap() != first);
}

#[test]
#[ignore = "needs QEMU"]
fn bytes_take_their_time_on_the_uart() {
    let bench = bench(|options| options.paced = true);
    install(&bench, &Image::echo());
    let mut port = open_port(&bench);
    wait_for_echo(&mut *port);
    let bytes: Vec<u8> = (0..1152).map(|byte: u32| (byte % 251) as u8).collect();
    let begin = Instant::now();
    let answer = echo(&mut *port, &bytes).unwrap();
    let took = begin.elapsed();
    assert_eq!(answer, bytes);
    // 1152 bytes are 100 ms; they come back while they go out.
    assert!(took > Duration::from_millis(95), "{took:?}");
    assert!(took < Duration::from_millis(400), "{took:?}");
}

#[test]
#[ignore = "needs QEMU"]
fn protection_comes_with_the_firmwares_own_reset_and_stays() {
    let bench = bench(|_| {});
    install(&bench, &Image::sealer());
    let mut client = bench.client().unwrap();
    for round in ["after its own reset", "after a power cut"] {
        let locked = || {
            let Ok(mut session) = attach(&bench) else { return false };
            let Ok(mut core) = session.core(0) else { return false };
            core.read_word_32(0).is_err()
        };
        wait_for(round, locked);
        let mut session = attach(&bench).unwrap();
        let mut core = session.core(0).unwrap();
        assert_eq!(core.read_word_32(RBPCONF).unwrap(), PROTECT_ALL, "{round}");
        assert!(core.read_word_32(0x2000_0000).is_err(), "{round}");
        core.halt(Duration::from_millis(100)).unwrap();
        for register in 0..16 {
            core.write_core_reg(RegisterId(register), 0x2000_0000_u32).unwrap();
            assert_eq!(core.read_core_reg::<u32>(RegisterId(register)).unwrap(), 0, "{round}");
        }
        drop(core);
        drop(session);
        client.take("1").unwrap();
        client.put("1").unwrap();
    }
    // The bench itself still sees what is inside.
    let file = tempfile::NamedTempFile::new().unwrap();
    client.dump("1", file.path()).unwrap();
    let image = Image::sealer().bytes;
    assert_eq!(std::fs::read(file.path()).unwrap()[..image.len()], image);
}

#[test]
#[ignore = "needs QEMU"]
fn erasing_all_is_the_way_back_from_protection() {
    let bench = bench(|_| {});
    install(&bench, &Image::sealer());
    wait_for("the firmware does not seal", || {
        attach(&bench)
            .is_ok_and(|mut session| session.core(0).is_ok_and(|mut core| core.read_word_32(0).is_err()))
    });
    {
        let mut session = attach(&bench).unwrap();
        let mut core = session.core(0).unwrap();
        core.write_word_32(NVMC_CONFIG, 2).unwrap();
        core.write_word_32(NVMC_ERASEALL, 1).unwrap();
        core.write_word_32(NVMC_CONFIG, 0).unwrap();
        assert!(core.read_word_32(0).is_err(), "protection holds until the next reset");
    }
    let mut client = bench.client().unwrap();
    client.take("1").unwrap();
    client.put("1").unwrap();
    let mut session = attach(&bench).unwrap();
    let mut core = session.core(0).unwrap();
    assert_eq!(core.read_word_32(0).unwrap(), u32::MAX);
    assert_eq!(core.read_word_32(RBPCONF).unwrap(), u32::MAX);
}

#[test]
#[ignore = "needs QEMU"]
fn a_core_that_locks_up_can_be_flashed_again() {
    let bench = bench(|_| {});
    install(&bench, &Image::crasher());
    let mut client = bench.client().unwrap();
    wait_for("the core does not lock up", || {
        client.status().unwrap().slots[0].core.as_deref() == Some("locked-up")
    });
    let mut session = attach(&bench).unwrap();
    assert_eq!(session.core(0).unwrap().read_word_32(0).unwrap(), 0x2000_4000, "flash is kept");
    drop(session);
    install(&bench, &Image::echo());
    let mut port = open_port(&bench);
    wait_for_echo(&mut *port);
}

#[test]
#[ignore = "needs QEMU"]
fn every_module_has_its_own_device_id() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    let read = || {
        let mut session = attach(&bench).unwrap();
        let mut core = session.core(0).unwrap();
        (core.read_word_32(0x1000_0060).unwrap(), core.read_word_32(0x1000_0064).unwrap())
    };
    let first = read();
    client.take("1").unwrap();
    client.put_fresh("1").unwrap();
    assert_ne!(read(), first);
    client.take("1").unwrap();
    client.put_module("1", "m0001").unwrap();
    assert_eq!(read(), first);
}
