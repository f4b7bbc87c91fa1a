//! All cuts at all moments of a recording, judged.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use super::cut::cuts;
use super::model::{Disk, Image};
use super::recording::{Entry, Recording};
use super::report::{Outcome, Report};

/// A sweep over a recording.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// What was recorded.
    pub recording: &'a Recording,
    /// The database's name.
    pub name: &'a str,
    /// 1 for every cut there is; with a larger one only every so many'th of those at one write, see [`cuts`].
    pub stride: usize,
    /// Opens what is found, checks that it is sound, and lists the events.
    pub survivors: fn(&Path) -> Result<Vec<Entry>>,
}

/// What is found on an image: the last event, or what is wrong.
type Verdict = Result<i64, String>;

impl Sweep<'_> {
    /// Cuts the power between any two steps.
    ///
    /// # Errors
    /// An image cannot be written. What is wrong on one is in the report.
    pub fn run(&self) -> Result<Report> {
        let begin = Instant::now();
        let workers = thread::available_parallelism()?.get();
        let verdicts = Mutex::default();
        let mut report = thread::scope(|scope| {
            let shares: Vec<_> = (0..workers)
                .map(|share| {
                    scope.spawn({
                        let verdicts = &verdicts;
                        move || self.share(share, workers, verdicts)
                    })
                })
                .collect();
            shares.into_iter().try_fold(Report::default(), |mut report, share| {
                let Ok(part) = share.join() else { bail!("a worker panicked") };
                report.add(part?);
                Ok(report)
            })
        })?;
        report.steps = self.recording.steps.len();
        report.elapsed = begin.elapsed();
        Ok(report)
    }

    /// Every `workers`th moment.
    fn share(
        &self,
        share: usize,
        workers: usize,
        verdicts: &Mutex<HashMap<[u8; 32], Verdict>>,
    ) -> Result<Report> {
        // In memory: nothing here waits for a disk, and no power will be cut.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        let mut report = Report::default();
        let mut disk = Disk::default();
        for (number, step) in self.recording.steps.iter().enumerate() {
            disk.step(step);
            if number % workers != share {
                continue;
            }
            let next = self.recording.steps.get(number + 1);
            for cut in cuts(&disk, step, next, number, self.stride) {
                let image = cut.image(&disk);
                let digest = image.digest();
                let known = locked(verdicts).get(&digest).cloned();
                let verdict = match known {
                    Some(verdict) => verdict,
                    None => self.judge(&image, directory.path())?,
                };
                let is_new = locked(verdicts).insert(digest, verdict.clone()).is_none();
                report.count(cut.kind, is_new, outcome(&disk, &verdict), || {
                    format!("after step {number}, {step}: {}", explain(&disk, &verdict))
                });
            }
        }
        Ok(report)
    }

    fn judge(&self, image: &Image, place: &Path) -> Result<Verdict> {
        let directory = place.join("found");
        fs::create_dir(&directory)?;
        image.write(&directory)?;
        let verdict = (self.survivors)(&directory.join(self.name))
            .and_then(|events| self.check_history(&events))
            .map_err(|error| format!("{error:#}"));
        fs::remove_dir_all(&directory)?;
        Ok(verdict)
    }

    /// The last event. All up to it have to be those that the program wrote.
    fn check_history(&self, events: &[Entry]) -> Result<i64> {
        for (index, Entry { place, hash }) in events.iter().enumerate() {
            ensure!(i64::try_from(index)? + 1 == *place, "event {place} stands at {}", index + 1);
            let written =
                self.recording.history.get(place).with_context(|| format!("nobody wrote event {place}"))?;
            // A ledger that was not begun when the power was cut is begun anew, with another first event.
            ensure!(written == hash || events.len() == 1, "event {place} is another");
        }
        let begun_anew =
            matches!(events, [Entry { hash, .. }] if self.recording.history.get(&1) != Some(hash));
        Ok(if begun_anew { 0 } else { events.last().map_or(0, |last| last.place) })
    }
}

fn outcome(disk: &Disk, verdict: &Verdict) -> Outcome {
    match verdict {
        Ok(last) if *last < disk.said() => Outcome::Lost,
        Ok(last) if *last == disk.said() => Outcome::AsSaid,
        Ok(_) => Outcome::More,
        Err(_) => Outcome::Unsound,
    }
}

fn explain(disk: &Disk, verdict: &Verdict) -> String {
    match verdict {
        Ok(last) => format!("event {} was said to be on disk, the last one found is {last}", disk.said()),
        Err(why) => why.clone(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
