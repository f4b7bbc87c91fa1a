//! Reads the terminal's keys, on a thread of its own; and PINs, when one is asked for.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};

use super::keypad::{Entered, Keypad};
use super::msg::{Key, Msg};
use super::terminal;
use super::wedge::{Heard, Wedge};
use crate::clock::Clock;
use crate::scanner::{Hand, Reading};

/// How often a changed size is looked for, and whether the screen is still there, while no key comes.
const LOOK: Duration = Duration::from_millis(100);

/// Columns and rows, if the terminal says how many it has.
fn terminal_size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

/// Sends keys, scans and changes of size until the screen is closed. When the terminal is gone, it says
/// [`Msg::Stop`] and ends.
pub(super) fn read(inbox: &Sender<Msg>, keypad: &Keypad, clock: &dyn Clock, mut wedge: Wedge) {
    // crossterm hears of changes of size from its first look on. One that came before, after the first frame,
    // is made up for by another frame.
    if event::poll(Duration::ZERO).is_ok() && inbox.send(Msg::Resized(terminal_size())).is_err() {
        return;
    }
    let began = clock.instant();
    let mut now = Duration::ZERO;
    while terminal::is_open() {
        // What crossterm has read ahead is no answer to a question that comes now.
        let mut next =
            if keypad.is_wanted() { drop_read().map(|()| None) } else { read_if_there(Duration::ZERO) };
        // What lay there already came right after what was read before it, however late it is read.
        if matches!(next, Ok(None)) && !keypad.is_wanted() {
            let patience = wedge.due().map_or(LOOK, |due| due.saturating_sub(now).min(LOOK));
            next = read_if_there(patience);
            now = clock.instant().saturating_duration_since(began);
        }
        if keypad.is_wanted() {
            let _secret = terminal::Secret::begins();
            if keypad.serve(&io::stdin(), terminal::is_open) {
                wedge.forget();
                continue;
            }
        }
        let heard = match next {
            Ok(Some(event::Event::Key(key))) => {
                key_of(key).is_none_or(|key| send(inbox, keypad, wedge.press(key, now)))
            }
            Ok(Some(event::Event::Resize(columns, rows))) => {
                inbox.send(Msg::Resized(Some((columns, rows)))).is_ok()
            }
            Ok(Some(_)) => true,
            Ok(None) => send(inbox, keypad, wedge.wait(now)),
            Err(_) => {
                // Without a screen nobody is left to be told.
                let _ = inbox.send(Msg::Stop);
                return;
            }
        };
        if !heard {
            return;
        }
    }
}

/// Says whether there is a screen.
fn send(inbox: &Sender<Msg>, keypad: &Keypad, heard: Vec<Heard>) -> bool {
    heard.into_iter().all(|heard| match heard {
        // Either may finish what a question follows.
        Heard::Key(Key::Enter) => finish(inbox, keypad, Msg::Key(Key::Enter)),
        Heard::Scan(text) => finish(inbox, keypad, Msg::Scanned(Reading { by: Hand::Keyboard, text })),
        Heard::Key(key) => inbox.send(Msg::Key(key)).is_ok(),
    })
}

/// Sends what a question may follow. What was typed blindly while the screen did not answer may be a PIN, and is
/// dropped.
fn finish(inbox: &Sender<Msg>, keypad: &Keypad, msg: Msg) -> bool {
    match keypad.enter(|| inbox.send(msg).is_ok(), terminal::is_open) {
        Entered::Taken => true,
        Entered::Late => {
            // Only a terminal keeps such. One that is gone is found to be so by the next look.
            let _ = tcflush(io::stdin(), QueueSelector::IFlush);
            let _ = drop_read();
            true
        }
        Entered::Gone => false,
    }
}

/// What comes from the terminal within this time.
fn read_if_there(patience: Duration) -> io::Result<Option<event::Event>> {
    let input = io::stdin();
    let mut ready = [PollFd::new(&input, PollFlags::IN)];
    let patience = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut ready, Some(&patience)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    // crossterm would read on and on from a terminal that has hung up.
    if ready[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    // It may have read several keys at once, and keeps those that nobody has asked for yet.
    if event::poll(Duration::ZERO)? { event::read().map(Some) } else { Ok(None) }
}

/// Drops the keys that were read and not sent.
fn drop_read() -> io::Result<()> {
    while event::poll(Duration::ZERO)? {
        event::read()?;
    }
    Ok(())
}

fn key_of(key: KeyEvent) -> Option<Key> {
    if key.kind != KeyEventKind::Press {
        return None;
    }
    Some(match key.code {
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            Key::Ctrl(letter.to_ascii_lowercase())
        }
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::F(number) => Key::Function(number),
        KeyCode::Down => Key::Down,
        KeyCode::Up => Key::Up,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::PageUp => Key::PageUp,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_as_far_as_the_screen_needs_it() {
        let key = |code, modifiers| key_of(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Ctrl('c')));
        assert_eq!(key(KeyCode::Char('B'), KeyModifiers::SHIFT), Some(Key::Char('B')));
        assert_eq!(key(KeyCode::F(1), KeyModifiers::NONE), Some(Key::Function(1)));
        assert_eq!(key(KeyCode::Home, KeyModifiers::NONE), None);
        let released = KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(key_of(released), None);
    }
}
