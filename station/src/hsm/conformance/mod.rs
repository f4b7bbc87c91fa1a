//! What an HSM can do, found out by trying: for a vendor who wants to know before buying whether the station can work with theirs.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod` | [`test()`]: the checks one after the other, each with a deadline |
//! | `report` | [`Report`]: what was found, for people and for programs |
//! | `checks` | the list of checks, in their order |
//! | `subject` | the token under test: how it is reached, and the keys that the checks made |
//! | `description` | module, slot, token, mechanisms, login |
//! | `keys` | making keys, finding, reading and deleting them |
//! | `signing` | signatures, and whose word is taken for them |
//! | `sessions` | how many there are, what ends them, what lives in them |
//! | `rates` | signatures a second |
//!
//! The checks run on a thread of their own. One that does not come back in its time, or panics, fails; those after it are not run,
//! because the thread is lost, and with it what it left on the token. A library that crashes takes the program with it.
//!
//! All that is made has the label `station-hsm-test-…` with a random end, and is removed afterwards. Objects with other labels are not touched.
//! The PIN is given once; only if it was right, and to come back after the checks' own logout, is it given again.

mod checks;
mod description;
mod keys;
mod rates;
mod report;
mod sessions;
mod signing;
mod subject;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

pub use report::{CheckReport, Fact, Need, Outcome, Rate, Report};

use super::{Pin, TokenAddress};
use checks::{CHECKS, Check};
use subject::Subject;

/// What is to be tested, and how long that may take.
#[derive(Debug)]
pub struct Plan {
    /// The module and the token.
    pub address: TokenAddress,
    /// The user's PIN.
    pub pin: Pin,
    /// How long a session is left idle to see whether it survives; `None` to leave that out.
    pub idle: Option<Duration>,
    /// How long signatures are counted for each rate.
    pub rate: Duration,
    /// How long a check may take beyond what it waits on purpose.
    pub deadline: Duration,
}

/// Tries everything. Blocks until all checks are through or one of them does not come back.
pub fn test(plan: Plan) -> Report {
    let mut report = Report::new(&plan.address);
    let limits: Vec<Duration> = CHECKS.iter().map(|check| check.limit(&plan)).collect();
    let (sender, findings) = mpsc::channel();
    let spawned = thread::Builder::new().name("hsm-test".to_owned()).spawn(move || {
        let mut subject = Subject::new(plan);
        for check in CHECKS {
            sessions::revive(&mut subject);
            let finding = check.run(&mut subject);
            let hopeless = check.basic && finding.is_err();
            let unheard = sender.send((finding, subject.take_findings())).is_err();
            // After that there is nothing to test, or nobody who waits for it.
            if hopeless || unheard {
                break;
            }
        }
    });
    let why = match spawned {
        Err(error) => Some(format!("no thread: {error}")),
        Ok(thread) => {
            let mut why = None;
            for (check, limit) in CHECKS.iter().zip(limits) {
                match findings.recv_timeout(limit) {
                    Ok((finding, found)) => {
                        report.add(check, finding);
                        report.take(found);
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        let seconds = limit.as_secs();
                        let left = subject::LABEL_PREFIX;
                        report.fail(
                            check,
                            format!("no answer within {seconds} s; objects {left}… may be left on the token"),
                        );
                        why = Some("the library does not answer any more".to_owned());
                        break;
                    }
                    Err(RecvTimeoutError::Disconnected) => {
                        // Either a basic check failed, or this one took the thread with it.
                        if thread.join().is_err() {
                            report.fail(check, "the check panicked in the library's wrapper".to_owned());
                        }
                        why = Some("what it builds on failed".to_owned());
                        break;
                    }
                }
            }
            why
        }
    };
    report.finish(why.as_deref());
    report
}

impl Check {
    fn limit(&self, plan: &Plan) -> Duration {
        plan.deadline + (self.waits)(plan)
    }
}
