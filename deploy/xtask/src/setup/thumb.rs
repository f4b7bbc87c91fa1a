//! A compiler that builds for the module's chip.
//!
//! The usual way is rustup's precompiled `core` for `thumbv6m-none-eabi`. Where its server is out of reach, `core` is
//! compiled from source (`-Zbuild-std`), with the compiler in use if its sources are here, and otherwise with Debian's
//! packages `rustc-web`, `rust-web-src` and `lld` (Debian's own `rustc` is older than what this project needs; the
//! `-web` packages are those that its browsers are built with).

mod decision;
mod survey;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use self::decision::{Step, Tried, next};
use self::survey::survey;
use crate::exit::Missing;
use crate::process::{Ended, run_quietly};
use crate::screen::Screen;

/// The module's chip, a Cortex-M0, as rustc calls it.
pub(crate) const TARGET: &str = "thumbv6m-none-eabi";

/// What the fallback takes from Debian.
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld"];

/// Long enough for some megabytes over a slow line; a server that is out of reach may otherwise hang for ever.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// A way to compile the firmware that works on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The toolchain in use has a precompiled `core` for the chip.
    Precompiled,
    /// `core` and `alloc` are compiled from source as part of the build.
    FromSource {
        /// The compiler that fits the sources.
        rustc: PathBuf,
        /// The linker, where rustc does not bring its own.
        linker: Option<PathBuf>,
    },
}

impl Compiler {
    /// Adds to a cargo command what this way of compiling needs.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command.args(["--target", TARGET]);
        let Self::FromSource { rustc, linker } = self else { return };
        command.arg("-Zbuild-std=core,alloc").env("RUSTC", rustc);
        // `-Z` options are not for stable compilers; this says that we know.
        command.env("RUSTC_BOOTSTRAP", "1");
        if let Some(linker) = linker {
            let variable = format!("CARGO_TARGET_{}_LINKER", TARGET.to_uppercase().replace('-', "_"));
            command.env(variable, linker);
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Precompiled => TARGET.to_owned(),
            Self::FromSource { rustc, .. } => format!("{TARGET}, core from source, by {}", rustc.display()),
        }
    }
}

/// Finds a compiler for the module's chip, or installs one.
pub(super) fn provide(screen: &Screen, logs: &Path) -> Result<Compiler> {
    let mut tried = Tried::default();
    loop {
        match next(&survey(), tried) {
            Step::Use(compiler) => {
                screen.fact("found", &compiler.describe());
                return Ok(compiler);
            }
            Step::AskRustup => {
                tried.rustup = true;
                let busy = screen.busy(&format!("Installing {TARGET}"));
                let mut command = Command::new("rustup");
                command.args(["target", "add", TARGET]);
                let log = logs.join("rustup-target.log");
                match run_quietly(&mut command, RUSTUP_LIMIT, &log)? {
                    ended if ended.success() => busy.done("installed", TARGET),
                    Ended::Overdue => busy.failed("rustup: its server did not answer in time"),
                    Ended::Itself(_) => busy.failed(&format!("rustup; its output is in {}", log.display())),
                }
            }
            Step::InstallPackages => {
                tried.packages = true;
                super::packages::install(screen, logs, &PACKAGES)?;
            }
            Step::GiveUp => {
                let what = format!("a Rust compiler for {TARGET}");
                return Err(Missing { what, commands: vec![format!("rustup target add {TARGET}")] }.into());
            }
        }
    }
}
