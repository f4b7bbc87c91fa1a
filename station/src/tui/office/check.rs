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
        let work = async move { pages::Told::Check(look(office, inbox).await) };
        self.tell(work, |_| pages::Told::Check(Told::BrokenOff));
    }
}

/// Looks at everything, at the devices through the handles that the line uses. The HSM is asked as it was
/// opened: nobody is asked for a PIN.
async fn look(office: Office, inbox: Sender<Msg>) -> Told {
    let read = {
        let (office, inbox) = (office.clone(), inbox.clone());
        // It reads files as large as the firmware, and the ledger.
        tokio::task::spawn_blocking(move || read(&office, &inbox))
    };
    let Ok(keys) = read.await else { return Told::BrokenOff };
    let mut listener = |seen: Seen| tell(&inbox, Told::Seen(seen));
    let mut teller = Teller::new(&mut listener);
    let hsm = async { Ok(Arc::clone(office.desk.hsm())) };
    check::devices(&scope(&office), hsm, keys, &office.slots, &mut teller).await;
    Told::Done
}

/// Looks at what needs no device, on a thread that may be kept waiting.
fn read(office: &Office, inbox: &Sender<Msg>) -> Option<Vec<check::Key>> {
    let mut listener = |seen: Seen| tell(inbox, Told::Seen(seen));
    let mut teller = Teller::new(&mut listener);
    // What the line works with was read when it began; what is wrong with the file now will be so when the
    // station is started again.
    check::settings(&office.settings, &mut teller);
    check::room(&office.config.data, &mut teller);
    check::paper(&scope(office), &mut teller)
}

fn scope(office: &Office) -> Scope<'_> {
    Scope { config: &office.config, files: &office.files, clock: &*office.clock }
}

fn tell(inbox: &Sender<Msg>, told: Told) {
    // A screen that is gone need not be told.
    let _ = inbox.send(Msg::Page(pages::Told::Check(told)));
}
