//! A clock that is behind the ledger.

use std::sync::Arc;

use time::Duration;
use time::macros::datetime;

use super::fixture::{Fixture, TestModule, open};
use crate::clock::{Clock as _, FixedClock};
use crate::fault::{Coded as _, FaultCode};
use crate::ledger::{ClockAccepted, Flaw, LedgerError, Refusal, StationStarted, VerifyError, verify};

fn started() -> StationStarted {
    StationStarted { program: "0.1.0".into() }
}

#[test]
fn an_event_is_never_older_than_the_one_before() {
    let fixture = Fixture::with_orders();
    let last = fixture.append(started()).time;

    // A correction over the network: the time of the last event stands in.
    fixture.clock.jump(last - Duration::SECOND);
    assert_eq!(fixture.append(started()).time, last);

    verify(&fixture.path()).unwrap();
}

#[test]
fn nothing_is_dated_by_a_clock_that_jumped() {
    let fixture = Fixture::with_orders();
    let last = fixture.append(started()).time;
    for by in [Duration::HOUR, -Duration::HOUR] {
        fixture.clock.jump(last + by);
        assert_eq!(fixture.refused(started()), Refusal::ClockJumped { by, now: last + by });
        assert_eq!(fixture.refused(started()).code(), FaultCode::ClockJumped);
    }
    fixture.clock.jump(last);
    fixture.append(started());
    verify(&fixture.path()).unwrap();
}

#[test]
fn closing_and_opening_does_not_forget_the_time() {
    let fixture = Fixture::with_orders();
    let last = fixture.append(started()).time;
    let now = last - Duration::DAY;
    fixture.clock.jump(now);
    let fixture = fixture.reopened(|_| ());
    assert_eq!(fixture.refused(started()), Refusal::ClockBehind { now, last });
    assert_eq!(fixture.refused(started()).code(), FaultCode::ClockBehind);
}

#[test]
fn a_clock_that_somebody_accepts_is_the_clock_from_then_on() {
    let fixture = Fixture::with_orders();
    let last = fixture.append(started()).time;
    let now = last - Duration::DAY;
    fixture.clock.jump(now);
    let fixture = fixture.reopened(|_| ());
    let accepted = ClockAccepted { behind_ms: 86_400_000, reason: "it was a year ahead".parse().unwrap() };
    assert_eq!(fixture.append(accepted).time, now);
    assert_eq!(fixture.append(started()).time, now);
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_time_that_goes_back_in_the_file_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let clock = Arc::new(FixedClock::new(datetime!(2026-03-01 12:00 UTC)));
    drop(open(&path, &clock).unwrap());
    super::tamper::append_forged(&path, "2026-03-01T11:59:59.999Z", &started().into());
    match verify(&path).unwrap_err() {
        VerifyError::Event { flaw: Flaw::Time, .. } => {}
        other => panic!("{other:?}"),
    }
    // The next event of a sound clock is taken: the file is judged by `verify`, not by the writer.
    let ledger = open(&path, &clock).unwrap();
    assert!(!matches!(ledger.append_blocking(started()), Err(LedgerError::Refused(_))), "{}", clock.now());
}

/// The HSM has signed; the record of it must not hang on the clock.
#[test]
fn a_signature_that_was_made_is_recorded_whatever_the_clock_says() {
    for by in [Duration::HOUR, -Duration::HOUR] {
        let fixture = Fixture::with_orders();
        let module = TestModule::new(1);
        let run = fixture.start("1", "B");
        fixture.go(&module, run, 2);
        let last = fixture.ledger.reader().unwrap().head().unwrap().time;
        fixture.clock.jump(last + by);
        let [_, _, issued, installed, ..] = module.way(run);
        assert_eq!(fixture.append(issued).time, last);
        assert!(matches!(fixture.refused(installed), Refusal::ClockJumped { .. }));
        verify(&fixture.path()).unwrap();
    }
}
