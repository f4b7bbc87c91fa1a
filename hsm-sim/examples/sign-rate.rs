//! How fast a PKCS#11 module signs: `sign-rate MODULE [SESSIONS [SECONDS]]`.
//!
//! Works on the first slot whose token is not initialised, so give it a fresh store. For both modules, from the top of the repository:
//! ```text
//! cargo build --release -p hsm-sim --lib --example sign-rate
//! D=$(mktemp -d); touch $D/hsm-sim.toml
//! HSM_SIM_DIR=$D target/release/examples/sign-rate target/release/libhsm_sim.so
//! D=$(mktemp -d); echo "directories.tokendir = $D" > $D/softhsm2.conf
//! SOFTHSM2_CONF=$D/softhsm2.conf target/release/examples/sign-rate /usr/lib/softhsm/libsofthsm2.so
//! ```
#![expect(clippy::print_stdout, reason = "the figure is what this program is for")]

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let module = arguments.first().ok_or("usage: sign-rate MODULE [SESSIONS [SECONDS]]")?;
    let sessions: usize = arguments.get(1).map_or(Ok(1), |text| text.parse())?;
    let seconds: u64 = arguments.get(2).map_or(Ok(3), |text| text.parse())?;

    let pkcs11 = Pkcs11::new(module)?;
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slot = fresh_token(&pkcs11)?;
    let login = pkcs11.open_rw_session(slot)?;
    login.login(UserType::User, Some(&AuthPin::new("user-pin".into())))?;
    let (_, key) = login.generate_key_pair(
        &Mechanism::EccKeyPairGen,
        &[Attribute::EcParams(P256.to_vec())],
        &[Attribute::Sign(true)],
    )?;

    let open = (0..sessions).map(|_| pkcs11.open_ro_session(slot)).collect::<Result<Vec<_>, _>>()?;
    let begin = Instant::now();
    let workers: Vec<_> = open
        .into_iter()
        .map(|session| thread::spawn(move || sign_for(Duration::from_secs(seconds), &session, key)))
        .collect();
    let mut signatures = 0;
    for worker in workers {
        signatures += worker.join().map_err(|_| "a worker failed")??;
    }
    let rate = f64::from(signatures) / begin.elapsed().as_secs_f64();
    println!("{rate:.0} signatures/s in {sessions} session(s)");
    Ok(())
}

/// Signs digests until the time is up; how many.
fn sign_for(
    time: Duration,
    session: &Session,
    key: cryptoki::object::ObjectHandle,
) -> Result<u32, cryptoki::error::Error> {
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < time {
        let mut digest = [0x5a; 32];
        digest[..4].copy_from_slice(&count.to_be_bytes());
        session.sign(&Mechanism::Ecdsa, key, &digest)?;
        count += 1;
    }
    Ok(count)
}

/// Initialises the first token that is not, with both PINs.
fn fresh_token(pkcs11: &Pkcs11) -> Result<Slot, Box<dyn Error>> {
    let officer = AuthPin::new("officer-pin".into());
    for slot in pkcs11.get_slots_with_token()? {
        if !pkcs11.get_token_info(slot)?.token_initialized() {
            pkcs11.init_token(slot, &officer, "sign-rate")?;
            let session = pkcs11.open_rw_session(slot)?;
            session.login(UserType::So, Some(&officer))?;
            session.init_pin(&AuthPin::new("user-pin".into()))?;
            return Ok(slot);
        }
    }
    Err("no slot without a token is left".into())
}
