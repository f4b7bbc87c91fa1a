//! The host status that a ZPL printer answers to `~HS` (ZPL II Programming Guide).
//!
//! Three lines, each between STX and ETX and closed by CR LF:
//!
//! ```text
//! 030,0,0,1245,000,0,0,0,000,0,0,0     interface, paper out, paused, label length, formats waiting,
//!                                      buffer full, diagnostics, partial format, unused,
//!                                      memory lost, too cold, too hot
//! 000,0,0,0,0,2,4,0,00000000,1,000     functions, unused, head open, ribbon out, thermal transfer,
//!                                      print mode, width mode, label waiting, labels remaining,
//!                                      format while printing, graphics stored
//! 1234,0                               password, static memory
//! ```

use std::fmt;

use crate::fault::FaultCode;

const STX: char = '\u{2}';
const ETX: char = '\u{3}';

/// How many fields each line has.
const FIELDS: [usize; 3] = [12, 11, 2];

/// What the station needs of a printer's host status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are the printer's own flags")]
pub struct Status {
    /// No labels are left.
    pub paper_out: bool,
    /// The pause key was pressed, or the printer pauses for a reason of its own.
    pub paused: bool,
    /// The print head is not closed.
    pub head_open: bool,
    /// No ribbon is left.
    pub ribbon_out: bool,
    /// A label has been received in part.
    pub partial_format: bool,
    /// Labels that have been received and not yet begun.
    pub formats_waiting: u32,
    /// Labels that have been begun and are not yet printed.
    pub labels_remaining: u32,
}

impl Status {
    /// Whether the printer has nothing left to print.
    pub fn is_idle(&self) -> bool {
        !self.partial_format && self.formats_waiting == 0 && self.labels_remaining == 0
    }

    /// Why the printer cannot print; the reason to mend first when there are several. A printer
    /// mostly pauses as well when something else is wrong.
    pub fn trouble(&self) -> Option<Trouble> {
        [
            (self.head_open, Trouble::HeadOpen),
            (self.paper_out, Trouble::PaperOut),
            (self.ribbon_out, Trouble::RibbonOut),
            (self.paused, Trouble::Paused),
        ]
        .into_iter()
        .find_map(|(present, trouble)| present.then_some(trouble))
    }

    /// Whether `answer` has as many lines as a status, right or wrong.
    pub(super) fn is_whole(answer: &[u8]) -> bool {
        answer.split(|byte| *byte == b'\n').count() > FIELDS.len()
    }

    /// Reads the answer to `~HS`.
    ///
    /// # Errors
    /// When it is not the three lines, or one of the fields that matter has a value it cannot have.
    pub fn parse(answer: &[u8]) -> Result<Self, InvalidStatus> {
        let text = std::str::from_utf8(answer).map_err(|_| InvalidStatus::Framing)?;
        let mut rest = text;
        let mut lines = Vec::with_capacity(FIELDS.len());
        for (number, wanted) in (1..).zip(FIELDS) {
            let (line, after) = rest.split_once("\r\n").ok_or(InvalidStatus::Framing)?;
            let line = line.strip_prefix(STX).and_then(|line| line.strip_suffix(ETX));
            let line = line.ok_or(InvalidStatus::Framing)?;
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != wanted {
                return Err(InvalidStatus::Fields { line: number, count: fields.len(), wanted });
            }
            lines.push(Line { number, fields });
            rest = after;
        }
        match lines.as_slice() {
            [first, second, _] if rest.is_empty() => Ok(Self {
                paper_out: first.flag(1)?,
                paused: first.flag(2)?,
                formats_waiting: first.number(4)?,
                partial_format: first.flag(7)?,
                head_open: second.flag(2)?,
                ribbon_out: second.flag(3)?,
                labels_remaining: second.number(8)?,
            }),
            _ => Err(InvalidStatus::Framing),
        }
    }
}

/// Why a printer cannot print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The print head is not closed.
    HeadOpen,
    /// No labels are left.
    PaperOut,
    /// It is paused.
    Paused,
    /// No ribbon is left.
    RibbonOut,
}

impl Trouble {
    /// The fault that it is.
    pub fn code(self) -> FaultCode {
        match self {
            Self::HeadOpen => FaultCode::PrinterOpen,
            Self::PaperOut | Self::RibbonOut => FaultCode::PrinterPaper,
            Self::Paused => FaultCode::PrinterPaused,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeadOpen => "its head is open",
            Self::PaperOut => "it has no labels",
            Self::Paused => "it is paused",
            Self::RibbonOut => "it has no ribbon",
        })
    }
}

/// Why an answer is no host status. Lines and fields are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatus {
    /// It ended before it was whole.
    #[error("the answer was cut off")]
    CutOff,
    /// A line with too few or too many fields.
    #[error("line {line} has {count} fields instead of {wanted}")]
    Fields {
        /// Which line.
        line: usize,
        /// How many fields it has.
        count: usize,
        /// How many it should have.
        wanted: usize,
    },
    /// Not three lines between STX and ETX.
    #[error("the answer is not three lines between STX and ETX")]
    Framing,
    /// A flag that is neither 0 nor 1, or a number that is none.
    #[error("field {field} of line {line} has the value {value:?}")]
    Value {
        /// Which line.
        line: usize,
        /// Which field.
        field: usize,
        /// What it says.
        value: String,
    },
}

struct Line<'a> {
    number: usize,
    fields: Vec<&'a str>,
}

impl Line<'_> {
    /// The field at `index`, counted from 0, as 0 or 1.
    fn flag(&self, index: usize) -> Result<bool, InvalidStatus> {
        match self.fields.get(index).copied() {
            Some("0") => Ok(false),
            Some("1") => Ok(true),
            _ => Err(self.wrong(index)),
        }
    }

    /// The field at `index`, counted from 0, as digits.
    fn number(&self, index: usize) -> Result<u32, InvalidStatus> {
        let digits = |field: &&str| field.bytes().all(|byte| byte.is_ascii_digit());
        let field = self.fields.get(index).copied().filter(digits);
        field.and_then(|field| field.parse().ok()).ok_or_else(|| self.wrong(index))
    }

    fn wrong(&self, index: usize) -> InvalidStatus {
        let value = self.fields.get(index).copied().unwrap_or_default().to_owned();
        InvalidStatus::Value { line: self.number, field: index + 1, value }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The answer of a printer in this state.
    pub(crate) fn answer(status: Status) -> Vec<u8> {
        let Status { paper_out, paused, head_open, ribbon_out, partial_format, .. } = status;
        let [paper_out, paused, head_open, ribbon_out, partial_format] =
            [paper_out, paused, head_open, ribbon_out, partial_format].map(u8::from);
        let (waiting, remaining) = (status.formats_waiting, status.labels_remaining);
        format!(
            "\x02030,{paper_out},{paused},1245,{waiting:03},0,0,{partial_format},000,0,0,0\x03\r\n\
             \x02000,0,{head_open},{ribbon_out},0,2,4,0,{remaining:08},1,000\x03\r\n\
             \x021234,0\x03\r\n"
        )
        .into_bytes()
    }

    const READY: &str = "\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\
                         \x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\
                         \x021234,0\x03\r\n";

    #[test]
    fn a_ready_printer_is_idle_and_untroubled() {
        let status = Status::parse(READY.as_bytes()).unwrap();
        assert_eq!(status, Status::default());
        assert!(status.is_idle());
        assert_eq!(status.trouble(), None);
    }

    #[test]
    fn the_trouble_to_mend_first_is_named() {
        let all =
            Status { head_open: true, paper_out: true, ribbon_out: true, paused: true, ..Status::default() };
        assert_eq!(all.trouble(), Some(Trouble::HeadOpen));
        assert_eq!(Status { head_open: false, ..all }.trouble(), Some(Trouble::PaperOut));
        assert_eq!(
            Status { paused: true, ribbon_out: true, ..Status::default() }.trouble(),
            Some(Trouble::RibbonOut)
        );
        assert_eq!(Status { paused: true, ..Status::default() }.trouble(), Some(Trouble::Paused));
    }

    #[test]
    fn a_printer_with_work_is_not_idle() {
        assert!(!Status { formats_waiting: 1, ..Status::default() }.is_idle());
        assert!(!Status { labels_remaining: 1, ..Status::default() }.is_idle());
        assert!(!Status { partial_format: true, ..Status::default() }.is_idle());
    }

    #[test]
    fn wrong_answers_are_refused() {
        let change = |from: &str, to: &str| {
            assert!(READY.contains(from));
            Status::parse(READY.replacen(from, to, 1).as_bytes()).unwrap_err()
        };
        let value = |line, field, value: &str| InvalidStatus::Value { line, field, value: value.into() };
        assert_eq!(change("030,0,", "030,2,"), value(1, 2, "2"));
        assert_eq!(change("1245,000", "1245,x"), value(1, 5, "x"));
        assert_eq!(change("1245,000", "1245,+1"), value(1, 5, "+1"));
        assert_eq!(change("1245,000", "1245,"), value(1, 5, ""));
        assert_eq!(change("00000000", "99999999999"), value(2, 9, "99999999999"));
        assert_eq!(change("000,0,0,0,0,2", "000,0,,0,0,2"), value(2, 3, ""));
        assert_eq!(
            change(",0,0,0\x03", ",0,0\x03"),
            InvalidStatus::Fields { line: 1, count: 11, wanted: 12 }
        );
        assert_eq!(change("1234,0", "1234"), InvalidStatus::Fields { line: 3, count: 1, wanted: 2 });
        assert_eq!(change("\x021234", "1234"), InvalidStatus::Framing);
        assert_eq!(change("\x03\r\n", "\r\n"), InvalidStatus::Framing);
        assert_eq!(change("1234,0\x03\r\n", "1234,0\x03\r\nmore"), InvalidStatus::Framing);
        assert_eq!(
            Status::parse(b"HTTP/1.1 400 Bad Request\r\n\r\n\r\n").unwrap_err(),
            InvalidStatus::Framing
        );
        assert_eq!(Status::parse(b"\xff").unwrap_err(), InvalidStatus::Framing);
    }

    prop_compose! {
        fn any_status()(flags: [bool; 5], formats_waiting in 0..1000u32, labels_remaining in 0..100_000_000u32) -> Status {
            let [paper_out, paused, head_open, ribbon_out, partial_format] = flags;
            Status { paper_out, paused, head_open, ribbon_out, partial_format, formats_waiting, labels_remaining }
        }
    }

    proptest! {
        #[test]
        fn every_status_is_read(status in any_status()) {
            let answer = answer(status);
            prop_assert!(Status::is_whole(&answer));
            prop_assert_eq!(Status::parse(&answer), Ok(status));
        }

        #[test]
        fn a_part_of_a_status_is_not_whole_and_refused(status in any_status(), share in 0.0..1.0f64) {
            let answer = answer(status);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
                reason = "any length will do")]
            let part = &answer[..(answer.len() as f64 * share) as usize];
            prop_assert!(!Status::is_whole(part));
            prop_assert!(Status::parse(part).is_err());
        }

        #[test]
        fn no_answer_brings_it_down(answer: Vec<u8>) {
            let _ = Status::parse(&answer);
        }
    }
}
