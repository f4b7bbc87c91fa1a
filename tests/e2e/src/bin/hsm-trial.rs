//! One trial with the HSM, in a process of its own: a PKCS#11 module lives as long as its process.
//!
//! `hsm-trial init` makes a token in the store that `HSM_SIM_DIR` names, `hsm-trial key` a key pair in
//! it, be there one already or not, and `hsm-trial play` reads a trial and writes its ending, as JSON.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use e2e::programs;
use e2e::trial::{KEY, PIN, TOKEN, play};
use station::hsm::{self, Pin, TokenAddress};

/// `secp256r1` as `CKA_EC_PARAMS`.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("init") => {
            let address = TokenAddress { module: programs::hsm_module()?, token: TOKEN.to_owned() };
            let pin = |text: &str| Pin::from(text.to_owned());
            hsm::init(address, pin("officer-pin-815"), pin(PIN)).await?;
        }
        Some("key") => make_key()?,
        Some("play") => {
            let trial = serde_json::from_reader(std::io::stdin())?;
            let ending = play::inside(&trial).await?;
            writeln!(std::io::stdout(), "{}", serde_json::to_string(&ending)?)?;
            // What hangs is not waited for.
        }
        other => bail!("{other:?} is neither init, key nor play"),
    }
    Ok(())
}

/// Past the station, which makes no second key of one name.
fn make_key() -> Result<()> {
    let pkcs11 = Pkcs11::new(programs::hsm_module()?)?;
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slot = *pkcs11.get_slots_with_token()?.first().context("no slot")?;
    let session = pkcs11.open_rw_session(slot)?;
    session.login(UserType::User, Some(&AuthPin::from(PIN)))?;
    let label = Attribute::Label(KEY.as_bytes().to_vec());
    let public = [Attribute::Token(true), Attribute::EcParams(P256.to_vec()), label.clone()];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
    Ok(())
}
