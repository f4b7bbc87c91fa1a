//! What is printed: the code a machine reads and the text a person reads.
//!
//! | module | what it holds |
//! |---|---|
//! | [`template`] | the order's template of the payload, and the captions' |
//! | [`design`] | the product's settings: stock, QR code, text |
//! | [`layout`] | the one place that computes where things are |
//! | [`zpl`] | the label as the printer gets it |
//! | [`png`] | the same label as a picture |
//! | [`blocks`] | the code of a label on a terminal |
//!
//! A [`Label`] that exists fits its stock and its QR code, so rendering has nothing left to refuse.
//! Whether it fits depends on lengths alone, and all UIDs are equally long: an order that passed
//! [`Label::sample`] does not meet a label that cannot be made in the middle of a shift.

pub mod blocks;
pub mod design;
pub mod layout;
pub mod png;
mod qr;
pub mod template;
mod typeface;
pub mod zpl;

pub use design::Design;
pub use template::{Caption, Fields, Template, TemplateError};

use wire::Uid;

use crate::fault::{Coded, FaultCode};
use layout::Layout;

/// A label, laid out on its stock.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    payload: String,
    layout: Layout,
}

impl Label {
    /// The label of one module.
    ///
    /// # Errors
    /// When a value cannot stand in the payload or a caption, when the payload is too long for a QR
    /// code, or when both do not fit the stock in the sizes that the design allows.
    pub fn new(fields: &Fields<'_>, template: &Template, design: &Design) -> Result<Self, LabelError> {
        let payload = template.fill(fields)?;
        let captions =
            design.captions.iter().map(|caption| caption.fill(fields)).collect::<Result<Vec<_>, _>>()?;
        let layout = Layout::new(&payload, &captions, &code_groups(fields.uid), design)?;
        Ok(Self { payload, layout })
    }

    /// A label with a made-up UID, to learn before the first module whether the labels of an order
    /// can be made.
    ///
    /// # Errors
    /// Those that [`Label::new`] would return for every module of the order.
    pub fn sample(
        order: &str,
        product: &str,
        template: &Template,
        design: &Design,
    ) -> Result<Self, LabelError> {
        Self::new(&Fields { uid: Uid::from_random([0; 16]), order, product }, template, design)
    }

    /// What the QR code says.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The lines of text, from top to bottom.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.layout.lines.iter().map(|line| line.text.as_str())
    }

    /// Where everything is.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// The UID as a person reads it aloud: eight groups of four digits.
fn code_groups(uid: Uid) -> Vec<String> {
    let digits = uid.to_string();
    digits.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect()
}

/// Why a label cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// No size of character exists within the design's limits.
    #[error("no characters between {smallest} and {largest} dots high exist")]
    NoCharacterSize {
        /// The lower limit, in dots.
        smallest: u32,
        /// The upper limit, in dots.
        largest: u32,
    },
    /// No whole number of dots lies within the design's limits for a square of the QR code.
    #[error("no QR square between {smallest} and {largest} dots wide exists")]
    NoSquareSize {
        /// The lower limit, in dots.
        smallest: u32,
        /// The upper limit, in dots.
        largest: u32,
    },
    /// The payload is longer than a QR code holds.
    #[error("a payload of {bytes} bytes is too long for a QR code")]
    PayloadTooLong {
        /// The payload's length.
        bytes: usize,
    },
    /// Even with everything at its smallest, the label is larger than the stock.
    #[error(
        "a QR code of {squares} squares and {lines} lines of text do not fit a stock of {width} by {height} dots"
    )]
    StockTooSmall {
        /// The width of the QR code in squares, without its quiet zone.
        squares: u32,
        /// The captions, and the code on one line.
        lines: usize,
        /// The width of the stock, in dots.
        width: u32,
        /// The height of the stock, in dots.
        height: u32,
    },
    /// A value of the order cannot stand in a caption.
    #[error("the {placeholder} contains the character {character:?}, which cannot be printed")]
    ValueNotPrintable {
        /// The placeholder it was to replace.
        placeholder: &'static str,
        /// The first such character.
        character: char,
    },
    /// A value of the order would change the meaning of the payload around it.
    #[error("the {placeholder} contains the character {character:?}, which cannot stand in a payload")]
    ValueNotPlain {
        /// The placeholder it was to replace.
        placeholder: &'static str,
        /// The first such character.
        character: char,
    },
}

impl Coded for LabelError {
    fn code(&self) -> FaultCode {
        match self {
            Self::NoCharacterSize { .. }
            | Self::NoSquareSize { .. }
            | Self::PayloadTooLong { .. }
            | Self::StockTooSmall { .. }
            | Self::ValueNotPlain { .. }
            | Self::ValueNotPrintable { .. } => FaultCode::LabelContent,
        }
    }
}
