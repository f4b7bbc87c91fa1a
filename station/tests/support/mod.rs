//! What the tests against real PKCS#11 modules have in common: the modules, a place for tokens, a runtime.
//!
//! `TEST_PKCS11_MODULE` names a module's file; without it, the tests are run on SoftHSM2, taken where Debian
//! and Fedora put it, and on hsm-sim, if it is built. Without any module all tests are shown as ignored.
//!
//! Modules find their tokens through the environment when they are initialised. So the program makes a
//! folder for them, starts itself once more for each module with the environment set, and those run the
//! tests. Both variables are set always: a module looks at its own and ignores the other.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;

use libtest_mimic::{Arguments, Trial};
use station::hsm::{Pin, TokenAddress};
use station::pki::Subject;
use station::pki::authority::Plan;
use tokio::runtime::Runtime;

/// The module's file, given to the second process.
const MODULE: &str = "TEST_PKCS11_MODULE";
/// Set in the second process.
const INSIDE: &str = "STATION_TEST_HSM_INSIDE";
/// Where hsm-sim has its tokens and its log.
pub(crate) const HSM_SIM: &str = "HSM_SIM_DIR";
/// Where Debian and Fedora put SoftHSM2.
const SOFTHSM: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];
pub(crate) const USER_PIN: &str = "94827361";
pub(crate) const SO_PIN: &str = "17263548";

/// The tests share a runtime, because the HSM's thread answers to whoever waits.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Runs the tests on every module there is, each with so many blank tokens. `trials` is told whether they
/// are to be ignored.
pub(crate) fn run(tokens: usize, trials: impl Fn(bool) -> Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // SoftHSM2 2.6.1 answers CKR_GENERAL_ERROR when two sessions make keys at the same time.
    arguments.test_threads = Some(1);
    if variable(INSIDE).is_some() {
        return libtest_mimic::run(&arguments, trials(false)).exit_code();
    }
    let mut modules = modules();
    if modules.is_empty() {
        return libtest_mimic::run(&arguments, trials(true)).exit_code();
    }
    if arguments.list {
        // They are the same tests.
        modules.truncate(1);
    }
    let run = |module: &PathBuf| run_inside(module, tokens).expect("the tests are started");
    // Each of them, even if one fails.
    let outcomes: Vec<bool> = modules.iter().map(run).collect();
    if outcomes.iter().all(|passed| *passed) { ExitCode::SUCCESS } else { ExitCode::from(101) }
}

/// Runs this program once more with an empty token store.
fn run_inside(module: &Path, tokens: usize) -> io::Result<bool> {
    let folder = tempfile::tempdir()?;
    let softhsm = folder.path().join("softhsm");
    std::fs::create_dir(&softhsm)?;
    let configuration = folder.path().join("softhsm2.conf");
    std::fs::write(
        &configuration,
        format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            softhsm.display()
        ),
    )?;
    let hsm_sim = folder.path().join("hsm-sim");
    std::fs::create_dir(&hsm_sim)?;
    std::fs::write(hsm_sim.join("hsm-sim.toml"), format!("slots = {tokens}\naudit = true\n"))?;
    Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(MODULE, module)
        .env(INSIDE, "1")
        .env("SOFTHSM2_CONF", configuration)
        .env(HSM_SIM, hsm_sim)
        .status()
        .map(|status| status.success())
}

fn modules() -> Vec<PathBuf> {
    if let Some(module) = variable(MODULE) {
        return vec![module.into()];
    }
    let softhsm = SOFTHSM.iter().map(PathBuf::from).find(|path| path.exists());
    // `target/debug`, two folders above the test.
    let test = std::env::current_exe().unwrap_or_default();
    let built = test.ancestors().nth(2).map(|folder| folder.join("libhsm_sim.so"));
    softhsm.into_iter().chain(built.filter(|path| path.exists())).collect()
}

/// The module that is tested.
pub(crate) fn module() -> Option<PathBuf> {
    variable(MODULE).map(PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "the environment says which module is tested")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    RUNTIME.block_on(answer)
}

pub(crate) fn address(token: &str) -> TokenAddress {
    TokenAddress { module: module().expect("ignored without one"), token: token.into() }
}

pub(crate) fn pin(text: &str) -> Pin {
    Pin::from(text.to_owned())
}

/// An authority for tests.
pub(crate) fn plan() -> Plan {
    let subject = |common_name: &str| Subject {
        country: None,
        organization: Some("Example Modules".into()),
        organizational_unit: None,
        common_name: common_name.into(),
    };
    Plan {
        root: subject("TEST Root"),
        issuing: subject("TEST Issuing"),
        manifest: subject("TEST Manifest"),
        root_years: 40,
        leaf_years: 30,
    }
}
