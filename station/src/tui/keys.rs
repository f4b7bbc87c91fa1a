//! Reads the terminal's keys, on a thread of its own.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::msg::{Key, Msg};
use super::terminal;

/// How often a changed size is looked for, and whether the screen is still there, while no key comes.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Sends keys and changes of size until the screen is closed. When the terminal is gone, it says
/// [`Msg::Stop`] and ends.
pub(super) fn read(inbox: &Sender<Msg>) {
    // crossterm hears of changes of size from its first look on. One that came before, after the first frame,
    // is made up for by another frame.
    if event::poll(Duration::ZERO).is_ok() && inbox.send(Msg::Resized).is_err() {
        return;
    }
    while terminal::is_open() {
        match next() {
            Ok(Some(msg)) => {
                if inbox.send(msg).is_err() {
                    return;
                }
            }
            Ok(None) => {}
            Err(_) => {
                // Without a screen nobody is left to be told.
                let _ = inbox.send(Msg::Stop);
                return;
            }
        }
    }
}

fn next() -> io::Result<Option<Msg>> {
    let input = io::stdin();
    let mut ready = [PollFd::new(&input, PollFlags::IN)];
    match poll(&mut ready, Some(&LOOK)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    // crossterm would read on and on from a terminal that has hung up.
    if ready[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    if !event::poll(Duration::ZERO)? {
        return Ok(None);
    }
    Ok(match event::read()? {
        event::Event::Key(key) => key_of(key).map(Msg::Key),
        event::Event::Resize(..) => Some(Msg::Resized),
        _ => None,
    })
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
