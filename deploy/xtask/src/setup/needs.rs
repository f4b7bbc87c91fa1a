//! The programs that each command needs and the packages they come from.
//!
//! A C compiler is not in the list: this program could not have been linked without one.

use crate::cli::HsmKind;
use crate::process::find_program;

/// A program that has to be on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// The file on the search path, or a whole path for what is not run by itself.
    pub(crate) name: &'static str,
    /// The Debian package it comes from.
    pub(crate) package: &'static str,
    /// What it is needed for.
    pub(crate) purpose: &'static str,
}

impl Program {
    pub(crate) fn is_here(&self) -> bool {
        find_program(self.name).is_some()
    }
}

const QEMU: Program =
    Program { name: "qemu-system-arm", package: "qemu-system-arm", purpose: "emulates the modules" };
const OPENSSL: Program =
    Program { name: "openssl", package: "openssl", purpose: "checks certificates and the batch's signature" };
/// Where Debian puts engines for OpenSSL 3.
#[cfg(target_arch = "aarch64")]
const ENGINE: &str = "/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so";
#[cfg(not(target_arch = "aarch64"))]
const ENGINE: &str = "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so";
const OPENSSL_ENGINE: Program = Program {
    name: ENGINE,
    package: "libengine-pkcs11-openssl",
    purpose: "lets OpenSSL sign with our PKCS#11 module",
};
const PKCS11_TOOL: Program =
    Program { name: "pkcs11-tool", package: "opensc", purpose: "uses our PKCS#11 module as others would" };
const SOFTHSM: Program =
    Program { name: "softhsm2-util", package: "softhsm2", purpose: "a second PKCS#11 module beside ours" };
const STRACE: Program = Program {
    name: "strace",
    package: "strace",
    purpose: "keeps record of the ledger's writes, to cut the power between them",
};
const UNZIP: Program =
    Program { name: "unzip", package: "unzip", purpose: "opens a batch as its receiver would" };
const ZBAR: Program = Program { name: "zbarimg", package: "zbar-tools", purpose: "reads the printed labels" };

/// What a command needs beyond Rust itself and a compiler for the firmware, which they all need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) programs: Vec<Program>,
    /// Components of the Rust toolchain.
    pub(crate) components: Vec<&'static str>,
}

impl Needs {
    /// What the tests need, which is all there is.
    pub(crate) fn everything() -> Self {
        Self {
            programs: vec![QEMU, OPENSSL, OPENSSL_ENGINE, PKCS11_TOOL, UNZIP, SOFTHSM, ZBAR, STRACE],
            components: vec!["rustfmt", "clippy"],
        }
    }

    /// What the demo needs.
    pub(crate) fn demo(hsm: HsmKind) -> Self {
        let mut programs = vec![QEMU, OPENSSL, UNZIP];
        if hsm == HsmKind::Softhsm {
            programs.push(SOFTHSM);
        }
        Self { programs, components: Vec::new() }
    }
}
