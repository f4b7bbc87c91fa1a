//! Programs that know nothing of hsm-sim work with it as with any other module: `pkcs11-tool`, and OpenSSL with its PKCS#11 engine.
//!
//! Both are in Debian packages, `opensc` and `libengine-pkcs11-openssl`; `cargo xtask test` provides them and runs what is ignored without.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod openssl;
mod tool;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hsm_sim::store::create;
use tempfile::TempDir;

/// A store with a token, on which programs are run.
struct Bench {
    store: TempDir,
}

const OFFICER_PIN: &str = "officer-9041";
const USER_PIN: &str = "user-7352";
const LABEL: &str = "bench-ca";

impl Bench {
    /// A token with both PINs, set up by `pkcs11-tool`.
    fn new() -> Self {
        let store = tempfile::tempdir().unwrap();
        create(store.path()).unwrap();
        let bench = Self { store };
        bench.tool(&["--init-token", "--slot", "0", "--label", LABEL, "--so-pin", OFFICER_PIN]);
        let init_pin = ["--init-pin", "--login", "--login-type", "so"];
        bench.tool(&[&init_pin[..], &["--so-pin", OFFICER_PIN, "--new-pin", USER_PIN]].concat());
        bench
    }

    /// What `pkcs11-tool` says.
    fn tool(&self, arguments: &[&str]) -> String {
        let mut command = self.program("pkcs11-tool");
        command.arg("--module").arg(module()).args(arguments);
        said(&mut command)
    }

    /// The same, as the user.
    fn user_tool(&self, arguments: &[&str]) -> String {
        self.tool(&[&["--token-label", LABEL, "--login", "--pin", USER_PIN], arguments].concat())
    }

    /// A program that finds the store.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("HSM_SIM_DIR", self.store.path()).current_dir(self.store.path()).stdin(Stdio::null());
        command
    }

    /// A file in the store's directory.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.store.path().join(name)
    }
}

/// The shared library of this package. Cargo builds it with the test program and puts it beside it.
fn module() -> PathBuf {
    let name = format!("{}hsm_sim{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let beside = env::current_exe().unwrap().with_file_name(name);
    assert!(beside.exists(), "{} was not built", beside.display());
    beside
}

/// What a program prints, provided that it is content.
#[track_caller]
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let printed =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} ended with {}\n{printed}", output.status);
    printed
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
