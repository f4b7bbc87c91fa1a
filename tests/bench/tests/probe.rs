//! An unmodified probe-rs against the virtual probe: attach, halt, registers, flash, run, protect.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::time::{Duration, Instant};

use probe_rs::{CoreStatus, MemoryInterface, RegisterId};
use support::{Image, attach, bench, flash};

#[test]
#[ignore = "needs QEMU"]
fn a_blank_part_reads_ones_and_is_locked_up() {
    let bench = bench(|_| {});
    let mut session = attach(&bench).unwrap();
    let mut core = session.core(0).unwrap();
    let mut flash = vec![0; 0x4_0000];
    core.read(0, &mut flash).unwrap();
    assert!(flash.iter().all(|&byte| byte == 0xFF));
    assert_eq!(core.read_word_32(0x1000_1004).unwrap(), u32::MAX);
    assert_eq!(core.status().unwrap(), CoreStatus::LockedUp);
    core.halt(Duration::from_secs(1)).unwrap();
    assert!(core.core_halted().unwrap());
}

#[test]
#[ignore = "needs QEMU"]
fn registers_and_memory_of_a_halted_core_can_be_set() {
    let bench = bench(|_| {});
    let mut session = attach(&bench).unwrap();
    let mut core = session.core(0).unwrap();
    core.halt(Duration::from_secs(1)).unwrap();
    // PRIMASK, then MSP, then general registers.
    for (register, value) in [(20, 1), (17, 0x2000_2000), (0, 0xDEAD_BEEF), (12, 12), (14, 0x2000_0101)] {
        core.write_core_reg(RegisterId(register), value).unwrap();
        let read: u32 = core.read_core_reg(RegisterId(register)).unwrap();
        assert_eq!(read, value, "register {register}");
    }
    let pattern: Vec<u8> = (0..=255).cycle().take(3001).collect();
    core.write(0x2000_0001, &pattern).unwrap();
    let mut read = vec![0; pattern.len()];
    core.read(0x2000_0001, &mut read).unwrap();
    assert_eq!(read, pattern);
    assert!(core.read_word_32(0x3000_0000).is_err(), "nothing is there");
}

#[test]
#[ignore = "needs QEMU"]
fn an_image_is_flashed_verified_and_runs() {
    let bench = bench(|_| {});
    let image = Image::counter(0x4000);
    let mut session = attach(&bench).unwrap();
    flash(&mut session, &image).unwrap();
    let mut core = session.core(0).unwrap();
    let mut read = vec![0; image.bytes.len()];
    core.read(0, &mut read).unwrap();
    assert_eq!(read, image.bytes);
    core.reset().unwrap();
    let first = core.read_word_32(Image::COUNTER).unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    while core.read_word_32(Image::COUNTER).unwrap() == first {
        assert!(Instant::now() < deadline, "the image does not run");
    }
    // Breakpoint at the loop, one step, and on.
    core.set_hw_breakpoint(Image::LOOP).unwrap();
    core.wait_for_core_halted(Duration::from_secs(1)).unwrap();
    assert_eq!(core.read_core_reg::<u32>(RegisterId(15)).unwrap(), u32::try_from(Image::LOOP).unwrap());
    core.step().unwrap();
    core.clear_hw_breakpoint(Image::LOOP).unwrap();
    core.run().unwrap();
    assert!(!core.core_halted().unwrap());
}

#[test]
#[ignore = "needs QEMU"]
fn an_empty_slot_has_no_target() {
    let bench = bench(|_| {});
    bench.client().unwrap().take("1").unwrap();
    assert!(attach(&bench).is_err());
    bench.client().unwrap().put("1").unwrap();
    assert!(attach(&bench).is_ok());
}
