//! What the officer says before the PIN: who opens the CA, for how long, for how many certificates.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::Ask;
use crate::gate::{Leave, OpenTime};
use crate::operator::Operator;
use crate::tui::model::{Entry, Typed};
use crate::tui::msg::Key;

/// The hours to begin with, as those of `station run`.
const HOURS: &str = "12";

/// What is typed, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::tui) struct Form {
    officer: Entry,
    hours: Entry,
    certificates: Entry,
    at: Field,
    /// Whether what stands in the field cannot be taken.
    pub(super) wrong: bool,
}

/// One thing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Field {
    /// The officer's name.
    Officer,
    /// For how many hours.
    Hours,
    /// For how many certificates.
    Certificates,
}

/// What a key has done to the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// It reads otherwise.
    Changed,
    /// All is said.
    Finished(Ask),
    /// It was no key for a form.
    Nothing,
}

impl Form {
    /// An empty form but for what is usual: the hours, and as many certificates as the order may have.
    pub(super) fn new(certificates: Option<u32>) -> Self {
        let mut form = Self {
            officer: Entry::default(),
            hours: Entry::default(),
            certificates: Entry::default(),
            at: Field::Officer,
            wrong: false,
        };
        form.hours.set(HOURS);
        if let Some(certificates) = certificates {
            form.certificates.set(&certificates.to_string());
        }
        form
    }

    /// The fields with what stands in them, and whether that is where one types.
    pub(super) fn fields(&self) -> [(Field, &str, bool); 3] {
        [Field::Officer, Field::Hours, Field::Certificates]
            .map(|field| (field, self.entry(field).text(), field == self.at))
    }

    /// Takes a key in.
    pub(super) fn press(&mut self, key: Key) -> Filled {
        if key == Key::Up {
            self.at = match self.at {
                Field::Officer | Field::Hours => Field::Officer,
                Field::Certificates => Field::Hours,
            };
            self.wrong = false;
            return Filled::Changed;
        }
        let key = match (key, self.at) {
            // The PIN is asked for by Enter alone, which the thread that reads the keys knows: see `Keypad::enter`.
            (Key::Down, Field::Certificates) => return Filled::Changed,
            (Key::Down, Field::Officer | Field::Hours) => Key::Enter,
            _ => key,
        };
        let at = self.at;
        match self.entry_mut(at).press(key) {
            Typed::Nothing => Filled::Nothing,
            Typed::Changed => {
                self.wrong = false;
                Filled::Changed
            }
            Typed::Finished => self.go_on(),
        }
    }

    /// From a field that can be taken to the next one.
    fn go_on(&mut self) -> Filled {
        let next = match self.at {
            Field::Officer => self.officer().map(|_| Field::Hours),
            Field::Hours => self.time().map(|_| Field::Certificates),
            Field::Certificates => return self.finish(),
        };
        self.wrong = next.is_none();
        self.at = next.unwrap_or(self.at);
        Filled::Changed
    }

    fn finish(&mut self) -> Filled {
        if let (Some(officer), Some(time), Some(certificates)) =
            (self.officer(), self.time(), self.certificates())
        {
            return Filled::Finished(Ask::Open { officer, leave: Leave { time, certificates } });
        }
        self.wrong = true;
        Filled::Changed
    }

    fn officer(&self) -> Option<Operator> {
        self.officer.text().parse().ok()
    }

    fn time(&self) -> Option<OpenTime> {
        // Half of the languages write it so.
        self.hours.text().trim().replace(',', ".").parse().ok()
    }

    /// Nothing typed means as many as there may be.
    #[expect(clippy::option_option, reason = "no number is an answer, and a wrong one is none")]
    fn certificates(&self) -> Option<Option<NonZeroU32>> {
        match self.certificates.text().trim() {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        }
    }

    fn entry(&self, field: Field) -> &Entry {
        match field {
            Field::Officer => &self.officer,
            Field::Hours => &self.hours,
            Field::Certificates => &self.certificates,
        }
    }

    fn entry_mut(&mut self, field: Field) -> &mut Entry {
        match field {
            Field::Officer => &mut self.officer,
            Field::Hours => &mut self.hours,
            Field::Certificates => &mut self.certificates,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(form: &mut Form, text: &str) -> Filled {
        form.press(Key::Ctrl('u'));
        for letter in text.chars() {
            form.press(Key::Char(letter));
        }
        form.press(Key::Enter)
    }

    fn leave(hours: &str, certificates: Option<u32>) -> Leave {
        let certificates = certificates.and_then(NonZeroU32::new);
        Leave { time: hours.parse().expect("hours"), certificates }
    }

    #[test]
    fn with_a_name_alone_it_is_as_from_the_command_line() {
        let mut form = Form::new(Some(9));
        assert_eq!(typed(&mut form, " Ana Officer "), Filled::Changed);
        form.press(Key::Enter);
        let leave = leave("12", Some(9));
        assert_eq!(
            form.press(Key::Enter),
            Filled::Finished(Ask::Open { officer: "Ana Officer".parse().expect("a name"), leave })
        );
    }

    #[test]
    fn what_cannot_be_is_not_taken() {
        let mut form = Form::new(None);
        let endless = "é".repeat(Operator::LONGEST + 1);
        for name in ["  ", "", "Ana\u{202e}dab", endless.as_str()] {
            typed(&mut form, name);
            assert!(form.wrong, "{name:?}");
        }
        typed(&mut form, "Ana");
        for hours in ["0", "-1", "169", "x", ""] {
            typed(&mut form, hours);
            assert!(form.wrong, "{hours:?}");
        }
        typed(&mut form, "0,5");
        for number in ["0", "-1", "4294967296", "1.5", "x"] {
            typed(&mut form, number);
            assert!(form.wrong, "{number:?}");
        }
        let open = |leave| Filled::Finished(Ask::Open { officer: "Ana".parse().expect("a name"), leave });
        assert_eq!(typed(&mut form, "500"), open(leave("0.5", Some(500))));
        assert_eq!(typed(&mut form, ""), open(leave("0.5", None)), "as many as there may be");
    }

    #[test]
    fn one_can_go_back() {
        let mut form = Form::new(Some(9));
        typed(&mut form, "Ana");
        form.press(Key::Up);
        form.press(Key::Up);
        typed(&mut form, "Bea");
        form.press(Key::Down);
        assert_eq!(form.press(Key::Down), Filled::Changed, "only Enter finishes");
        assert!(
            matches!(form.press(Key::Enter), Filled::Finished(Ask::Open { officer, .. }) if officer.as_str() == "Bea")
        );
        assert_eq!(form.press(Key::Esc), Filled::Nothing);
    }
}
