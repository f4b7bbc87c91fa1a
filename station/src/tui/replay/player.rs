//! Plays a recording on a terminal, at the pace at which it was recorded.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Tape;
use crate::clock::Clock;
use crate::tui::keypad::Keypad;
use crate::tui::msg::{Key, Msg};
use crate::tui::text::{self, fill};
use crate::tui::theme::Meaning;
use crate::tui::view::paint;
use crate::tui::wedge::Wedge;
use crate::tui::{keys, terminal::Screen, view};

/// How often time passes on the screen while no message comes.
const TICK: Duration = Duration::from_millis(500);

/// How a recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// How many times faster than it was recorded.
    pub speed: f64,
    /// Whether it stands still until it is told to go on.
    pub paused: bool,
}

/// Takes the terminal over and plays, until somebody leaves. Blocks; [`Msg::Stop`] on the channel ends it.
///
/// # Errors
/// The terminal cannot be taken over, or written.
pub fn play(
    tape: Tape,
    pace: Pace,
    clock: &Arc<dyn Clock>,
    (inbox, messages): (Sender<Msg>, &Receiver<Msg>),
) -> io::Result<()> {
    let keypad = Arc::new(Keypad::default());
    let mut screen = Screen::open()?;
    std::thread::Builder::new().name("keys".to_owned()).spawn({
        let (clock, keypad) = (Arc::clone(clock), Arc::clone(&keypad));
        move || keys::read(&inbox, &keypad, &*clock, Wedge::new(Key::Enter))
    })?;
    let mut player = Player { tape, pace, at: Duration::ZERO };
    let mut before = clock.instant();
    loop {
        screen.draw_with(|frame| player.draw(frame))?;
        match messages.recv_timeout(player.pause()) {
            Ok(Msg::Key(key)) => {
                if player.press(key) {
                    return Ok(());
                }
            }
            Ok(Msg::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        keypad.entered();
        let now = clock.instant();
        player.pass(passed(before, now));
        before = now;
    }
}

fn passed(before: Instant, now: Instant) -> Duration {
    now.saturating_duration_since(before)
}

/// A recording that is being played.
#[derive(Debug)]
struct Player {
    tape: Tape,
    pace: Pace,
    /// How much of the recorded time has been played.
    at: Duration,
}

impl Player {
    /// How long there is nothing to do.
    fn pause(&self) -> Duration {
        let next = self.tape.next_at().filter(|_| !self.pace.paused);
        let left = next.map_or(TICK, |next| scaled(next.saturating_sub(self.at), 1.0 / self.pace.speed));
        left.min(TICK)
    }

    /// Plays what has come due when so much time has passed.
    fn pass(&mut self, time: Duration) {
        if self.pace.paused {
            return;
        }
        self.at = self.at.saturating_add(scaled(time, self.pace.speed));
        while self.tape.next_at().is_some_and(|next| next <= self.at) {
            self.tape.step();
        }
        // After the end nothing is known of what time would have brought.
        if self.tape.next_at().is_some() {
            self.tape.wait(self.at);
        }
    }

    /// Does what a key asks for. `true`, if it is to leave.
    fn press(&mut self, key: Key) -> bool {
        match key {
            Key::Char('q' | 'Q') | Key::Esc | Key::Ctrl('c') => return true,
            Key::Char(' ') => self.pace.paused = !self.pace.paused,
            Key::Right | Key::Down => self.go_to(self.tape.played().saturating_add(1)),
            Key::Left | Key::Up => self.go_to(self.tape.played().saturating_sub(1)),
            Key::PageDown => self.go_to(self.tape.played().saturating_add(100)),
            Key::PageUp => self.go_to(self.tape.played().saturating_sub(100)),
            _ => {}
        }
        false
    }

    /// Goes to a message, and stands still there.
    fn go_to(&mut self, frame: usize) {
        self.tape.go_to(frame);
        self.pace.paused = true;
        self.at = Duration::from_millis(self.tape.model().moment().elapsed_ms);
    }

    /// The screen as it was; in its last row, how far it was played.
    fn draw(&self, frame: &mut Frame<'_>) {
        view(self.tape.model(), frame);
        let area = frame.area();
        draw_bar(&self.tape, self.pace, area, frame.buffer_mut());
    }
}

/// In the last row, how far a recording was played.
pub(in crate::tui) fn draw_bar(tape: &Tape, pace: Pace, area: Rect, buffer: &mut Buffer) {
    let row = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
    let language = tape.model().language;
    let words = language.notices();
    let count = |count: usize| text::number(language, u64::try_from(count).unwrap_or(u64::MAX));
    let (k, n) = (count(tape.played()), count(tape.len()));
    let values = [("k", k.as_str()), ("n", &n), ("speed", &pace.speed.to_string())];
    let said = fill(if pace.paused { words.paused } else { words.playing }, &values);
    let blank = " ".repeat(row.width.into());
    paint::left(row, &blank, Meaning::Key, buffer);
    let used = paint::left(row, &format!(" {said}"), Meaning::Key, buffer) + 2;
    let rest = Rect { x: row.x.saturating_add(used), width: row.width.saturating_sub(used), ..row };
    paint::right(rest, &format!("{} ", words.replay_keys), Meaning::Key, buffer);
}

/// A time, so many times as long. What is beyond all measure is as long as can be.
fn scaled(time: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * by).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::Moment;
    use crate::tui::recording::{Entry, Head, Recording};
    use crate::tui::tests::fixture::{opened, setting};

    /// Three messages, a second, 2 s and 12 s after the screen was opened.
    fn player(speed: f64) -> Player {
        let entry = |seconds: u64| {
            let elapsed = Duration::from_secs(seconds);
            Entry {
                at: Moment { elapsed_ms: seconds * 1000, now: opened().now + elapsed },
                msg: Msg::Resized(None),
            }
        };
        let program = "0.0.0".to_owned();
        let head =
            Head { format: 2, program, opened: opened(), missing: 0, setting: setting(1), screen: None };
        let recording = Recording { head, entries: vec![entry(1), entry(2), entry(12)] };
        let pace = Pace { speed, paused: false };
        Player { tape: Tape::new(recording, None), pace, at: Duration::ZERO }
    }

    #[test]
    fn messages_come_at_the_pace_at_which_they_came() {
        let mut player = player(2.0);
        assert_eq!(player.pause(), TICK);
        player.pass(Duration::from_millis(499));
        assert_eq!((player.tape.played(), player.pause()), (0, Duration::from_millis(1)));
        player.pass(Duration::from_millis(1));
        assert_eq!(player.tape.played(), 1);
        player.pass(Duration::from_secs(2));
        assert_eq!(player.tape.played(), 2);
        assert_eq!(player.tape.model().moment().elapsed_ms, 5000, "the seconds between are counted");
        player.pass(Duration::from_secs(1000));
        assert_eq!(player.tape.played(), 3);
        assert_eq!(player.tape.model().moment().elapsed_ms, 12_000, "after the end time stands still");
    }

    #[test]
    fn somebody_who_steps_is_not_overtaken() {
        let mut player = player(1.0);
        assert!(!player.press(Key::Right));
        player.pass(Duration::from_mins(1));
        assert_eq!(player.tape.played(), 1);
        player.press(Key::Right);
        player.press(Key::Left);
        assert_eq!(player.tape.played(), 1);
        player.press(Key::PageDown);
        assert_eq!(player.tape.played(), 3);
        player.press(Key::PageUp);
        assert_eq!(player.tape.played(), 0);
        player.press(Key::Char(' '));
        player.pass(Duration::from_secs(1));
        assert_eq!(player.tape.played(), 1);
        assert!(player.press(Key::Char('q')) && player.press(Key::Ctrl('c')));
    }

    #[test]
    fn the_last_row_says_how_far_it_is_at_any_size() {
        let player = player(1.0);
        for (width, height) in [(1, 1), (20, 5), (80, 24)] {
            let backend = ratatui::backend::TestBackend::new(width, height);
            let mut terminal = ratatui::Terminal::new(backend).expect("a terminal");
            terminal.draw(|frame| player.draw(frame)).expect("drawn");
            if width == 80 {
                let rows = paint::rows(terminal.backend().buffer());
                let last = " Recording: 0 of 3, speed ×1";
                assert!(rows[23].starts_with(last) && rows[23].ends_with("Q: leave"), "{}", rows[23]);
            }
        }
    }
}
