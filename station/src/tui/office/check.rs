//! What the page `check` asks for.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::{Clerk, Office};
use crate::check::{self, Scope, Seen, Teller};
use crate::tui::msg::Msg;
use crate::tui::pages;
use crate::tui::pages::check::{Ask, Told};

impl Clerk {
    pub(super) fn check(&self, ask: Ask) {
        match ask {
            Ask::Look => self.look(),
        }
    }

    fn look(&self) {
        let (office, inbox) = (self.office.clone(), self.inbox.clone());
        self.runtime.spawn(async move {
            let mut ending = Ending { inbox, told: Told::BrokenOff };
            look(&office, &ending.inbox).await;
            ending.told = Told::Done;
        });
    }
}

/// Tells the page how the check ended, whatever ended it.
struct Ending {
    inbox: Sender<Msg>,
    told: Told,
}

impl Drop for Ending {
    fn drop(&mut self) {
        tell(&self.inbox, self.told.clone());
    }
}

/// Looks at everything, at the devices through the handles that the line uses. The HSM is asked as it was
/// opened: nobody is asked for a PIN.
async fn look(office: &Office, inbox: &Sender<Msg>) {
    let mut listener = |seen: Seen| tell(inbox, Told::Seen(seen));
    let mut teller = Teller::new(&mut listener);
    // What the line works with was read when it began; what is wrong with the file now will be so when the
    // station is started again.
    check::settings(&office.settings, &mut teller);
    let scope = Scope { config: &office.config, files: &office.files, clock: &*office.clock };
    check::room(&office.config.data, &mut teller);
    let keys = check::paper(&scope, &mut teller);
    let hsm = async { Ok(Arc::clone(office.desk.hsm())) };
    check::devices(&scope, hsm, keys, &office.slots, &mut teller).await;
}

fn tell(inbox: &Sender<Msg>, told: Told) {
    // A screen that is gone need not be told.
    let _ = inbox.send(Msg::Page(pages::Told::Check(told)));
}
