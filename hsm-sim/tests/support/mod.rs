//! What the test programs share: each test in a process and a store of its own, through the real shared library.
//!
//! A PKCS#11 module is one per process and finds its tokens by an environment variable. So a test starts the test program
//! again, with a fresh store in the environment and told to run that one test; the body runs there. Tests stay independent, run at the same time,
//! and one that crashes takes no other with it.

pub(crate) mod raw;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use hsm_sim::store::{Settings, configure};

pub(crate) const OFFICER_PIN: &str = "officer-9041";
pub(crate) const USER_PIN: &str = "user-7352";
pub(crate) const LABEL: &str = "bench-ca";

/// secp256r1 as `CKA_EC_PARAMS`.
pub(crate) const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// Another module to test, by its path. Without it, hsm-sim is tested.
const MODULE_VARIABLE: &str = "TEST_PKCS11_MODULE";
/// Tells a process that it is one test's own.
const CHILD_VARIABLE: &str = "HSM_SIM_TEST_CHILD";

/// Runs a test in a process of its own. `$name` is the test function, by which the process finds it again.
macro_rules! in_own_process {
    ($name:ident, $body:expr) => {{
        let path = concat!(module_path!(), "::", stringify!($name));
        let (_program, path) = path.split_once("::").unwrap();
        $crate::support::run_in_own_process(path, &$crate::support::settings(), $body);
    }};
    ($name:ident, $settings:expr, $body:expr) => {{
        let path = concat!(module_path!(), "::", stringify!($name));
        let (_program, path) = path.split_once("::").unwrap();
        $crate::support::run_in_own_process(path, $settings, $body);
    }};
}
pub(crate) use in_own_process;

/// The module under test.
pub(crate) struct Module {
    pub(crate) pkcs11: Pkcs11,
    /// Whether it is hsm-sim and not another.
    pub(crate) is_simulator: bool,
    /// Where its tokens are.
    pub(crate) store: PathBuf,
}

/// What hsm-sim is set to in most tests.
pub(crate) fn settings() -> Settings {
    Settings { slots: 3, user_pin_tries: 3, so_pin_tries: 3, ..Settings::default() }
}

/// The library to test.
pub(crate) fn library_path() -> PathBuf {
    match env::var_os(MODULE_VARIABLE) {
        Some(path) => path.into(),
        None => simulator_path(),
    }
}

/// The shared library of this package. Cargo builds it with the test program and puts it beside it.
pub(crate) fn simulator_path() -> PathBuf {
    let program = env::current_exe().unwrap();
    let name = format!("{}hsm_sim{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let beside = program.with_file_name(&name);
    assert!(beside.exists(), "{} was not built", beside.display());
    beside
}

/// The body of [`in_own_process`].
pub(crate) fn run_in_own_process(test: &str, settings: &Settings, body: impl FnOnce(&Module)) {
    if let Some(store) = env::var_os(CHILD_VARIABLE) {
        body(&Module::load(Path::new(&store)));
        return;
    }
    let store = tempfile::tempdir().unwrap();
    configure(store.path(), settings).unwrap();
    let output = child(test, store.path()).output().unwrap();
    let printed =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{test} in its own process ended with {}\n{printed}", output.status);
    assert!(printed.contains("1 passed"), "{test} was not found\n{printed}");
}

/// A process for one test, on a store that stays.
pub(crate) fn child(test: &str, store: &Path) -> Command {
    let softhsm = store.join("softhsm2.conf");
    std::fs::write(&softhsm, format!("directories.tokendir = {}\n", store.display())).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(CHILD_VARIABLE, store)
        .env("HSM_SIM_DIR", store)
        .env("SOFTHSM2_CONF", softhsm)
        .stdin(Stdio::null());
    command
}

impl Module {
    fn load(store: &Path) -> Self {
        let path = library_path();
        let is_simulator = path.to_string_lossy().contains("hsm_sim");
        let pkcs11 = Pkcs11::new(&path).unwrap();
        Self { pkcs11, is_simulator, store: store.to_owned() }
    }

    /// `C_Initialize`, as every sensible caller does it.
    pub(crate) fn initialize(&self) {
        self.pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    }

    /// A slot whose token is not initialised.
    pub(crate) fn blank_slot(&self) -> Slot {
        let slots = self.pkcs11.get_slots_with_token().unwrap();
        let blank = |slot: &Slot| !self.pkcs11.get_token_info(*slot).unwrap().token_initialized();
        slots.into_iter().find(blank).unwrap()
    }

    /// A token with both PINs; `C_Initialize` included.
    pub(crate) fn token(&self) -> Slot {
        self.initialize();
        let slot = self.blank_slot();
        self.pkcs11.init_token(slot, &pin(OFFICER_PIN), LABEL).unwrap();
        let session = self.pkcs11.open_rw_session(slot).unwrap();
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        session.init_pin(&pin(USER_PIN)).unwrap();
        slot
    }

    /// The token of [`Module::token`], in another process.
    pub(crate) fn token_again(&self) -> Slot {
        self.initialize();
        let slots = self.pkcs11.get_slots_with_initialized_token().unwrap();
        let ours = |slot: &Slot| self.pkcs11.get_token_info(*slot).unwrap().label() == LABEL;
        slots.into_iter().find(ours).unwrap()
    }

    /// A read-write session of the logged-in user with a fresh token.
    pub(crate) fn user_session(&self) -> Session {
        let slot = self.token();
        self.log_in(slot)
    }

    /// A read-write session of the logged-in user.
    pub(crate) fn log_in(&self, slot: Slot) -> Session {
        let session = self.pkcs11.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        session
    }
}

pub(crate) fn pin(text: &str) -> AuthPin {
    AuthPin::new(text.into())
}

/// A key pair: public, private.
pub(crate) fn key_pair(session: &Session, label: &str, on_token: bool) -> (ObjectHandle, ObjectHandle) {
    let label = Attribute::Label(label.into());
    session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[
                Attribute::Token(on_token),
                Attribute::EcParams(P256.to_vec()),
                label.clone(),
                Attribute::Id(vec![1]),
            ],
            &[
                Attribute::Token(on_token),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
                label,
                Attribute::Id(vec![1]),
            ],
        )
        .unwrap()
}

/// The return value of a call that was refused.
#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> RvError {
    match outcome {
        Err(Error::Pkcs11(value, _)) => value,
        other => panic!("expected a refusal, found {other:?}"),
    }
}
