//! What is on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::TARGET;
use super::decision::{Rustc, Survey};
use crate::process::{ask, find_program};
use crate::setup::packages;

/// Debian's compiler. Named in full: on the search path, rustup's would come first.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Looks around, without asking any server.
pub(super) fn survey() -> Survey {
    let own = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    if has_precompiled_core(&own) {
        // The usual case, and the rest takes a while.
        return Survey { precompiled: true, ..Survey::default() };
    }
    Survey {
        precompiled: false,
        own: rustc(own),
        debian: rustc(PathBuf::from(DEBIAN_RUSTC)),
        linker: find_program("ld.lld"),
        rustup: find_program("rustup").is_some(),
        packages: super::PACKAGES.iter().all(|package| packages::offered(package)),
    }
}

fn has_precompiled_core(rustc: &Path) -> bool {
    let Some(directory) = ask(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn rustc(path: PathBuf) -> Option<Rustc> {
    let version = minor_version(&ask(Command::new(&path).arg("--version"))?)?;
    let sysroot = PathBuf::from(ask(Command::new(&path).args(["--print", "sysroot"]))?);
    let host = ask(Command::new(&path).args(["--version", "--verbose"]))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "))?;
    let rustlib = sysroot.join("lib/rustlib");
    Some(Rustc {
        path,
        version,
        sources: rustlib.join("src/rust/library/Cargo.lock").is_file(),
        linker: rustlib.join(host).join("bin/rust-lld").is_file(),
    })
}

/// The number that counts in `rustc 1.95.0 (59807616e 2026-04-14)`.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_rustup_and_of_debian_are_read() {
        assert_eq!(minor_version("rustc 1.95.0 (59807616e 2026-04-14)"), Some(95));
        assert_eq!(minor_version("rustc 1.63.0"), Some(63));
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"),
            Some(96)
        );
        assert_eq!(minor_version("clang version 14"), None);
    }

    #[test]
    fn the_compiler_in_use_is_seen() {
        let own = rustc("rustc".into()).expect("this test was compiled by one");
        assert!(own.version >= 95);
    }
}
