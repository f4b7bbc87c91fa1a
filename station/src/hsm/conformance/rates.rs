//! Signatures a second.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use super::checks::{Failed, Finding, Said, pass};
use super::report::Rate;
use super::subject::Subject;
use crate::clock::{Clock as _, SystemClock};

/// Signs in so many sessions at the same time for as long as the plan says.
pub(super) fn measure(subject: &mut Subject, count: usize) -> Finding {
    let key = subject.keys()?.private;
    let time = subject.plan.rate;
    let mut sessions = Vec::new();
    for _ in 0..count {
        match subject.another_session() {
            Ok(session) => sessions.push(session),
            Err(Failed(why)) => return Ok(Said::NotOffered(format!("{} sessions: {why}", sessions.len()))),
        }
    }
    // Measured by the machine's own clock, whatever time the station is told.
    let begin = SystemClock.instant();
    let counts: Vec<Result<u32, Failed>> = std::thread::scope(|scope| {
        let threads: Vec<_> = sessions
            .into_iter()
            .map(|session| scope.spawn(move || sign_until(begin, time, &session, key)))
            .collect();
        let died = || Err(Failed("a session's thread panicked".to_owned()));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| died())).collect()
    });
    let elapsed = SystemClock.instant().duration_since(begin);
    let signed: u32 = counts.into_iter().sum::<Result<u32, Failed>>()?;
    let per_second = f64::from(signed) / elapsed.as_secs_f64();
    subject.findings.rates.push(Rate { sessions: count, per_second });
    pass("")
}

fn sign_until(begin: Instant, time: Duration, session: &Session, key: ObjectHandle) -> Result<u32, Failed> {
    let mut count = 0_u32;
    // One at least, also when it takes longer than there is time.
    loop {
        let mut digest = [0x5a; 32];
        digest[..4].copy_from_slice(&count.to_be_bytes());
        session.sign(&Mechanism::Ecdsa, key, &digest)?;
        count += 1;
        if SystemClock.instant().duration_since(begin) >= time {
            return Ok(count);
        }
    }
}

/// Lets time pass in which nothing is asked of the token.
pub(super) fn rest(time: Duration) {
    // A channel on which nothing will ever come, as there is nothing to wait for but the time.
    let (_sender, never) = mpsc::channel::<()>();
    let _ = never.recv_timeout(time);
}
