//! A bench in a directory of its own, and what tests do with its probe.
#![expect(dead_code, reason = "each test program uses another part")]

mod image;

use std::ops::Deref;

use probe_rs::{
    Permissions, Session,
    config::TargetSelector,
    flashing::{self, DownloadOptions, ElfLoader, ElfOptions, FileDownloadError},
    probe::{DebugProbeSelector, WireProtocol, list::Lister},
};
use tempfile::TempDir;
use virtual_bench::{Bench, Options};

pub(crate) use self::image::Image;

/// A bench that is gone at the end of the test.
pub(crate) struct TestBench {
    bench: Bench,
    directory: TempDir,
}

impl Deref for TestBench {
    type Target = Bench;

    fn deref(&self) -> &Bench {
        &self.bench
    }
}

/// Starts a bench with one slot, a blank module seated, devices as fast as they can, and whatever else
/// `change` says.
pub(crate) fn bench(change: impl FnOnce(&mut Options)) -> TestBench {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path());
    options.seated = true;
    options.paced = false;
    change(&mut options);
    TestBench { bench: Bench::start(&options).unwrap(), directory }
}

/// Attaches probe-rs to the module in the bench's first slot.
pub(crate) fn attach(bench: &Bench) -> Result<Session, probe_rs::Error> {
    attach_as(bench, "nRF51822_xxAA".into())
}

/// The same, for another chip, or to find out which it is.
pub(crate) fn attach_as(bench: &Bench, chip: TargetSelector) -> Result<Session, probe_rs::Error> {
    let status = bench.client().unwrap().status().unwrap();
    let selector: DebugProbeSelector = status.slots[0].probe.parse().unwrap();
    let mut probe = Lister::new().open(selector)?;
    probe.select_protocol(WireProtocol::Swd)?;
    probe.attach(chip, Permissions::default())
}

/// Flashes and verifies an image, as an ELF file.
pub(crate) fn flash(session: &mut Session, image: &Image) -> Result<(), FileDownloadError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), image.elf()).unwrap();
    let mut options = DownloadOptions::new();
    options.verify = true;
    flashing::download_file_with_options(session, file.path(), ElfLoader(ElfOptions::default()), options)
}
