//! The ring of an open screen, and when it is written.

use std::sync::mpsc::Sender;

use super::redaction::kept;
use super::ring::{Bounds, Ring};
use super::store::Recordings;
use crate::fault::FaultCode;
use crate::tui::{Model, Moment, Msg, Setting};

/// Keeps what the screen is told. Writes it down when it is asked to, and when the screen's own thread
/// panics: then that is what an engineer wants to see.
#[derive(Debug)]
pub(in crate::tui) struct Recorder {
    ring: Ring,
    recordings: Recordings,
    last: Moment,
}

impl Recorder {
    /// For a screen that was opened with this, then.
    pub(in crate::tui) fn new(setting: Setting, opened: Moment, recordings: Recordings) -> Self {
        Self { ring: Ring::new(setting, opened, Bounds::USUAL), recordings, last: opened }
    }

    /// Takes in a message, before the screen does, which is like this: without what is not kept.
    pub(in crate::tui) fn push(&mut self, at: Moment, msg: &Msg, model: &Model) {
        self.last = at;
        if let Some(msg) = kept(msg, model) {
            self.ring.push(at, &msg);
        }
    }

    /// Writes down what there is, on a thread of its own; what becomes of it is told to the screen.
    pub(in crate::tui) fn write(&self, inbox: &Sender<Msg>) {
        let (recordings, text, last) = (self.recordings.clone(), self.ring.file(), self.last);
        let tell = inbox.clone();
        let write = move || {
            let written = recordings.save(last.now, &text).map_err(|error| {
                tracing::error!("cannot write a recording: {error}");
                FaultCode::FileWrite
            });
            // A screen that is gone need not be told.
            let _ = tell.send(Msg::Recorded(written));
        };
        if std::thread::Builder::new().name("recording".to_owned()).spawn(write).is_err() {
            // This is sent to the thread that sends it, which is there.
            let _ = inbox.send(Msg::Recorded(Err(FaultCode::FileWrite)));
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // There is no screen any more to say it on.
            match self.recordings.save(self.last.now, &self.ring.file()) {
                Ok(file) => tracing::error!("the screen panicked; what it was told is in {file}"),
                Err(error) => tracing::error!("cannot write a recording: {error}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Recording;
    use super::*;
    use crate::files::Files;
    use crate::tui::tests::fixture::{opened, setting};

    #[test]
    fn a_screen_that_panics_leaves_what_it_was_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::new(folder.path());
        let mut recorder = Recorder::new(setting(1), opened(), Recordings::new(files.clone()));
        recorder.push(opened(), &Msg::Resized(None), &Model::new(setting(1), opened()));
        let screen = std::thread::spawn(move || {
            let _recorder = recorder;
            panic!("a mistake");
        });
        assert!(screen.join().is_err());
        let file = files.recordings().join("2026-03-01T08-00-00Z.jsonl");
        let recording = Recording::open(&file).expect("a recording");
        assert_eq!(recording.entries.len(), 1);
    }

    #[test]
    fn where_nothing_can_be_written_the_screen_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("written");
        let recordings = Recordings::new(Files::new(file));
        let (inbox, messages) = std::sync::mpsc::channel();
        Recorder::new(setting(1), opened(), recordings).write(&inbox);
        assert_eq!(messages.recv(), Ok(Msg::Recorded(Err(FaultCode::FileWrite))));
    }
}
