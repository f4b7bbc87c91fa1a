//! The screen on a running line: what happens goes to the screen, what the screen wants done goes to the
//! engine.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinHandle, JoinSet};

use super::effect::Effect;
use super::keypad::Keypad;
use super::model::Setting;
use super::msg::{Device, Ending, Msg, Report};
use super::office::{Clerk, Office};
use super::recording::Recordings;
use super::shell::Shell;
use super::watch::{self, Watched};
use crate::engine::{Event, Progress, Retries, Tally};
use crate::fault::{Coded as _, Fault};
use crate::files::Files;
use crate::headless::Record;
use crate::ledger::{Ledger, OrderId, RunId};
use crate::link::mask;
use crate::scanner::{Reading, Scans};

/// How long after the engine's end something may still be told.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the screen has to do with.
#[derive(Debug)]
pub struct Wiring {
    /// What happens.
    pub events: UnboundedReceiver<Event>,
    /// Where it is written besides.
    pub record: Record,
    /// Where the line is told to stop.
    pub progress: Arc<Progress>,
    /// Where a module is tried again.
    pub retries: Arc<Retries>,
    /// Where what a hand scanner reads is waited for.
    pub scans: Scans,
    /// What hand scanners read that are no keyboards.
    pub readings: UnboundedReceiver<Reading>,
    /// What the pages have to do with.
    pub office: Office,
    /// The devices with a light.
    pub watched: Watched,
}

/// An open screen, with all that feeds it.
#[derive(Debug)]
pub struct Front {
    shell: Shell,
    telling: JoinHandle<io::Result<()>>,
    watching: JoinSet<()>,
}

impl Front {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// The terminal cannot be taken over.
    pub fn open(setting: Setting, wiring: Wiring) -> io::Result<Self> {
        let Wiring { events, record, progress, retries, scans, readings, office, watched } = wiring;
        let Office { ledger, files, order, clock, .. } = office.clone();
        let asked = Asked {
            ledger: ledger.clone(),
            files: files.clone(),
            order: order.clone(),
            runtime: Handle::current(),
        };
        let mut clerk = None;
        let runtime = Handle::current();
        let line = StopAtPanic(progress);
        let keypad = Arc::new(Keypad::default());
        let pins = Arc::clone(&keypad);
        let recordings = Recordings::new(files.clone());
        let shell =
            Shell::open(
                setting,
                recordings,
                Arc::clone(&clock),
                keypad,
                move |effect, inbox| match effect {
                    Effect::Ask(ask) => clerk
                        .get_or_insert_with(|| {
                            Clerk::new(office.clone(), Arc::clone(&pins), runtime.clone(), inbox.clone())
                        })
                        .ask(ask),
                    Effect::Stop => line.stop(),
                    Effect::Retry { slot } => retries.ask(&slot),
                    Effect::Scanned { slot, text } => scans.give(&slot, &text),
                    Effect::Count => asked.count(inbox.clone()),
                    Effect::Transcript(run) => asked.transcript(run, inbox.clone()),
                    // These are the shell's own.
                    Effect::Bell | Effect::Draw | Effect::Leave | Effect::Record | Effect::Repaint => {}
                },
            )?;
        let telling = tokio::spawn(tell(events, record, shell.inbox()));
        let mut watching = watch::all(watched, &ledger, &order, &clock, &shell.inbox());
        watching.spawn(hear(readings, shell.inbox()));
        Ok(Self { shell, telling, watching })
    }

    /// Where to say that the line is to stop.
    pub fn inbox(&self) -> Sender<Msg> {
        self.shell.inbox()
    }

    /// Tells the screen how the line ended, and waits until the operator leaves it.
    ///
    /// # Errors
    /// The file of events could not be written, or the screen panicked.
    pub async fn close(self, result: &Result<Tally, Fault>) -> io::Result<()> {
        let Self { shell, telling, watching } = self;
        // The engine is gone, so this ends when all that happened was told; but a driver that hangs on the
        // thread it was left on may hold a sender for ever.
        let told = match tokio::time::timeout(LAST_WORDS, telling).await {
            Ok(told) => told.unwrap_or_else(|error| Err(io::Error::other(error))),
            Err(_) => Ok(()),
        };
        // A screen that is gone need not be told.
        let _ = shell.inbox().send(Msg::Ended(Ending::of(result)));
        let closed = shell.closed().await;
        drop(watching);
        told.and(closed)
    }
}

/// Stops the line when the screen's thread panics: nobody could see any more what the slots want.
#[derive(Debug)]
struct StopAtPanic(Arc<Progress>);

impl StopAtPanic {
    fn stop(&self) {
        self.0.stop();
    }
}

impl Drop for StopAtPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.stop();
        }
    }
}

/// Passes on what is scanned.
async fn hear(mut readings: UnboundedReceiver<Reading>, inbox: Sender<Msg>) {
    while let Some(reading) = readings.recv().await {
        if inbox.send(Msg::Scanned(reading)).is_err() {
            return;
        }
    }
}

/// Passes on what happens. A file that cannot be written does not keep it from the screen.
async fn tell(
    mut events: UnboundedReceiver<Event>,
    mut record: Record,
    inbox: Sender<Msg>,
) -> io::Result<()> {
    let _ending = FeedEnding(inbox.clone());
    let mut written = Ok(());
    while let Some(event) = events.recv().await {
        if written.is_ok() {
            written = record.write(&event);
        }
        // A screen that is gone need not be told.
        let _ = inbox.send(Msg::Engine(event));
    }
    written
}

/// Tells the screen that nothing more comes, whatever the reason.
struct FeedEnding(Sender<Msg>);

impl Drop for FeedEnding {
    fn drop(&mut self) {
        // A screen that is gone need not be told.
        let _ = self.0.send(Msg::FeedEnded);
    }
}

/// What the screen asks for, and gets by message.
struct Asked {
    ledger: Ledger,
    files: Files,
    order: OrderId,
    runtime: Handle,
}

impl Asked {
    fn count(&self, inbox: Sender<Msg>) {
        let (ledger, order) = (self.ledger.clone(), self.order.clone());
        self.runtime.spawn(async move { inbox.send(counted(&ledger, &order).await) });
    }

    fn transcript(&self, run: RunId, inbox: Sender<Msg>) {
        let file = self.files.transcript(run);
        self.runtime.spawn(async move {
            // One that was not kept is shown as such.
            let text = tokio::task::spawn_blocking(move || begin_of(&file).ok()).await;
            // It may be of a program that masked nothing.
            inbox.send(Msg::Transcript(run, text.ok().flatten().as_deref().map(mask)))
        });
    }
}

/// The text of a transcript, as far as it is shown and recorded: a module that talks on and on fills a disk, but
/// neither memory nor recordings. The end is cut, because what is hidden hangs on what came before.
fn begin_of(file: &Path) -> io::Result<String> {
    /// Of a run that goes well, a hundred times over.
    const MOST: u64 = 1 << 20;
    let mut bytes = Vec::new();
    let file = File::open(file)?;
    let is_cut = file.metadata()?.len() > MOST;
    file.take(MOST).read_to_end(&mut bytes)?;
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if is_cut {
        text.push_str("\n! cut here: there is more in the file\n");
    }
    Ok(text)
}

/// The counts of the order, or that the ledger does not tell them.
pub(super) async fn counted(ledger: &Ledger, order: &OrderId) -> Msg {
    let order = order.clone();
    match ledger.query(move |reader| reader.order_progress(&order)).await {
        Ok(Some(progress)) => Msg::Counted(progress.into()),
        Ok(None) => Msg::Device(Device::Ledger, Report::Good),
        Err(error) => Msg::Device(Device::Ledger, Report::Trouble(error.code())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_read_no_further_than_it_is_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("transcript");
        std::fs::write(&file, "> AT\n< OK\n").expect("written");
        assert_eq!(begin_of(&file).expect("read"), "> AT\n< OK\n");
        std::fs::write(&file, "< x\u{e4}\n".repeat(1 << 20)).expect("written");
        let text = begin_of(&file).expect("read");
        assert!(text.len() < (1 << 20) + 100, "{}", text.len());
        assert!(text.ends_with("! cut here: there is more in the file\n"));
        assert!(begin_of(folder.path().join("absent").as_path()).is_err());
    }
}
