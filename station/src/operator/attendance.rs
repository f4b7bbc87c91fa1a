//! Who is signed in at a running line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use tokio::sync::Mutex;

use super::name::Operator;
use crate::engine::Progress;
use crate::ledger::{Ledger, LedgerError, OperatorSignedIn, OperatorSignedOut, SignInBy, SignOutBecause};

/// Who is signed in at a running line. A line with nobody takes up no module; what has begun ends under the name
/// of whoever was there last, so that no event of a run is without a name.
///
/// On record every run begins after the sign-in of one person and before their sign-out, under their name. So
/// whoever goes is signed out in three steps, whatever the reason:
///
/// 1. From now on no run gets the right to begin. A module that is put in waits.
/// 2. The runs that got it before are waited for until their beginning is on record. That takes a moment;
///    runs under way go on.
/// 3. The sign-out is put on record. With the next sign-in runs may begin again.
#[derive(Debug)]
pub struct Attendance {
    ledger: Ledger,
    progress: Arc<Progress>,
    /// Held by whoever signs somebody in or out, so that two who do so at once follow one another on record.
    turn: Mutex<()>,
    present: std::sync::Mutex<Option<Operator>>,
    /// The line has ended. Whoever comes now comes too late to be put on record.
    over: AtomicBool,
}

impl Attendance {
    /// Nobody, at this line. All clones of this handle on the ledger get the name of whoever signs in.
    pub fn new(ledger: Ledger, progress: Arc<Progress>) -> Self {
        progress.attend(false);
        let (turn, present) = (Mutex::default(), std::sync::Mutex::default());
        Self { ledger, progress, turn, present, over: AtomicBool::new(false) }
    }

    /// Who is there.
    pub fn present(&self) -> Option<Operator> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, present: Option<Operator>) {
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = present;
    }

    /// Signs somebody in; whoever was there is relieved. From the next event on the ledger has the new
    /// name, and the line takes up modules. At a line that has ended nothing comes of it.
    ///
    /// # Errors
    /// It cannot be put on record. Whoever was there still is; or nobody is, if their sign-out is on record
    /// already.
    pub async fn sign_in(&self, operator: Operator, by: SignInBy) -> Result<(), LedgerError> {
        let _turn = self.turn.lock().await;
        if self.present().as_ref() == Some(&operator) || self.over.load(Ordering::SeqCst) {
            return Ok(());
        }
        let signed_in = self.relieve(operator, by).await;
        self.progress.attend(self.present().is_some());
        signed_in
    }

    /// Signs out whoever is there, and signs in whoever takes over.
    async fn relieve(&self, operator: Operator, by: SignInBy) -> Result<(), LedgerError> {
        if self.present().is_some() {
            self.progress.dismiss().await;
            self.ledger.append(OperatorSignedOut { because: SignOutBecause::Relieved }).await?;
            self.set(None);
        }
        self.ledger.hand_over(operator.as_str(), OperatorSignedIn { by }).await?;
        self.set(Some(operator));
        Ok(())
    }

    /// Signs out whoever is there. Runs under way go on; no further module is taken up.
    ///
    /// # Errors
    /// It cannot be put on record. All the same nobody is there any more, and the line takes up nothing.
    pub async fn sign_out(&self, because: SignOutBecause) -> Result<(), LedgerError> {
        let _turn = self.turn.lock().await;
        if because == SignOutBecause::Ended {
            self.over.store(true, Ordering::SeqCst);
        }
        self.progress.dismiss().await;
        let present = self.present();
        self.set(None);
        match present {
            Some(_) => self.ledger.append(OperatorSignedOut { because }).await.map(drop),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::engine::Quota;
    use crate::fault::{Fault, FaultCode, Verdict};
    use crate::ledger::{Event, OrderOpened, RunFaulted, RunStarted, Seq};

    const ORDER: &str = "WO-1";

    /// A line that nobody is at yet, with an order that is never complete.
    struct Line {
        ledger: Ledger,
        progress: Arc<Progress>,
        attendance: Arc<Attendance>,
        _directory: tempfile::TempDir,
    }

    impl Line {
        async fn open() -> Self {
            let directory = tempfile::tempdir().expect("a directory");
            let clock = Arc::new(SystemClock);
            let ledger =
                Ledger::open(&directory.path().join("ledger"), clock, "line 1".into()).expect("a ledger");
            let order = OrderOpened {
                order: ORDER.into(),
                product: "sensor".into(),
                customer: "Acme".into(),
                quantity: 1000,
                certificates: None,
                flow: "late-binding".into(),
                definition: serde_json::json!({}),
            };
            ledger.append(order).await.expect("taken");
            let progress = Arc::new(Progress::new(Quota { passes: 1000, runs: None }));
            let attendance = Arc::new(Attendance::new(ledger.clone(), Arc::clone(&progress)));
            Self { ledger, progress, attendance, _directory: directory }
        }

        fn run_in(slot: &str) -> RunStarted {
            RunStarted { slot: slot.to_owned(), order: ORDER.into() }
        }

        /// Checks that every run began between the sign-in and the sign-out of one person, under their name.
        /// Says how many there were.
        fn check(&self) -> u32 {
            let (mut present, mut runs) = (None, 0);
            let look = |stored: crate::ledger::StoredEvent| {
                match stored.event {
                    Event::OperatorSignedIn(_) => present = Some(stored.operator),
                    Event::OperatorSignedOut(_) => present = None,
                    Event::RunStarted(_) => {
                        runs += 1;
                        assert_eq!(present.as_ref(), Some(&stored.operator), "event {:?}", stored.seq);
                    }
                    _ => {}
                }
                Ok::<_, LedgerError>(())
            };
            self.ledger.reader().expect("a reader").events(Seq::FIRST, look).expect("read");
            runs
        }
    }

    fn name(name: &str) -> Operator {
        name.parse().expect("a name")
    }

    #[tokio::test]
    async fn nobody_is_signed_out_between_the_right_to_begin_a_run_and_its_record() {
        let line = Line::open().await;
        line.attendance.sign_in(name("Ana"), SignInBy::Name).await.expect("recorded");
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for ana_leaves in [true, false] {
            let right = line.progress.begin().expect("Ana is there");
            let mut leaving: std::pin::Pin<Box<dyn Future<Output = _>>> = if ana_leaves {
                Box::pin(line.attendance.sign_in(name("Bo"), SignInBy::Badge))
            } else {
                Box::pin(line.attendance.sign_out(SignOutBecause::Idle))
            };
            for _ in 0..3 {
                assert!(leaving.as_mut().poll(&mut context).is_pending(), "a run is about to begin");
            }
            assert!(line.progress.begin().is_none(), "nobody is to answer for another one");
            right.use_up(&line.ledger, Line::run_in("1")).await.expect("recorded");
            leaving.await.expect("recorded");
        }
        assert!(line.progress.begin().is_none(), "nobody is there");
        assert_eq!(line.check(), 2);
    }

    #[tokio::test]
    async fn a_right_that_comes_to_nothing_keeps_nobody_from_leaving() {
        let line = Line::open().await;
        line.attendance.sign_in(name("Ana"), SignInBy::Name).await.expect("recorded");
        drop(line.progress.begin().expect("Ana is there"));
        line.attendance.sign_out(SignOutBecause::Asked).await.expect("recorded");
        assert_eq!(line.check(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn runs_begin_under_the_name_of_whoever_is_there_in_whatever_order_people_come_and_go() {
        let line = Line::open().await;
        let slots: Vec<_> = ["1", "2", "3", "4"]
            .map(|slot| {
                let (ledger, progress) = (line.ledger.clone(), Arc::clone(&line.progress));
                tokio::spawn(async move {
                    while progress.room().await {
                        let Some(right) = progress.begin() else { continue };
                        let run = right.use_up(&ledger, Line::run_in(slot)).await.expect("recorded");
                        let fault = Fault::new(FaultCode::LinkSilent, "no answer");
                        ledger.append(RunFaulted::new(run, None, None, fault)).await.expect("recorded");
                        progress.end(Verdict::Error);
                    }
                })
            })
            .into();
        for turn in 0..40 {
            let (attendance, before) = (&line.attendance, line.progress.tally().ended());
            let done = match turn % 4 {
                0 => attendance.sign_in(name("Ana"), SignInBy::Name).await,
                1 => attendance.sign_in(name("Bo"), SignInBy::Badge).await,
                2 => attendance.sign_in(name("Ana"), SignInBy::Badge).await,
                _ => attendance.sign_out(SignOutBecause::Asked).await,
            };
            done.expect("recorded");
            // Not always: some come and go at once.
            while turn % 3 > 0 && attendance.present().is_some() && line.progress.tally().ended() == before {
                tokio::task::yield_now().await;
            }
        }
        line.progress.stop();
        for slot in slots {
            slot.await.expect("it ends");
        }
        assert!(line.check() >= 10, "hardly a run began at all");
    }
}
