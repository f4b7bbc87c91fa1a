//! How long probe-rs takes to attach and to flash 60 KB, and that paced time is the wire's.
//!
//! Run with `cargo test -p virtual-bench --test speed -- --ignored --nocapture` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use probe_rs::MemoryInterface;
use support::{Image, attach, bench, flash};

const LENGTH: usize = 60 * 1024;

/// Attaches, flashes, verifies; returns both times.
fn measure(paced: bool) -> (Duration, Duration) {
    let bench = bench(|options| options.paced = paced);
    let begin = Instant::now();
    let mut session = attach(&bench).unwrap();
    let attached = begin.elapsed();
    let begin = Instant::now();
    flash(&mut session, &Image::counter(LENGTH)).unwrap();
    (attached, begin.elapsed())
}

#[test]
#[ignore = "needs QEMU"]
fn a_clocked_core_runs_at_its_own_speed() {
    let bench = bench(|options| options.clocked = true);
    let mut session = attach(&bench).unwrap();
    flash(&mut session, &Image::counter(0x400)).unwrap();
    let mut core = session.core(0).unwrap();
    core.reset().unwrap();
    // The program begins with setting its counter to zero.
    sleep(Duration::from_millis(100));
    let begin = Instant::now();
    let first = core.read_word_32(Image::COUNTER).unwrap();
    sleep(Duration::from_secs(1));
    let loops = core.read_word_32(Image::COUNTER).unwrap() - first;
    // Four instructions a loop, 64 ns each.
    let expected = begin.elapsed().as_nanos() / 256;
    println!("{loops} loops, expected {expected}");
    assert!(u128::from(loops) < expected * 12 / 10);
    assert!(u128::from(loops) > expected / 20, "a busy host may be late, but not so late");
}

#[test]
#[ignore = "needs QEMU"]
fn flashing_takes_the_time_of_the_wire() {
    for paced in [true, false] {
        let (attach, flash) = measure(paced);
        println!("paced {paced}: attach {attach:?}, flash and verify {LENGTH} bytes {flash:?}");
        if paced {
            // Every word crosses the wire twice, to be written and to be verified, in 48 bits at 1 MHz.
            let wire = Duration::from_micros(48) * u32::try_from(2 * LENGTH / 4).unwrap();
            assert!(flash >= wire, "{flash:?}");
        }
    }
}
