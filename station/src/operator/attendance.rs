//! Who is signed in at a running line.

use std::sync::{Arc, PoisonError};

use tokio::sync::Mutex;

use super::name::Operator;
use crate::engine::Progress;
use crate::ledger::{Ledger, LedgerError, OperatorSignedIn, OperatorSignedOut, SignInBy, SignOutBecause};

/// Who is signed in at a running line. A line with nobody takes up no module; what has begun ends under
/// the name of whoever began it, so that no event of a run is without a name.
#[derive(Debug)]
pub struct Attendance {
    ledger: Ledger,
    progress: Arc<Progress>,
    /// Held by whoever signs somebody in or out: on record one comes after the other.
    turn: Mutex<()>,
    present: std::sync::Mutex<Option<Operator>>,
}

impl Attendance {
    /// Nobody, at this line. All clones of this handle on the ledger get the name of whoever signs in.
    pub fn new(ledger: Ledger, progress: Arc<Progress>) -> Self {
        progress.attend(false);
        Self { ledger, progress, turn: Mutex::default(), present: std::sync::Mutex::default() }
    }

    /// Who is there.
    pub fn present(&self) -> Option<Operator> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, present: Option<Operator>) {
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = present;
    }

    /// Signs somebody in; whoever was there is relieved. From the next event on the ledger has the new
    /// name, and the line takes up modules.
    ///
    /// # Errors
    /// It cannot be put on record. Then whoever was there still is, unless their leaving is on record.
    pub async fn sign_in(&self, operator: Operator, by: SignInBy) -> Result<(), LedgerError> {
        let _turn = self.turn.lock().await;
        let present = self.present();
        if present.as_ref() == Some(&operator) {
            return Ok(());
        }
        if present.is_some() {
            self.ledger.append(OperatorSignedOut { because: SignOutBecause::Relieved }).await?;
            self.set(None);
        }
        let signed_in = self.ledger.hand_over(operator.as_str(), OperatorSignedIn { by }).await;
        if signed_in.is_ok() {
            self.set(Some(operator));
        }
        self.progress.attend(self.present().is_some());
        signed_in.map(drop)
    }

    /// Signs out whoever is there. Runs under way go on; no further module is taken up.
    ///
    /// # Errors
    /// It cannot be put on record. Nobody is there, and the line takes up nothing, all the same.
    pub async fn sign_out(&self, because: SignOutBecause) -> Result<(), LedgerError> {
        let _turn = self.turn.lock().await;
        self.progress.attend(false);
        let present = self.present();
        self.set(None);
        match present {
            Some(_) => self.ledger.append(OperatorSignedOut { because }).await.map(drop),
            None => Ok(()),
        }
    }
}
