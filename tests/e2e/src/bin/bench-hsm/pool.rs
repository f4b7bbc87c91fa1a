//! One session beside a pool of eight.

use std::num::NonZeroU8;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use e2e::figures::median;
use e2e::programs;
use hsm_sim::store::Settings as Sim;
use serde_json::{Value, json};
use station::clock::SystemClock;
use station::hsm::{self, Hsm as _, Pin, Pkcs11Hsm, Settings, TokenAddress};

/// What the HSM takes to sign: about as long as a `YubiHSM 2`.
const LATENCY_MS: u64 = 80;
/// Sessions of the pool, and calls at a time.
const SESSIONS: u8 = 8;
/// Signatures of each session in a round.
const EACH: u32 = 12;
const TOKEN: &str = "bench";
const KEY: &str = "issuing";

/// Measures in a process with a store of its own.
pub(crate) fn measure(rounds: u32) -> Result<Value> {
    let store = tempfile::tempdir()?;
    let slow = Sim { latency_ms: [("C_Sign".to_owned(), LATENCY_MS)].into(), ..Sim::default() };
    hsm_sim::store::configure(store.path(), &slow)?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--rounds", &rounds.to_string(), "pool"])
        .env("HSM_SIM_DIR", store.path())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The measurement itself.
pub(crate) fn inside(rounds: u32) -> Result<Value> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let address = TokenAddress { module: programs::hsm_module()?, token: TOKEN.to_owned() };
        let pin = || Pin::from("user-pin".to_owned());
        hsm::init(address.clone(), Pin::from("officer-pin".to_owned()), pin()).await?;
        let hsm = |sessions| -> Result<Pkcs11Hsm> {
            let sessions = NonZeroU8::new(sessions).context("not zero")?;
            let settings = Settings { sessions, ..Settings::default() };
            Ok(Pkcs11Hsm::with_settings(address.clone(), Some(pin()), settings, Arc::new(SystemClock)))
        };
        let (one, pool) = (hsm(1)?, hsm(SESSIONS)?);
        one.generate(KEY).await?;
        // Sessions are opened at the first calls, which is not what is compared.
        rate(&one, 1).await?;
        rate(&pool, u32::from(SESSIONS)).await?;
        let (mut ones, mut pools, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            ones.push(rate(&one, EACH).await?);
            pools.push(rate(&pool, EACH * u32::from(SESSIONS)).await?);
            ratios.push(pools[pools.len() - 1] / ones[ones.len() - 1]);
        }
        Ok(json!({
            "latency-ms": LATENCY_MS,
            "sessions": SESSIONS,
            "one-per-second": median(&ones),
            "pool-per-second": median(&pools),
            "ratio": median(&ratios),
            "worst-ratio": ratios.iter().copied().fold(f64::INFINITY, f64::min),
        }))
    })
}

/// Signatures a second, so many of them, with eight calls at a time.
async fn rate(hsm: &Pkcs11Hsm, count: u32) -> Result<f64> {
    let begin = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..u32::from(SESSIONS) {
        let hsm = hsm.clone();
        callers.spawn(async move {
            for number in (caller..count).step_by(usize::from(SESSIONS)) {
                hsm.sign(KEY, &number.to_be_bytes()).await?;
            }
            Ok::<(), hsm::HsmError>(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}
