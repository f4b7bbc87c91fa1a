//! `C_Sign` and nothing else: one session, one key, digests of 32 bytes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use e2e::figures::median;
use e2e::programs;
use serde_json::{Value, json};

/// Where Debian puts SoftHSM2.
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// How long each signs in a round.
const TURN: Duration = Duration::from_secs(1);
/// `secp256r1` as `CKA_EC_PARAMS`.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Measures both modules, each in a process with a store of its own. `null` where there is no SoftHSM2.
pub(crate) fn measure(rounds: u32) -> Result<Value> {
    if !Path::new(SOFTHSM).exists() {
        return Ok(Value::Null);
    }
    let (mut sims, mut softs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let sim = rate(&programs::hsm_module()?)?;
        let soft = rate(Path::new(SOFTHSM))?;
        sims.push(sim);
        softs.push(soft);
        ratios.push(sim / soft);
    }
    Ok(json!({
        "hsm-sim-per-second": median(&sims),
        "softhsm2-per-second": median(&softs),
        "ratio": median(&ratios),
    }))
}

fn rate(module: &Path) -> Result<f64> {
    let store = tempfile::tempdir()?;
    hsm_sim::store::create(store.path())?;
    let configuration = store.path().join("softhsm2.conf");
    fs::write(
        &configuration,
        format!("directories.tokendir = {}\nobjectstore.backend = file\n", store.path().display()),
    )?;
    let output = Command::new(std::env::current_exe()?)
        .arg("raw")
        .arg(module)
        .env("HSM_SIM_DIR", store.path())
        .env("SOFTHSM2_CONF", configuration)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout)?.as_f64().context("a rate")
}

/// The measurement itself: signatures a second.
pub(crate) fn inside(module: &Path) -> Result<Value> {
    let pkcs11 = Pkcs11::new(module)?;
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let (officer, user) = (AuthPin::from("officer-pin"), AuthPin::from("user-pin"));
    let blank = *pkcs11.get_slots_with_token()?.first().context("a slot")?;
    pkcs11.init_token(blank, &officer, "bench")?;
    // SoftHSM2 moves a token to another slot when it is initialised, and offers a new blank one.
    let slot = pkcs11
        .get_slots_with_token()?
        .into_iter()
        .find(|slot| pkcs11.get_token_info(*slot).is_ok_and(|info| info.token_initialized()))
        .context("a token")?;
    let session = pkcs11.open_rw_session(slot)?;
    session.login(UserType::So, Some(&officer))?;
    session.init_pin(&user)?;
    session.logout()?;
    session.login(UserType::User, Some(&user))?;
    let public = [Attribute::Token(true), Attribute::EcParams(P256.to_vec())];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ];
    let (_, key) = session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
    let mut digest = [0x5a; 32];
    let mut count = 0_u32;
    let begin = Instant::now();
    while begin.elapsed() < TURN {
        digest[..4].copy_from_slice(&count.to_be_bytes());
        session.sign(&Mechanism::Ecdsa, key, &digest)?;
        count += 1;
    }
    Ok(json!(f64::from(count) / begin.elapsed().as_secs_f64()))
}
