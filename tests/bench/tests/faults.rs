//! Faults of probe and chip, as probe-rs sees them.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    net::TcpStream,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, Instant},
};

use probe_rs::{
    MemoryInterface,
    config::TargetSelector,
    flashing::{FileDownloadError, FlashError},
};
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
fn a_probe_that_stalls_answers_nothing_until_it_is_plugged_in_again() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    client.fault("1", Fault::ProbeStalls { after_bytes: 4000 }).unwrap();
    // Whoever waits for an answer does so until the fault is cleared.
    let begun = Instant::now();
    let hand = thread::spawn({
        let mut client = bench.client().unwrap();
        move || {
            while client.status().unwrap().slots[0].faults != [Fault::ProbeStalls { after_bytes: 0 }] {
                thread::sleep(Duration::from_millis(10));
            }
            thread::sleep(Duration::from_millis(500));
            client.clear("1").unwrap();
        }
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut session = attach(&bench).unwrap();
        flash(&mut session, &Image::counter(0x4000)).is_ok()
    }));
    assert!(!outcome.unwrap_or(false));
    assert!(begun.elapsed() >= Duration::from_millis(500));
    hand.join().unwrap();
    let mut session = attach(&bench).unwrap();
    flash(&mut session, &Image::counter(0x4000)).unwrap();
}

#[test]
#[ignore = "needs QEMU"]
fn a_probe_that_babbles_makes_probe_rs_panic() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    client.fault("1", Fault::ProbeBabbles).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| attach(&bench).is_ok())).is_err());
    client.clear("1").unwrap();
    attach(&bench).unwrap();
}

#[test]
#[ignore = "needs QEMU"]
fn a_broken_flash_cell_is_found_when_the_image_is_verified() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    client.fault("1", Fault::FlashReadsBackWrong).unwrap();
    let mut session = attach(&bench).unwrap();
    let error = flash(&mut session, &Image::counter(0x4000)).unwrap_err();
    assert!(matches!(error, FileDownloadError::Flash(FlashError::Verify)), "{error:?}");
    client.clear("1").unwrap();
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
