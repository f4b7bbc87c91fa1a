//! The pool of sessions on an HSM that is slow, stingy, forgetful or hangs.
//!
//! A PKCS#11 module reads its store at its beginning, so each test runs in a process of its own: the
//! test starts itself once more, with the store in the environment.

use std::future::Future;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cryptoki::context::Pkcs11;
use cryptoki::session::SessionState;
use e2e::programs;
use e2e::trial::store::{Stores, exchange, usual};
use e2e::trial::trouble::Contents;
use e2e::trial::{KEY, PIN, TOKEN};
use hsm_sim::store::Settings as Sim;
use station::clock::SystemClock;
use station::fault::{Coded as _, FaultCode};
use station::hsm::{
    Deadlines, Hsm, HsmError, Pin, Pkcs11Hsm, Settings, State, TokenAddress, Usage, UsageAttributes,
};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

/// Longer than anything here takes on a slow machine.
const LONG: Duration = Duration::from_mins(1);
/// Set in the second process: where the stores are from which tokens are taken.
const STORES: &str = "E2E_HSM_POOL_STORES";

/// Runs the rest of a test in a process of its own, with this HSM.
fn on<F: Future<Output = Result<()>>>(name: &str, sim: &Sim, test: impl FnOnce() -> F) -> Result<()> {
    if std::env::var_os(STORES).is_some() {
        return Runtime::new()?.block_on(test());
    }
    let stores = Stores::new()?;
    let store = stores.copy(sim)?;
    let output = Command::new(std::env::current_exe()?)
        .args([name, "--exact", "--nocapture"])
        .env(STORES, stores.path(Contents::Whole).parent().context("a directory")?)
        .env("HSM_SIM_DIR", store.path())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}{complained}");
    ensure!(said.contains("1 passed"), "{name} is no test of this file: {said}");
    Ok(())
}

fn store() -> Result<PathBuf> {
    Ok(std::env::var_os("HSM_SIM_DIR").context("in the second process")?.into())
}

fn contents(which: Contents) -> Result<PathBuf> {
    Ok(PathBuf::from(std::env::var_os(STORES).context("in the second process")?).join(format!("{which:?}")))
}

fn settings(sessions: u8) -> Settings {
    let sessions = NonZeroU8::new(sessions).expect("not zero");
    Settings { sessions, deadlines: Deadlines { answer: LONG, generate: LONG }, ..Settings::default() }
}

fn hsm(settings: Settings) -> Result<Pkcs11Hsm> {
    let address = TokenAddress { module: programs::hsm_module()?, token: TOKEN.into() };
    let pin = Some(Pin::from(PIN.to_owned()));
    Ok(Pkcs11Hsm::with_settings(address, pin, settings, Arc::new(SystemClock)))
}

fn fault(text: &str) -> Result<()> {
    Ok(hsm_sim::fault::set(&store()?, &format!("[[fault]]\n{text}\n"))?)
}

fn lift() -> Result<()> {
    Ok(hsm_sim::fault::lift(&store()?)?)
}

/// Waits until the light is as wanted.
async fn until(hsm: &Pkcs11Hsm, wanted: impl FnMut(&State) -> bool) -> Result<State> {
    let mut watch = hsm.watch();
    let state = timeout(LONG, watch.wait_for(wanted)).await.with_context(|| hsm.state().to_string())??;
    Ok(state.clone())
}

fn is_ready(state: &State) -> bool {
    matches!(state, State::Ready { .. })
}

/// So many signatures at the same time; each must come.
async fn sign_at_once(hsm: &Pkcs11Hsm, count: u8) -> Result<()> {
    let tasks: Vec<_> = (0..count)
        .map(|number| {
            let hsm = hsm.clone();
            tokio::spawn(async move { hsm.sign(KEY, &[number]).await.map(|signature| (number, signature)) })
        })
        .collect();
    let key = hsm.public_key(KEY).await?;
    for task in tasks {
        let (number, signature) = task.await??;
        key.verify(&[number], &signature)?;
    }
    Ok(())
}

fn slow(function: &str, ms: u64) -> Sim {
    Sim { latency_ms: [(function.to_owned(), ms)].into(), ..usual() }
}

#[test]
fn signatures_are_made_side_by_side() -> Result<()> {
    on("signatures_are_made_side_by_side", &slow("C_Sign", 2000), || async {
        let hsm = hsm(settings(8))?;
        hsm.open().await?;
        let begin = Instant::now();
        sign_at_once(&hsm, 8).await?;
        // One after the other they would take sixteen seconds.
        ensure!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
        ensure!(hsm.state() == State::Ready { open: 8, of: 8 }, "{}", hsm.state());
        Ok(())
    })
}

#[test]
fn a_token_with_few_sessions_is_used_with_those() -> Result<()> {
    let few = Sim { session_limit: Some(3), ..slow("C_Sign", 300) };
    on("a_token_with_few_sessions_is_used_with_those", &few, || async {
        let hsm = hsm(Settings { keep_alive: Duration::from_millis(500), ..settings(8) })?;
        sign_at_once(&hsm, 16).await?;
        ensure!(hsm.state() == State::Ready { open: 3, of: 3 }, "{}", hsm.state());
        // A key is made all the same, in a session that makes room for itself.
        hsm.generate("made").await?;
        // The others are asked for again, in vain, and nobody notices.
        for _ in 0..4 {
            sleep(Duration::from_millis(400)).await;
            sign_at_once(&hsm, 8).await?;
        }
        ensure!(hsm.state() == State::Ready { open: 3, of: 3 }, "{}", hsm.state());
        Ok(())
    })
}

#[test]
fn one_session_is_enough_to_make_a_key() -> Result<()> {
    on("one_session_is_enough_to_make_a_key", &Sim { session_limit: Some(1), ..usual() }, || async {
        let hsm = hsm(settings(8))?;
        hsm.open().await?;
        let made = hsm.generate("made").await?;
        ensure!(hsm.public_key("made").await? == made, "another key");
        sign_at_once(&hsm, 4).await?;
        ensure!(hsm.state() == State::Ready { open: 1, of: 1 }, "{}", hsm.state());
        Ok(())
    })
}

#[test]
fn idle_sessions_are_kept_alive() -> Result<()> {
    // A session that is dropped for idleness takes the login with it, and signing the call after.
    let forgetful = Sim { idle_timeout_ms: Some(3000), ..slow("C_Sign", 200) };
    on("idle_sessions_are_kept_alive", &forgetful, || async {
        let hsm = hsm(Settings { keep_alive: Duration::from_millis(500), ..settings(3) })?;
        sign_at_once(&hsm, 3).await?;
        // From now on nobody gets in any more: what is open must stay so.
        fault("function = \"C_OpenSession\"\ntimes = 0\nanswer = \"CKR_GENERAL_ERROR\"")?;
        sleep(Duration::from_secs(8)).await;
        ensure!(hsm.state() == State::Ready { open: 3, of: 3 }, "{}", hsm.state());
        sign_at_once(&hsm, 3).await
    })
}

#[test]
fn a_call_that_hangs_costs_its_session_alone() -> Result<()> {
    on("a_call_that_hangs_costs_its_session_alone", &usual(), || async {
        let deadlines = Deadlines { answer: Duration::from_secs(4), generate: LONG };
        let hsm = hsm(Settings { deadlines, ..settings(3) })?;
        sign_at_once(&hsm, 6).await?;
        fault("function = \"C_Sign\"\nhang = true")?;
        let error = hsm.sign(KEY, b"hangs").await.expect_err("it hangs");
        ensure!(error.code() == FaultCode::HsmSlow, "{error}");
        // The light tells of it until the next answer.
        ensure!(matches!(hsm.state(), State::Lost { .. }), "{}", hsm.state());
        sign_at_once(&hsm, 12).await?;
        lift()?;
        sign_at_once(&hsm, 12).await
    })
}

#[test]
fn a_library_that_hangs_is_told_at_once_and_never_waited_for() -> Result<()> {
    let name = "a_library_that_hangs_is_told_at_once_and_never_waited_for";
    let begin = Instant::now();
    on(name, &usual(), || async {
        let deadlines = Deadlines { answer: Duration::from_secs(2), generate: LONG };
        let hsm = hsm(Settings { deadlines, ..settings(2) })?;
        hsm.open().await?;
        fault("function = \"C_Sign\"\ntimes = 0\nhang = true")?;
        let (one, other) = tokio::join!(hsm.sign(KEY, b"one"), hsm.sign(KEY, b"other"));
        for error in [one.expect_err("it hangs"), other.expect_err("it hangs")] {
            ensure!(error.code() == FaultCode::HsmSlow, "{error}");
        }
        let asked = Instant::now();
        let error = hsm.sign(KEY, b"third").await.expect_err("all of it hangs");
        ensure!(matches!(error, HsmError::Hung { sessions: 2 }), "{error:?}");
        ensure!(error.code() == FaultCode::HsmSlow && asked.elapsed() < Duration::from_secs(1), "{error}");
        hsm.close();
        Ok(())
        // The process ends here, with two threads in calls that never return.
    })?;
    ensure!(begin.elapsed() < LONG, "{:?}", begin.elapsed());
    Ok(())
}

#[test]
fn a_login_that_hangs_holds_nobody_up_for_ever() -> Result<()> {
    on("a_login_that_hangs_holds_nobody_up_for_ever", &usual(), || async {
        let deadlines = Deadlines { answer: Duration::from_secs(2), generate: LONG };
        let hsm = hsm(Settings { deadlines, ..settings(4) })?;
        fault("function = \"C_Login\"\ntimes = 0\nhang = true")?;
        for _ in 0..2 {
            let error = hsm.open().await.expect_err("it hangs");
            ensure!(error.code() == FaultCode::HsmSlow, "{error}");
        }
        lift()?;
        until(&hsm, is_ready).await?;
        sign_at_once(&hsm, 4).await
    })
}

#[test]
fn a_token_comes_back_by_itself_and_is_not_hammered_meanwhile() -> Result<()> {
    on("a_token_comes_back_by_itself_and_is_not_hammered_meanwhile", &usual(), || async {
        let hsm = hsm(settings(4))?;
        sign_at_once(&hsm, 4).await?;
        fault("function = \"C_SignInit\"\nremove-token = true")?;
        let error = hsm.sign(KEY, b"gone").await.expect_err("pulled out");
        ensure!(error.code() == FaultCode::HsmLost, "{error}");
        // Until the pause is long enough for a call to come into it.
        let lately = timeout(LONG, async {
            loop {
                match hsm.sign(KEY, b"gone").await {
                    Err(error @ HsmError::TriedLately { .. }) => return error,
                    Err(error) => assert_eq!(error.code(), FaultCode::HsmLost, "{error}"),
                    Ok(_) => panic!("signed without a token"),
                }
            }
        });
        let lately = lately.await?;
        ensure!(lately.code() == FaultCode::HsmLost, "{lately}");
        let chain = station::fault::Chain::of(&lately).to_string();
        ensure!(chain.ends_with("the token \"trial\" is gone"), "{chain}");
        lift()?;
        // Without any call.
        until(&hsm, is_ready).await?;
        sign_at_once(&hsm, 8).await
    })
}

#[test]
fn another_token_with_the_same_label_is_asked_for_nothing() -> Result<()> {
    on("another_token_with_the_same_label_is_asked_for_nothing", &usual(), || async {
        let hsm = hsm(settings(2))?;
        hsm.sign(KEY, b"before").await?;
        fault("function = \"C_SignInit\"\nremove-token = true")?;
        ensure!(hsm.sign(KEY, b"gone").await.is_err(), "pulled out");
        exchange(&contents(Contents::Other)?, &store()?)?;
        // Whoever logs in or signs now would be seen.
        fault("function = \"C_Login\"\ntimes = 0\nanswer = \"CKR_PIN_LOCKED\"")?;
        until(
            &hsm,
            |state| matches!(state, State::Lost { cause, .. } if cause.code() == FaultCode::HsmTokenOther),
        )
        .await?;
        let error = hsm.sign(KEY, b"other").await.expect_err("another token");
        ensure!(error.code() == FaultCode::HsmTokenOther, "{error}");
        exchange(&contents(Contents::Whole)?, &store()?)?;
        lift()?;
        until(&hsm, is_ready).await?;
        hsm.sign(KEY, b"after").await?;
        ensure!(hsm_sim::store::audit(&store()?)?.len() == 2, "the other token signed");
        Ok(())
    })
}

#[test]
fn a_closed_hsm_says_so_and_lets_calls_finish() -> Result<()> {
    on("a_closed_hsm_says_so_and_lets_calls_finish", &slow("C_Sign", 1500), || async {
        let hsm = hsm(settings(4))?;
        hsm.open().await?;
        // Another session of this process: the login does not end just because the station's do.
        let pkcs11 = Pkcs11::new(programs::hsm_module()?)?;
        let slot = *pkcs11.get_slots_with_token()?.first().context("a slot")?;
        let session = pkcs11.open_ro_session(slot)?;
        ensure!(session.get_session_info()?.session_state() == SessionState::RoUser, "not logged in");
        let signing = {
            let hsm = hsm.clone();
            tokio::spawn(async move { hsm.sign(KEY, b"under way").await })
        };
        sleep(Duration::from_millis(500)).await;
        hsm.close();
        ensure!(hsm.state() == State::Closed, "{}", hsm.state());
        let error = hsm.sign(KEY, b"too late").await.expect_err("closed");
        ensure!(matches!(error, HsmError::Closed) && error.code() == FaultCode::AuthorityClosed, "{error:?}");
        signing.await??;
        // The session that was at work has logged out with its end.
        let logged_out = async {
            while session.get_session_info()?.session_state() != SessionState::RoPublic {
                sleep(Duration::from_millis(20)).await;
            }
            Ok::<(), anyhow::Error>(())
        };
        timeout(LONG, logged_out).await.context("still logged in")??;
        Ok(())
    })
}

#[test]
fn an_hsm_closes_at_the_hour_set_last() -> Result<()> {
    on("an_hsm_closes_at_the_hour_set_last", &usual(), || async {
        let hsm = hsm(settings(2))?;
        hsm.open().await?;
        hsm.close_at(tokio::time::Instant::now() + Duration::from_millis(300));
        hsm.close_at(tokio::time::Instant::now() + Duration::from_secs(3));
        sleep(Duration::from_secs(1)).await;
        hsm.sign(KEY, b"open for longer").await?;
        until(&hsm, |state| *state == State::Closed).await?;
        let error = hsm.sign(KEY, b"too late").await.expect_err("closed");
        ensure!(error.code() == FaultCode::AuthorityClosed, "{error}");
        Ok(())
    })
}

#[test]
fn how_much_a_key_was_used_is_told_where_the_hsm_counts() -> Result<()> {
    let counting = Sim { signature_limit: Some(3), ..usual() };
    on("how_much_a_key_was_used_is_told_where_the_hsm_counts", &counting, || async {
        let attributes = UsageAttributes { count: Some(0x8000_0201), limit: Some(0x8000_0200) };
        let hsm = hsm(Settings { usage: attributes, ..settings(2) })?;
        for count in 0..3 {
            let usage = hsm.usage(KEY).await?;
            ensure!(usage == Some(Usage { count: Some(count), limit: Some(3) }), "{usage:?}");
            hsm.sign(KEY, b"bytes").await?;
        }
        let error = hsm.sign(KEY, b"bytes").await.expect_err("no more");
        ensure!(error.code() == FaultCode::HsmUsageLimit, "{error}");
        ensure!(error.to_string().ends_with("3 of 3 signatures made"), "{error}");
        // Whoever does not know where to look is told what the HSM said.
        let unknowing = self::hsm(settings(2))?;
        ensure!(unknowing.usage(KEY).await?.is_none(), "no attributes were named");
        let error = unknowing.sign(KEY, b"bytes").await.expect_err("no more");
        ensure!(error.code() == FaultCode::HsmSign, "{error}");
        Ok(())
    })
}
