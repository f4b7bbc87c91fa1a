//! The list of checks, in their order.

use std::time::Duration;

use cryptoki::error::Error as CryptokiError;

use super::report::Need;
use super::subject::Subject;
use super::{Plan, description, keys, rates, sessions, signing};
use crate::hsm::Refusal;

/// One check.
pub(super) struct Check {
    /// What is checked, in words.
    pub(super) name: &'static str,
    /// Whether the station needs it.
    pub(super) need: Need,
    /// Whether all later ones build on it.
    pub(super) basic: bool,
    /// How long it waits on purpose.
    pub(super) waits: fn(&Plan) -> Duration,
    run: fn(&mut Subject) -> Finding,
}

/// What a check finds.
pub(super) type Finding = Result<Said, Failed>;

/// What a check has to say that did not fail, each with what was seen.
#[derive(Debug)]
pub(super) enum Said {
    Pass(String),
    NotOffered(String),
    NotRun(String),
}

/// What is not as it should be.
#[derive(Debug)]
pub(super) struct Failed(pub(super) String);

impl From<CryptokiError> for Failed {
    fn from(error: CryptokiError) -> Self {
        Self(Refusal::from(error).to_string())
    }
}

/// A check that passed.
#[expect(clippy::unnecessary_wraps, reason = "the counterpart of `fail`, and what a check returns")]
pub(super) fn pass(detail: impl Into<String>) -> Finding {
    Ok(Said::Pass(detail.into()))
}

/// A check that failed.
pub(super) fn fail(detail: impl Into<String>) -> Finding {
    Err(Failed(detail.into()))
}

impl Check {
    /// Makes the check.
    pub(super) fn run(&self, subject: &mut Subject) -> Finding {
        (self.run)(subject)
    }

    const fn basic(name: &'static str, run: fn(&mut Subject) -> Finding) -> Self {
        Self { name, need: Need::Required, basic: true, waits: at_once, run }
    }

    const fn required(name: &'static str, run: fn(&mut Subject) -> Finding) -> Self {
        Self { name, need: Need::Required, basic: false, waits: at_once, run }
    }

    const fn good(name: &'static str, run: fn(&mut Subject) -> Finding) -> Self {
        Self { name, need: Need::GoodToHave, basic: false, waits: at_once, run }
    }

    const fn waiting(
        name: &'static str,
        waits: fn(&Plan) -> Duration,
        run: fn(&mut Subject) -> Finding,
    ) -> Self {
        Self { name, need: Need::GoodToHave, basic: false, waits, run }
    }
}

fn at_once(_: &Plan) -> Duration {
    Duration::ZERO
}

fn as_long_as_idle(plan: &Plan) -> Duration {
    plan.idle.unwrap_or_default()
}

fn as_long_as_a_rate(plan: &Plan) -> Duration {
    plan.rate
}

/// All of them.
pub(super) const CHECKS: &[Check] = &[
    Check::basic("the module is loaded", description::load),
    Check::basic("one token has the label", description::find),
    Check::basic("the mechanisms of a CA on P-256 are offered", description::mechanisms),
    Check::basic("a session for writing is opened", description::open),
    Check::basic("the PIN is accepted", description::log_in),
    Check::good("random bytes differ", description::random),
    Check::basic("a key pair is made on the token", keys::generate),
    Check::required("the private key is sensitive and never extractable", keys::stays_inside),
    Check::required("the private key cannot be read", keys::cannot_be_read),
    Check::required("the keys are found by their label", keys::found_by_label),
    Check::good("the key is found by its public key", keys::found_by_point),
    Check::required("a signature of a digest verifies", signing::of_digest),
    Check::good("the token digests by itself, with the same result", signing::of_message),
    Check::good("a message of 1 MiB is signed in parts", signing::of_large_message),
    Check::good("two sessions sign at the same time", signing::in_two_sessions),
    Check::required("a handle that names no key is refused", signing::with_wrong_handle),
    Check::good("keys can live in a session", sessions::session_keys),
    Check::required("a second session is opened, and how many more", sessions::count),
    Check::required("closing a session leaves the others alone", sessions::closing),
    Check::waiting("a session survives being idle", as_long_as_idle, sessions::idle),
    Check::waiting("signs in one session", as_long_as_a_rate, |subject| rates::measure(subject, 1)),
    Check::waiting("signs in two sessions", as_long_as_a_rate, |subject| rates::measure(subject, 2)),
    Check::waiting("signs in four sessions", as_long_as_a_rate, |subject| rates::measure(subject, 4)),
    Check::waiting("signs in eight sessions", as_long_as_a_rate, |subject| rates::measure(subject, 8)),
    Check::required("nothing is signed after a logout", sessions::after_logout),
    Check::required("the PIN is accepted again after a logout", sessions::log_in_again),
    Check::required("a key that was deleted is gone", keys::deleted),
    Check::required("nothing is left behind", keys::nothing_left),
];
