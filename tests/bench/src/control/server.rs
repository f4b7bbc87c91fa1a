//! The bench's side of the control socket.

use std::{error::Error, path::PathBuf, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::Notify,
};

use super::{Answer, ModuleStatus, Request, SlotStatus, Status};
use crate::{
    chip::Activity,
    slot::{SeatError, Slot, lock},
    tray::Tray,
};

/// What requests work on.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) directory: PathBuf,
    pub(crate) seed: u64,
    pub(crate) slots: Vec<Slot>,
    pub(crate) tray: Arc<std::sync::Mutex<Tray>>,
    /// Told when the bench shall end.
    pub(crate) down: Notify,
}

/// Serves clients until the runtime ends.
pub(crate) async fn serve(desk: Arc<Desk>, listener: UnixListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(Arc::clone(&desk), stream));
    }
}

async fn converse(desk: Arc<Desk>, stream: UnixStream) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let request = serde_json::from_str(&line);
        let last = matches!(request, Ok(Request::Down));
        let answer = match request {
            Ok(request) => desk.answer(request).await,
            Err(error) => Answer::Refused { reason: error.to_string() },
        };
        let Ok(mut line) = serde_json::to_string(&answer) else { return };
        line.push('\n');
        if writer.write_all(line.as_bytes()).await.is_err() {
            return;
        }
        if last {
            desk.down.notify_one();
        }
    }
}

impl Desk {
    async fn answer(&self, request: Request) -> Answer {
        match request {
            Request::Take { slot } => match self.slot(&slot) {
                Ok(slot) => module(slot.take().await),
                Err(refusal) => refusal,
            },
            Request::Put { slot, fresh, module: wanted } => match self.slot(&slot) {
                Ok(_) if fresh && wanted.is_some() => refused("a fresh module has no name yet"),
                Ok(slot) => module(slot.put(fresh, wanted).await),
                Err(refusal) => refusal,
            },
            Request::Fault { slot, fault } => self.with_slot(&slot, |slot| slot.faults.set(fault)),
            Request::Clear { slot } => self.with_slot(&slot, |slot| slot.faults.clear()),
            Request::Dump { slot, file } => match self.slot(&slot) {
                Ok(slot) => self.dump(slot, file).await,
                Err(refusal) => refusal,
            },
            Request::Status => Answer::Status(self.status()),
            Request::Down => Answer::Done,
        }
    }

    fn slot(&self, name: &str) -> Result<&Slot, Answer> {
        let found = self.slots.iter().find(|slot| slot.name == name);
        found.ok_or_else(|| refused(&format!("there is no slot {name}")))
    }

    fn with_slot(&self, name: &str, work: impl FnOnce(&Slot)) -> Answer {
        match self.slot(name) {
            Ok(slot) => {
                work(slot);
                Answer::Done
            }
            Err(refusal) => refusal,
        }
    }

    async fn dump(&self, slot: &Slot, file: PathBuf) -> Answer {
        let image = match slot.image().await {
            Ok(image) => image,
            Err(error) => return refused(&chain(&error)),
        };
        let mut bytes = image.flash;
        bytes.extend(image.uicr.iter().flat_map(|word| word.to_le_bytes()));
        // `join` leaves an absolute path as it is.
        match std::fs::write(self.directory.join(&file), bytes) {
            Ok(()) => Answer::Done,
            Err(error) => refused(&format!("writing {}: {error}", file.display())),
        }
    }

    fn status(&self) -> Status {
        let slots = self.slots.iter().map(|slot| SlotStatus {
            slot: slot.name.clone(),
            module: slot.occupant(),
            core: slot.activity().map(|activity| describe(activity).to_owned()),
            probe: crate::config::selector(slot.probe),
            port: slot.uart.clone(),
            printer: slot.printer.to_string(),
            scanner: slot.scanner.to_string(),
            faults: slot.faults.list(),
        });
        let slots = slots.collect();
        let tray = lock(&self.tray);
        let modules = tray.modules().map(|(name, module)| ModuleStatus {
            module: name.to_owned(),
            labels: module.labels,
            label: module.label.as_ref().map(|label| label.file.clone()),
        });
        Status { seed: self.seed, slots, modules: modules.collect() }
    }
}

fn describe(activity: Activity) -> &'static str {
    match activity {
        Activity::Running => "running",
        Activity::Halted => "halted",
        Activity::LockedUp => "locked-up",
        Activity::InReset => "in-reset",
    }
}

fn module(outcome: Result<String, SeatError>) -> Answer {
    match outcome {
        Ok(module) => Answer::Module { module },
        Err(error) => refused(&chain(&error)),
    }
}

fn refused(reason: &str) -> Answer {
    Answer::Refused { reason: reason.to_owned() }
}

/// An error and its causes on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
