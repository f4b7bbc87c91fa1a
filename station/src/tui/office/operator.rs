//! What the page `operator` asks for.

use std::sync::Arc;

use super::Clerk;
use crate::fault::Coded as _;
use crate::tui::pages;
use crate::tui::pages::operator::{Ask, Told};

impl Clerk {
    pub(super) fn operator(&self, ask: Ask) {
        let attendance = Arc::clone(&self.office.attendance);
        self.tell(async move {
            let done = match ask {
                Ask::SignIn(operator, by) => {
                    attendance.sign_in(operator.clone(), by).await.map(|()| Told::SignedIn(operator))
                }
                Ask::SignOut(because) => attendance.sign_out(because).await.map(|()| Told::SignedOut),
            };
            pages::Told::Operator(done.unwrap_or_else(|error| Told::Failed(error.code())))
        });
    }
}
