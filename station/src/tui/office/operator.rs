//! What the page `operator` asks for.

use std::sync::Arc;

use super::Clerk;
use crate::fault::Coded as _;
use crate::tui::pages;
use crate::tui::pages::operator::{Ask, Told};

impl Clerk {
    pub(super) fn operator(&self, ask: Ask) {
        let attendance = Arc::clone(&self.office.attendance);
        let failed = {
            let attendance = Arc::clone(&attendance);
            move |code| pages::Told::Operator(Told::Failed { code, present: attendance.present() })
        };
        let broken = failed.clone();
        let work = async move {
            let done = match ask {
                Ask::SignIn(operator, by) => {
                    attendance.sign_in(operator.clone(), by).await.map(|()| Told::SignedIn(operator))
                }
                Ask::SignOut(because) => attendance.sign_out(because).await.map(|()| Told::SignedOut),
            };
            done.map_or_else(|error| failed(error.code()), pages::Told::Operator)
        };
        self.tell(work, move |fault| broken(fault.code));
    }
}
