//! The CA of a line: opened by the officer for a time and a number, closed, and opened again. A line may start with
//! the CA left closed.
//!
//! ```text
//!  officer ── PIN ──► HSM open ──► on record ──► Opening ──► permits
//!                                                   │
//!         time over, number spent, closed by hand ──┴──► PIN wiped ──► on record
//! ```

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::desk::Desk;
use super::issuing::Issuer;
use super::opening::{Closed, Opening, Permit};
use crate::clock::Clock;
use crate::fault::{Coded, FaultCode};
use crate::hsm::{HsmError, Pin, TokenDetails, Usage};
use crate::ledger::{AuthorityClosed, AuthorityOpened, Digest, Ledger, LedgerError};
use crate::pki::chain::{self, ChainError};

/// When the CA is closed, how long the signatures under way may take, and then the HSM to tell how much the key
/// was used: the PIN is in memory until then.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// For how long and how many certificates the officer wants the CA open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// How long.
    pub time: OpenTime,
    /// How many certificates; as many as there may be, if not said.
    pub certificates: Option<NonZeroU32>,
}

/// How long a CA may be open: more than no time, and a week at most. Written as hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTime(Duration);

/// A text that is no [`OpenTime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be more than 0 and at most 168")]
pub struct NoOpenTime;

/// Why the CA was not opened, or its closing is not on record.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The HSM does not open, or lets the key sign no more.
    #[error(transparent)]
    Hsm(#[from] HsmError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The HSM has another key than the one that the CA's certificate is for.
    #[error(transparent)]
    Key(#[from] ChainError),
    /// The line has ended: nobody would close it again.
    #[error("the line has ended, and the CA with it")]
    Over,
}

impl Coded for AuthorityError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Hsm(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Over => FaultCode::AuthorityClosed,
        }
    }
}

/// The CA of a line.
#[derive(Debug)]
pub struct Authority {
    desk: Desk,
    issuer: Issuer,
    clock: Arc<dyn Clock>,
    opening: watch::Sender<Arc<Opening>>,
    /// The line has ended: nothing more is admitted, and once closed it stays closed.
    over: AtomicBool,
    /// Held by whoever opens or closes it.
    state: Mutex<State>,
}

/// What outlives an opening.
#[derive(Clone, Copy, Debug)]
struct State {
    /// Whether the ledger has it as open.
    on_record: bool,
}

impl Authority {
    /// Opens the CA for the first time. The HSM has its PIN already.
    ///
    /// # Errors
    /// The HSM cannot be reached, has another key than the certificate's, or lets it sign no more; the ledger does
    /// not take it.
    pub async fn open(
        desk: Desk,
        issuer: Issuer,
        clock: Arc<dyn Clock>,
        leave: Leave,
    ) -> Result<Self, AuthorityError> {
        let token = desk.hsm().open().await?;
        let opening = begin(&desk, &issuer, &clock, desk.ledger(), token, leave).await?;
        let state = Mutex::new(State { on_record: true });
        let (opening, over) = (watch::Sender::new(opening), AtomicBool::new(false));
        Ok(Self { desk, issuer, clock, opening, over, state })
    }

    /// The CA as it is left closed when the line starts: nothing is admitted until it is [opened](Self::reopen).
    /// The HSM is closed too.
    pub fn closed(desk: Desk, issuer: Issuer, clock: Arc<dyn Clock>) -> Self {
        let opening = Opening::never(Arc::clone(&clock));
        let state = Mutex::new(State { on_record: false });
        let (opening, over) = (watch::Sender::new(opening), AtomicBool::new(false));
        Self { desk, issuer, clock, opening, over, state }
    }

    /// The opening in force, or the one that was last.
    pub fn opening(&self) -> Arc<Opening> {
        Arc::clone(&self.opening.borrow())
    }

    /// The opening in force, and every other that takes its place.
    pub fn watch(&self) -> watch::Receiver<Arc<Opening>> {
        self.opening.subscribe()
    }

    /// Which CA it is.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Leave to have one more certificate signed.
    ///
    /// # Errors
    /// The CA is closed, or was opened for no more.
    pub fn admit(&self) -> Result<Permit, Closed> {
        let opening = self.opening();
        if self.is_over() {
            return Err(Closed::Time { until: opening.until() });
        }
        opening.admit()
    }

    /// Opens the CA again with the PIN that the officer has just given; on record in `ledger`, under the name
    /// of its operator. What is still open of the opening before is closed first.
    ///
    /// # Errors
    /// As [`open`](Self::open), and whatever stands against the PIN, or that the line has ended. The CA is
    /// closed then.
    pub async fn reopen(
        &self,
        ledger: &Ledger,
        pin: Pin,
        leave: Leave,
    ) -> Result<Arc<Opening>, AuthorityError> {
        let mut state = self.state.lock().await;
        if self.is_over() {
            return Err(AuthorityError::Over);
        }
        // Whoever opens it now did not close it before.
        self.end(self.desk.ledger(), &mut state).await?;
        let hsm = self.desk.hsm();
        let token = hsm.reopen(pin).await?;
        // A PIN without an opening would stay in memory for nothing.
        let opening = begin(&self.desk, &self.issuer, &self.clock, ledger, token, leave)
            .await
            .inspect_err(|_| hsm.close())?;
        state.on_record = true;
        self.opening.send_replace(Arc::clone(&opening));
        Ok(opening)
    }

    /// Closes the CA at once: nothing more is admitted, the PIN is forgotten as soon as what was admitted is
    /// signed, and it is put on record under the name of the ledger's operator, unless it is on record already.
    ///
    /// # Errors
    /// The ledger does not take it. The CA is closed all the same.
    pub async fn close(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        self.opening().close();
        let mut state = self.state.lock().await;
        self.end(ledger, &mut state).await
    }

    /// The line has ended: no more certificates are admitted. The HSM stays open, for as long as the officer
    /// said, until [`finish`](Self::finish): a batch that is closed now is to be vouched for as any other.
    pub fn retire(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// [Closes](Self::close) the CA for good: nobody is left at the line.
    ///
    /// # Errors
    /// As `close`.
    pub async fn finish(&self) -> Result<(), LedgerError> {
        self.retire();
        self.opening().close();
        let mut state = self.state.lock().await;
        self.end(self.desk.ledger(), &mut state).await
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    async fn end(&self, ledger: &Ledger, state: &mut State) -> Result<(), LedgerError> {
        let opening = self.opening();
        opening.close();
        // A run that has leave has the bytes of its certificate reserved: they are signed, if the HSM is quick.
        let _ = tokio::time::timeout(LAST_LOOK, opening.settled()).await;
        // The time may be over already, and the token gone: the record needs neither.
        let usage = tokio::time::timeout(LAST_LOOK, usage(&self.desk, &self.issuer.key)).await;
        let usage = usage.ok().and_then(Result::ok).flatten().and_then(|usage| usage.count);
        self.desk.hsm().close();
        if state.on_record {
            let authority = self.issuer.digest();
            ledger.append(AuthorityClosed { authority, certificates: opening.signed(), usage }).await?;
            state.on_record = false;
            // For those who watch: it is the same one, and over.
            self.opening.send_replace(opening);
        }
        Ok(())
    }
}

/// Puts an opening on record, and has the HSM close when it is over.
async fn begin(
    desk: &Desk,
    issuer: &Issuer,
    clock: &Arc<dyn Clock>,
    ledger: &Ledger,
    token: TokenDetails,
    leave: Leave,
) -> Result<Arc<Opening>, AuthorityError> {
    chain::check_key(&issuer.certificate, &desk.hsm().public_key(&issuer.key).await?)?;
    let usage = usage(desk, &issuer.key).await?;
    let allowed =
        usage.and_then(Usage::left).map_or(u32::MAX, |left| u32::try_from(left).unwrap_or(u32::MAX));
    if let (0, Some(usage)) = (allowed, usage) {
        return Err(HsmError::UsageSpent { token: token.label, key: issuer.key.clone(), usage }.into());
    }
    // The ledger holds the order to its quota, whatever is said here.
    let most = leave.certificates.map_or(u32::MAX, NonZeroU32::get).min(allowed);
    let opening = Opening::new(Arc::clone(clock), leave.time.0, most);
    let opened = AuthorityOpened {
        authority: issuer.digest(),
        token: token.serial,
        until: opening.until(),
        certificates: most,
        usage: usage.and_then(|usage| usage.count),
    };
    ledger.append(opened).await?;
    // With the time over, nobody needs the PIN any more, whatever the line is doing.
    desk.hsm().close_at(Instant::now() + opening.remaining());
    Ok(opening)
}

/// How often the HSM says that the key has signed and may sign, if it counts.
async fn usage(desk: &Desk, key: &str) -> Result<Option<Usage>, HsmError> {
    desk.hsm().usage(key).await
}

impl Issuer {
    /// SHA-256 of its certificate, by which the ledger knows it.
    pub fn digest(&self) -> Digest {
        Digest::from_bytes(self.certificate.sha256())
    }
}

impl OpenTime {
    /// The longest.
    const LONGEST: Duration = Duration::from_hours(7 * 24);

    /// As long as this, if a CA may be open for so long.
    pub fn new(time: Duration) -> Option<Self> {
        (!time.is_zero() && time <= Self::LONGEST).then_some(Self(time))
    }
}

/// From hours, such as 8 or 0.5.
impl FromStr for OpenTime {
    type Err = NoOpenTime;

    fn from_str(text: &str) -> Result<Self, NoOpenTime> {
        let hours: f64 = text.parse().map_err(|_| NoOpenTime)?;
        Duration::try_from_secs_f64(hours * 3600.0).ok().and_then(Self::new).ok_or(NoOpenTime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ca_is_opened_for_some_time_and_not_for_ever() {
        let time = |text: &str| text.parse().map(|OpenTime(time)| time);
        assert_eq!(time("12"), Ok(Duration::from_hours(12)));
        assert_eq!(time("0.5"), Ok(Duration::from_mins(30)));
        assert_eq!(time("168"), Ok(Duration::from_hours(168)));
        for text in ["0", "-1", "168.5", "1e300", "NaN", "inf", "", "8h"] {
            assert_eq!(time(text), Err(NoOpenTime), "{text}");
        }
    }
}
