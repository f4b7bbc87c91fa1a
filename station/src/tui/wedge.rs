//! A scanner that is a keyboard to the terminal, told apart from fingers by its pace.
//!
//! A scan is a burst: at least [`SHORTEST_TYPED`] characters, each less than [`GAP`] after the one before, and the
//! scanner's closing key at its end. No finger types like that, and a key that is held down repeats one
//! character. Whatever may still become a scan is held back; that is over [`GAP`] after the last key, so a
//! key that was typed is late by no more.

use std::time::Duration;

use super::msg::Key;
use crate::scanner::SHORTEST_TYPED;

/// Characters that come further apart were typed. Scanners take 1 to 10 ms for one, quick fingers 60 ms.
pub(super) const GAP: Duration = Duration::from_millis(25);

/// One and the same character that comes further apart is a key held down. Keyboards repeat at 50 Hz at most.
const REPEAT: Duration = Duration::from_millis(15);

/// The most characters of a scan: more than any code holds is no scan, and held back no longer.
const LONGEST: usize = 3_000;

/// What the keyboard's keys turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A key that somebody pressed.
    Key(Key),
    /// A text that a scanner read.
    Scan(String),
}

/// Tells scans from typing. Knows no clock: times are told to it, since any one moment.
#[derive(Clone, Debug)]
pub(super) struct Wedge {
    /// The key with which the scanner closes a scan.
    close: Key,
    /// Characters that may become a scan.
    held: String,
    /// How many characters those are.
    count: usize,
    /// When the last of them came.
    last: Duration,
}

impl Wedge {
    /// For a scanner that closes a scan with this key.
    pub(super) const fn new(close: Key) -> Self {
        Self { close, held: String::new(), count: 0, last: Duration::ZERO }
    }

    /// Takes in a key that came `at`, and says what is certain by now, in its order.
    pub(super) fn press(&mut self, key: Key, at: Duration) -> Vec<Heard> {
        let mut heard = self.wait(at);
        match key {
            Key::Char(letter) => {
                if self.is_repeated(letter, at) || self.count >= LONGEST {
                    heard.extend(self.let_go());
                }
                self.held.push(letter);
                self.count += 1;
                self.last = at;
            }
            _ if key == self.close && self.count >= SHORTEST_TYPED => {
                self.count = 0;
                heard.push(Heard::Scan(std::mem::take(&mut self.held)));
            }
            _ => {
                heard.extend(self.let_go());
                heard.push(Heard::Key(key));
            }
        }
        heard
    }

    /// No key has come until `now`: what is held back that long was typed.
    pub(super) fn wait(&mut self, now: Duration) -> Vec<Heard> {
        if self.due().is_some_and(|due| now >= due) { self.let_go() } else { Vec::new() }
    }

    /// Forgets what is held back: it was meant for nobody.
    pub(super) fn forget(&mut self) {
        self.count = 0;
        self.held.clear();
    }

    /// When to [`wait`](Self::wait) next, if anything is held back.
    pub(super) fn due(&self) -> Option<Duration> {
        (self.count > 0).then(|| self.last + GAP)
    }

    /// Whether nothing but this character is held back, and it comes as slowly as a key that is held down.
    fn is_repeated(&self, letter: char, at: Duration) -> bool {
        self.count > 0
            && at.saturating_sub(self.last) >= REPEAT
            && self.held.chars().all(|held| held == letter)
    }

    fn let_go(&mut self) -> Vec<Heard> {
        self.count = 0;
        let letters = std::mem::take(&mut self.held);
        letters.chars().map(|letter| Heard::Key(Key::Char(letter))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Keys, each so many milliseconds after the one before, and time enough after the last.
    fn hear(keys: &[(Key, u64)]) -> Vec<Heard> {
        let mut wedge = Wedge::new(Key::Enter);
        let mut now = Duration::from_secs(1);
        let mut heard = Vec::new();
        for (key, gap) in keys {
            now += Duration::from_millis(*gap);
            heard.extend(wedge.press(*key, now));
        }
        heard.extend(wedge.wait(now + GAP));
        assert_eq!(wedge.due(), None, "nothing is held back for ever");
        heard
    }

    fn typed(text: &str, gap: u64) -> Vec<(Key, u64)> {
        text.chars().map(|letter| (Key::Char(letter), gap)).chain([(Key::Enter, gap)]).collect()
    }

    /// Every key, with scans taken apart again.
    fn keys(heard: &[Heard]) -> Vec<Key> {
        let mut keys = Vec::new();
        for heard in heard {
            match heard {
                Heard::Key(key) => keys.push(*key),
                Heard::Scan(text) => keys.extend(text.chars().map(Key::Char).chain([Key::Enter])),
            }
        }
        keys
    }

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            6 => prop::sample::select("ab7漢".chars().collect::<Vec<_>>()).prop_map(Key::Char),
            2 => Just(Key::Enter),
            1 => prop::sample::select(vec![Key::Ctrl('c'), Key::Esc, Key::Function(3), Key::Backspace]),
        ]
    }

    #[test]
    fn a_scan_is_told_from_typing_and_from_a_key_held_down() {
        assert_eq!(hear(&typed("0042AB", 5)), [Heard::Scan("0042AB".into())]);
        assert_eq!(hear(&typed("00000042", 5)), [Heard::Scan("00000042".into())]);
        assert_eq!(hear(&typed("0042A", 5)).len(), 6, "too short");
        assert_eq!(hear(&typed("0042AB", 30)).len(), 7, "too slow");
        let held = hear(&typed(&"q".repeat(40), 20));
        assert!(held.iter().all(|heard| matches!(heard, Heard::Key(_))), "{held:?}");
    }

    #[test]
    fn a_key_that_interrupts_is_not_kept_waiting() {
        let mut wedge = Wedge::new(Key::Enter);
        assert_eq!(wedge.press(Key::Char('a'), Duration::ZERO), []);
        let heard = wedge.press(Key::Ctrl('c'), Duration::from_millis(1));
        assert_eq!(heard, [Heard::Key(Key::Char('a')), Heard::Key(Key::Ctrl('c'))]);
        assert_eq!(wedge.press(Key::Down, Duration::from_millis(2)), [Heard::Key(Key::Down)]);
    }

    #[test]
    fn a_scanner_may_close_with_another_key() {
        let mut wedge = Wedge::new(Key::Tab);
        for letter in "ABCDEF".chars() {
            assert_eq!(wedge.press(Key::Char(letter), Duration::ZERO), []);
        }
        assert_eq!(wedge.press(Key::Tab, Duration::ZERO), [Heard::Scan("ABCDEF".into())]);
    }

    proptest! {
        #[test]
        fn fingers_are_never_a_scanner(keys in prop::collection::vec((key(), 25u64..400), 0..60)) {
            let heard = hear(&keys);
            let pressed: Vec<_> = keys.into_iter().map(|(key, _)| Heard::Key(key)).collect();
            prop_assert_eq!(heard, pressed);
        }

        #[test]
        fn a_scanner_always_is(
            text in "[A-Za-z0-9:/.{}漢-]{6,80}",
            gaps in prop::collection::vec(1u64..=10, 81),
            before in prop::collection::vec((key(), 25u64..400), 0..5),
        ) {
            let mut all = before.clone();
            all.extend(typed(&text, 0).iter().zip(gaps).map(|((key, _), gap)| (*key, gap)));
            // What is typed just before a scan belongs to it; a hand that scans does not type.
            all[before.len()].1 = 50;
            let heard = hear(&all);
            prop_assert_eq!(heard.last(), Some(&Heard::Scan(text)));
        }

        #[test]
        fn no_key_is_lost_or_doubled_or_out_of_order(keys_in in prop::collection::vec((key(), 0u64..40), 0..80)) {
            let pressed: Vec<_> = keys_in.iter().map(|(key, _)| *key).collect();
            prop_assert_eq!(keys(&hear(&keys_in)), pressed);
        }

        #[test]
        fn what_is_typed_is_late_by_no_more_than_the_gap(letter in any::<char>(), gap in 25u64..1000) {
            let mut wedge = Wedge::new(Key::Enter);
            wedge.press(Key::Char(letter), Duration::ZERO);
            prop_assert!(wedge.due().is_some_and(|due| due <= GAP));
            let heard = wedge.wait(Duration::from_millis(gap));
            prop_assert_eq!(heard, [Heard::Key(Key::Char(letter))]);
        }
    }
}
