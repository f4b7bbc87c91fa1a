//! Bytes as a terminal sends them, through a pipe, and the PIN that comes of them.

use std::cell::RefCell;
use std::io::{PipeWriter, Write as _, pipe};
use std::time::Duration;

use super::input::{LOOK, MOST, QUIET, next, read, swallow};
use super::line::LONGEST_BURST;
use super::{Entered, Keypad, PATIENCE, STILLNESS, Untyped, drop_the_rest, lock};
use crate::hsm::{LONGEST_PIN, Pin, PinError};
use crate::tui::wedge::GAP;

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
