//! Who shows what happens, and what a signal comes to.

use std::sync::Arc;

use tokio::signal::unix::Signal;
use tokio::task::JoinHandle;

use crate::engine::{Progress, Tally};
use crate::fault::{Fault, FaultCode};
use crate::tui::{Front, Msg};

/// Who shows what happens.
#[derive(Debug)]
pub(super) enum Display {
    Screen(Front),
    Lines(JoinHandle<std::io::Result<()>>),
}

impl Display {
    pub(super) fn screen(opened: std::io::Result<Front>) -> Result<Self, Fault> {
        opened.map(Self::Screen).map_err(|error| {
            Fault::new(FaultCode::FileWrite, format!("cannot take over the terminal: {error}"))
        })
    }

    /// What to do when a signal says that the line is to stop. A screen has to know of it.
    pub(super) fn stopper(&self, progress: Arc<Progress>) -> impl Fn() + Send + Sync + use<> {
        let inbox = match self {
            Self::Screen(front) => Some(front.inbox()),
            Self::Lines(_) => None,
        };
        move || {
            progress.stop();
            if let Some(inbox) = &inbox {
                // A screen that is gone need not be told.
                let _ = inbox.send(Msg::Stop);
            }
        }
    }

    /// Waits until everything was shown, and on a screen until it was seen. With the engine the last
    /// sender of events is gone.
    pub(super) async fn close(self, result: &Result<Tally, Fault>) -> Result<(), Fault> {
        let shown = match self {
            Self::Screen(front) => front.close(result).await,
            Self::Lines(task) => match task.await {
                Ok(shown) => shown,
                Err(error) => return Err(Fault::new(FaultCode::Bug, format!("the display ended: {error}"))),
            },
        };
        shown.map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot show what happens: {error}")))
    }
}

/// On these signals the runs under way go on to their end; no further module is taken up.
pub(super) fn stop_on_signal(signals: Vec<Signal>, stop: impl Fn() + Send + Sync + 'static) {
    let stop = Arc::new(stop);
    for mut signal in signals {
        let stop = Arc::clone(&stop);
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                stop();
            }
        });
    }
}
