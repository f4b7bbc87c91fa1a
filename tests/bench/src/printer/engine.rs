//! The print engine: one label after the other, at the speed of the print head, while there is paper.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

use super::{canvas::write_png, format::Job};
use crate::{
    fault::Faults,
    slot::{Common, lock},
    tray::{Label, Tray},
};

/// Print speed when time is real.
const MM_PER_SECOND: u32 = 100;

/// What the printer says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct State {
    pub(super) paused: bool,
    /// Formats not yet printed.
    pub(super) formats: usize,
    /// Labels not yet printed, copies counted.
    pub(super) labels: u64,
}

/// The engine's queue and what it prints on.
#[derive(Debug)]
pub(super) struct Engine {
    queue: Mutex<Queue>,
    changed: Notify,
    faults: Faults,
    directory: PathBuf,
    occupant: Arc<Mutex<Option<String>>>,
    tray: Arc<Mutex<Tray>>,
    dots_per_mm: u32,
    paced: bool,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: VecDeque<Job>,
    paused: bool,
    printed: u32,
}

impl Engine {
    /// Labels go to the directory `labels` below `slot`, numbered on from what is there.
    pub(super) fn new(
        slot: &Path,
        common: &Common,
        occupant: Arc<Mutex<Option<String>>>,
        faults: Faults,
    ) -> io::Result<Self> {
        let directory = slot.join("labels");
        fs::create_dir_all(&directory)?;
        let printed = last_number(&directory)?;
        Ok(Self {
            queue: Mutex::new(Queue { printed, ..Queue::default() }),
            changed: Notify::new(),
            faults,
            directory,
            occupant,
            tray: Arc::clone(&common.tray),
            dots_per_mm: common.dots_per_mm,
            paced: common.paced,
        })
    }

    pub(super) fn state(&self) -> State {
        let queue = lock(&self.queue);
        State {
            paused: queue.paused,
            formats: queue.jobs.len(),
            labels: queue.jobs.iter().map(|job| u64::from(job.copies)).sum(),
        }
    }

    pub(super) fn enqueue(&self, job: Job) {
        lock(&self.queue).jobs.push_back(job);
        self.changed.notify_one();
    }

    /// Forgets everything that is not printed.
    pub(super) fn cancel(&self) {
        lock(&self.queue).jobs.clear();
    }

    pub(super) fn pause(&self, paused: bool) {
        lock(&self.queue).paused = paused;
        self.changed.notify_one();
    }

    /// Prints until the runtime ends.
    pub(super) async fn run(self: Arc<Self>) {
        loop {
            self.faults.until(|faults| !faults.printer_stuck() && !faults.printer_off()).await;
            let Some(length) = self.next_length() else {
                self.changed.notified().await;
                continue;
            };
            if self.paced {
                sleep(Duration::from_secs(1) * length / (self.dots_per_mm * MM_PER_SECOND)).await;
            }
            // Paper can run out, and the host can think again, while the label is fed.
            if self.faults.printer_stuck() || self.faults.printer_off() {
                continue;
            }
            let Some((job, number)) = self.take_one() else { continue };
            if let Err(error) = self.print(job, number) {
                tracing::error!(error = &error as &dyn std::error::Error, "the label was not written");
            }
        }
    }

    /// Dots to feed for the next label, if there is one.
    fn next_length(&self) -> Option<u32> {
        let queue = lock(&self.queue);
        let job = queue.jobs.front().filter(|_| !queue.paused)?;
        u32::try_from(job.canvas.height()).ok()
    }

    fn take_one(&self) -> Option<(Job, u32)> {
        let mut queue = lock(&self.queue);
        let job = queue.jobs.front_mut()?;
        let one = job.clone();
        job.copies -= 1;
        if job.copies == 0 {
            queue.jobs.pop_front();
        }
        queue.printed += 1;
        Some((one, queue.printed))
    }

    /// Writes the picture and sticks the label on the module in the slot. Without one it is only printed.
    fn print(&self, job: Job, number: u32) -> io::Result<()> {
        let (width, height) = (job.canvas.width(), job.canvas.height());
        let file = self.directory.join(format!("{number:04}.png"));
        let dots = job.canvas.into_dots();
        write_png(&file, width, height, &dots, self.dots_per_mm)?;
        let occupant = lock(&self.occupant).clone();
        if let Some(module) = occupant.and_then(|name| {
            lock(&self.tray).module(&name).map(|module| {
                module.labels += 1;
                module.label = Some(Label { width, height, dots, file });
                name
            })
        }) {
            tracing::debug!(module, number, "label printed");
        }
        Ok(())
    }
}

fn last_number(directory: &Path) -> io::Result<u32> {
    let mut last = 0;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}
