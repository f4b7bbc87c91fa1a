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

/// STX, which begins a line.
const BEGIN: char = '\u{2}';

/// ETX CR LF, which close it.
const END: &str = "\u{3}\r\n";

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
        answer.iter().filter(|byte| **byte == b'\n').count() >= FIELDS.len()
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
            let line = rest.strip_prefix(BEGIN).ok_or(InvalidStatus::Framing)?;
            let (line, after) = line.split_once(END).ok_or(InvalidStatus::Framing)?;
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
