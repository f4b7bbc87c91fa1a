//! `station replay`: a recording of the screen, on a terminal or as text.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc;

use clap::error::ErrorKind;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::tui::Msg;
use crate::tui::recording::{Entry, Head, Recording};
use crate::tui::replay::{Pace, Tape, play};
use crate::tui::text::Language;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recording: a file of the directory `recordings` beside the ledger.
    file: PathBuf,
    /// Play so many times faster than it was recorded.
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    speed: f64,
    /// Stand still at the beginning: the arrow keys go on message by message, the space bar plays.
    #[arg(long)]
    step: bool,
    /// Print the screen as it was after so many messages, or `last`, and play nothing. So it is anyhow where
    /// there is no terminal.
    #[arg(long, value_name = "N|last")]
    frame: Option<Frame>,
    /// Columns and rows of a screen that is printed.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x40")]
    size: Size,
    /// What the screen speaks: en, zh, es or vi. Without it, what it spoke when it was recorded.
    #[arg(long, value_name = "CODE")]
    language: Option<Language>,
}

/// A moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// After so many messages.
    After(usize),
    /// After all of them.
    Last,
}

/// Columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size(u16, u16);

/// A recording as JSON.
#[derive(Debug, Serialize)]
struct Listing {
    head: Head,
    messages: Vec<Entry>,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Outcome, Fault> {
    let recording = Recording::open(&arguments.file).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&Listing { head: recording.head, messages: recording.entries })?;
        return Ok(Outcome::Well);
    }
    let tape = Tape::new(recording, arguments.language);
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    match arguments.frame {
        None if terminal => on_terminal(invocation, arguments, tape),
        frame => {
            let count = frame.unwrap_or(Frame::Last).of(tape.len()).unwrap_or_else(|beyond| {
                // Only the recording tells that the command line is wrong.
                let what = format!("{} {beyond}\n", arguments.file.display());
                clap::Error::raw(ErrorKind::ValueValidation, what).exit()
            });
            show(tape, count, arguments.size)
        }
    }
}

/// Prints the screen after so many messages.
fn show(mut tape: Tape, count: usize, Size(columns, rows): Size) -> Result<Outcome, Fault> {
    tape.go_to(count);
    for row in tape.rows(columns, rows) {
        print::line(row)?;
    }
    Ok(Outcome::Well)
}

fn on_terminal(invocation: &Invocation, arguments: &Arguments, tape: Tape) -> Result<Outcome, Fault> {
    let (inbox, messages) = mpsc::channel();
    // These would leave the terminal as it is.
    for kind in [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()] {
        // A signal that cannot be caught ends the program, as it does everywhere.
        let Ok(mut signal) = signal(kind) else { continue };
        let inbox = inbox.clone();
        tokio::spawn(async move { while signal.recv().await.is_some() && inbox.send(Msg::Stop).is_ok() {} });
    }
    let pace = Pace { speed: arguments.speed, paused: arguments.step };
    play(tape, pace, &invocation.clock, (inbox, &messages))
        .map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot play on the terminal: {error}")))?;
    Ok(Outcome::Well)
}

/// From a hundredth to a thousand times.
fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if (0.01..=1000.0).contains(&speed) { Ok(speed) } else { Err("must be from 0.01 to 1000".to_owned()) }
}

impl Frame {
    /// After how many messages it is, of a recording that has so many.
    fn of(self, length: usize) -> Result<usize, String> {
        match self {
            Self::Last => Ok(length),
            Self::After(count) if count <= length => Ok(count),
            Self::After(count) => Err(format!("has {length} messages, and none with the number {count}")),
        }
    }
}

impl FromStr for Frame {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            number => number.parse().map(Self::After).map_err(|_| "is a number or `last`".to_owned()),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const LARGEST: u16 = 1000;
        let size = text.split_once('x').and_then(|(columns, rows)| {
            let part = |text: &str| text.parse().ok().filter(|part| (1..=LARGEST).contains(part));
            Some(Self(part(columns)?, part(rows)?))
        });
        size.ok_or_else(|| format!("is columns and rows, such as 80x24, and at most {LARGEST} each"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_one_that_a_screen_can_have() {
        assert_eq!("80x24".parse(), Ok(Size(80, 24)));
        for text in ["80", "0x24", "80x0", "1001x2", "80x24x2", "x", "-1x3", ""] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_number_or_the_last_one() {
        assert_eq!("last".parse(), Ok(Frame::Last));
        assert_eq!("0".parse(), Ok(Frame::After(0)));
        assert!("-1".parse::<Frame>().is_err() && "first".parse::<Frame>().is_err());
    }

    #[test]
    fn there_is_no_moment_after_the_last_one() {
        assert_eq!(Frame::Last.of(7), Ok(7));
        assert_eq!((Frame::After(0).of(7), Frame::After(7).of(7)), (Ok(0), Ok(7)));
        let beyond = Frame::After(100_000).of(7).expect_err("there are 7");
        assert_eq!(beyond, "has 7 messages, and none with the number 100000");
    }

    #[test]
    fn time_goes_neither_backwards_nor_beyond_all_measure() {
        assert_eq!(speed("2.5"), Ok(2.5));
        for text in ["0", "-1", "NaN", "inf", "1001", "fast"] {
            assert!(speed(text).is_err(), "{text}");
        }
    }
}
