//! A PIN that is typed on the screen.
//!
//! Messages are kept and played again, and what reads keys keeps what it has read. So a PIN is no message
//! and no key: while one is asked for, the thread that reads the keys takes single bytes from the terminal
//! into one buffer that is wiped, and gives the PIN to whoever asked. The screen is told how many
//! characters there are, and nothing else.

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::oneshot;
use zeroize::{Zeroize as _, Zeroizing};

use super::wedge::GAP;
use crate::hsm::{LONGEST_PIN, Pin, PinError};

/// How long nobody types before the question is taken back.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often it is looked whether the PIN is still wanted, while no key comes.
const LOOK: Duration = Duration::from_millis(100);

/// How long nothing has to come for all to have come that was typed or pasted in one go.
const QUIET: Duration = Duration::from_millis(50);

/// A screen that takes longer than this for an Enter is not seen to answer.
const PROMPT: Duration = Duration::from_secs(1);

/// Whoever scans while the PIN is typed types none: a burst that is longer than this, in bytes, is a label. Scans
/// that are shorter are told from a PIN by what a label has in it. A PIN that is longer, or has that in it, can
/// be typed by hand or pasted where the terminal marks what is pasted.
const LONGEST_BURST: usize = 40;

/// As many hexadecimal digits in a row as only a label's identifiers have.
const LABEL_DIGITS: usize = 32;

/// How long nothing has to come for nobody to be typing any more a PIN that is wanted no longer.
const STILLNESS: Duration = Duration::from_secs(2);

/// At most so many bytes are dropped of what is typed on, so that a key that is held down keeps nobody for ever.
const MOST: usize = 4096;

/// Where those who want a PIN and the thread that reads the keys meet.
#[derive(Debug, Default)]
pub(super) struct Keypad {
    wanted: Mutex<Option<Wanted>>,
    /// Whether the PIN that is being typed is wanted no longer.
    forgotten: AtomicBool,
    enters: Mutex<Enters>,
    told: Condvar,
}

/// How many Enters the screen was given, and how many of them it has taken in: an Enter that is taken in late
/// is not taken for a later one.
#[derive(Debug, Default)]
struct Enters {
    given: u64,
    taken: u64,
}

/// What has become of an Enter that was given to the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    /// It was taken in.
    Taken,
    /// It was taken in so late that nobody can have seen what it led to: what was typed since is no answer to it.
    Late,
    /// There is no screen any more.
    Gone,
}

struct Wanted {
    answer: oneshot::Sender<Result<Pin, Untyped>>,
    tell: Box<dyn Fn(u16) + Send>,
}

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untyped {
    /// Whoever was asked does not want to.
    #[error("the PIN is not given")]
    Cancelled,
    /// A label was scanned instead, which must not cost a try.
    #[error("a label was scanned instead of the PIN")]
    Scanned,
    /// Nobody wants it any more, while it may still be typed.
    #[error("the PIN is wanted no longer")]
    CutOff,
    /// Nobody typed.
    #[error("nobody has typed the PIN")]
    TimedOut,
    /// The terminal is gone.
    #[error("the terminal is gone")]
    Gone,
    /// What was typed is no PIN.
    #[error(transparent)]
    NoPin(#[from] PinError),
}

impl Keypad {
    /// Has the next keys be a PIN. `tell` is told how many characters it has, first of all that there is
    /// none, when keys are no messages any more.
    pub(super) fn ask(&self, tell: impl Fn(u16) + Send + 'static) -> oneshot::Receiver<Result<Pin, Untyped>> {
        let (answer, typed) = oneshot::channel();
        self.forgotten.store(false, Ordering::SeqCst);
        *lock(&self.wanted) = Some(Wanted { answer, tell: Box::new(tell) });
        typed
    }

    /// Nobody wants the PIN any more.
    pub(super) fn forget(&self) {
        self.forgotten.store(true, Ordering::SeqCst);
        *lock(&self.wanted) = None;
    }

    /// Whether a PIN is wanted, and is not read yet.
    pub(super) fn is_wanted(&self) -> bool {
        lock(&self.wanted).is_some()
    }

    /// Reads a PIN, if one is wanted. Says whether one was. What is still typed of one that is wanted no longer
    /// is dropped, up to Enter or Escape, or until nobody types.
    pub(super) fn serve(&self, input: &impl AsFd, screen_is_open: impl Fn() -> bool) -> bool {
        let Some(Wanted { answer, tell }) = lock(&self.wanted).take() else { return false };
        // What was typed before the question was no answer to it. Only a terminal keeps such.
        let _ = tcflush(input, QueueSelector::IFlush);
        let goes_on = || screen_is_open() && !self.forgotten.load(Ordering::SeqCst) && !answer.is_closed();
        let typed = read(input, PATIENCE, goes_on, tell);
        let cut_off = matches!(typed, Err(Untyped::CutOff));
        // One that is wanted no longer is wiped.
        let _ = answer.send(typed);
        if cut_off {
            // Whoever types has not seen it yet: the rest of a PIN is no command and no text of another page.
            let on = || screen_is_open() && !self.is_wanted();
            // A terminal that is gone is found to be so by whoever reads it next.
            let _ = swallow(input, STILLNESS, MOST, on);
        }
        true
    }

    /// Gives the screen an Enter by `give`, and waits until it has taken it in, however long that takes: what is
    /// asked for on it is asked for before the next key is read.
    pub(super) fn enter(&self, give: impl FnOnce() -> bool, screen_is_open: impl Fn() -> bool) -> Entered {
        let number = {
            let mut enters = lock(&self.enters);
            enters.given += 1;
            enters.given
        };
        if !give() {
            return Entered::Gone;
        }
        let waits = |enters: &mut Enters| enters.taken < number;
        // Whichever of the two it was is seen below.
        let wait = |enters, time| {
            self.told.wait_timeout_while(enters, time, waits).unwrap_or_else(PoisonError::into_inner)
        };
        let (mut enters, outcome) = wait(lock(&self.enters), PROMPT);
        if !outcome.timed_out() {
            return Entered::Taken;
        }
        while enters.taken < number {
            // Whoever is asked may want to tell of an Enter.
            drop(enters);
            if !screen_is_open() {
                return Entered::Gone;
            }
            enters = wait(lock(&self.enters), LOOK).0;
        }
        Entered::Late
    }

    /// The screen has taken an Enter in.
    pub(super) fn entered(&self) {
        lock(&self.enters).taken += 1;
        self.told.notify_all();
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever changed in one go.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const ENTER: [u8; 2] = *b"\r\n";
const CONTROL_C: u8 = 3;
const ESCAPE: u8 = 27;

/// Reads a line from a terminal in raw mode. What comes with it and after it is dropped.
fn read(
    input: &impl AsFd,
    patience: Duration,
    goes_on: impl Fn() -> bool,
    tell: impl Fn(u16),
) -> Result<Pin, Untyped> {
    const CONTROL_U: u8 = 21;
    const BACKSPACE: [u8; 2] = [8, 127];
    /// With Enter, what scanners close a scan with.
    const SCAN_ENDS: [u8; 3] = *b"\r\n\t";
    let mut line = Line::default();
    let mut idle = Duration::ZERO;
    tell(0);
    loop {
        if !goes_on() {
            return Err(Untyped::CutOff);
        }
        let wait = if line.is_in_burst() { GAP } else { LOOK };
        let byte = next(input, wait)?;
        if line.is_scan() && byte.is_none_or(|byte| SCAN_ENDS.contains(&byte)) {
            drop_rest(input)?;
            return Err(Untyped::Scanned);
        }
        let Some(byte) = byte else {
            line.burst = None;
            idle += wait;
            if idle >= patience {
                return Err(Untyped::TimedOut);
            }
            continue;
        };
        idle = Duration::ZERO;
        match byte {
            _ if ENTER.contains(&byte) => {
                drop_rest(input)?;
                return Ok(Pin::parse(&line.bytes)?);
            }
            CONTROL_C => break,
            ESCAPE => match skip_sequence(input)? {
                Sequence::None => break,
                Sequence::PasteBegins => line.is_pasted = true,
                Sequence::PasteEnds => line.is_pasted = false,
                Sequence::Other => {}
            },
            CONTROL_U => line.clear(),
            _ if BACKSPACE.contains(&byte) => line.take_back(),
            // What is left of the control characters is no part of a PIN.
            0..32 => {}
            _ => line.push(byte),
        }
        tell(line.characters());
    }
    drop_rest(input)?;
    Err(Untyped::Cancelled)
}

/// What was typed so far. Its room is never changed, so that it leaves no copies behind.
struct Line {
    bytes: Zeroizing<Vec<u8>>,
    /// Where what came last in one go begins, while it goes on.
    burst: Option<usize>,
    /// Whether what comes is pasted.
    is_pasted: bool,
}

impl Default for Line {
    fn default() -> Self {
        // One byte too long is told from the longest.
        let bytes = Zeroizing::new(Vec::with_capacity(LONGEST_PIN + 1));
        Self { bytes, burst: None, is_pasted: false }
    }
}

impl Line {
    fn push(&mut self, byte: u8) {
        if self.is_pasted {
            self.burst = None;
        } else {
            self.burst.get_or_insert(self.bytes.len());
        }
        if self.bytes.len() < self.bytes.capacity() {
            self.bytes.push(byte);
        }
    }

    fn clear(&mut self) {
        self.bytes.zeroize();
        self.burst = None;
    }

    const fn is_in_burst(&self) -> bool {
        self.burst.is_some()
    }

    /// Whether what came last in one go is what a scanner reads from a label.
    fn is_scan(&self) -> bool {
        let Some(burst) = self.burst.and_then(|begin| self.bytes.get(begin..)) else { return false };
        burst.len() > LONGEST_BURST
            || burst.windows(3).any(|three| three == b"://")
            || burst.split(|byte| !byte.is_ascii_hexdigit()).any(|digits| digits.len() >= LABEL_DIGITS)
    }

    /// Takes the last character back: in UTF-8 its last bytes, up to the one that begins it.
    fn take_back(&mut self) {
        while self.bytes.pop().is_some_and(is_continuation) {}
        self.burst = self.burst.filter(|begin| *begin < self.bytes.len());
    }

    fn characters(&self) -> u16 {
        let count = self.bytes.iter().filter(|byte| !is_continuation(**byte)).count();
        u16::try_from(count).unwrap_or(u16::MAX)
    }
}

/// Whether it is a byte of a character in UTF-8 that is not the first.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The next byte, if one comes in time.
fn next(input: &impl AsFd, wait: Duration) -> Result<Option<u8>, Untyped> {
    let wait = Timespec::try_from(wait).map_err(|_| Untyped::Gone)?;
    let mut ready = [PollFd::new(input, PollFlags::IN)];
    match poll(&mut ready, Some(&wait)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(None),
        Err(_) => return Err(Untyped::Gone),
    }
    let found = ready[0].revents();
    if found.is_empty() {
        return Ok(None);
    }
    let mut byte = Zeroizing::new([0]);
    match rustix::io::read(input, &mut *byte) {
        Ok(1) => Ok(Some(byte[0])),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(None),
        Ok(_) | Err(_) => Err(Untyped::Gone),
    }
}

/// What follows an Escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sequence {
    /// Nothing: it was that key.
    None,
    /// The mark before what is pasted.
    PasteBegins,
    /// The mark after it.
    PasteEnds,
    /// What a terminal sends for another key.
    Other,
}

/// Reads what a terminal sends after an Escape for a key or around what is pasted (ECMA-48, section 5.4: control
/// sequences; xterm, "Bracketed Paste Mode": 200 and 201 with a tilde).
fn skip_sequence(input: &impl AsFd) -> Result<Sequence, Untyped> {
    let mut parameters = [0; 3];
    let mut count = 0;
    match next(input, QUIET)? {
        None => return Ok(Sequence::None),
        Some(b'[') => {}
        Some(b'O') => return next(input, QUIET).map(|_| Sequence::Other),
        Some(_) => return Ok(Sequence::Other),
    }
    loop {
        match next(input, QUIET)? {
            Some(b'~') => break,
            None | Some(0x40..0x7f) => return Ok(Sequence::Other),
            Some(byte) => {
                if let Some(place) = parameters.get_mut(count) {
                    *place = byte;
                }
                count += 1;
            }
        }
    }
    Ok(match (count, &parameters) {
        (3, b"200") => Sequence::PasteBegins,
        (3, b"201") => Sequence::PasteEnds,
        _ => Sequence::Other,
    })
}

/// Drops the rest of a PIN that is being typed while the terminal is given back: up to Enter or Escape, or until
/// nobody types.
pub(super) fn drop_the_rest(input: &impl AsFd) {
    // A terminal that is gone has nothing to be dropped. Whoever has it next does not wait for more than a PIN.
    let _ = swallow(input, STILLNESS, LONGEST_PIN, || true);
    let _ = tcflush(input, QueueSelector::IFlush);
}

/// Drops what is typed, up to a key that ends a PIN, or until nothing comes for as long as this, or so many bytes.
fn swallow(
    input: &impl AsFd,
    stillness: Duration,
    most: usize,
    goes_on: impl Fn() -> bool,
) -> Result<(), Untyped> {
    let mut idle = Duration::ZERO;
    let mut swallowed = 0;
    while goes_on() && idle < stillness && swallowed < most {
        let Some(byte) = next(input, LOOK)? else {
            idle += LOOK;
            continue;
        };
        idle = Duration::ZERO;
        swallowed += 1;
        if ENTER.contains(&byte)
            || byte == CONTROL_C
            || (byte == ESCAPE && skip_sequence(input)? == Sequence::None)
        {
            return drop_rest(input);
        }
    }
    Ok(())
}

/// Drops what has come, and what still comes in one go with it. A key that is held down does not keep the
/// screen for ever.
fn drop_rest(input: &impl AsFd) -> Result<(), Untyped> {
    for _ in 0..MOST {
        if next(input, QUIET)?.is_none() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::io::{PipeWriter, Write as _, pipe};

    /// What comes of these bytes, and how many characters were told.
    fn typed(bytes: &[u8]) -> (Result<Pin, Untyped>, Vec<u16>) {
        let (input, mut hand) = pipe().expect("a pipe");
        hand.write_all(bytes).expect("room in the pipe");
        let told = RefCell::new(Vec::new());
        let outcome = read(&input, 2 * LOOK, || true, |count| told.borrow_mut().push(count));
        drop(hand);
        (outcome, told.into_inner())
    }

    /// Whether these bytes are this PIN. Nobody but the token can see one.
    fn is(bytes: &[u8], pin: &str) -> bool {
        let same = |typed: Pin, other: Pin| typed.is_the_same_as(&other);
        typed(bytes).0.is_ok_and(|typed| same(typed, Pin::from(pin.to_owned())))
    }

    /// As fingers do between two keys.
    #[expect(clippy::disallowed_methods, reason = "what is read here comes at the pace of a real terminal")]
    fn pause(time: Duration) {
        std::thread::sleep(time);
    }

    #[test]
    fn a_line_is_typed_and_mended() {
        assert!(is(b"1234\r", "1234"));
        assert!(!is(b"1235\r", "1234"), "the comparison is one");
        assert!(is(b"12x\x7f34\n", "1234"));
        assert!(is("1\u{1ea1}\u{8}2\r".as_bytes(), "12"), "a character goes as a whole");
        assert!(is(b"wrong\x151234\r", "1234"));
        assert!(is(b"\x7f\x7f1\t2\x003\r", "123"), "what is no character is none");
        assert_eq!(typed("a\u{6a21}b\x7f\r".as_bytes()).1, [0, 1, 2, 2, 2, 3, 2]);
    }

    #[test]
    fn keys_that_send_more_than_a_character_are_none_and_neither_are_the_marks_of_a_paste() {
        assert!(is(b"12\x1b[A\x1bOP34\x1b[15~\r", "1234"));
        assert!(is(b"\x1b[200~1234\x1b[201~\r", "1234"));
    }

    #[test]
    fn a_label_that_is_scanned_is_no_pin() {
        let long = "x".repeat(LONGEST_BURST + 1);
        for label in ["https://id.example/0042", &"0123456789abcdef".repeat(2), &long] {
            for end in ["\r", "\t", ""] {
                let scan = typed(format!("{label}{end}").as_bytes()).0;
                assert!(matches!(scan, Err(Untyped::Scanned)), "{label} {end:?}");
                let after = typed(format!("12\u{8}{label}{end}").as_bytes()).0;
                assert!(matches!(after, Err(Untyped::Scanned)), "{label} {end:?}");
            }
            assert!(is(format!("\x1b[200~{label}\x1b[201~\r").as_bytes(), label), "it is pasted");
        }
        let almost = "x".repeat(LONGEST_BURST);
        assert!(is(format!("{almost}\r").as_bytes(), &almost), "a program may type a PIN");
        assert!(is(format!("{long}\x1512\r").as_bytes(), "12"), "what was taken back is none");
    }

    #[test]
    fn what_comes_slowly_is_typed_however_long_it_is() {
        let (input, mut hand) = pipe().expect("a pipe");
        let pin = "0123456789abcdef".repeat(3);
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| read(&input, PATIENCE, || true, |_| ()));
            for letters in pin.as_bytes().chunks(8) {
                hand.write_all(letters).expect("room in the pipe");
                // Late is as good as on time: there is only too early.
                pause(4 * GAP);
            }
            hand.write_all(b"\r").expect("room in the pipe");
            let typed = reading.join().expect("it ends");
            assert!(typed.is_ok_and(|typed| typed.is_the_same_as(&Pin::from(pin.clone()))));
        });
    }

    #[test]
    fn escape_and_control_c_give_up() {
        for bytes in [&b"12\x1b"[..], b"12\x0334\r"] {
            assert!(matches!(typed(bytes).0, Err(Untyped::Cancelled)), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        assert!(matches!(typed(b"\r").0, Err(Untyped::NoPin(PinError::Empty))));
        assert!(matches!(typed(b"\xff\xfe\r").0, Err(Untyped::NoPin(PinError::Encoding))));
        let long = [b"\x1b[200~", &[b'1'; 600][..], b"\x1b[201~\r"].concat();
        assert!(matches!(typed(&long).0, Err(Untyped::NoPin(PinError::TooLong))));
    }

    #[test]
    fn nobody_who_types_and_a_terminal_that_is_gone_end_it() {
        assert!(matches!(typed(b"12").0, Err(Untyped::TimedOut)));
        let (input, hand) = pipe().expect("a pipe");
        drop::<PipeWriter>(hand);
        assert!(matches!(read(&input, PATIENCE, || true, |_| ()), Err(Untyped::Gone)));
    }

    #[test]
    fn what_comes_after_enter_is_dropped() {
        let (input, mut hand) = pipe().expect("a pipe");
        hand.write_all(b"1234\rqq\rmore").expect("room in the pipe");
        assert!(read(&input, PATIENCE, || true, |_| ()).is_ok());
        assert!(matches!(next(&input, Duration::ZERO), Ok(None)), "nothing is left for the screen");
    }

    #[test]
    fn a_pin_that_is_wanted_no_longer_is_read_no_further() {
        let keypad = Keypad::default();
        let (input, mut hand) = pipe().expect("a pipe");
        assert!(!keypad.serve(&input, || true), "nobody has asked");
        let mut typed = keypad.ask(|_| ());
        keypad.forget();
        assert!(!keypad.serve(&input, || true));
        assert!(typed.try_recv().is_err());

        let mut typed = keypad.ask(|_| ());
        hand.write_all(b"12").expect("room in the pipe");
        assert!(keypad.serve(&input, || false), "the screen is closed");
        assert!(matches!(typed.try_recv(), Ok(Err(Untyped::CutOff))));

        let mut typed = keypad.ask(|_| ());
        hand.write_all(b"1234\r").expect("room in the pipe");
        assert!(keypad.serve(&input, || true));
        assert!(matches!(typed.try_recv(), Ok(Ok(_))));
    }

    #[test]
    fn the_rest_of_a_pin_that_is_wanted_no_longer_reaches_nobody() {
        let (input, mut hand) = pipe().expect("a pipe");
        let keypad = Keypad::default();
        let mut typed = keypad.ask(|_| ());
        std::thread::scope(|scope| {
            let (keypad, input) = (&keypad, &input);
            let serving = scope.spawn(move || keypad.serve(input, || true));
            hand.write_all(b"12").expect("room in the pipe");
            while keypad.is_wanted() {
                std::thread::yield_now();
            }
            keypad.forget();
            while typed.try_recv().is_err() {
                std::thread::yield_now();
            }
            // Slower than what comes in one go, as fingers are.
            pause(3 * QUIET);
            hand.write_all(b"34\x1b[A5q\r").expect("room in the pipe");
            assert!(serving.join().expect("it ends"));
        });
        assert!(matches!(next(&input, Duration::ZERO), Ok(None)), "nothing is left for the screen");
    }

    #[test]
    fn keys_are_the_screens_again_when_nobody_types_or_a_pin_is_wanted_anew() {
        let (input, mut hand) = pipe().expect("a pipe");
        hand.write_all(b"34").expect("room in the pipe");
        assert!(swallow(&input, 2 * LOOK, MOST, || true).is_ok(), "it ends");
        assert!(matches!(next(&input, Duration::ZERO), Ok(None)));
        hand.write_all(b"34\r").expect("room in the pipe");
        assert!(swallow(&input, STILLNESS, MOST, || false).is_ok());
        assert!(matches!(next(&input, Duration::ZERO), Ok(Some(b'3'))), "that is another question's");
        hand.write_all(b"\x1b").expect("room in the pipe");
        assert!(swallow(&input, STILLNESS, MOST, || true).is_ok());
        hand.write_all(b"q").expect("room in the pipe");
        assert!(matches!(next(&input, Duration::ZERO), Ok(Some(b'q'))), "a key is one again");
    }

    #[test]
    fn whoever_has_the_terminal_next_gets_nothing_of_a_pin() {
        let (input, mut hand) = pipe().expect("a pipe");
        std::thread::scope(|scope| {
            let dropping = scope.spawn(|| drop_the_rest(&input));
            for letter in b"3456\r" {
                hand.write_all(&[*letter]).expect("room in the pipe");
                // Slower than what comes in one go, as fingers are.
                pause(2 * QUIET);
            }
            dropping.join().expect("it ends");
        });
        assert!(matches!(next(&input, Duration::ZERO), Ok(None)), "nothing is left");
        hand.write_all(&[b'x'; LONGEST_PIN + 1]).expect("room in the pipe");
        drop_the_rest(&input);
        assert!(matches!(next(&input, Duration::ZERO), Ok(Some(b'x'))), "nobody is kept for ever");
    }

    #[test]
    fn an_enter_is_waited_for() {
        let keypad = Keypad::default();
        std::thread::scope(|scope| {
            let (sent, received) = std::sync::mpsc::channel();
            let keypad = &keypad;
            scope.spawn(move || {
                received.recv().expect("an Enter");
                // As the screen does: first what is asked for, then that it has taken it in.
                drop(keypad.ask(|_| ()));
                keypad.entered();
            });
            let entered = keypad.enter(|| sent.send(()).is_ok(), || true);
            assert_ne!(entered, Entered::Gone, "somebody listens");
            assert!(lock(&keypad.wanted).is_some(), "the PIN is wanted before the next key is read");
        });
    }

    #[test]
    fn an_enter_that_is_taken_in_late_is_waited_for_and_told_from_the_next_one() {
        let keypad = Keypad::default();
        assert_eq!(keypad.enter(|| false, || true), Entered::Gone);
        assert_eq!(keypad.enter(|| true, || false), Entered::Gone, "the screen is closed");
        // As many as were given are taken in, and a third one is not.
        keypad.entered();
        keypad.entered();
        let looks = std::cell::Cell::new(0);
        let taken_at_the_third_look = || {
            looks.set(looks.get() + 1);
            if looks.get() == 3 {
                keypad.entered();
            }
            true
        };
        assert_eq!(keypad.enter(|| true, taken_at_the_third_look), Entered::Late);
        assert_eq!(looks.get(), 3);
    }
}
