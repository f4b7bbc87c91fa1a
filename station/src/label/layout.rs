//! The one place that computes where things are on a label.
//!
//! The printer's language and the picture are both drawn from a [`Layout`], so they cannot drift
//! apart. Everything is counted in the printer's dots from the label's upper left corner.
//!
//! Two arrangements are tried: the text beside the QR code, and the text below it. The QR code gets
//! the largest squares with which the text still fits, then the text the largest characters. The
//! human-readable code goes on one, two, four or eight lines, whichever lets its characters be
//! largest.

use std::ops::RangeInclusive;

use super::LabelError;
use super::design::{Design, ErrorCorrection};
use super::qr::{QUIET_ZONE, Squares};
use super::typeface::Typeface;

/// The largest factor that every ZPL printer enlarges a QR code by (`^BQ`).
const LARGEST_SQUARE: u32 = 10;

/// The least height at which a ZPL printer draws its scalable font (`^A0`), in dots.
const SMALLEST_CHARACTER: u32 = 10;

/// The groups of the human-readable code on one line, in the order of preference.
const GROUPS_PER_LINE: [usize; 4] = [8, 4, 2, 1];

/// Where everything is on a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The width of the stock.
    pub width: u32,
    /// The height of the stock.
    pub height: u32,
    /// Dots in a millimetre.
    pub dots_per_mm: u32,
    /// The QR code.
    pub code: PlacedCode,
    /// The size of all text.
    pub typeface: Typeface,
    /// The lines of text, from top to bottom.
    pub lines: Vec<PlacedLine>,
}

/// A QR code on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedCode {
    /// The left edge of its first column.
    pub x: u32,
    /// The upper edge of its first row.
    pub y: u32,
    /// The side of one square.
    pub square: u32,
    /// How much of it may be damaged.
    pub correction: ErrorCorrection,
    /// The squares, without the quiet zone.
    pub squares: Squares,
}

/// A line of text on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedLine {
    /// The left edge of its first cell.
    pub x: u32,
    /// The upper edge of its cells.
    pub y: u32,
    /// How far it may reach.
    pub width: u32,
    /// What it says.
    pub text: String,
}

impl Layout {
    pub(super) fn new(
        payload: &str,
        captions: &[String],
        groups: &[String],
        design: &Design,
    ) -> Result<Self, LabelError> {
        let squares = Squares::encode(payload, design.qr.error_correction)?;
        let sheet = Sheet::new(design);
        let sizes = square_sizes(design)?;
        let typefaces = character_sizes(design)?;
        let texts = GROUPS_PER_LINE.map(|count| Text::new(captions, groups, count));

        for square in sizes.rev() {
            let side = squares.width() * square;
            let spots = [sheet.beside(side, square), sheet.below(side, square)];
            let fitting = typefaces.iter().find_map(|typeface| {
                let mut pairs =
                    spots.iter().flatten().flat_map(|spot| texts.iter().map(move |text| (spot, text)));
                pairs.find_map(|(spot, text)| Some((*typeface, spot, spot.place(text, *typeface)?)))
            });
            if let Some((typeface, spot, lines)) = fitting {
                let correction = design.qr.error_correction;
                let code = PlacedCode { x: spot.code_x, y: spot.code_y, square, correction, squares };
                let Sheet { width, height, .. } = sheet;
                let dots_per_mm = design.stock.dots_per_mm.dots_per_mm();
                return Ok(Self { width, height, dots_per_mm, code, typeface, lines });
            }
        }
        Err(LabelError::StockTooSmall {
            squares: squares.width(),
            lines: captions.len() + 1,
            width: sheet.width,
            height: sheet.height,
        })
    }
}

/// The sides a square of the code may have, in dots.
fn square_sizes(design: &Design) -> Result<RangeInclusive<u32>, LabelError> {
    let density = design.stock.dots_per_mm;
    let smallest = design.qr.square_mm.smallest().dots_covering(density).max(1);
    let largest = design.qr.square_mm.largest().dots_within(density).min(LARGEST_SQUARE);
    if smallest <= largest {
        Ok(smallest..=largest)
    } else {
        Err(LabelError::NoSquareSize { smallest, largest })
    }
}

/// The sizes that characters may have, largest first.
fn character_sizes(design: &Design) -> Result<Vec<Typeface>, LabelError> {
    let density = design.stock.dots_per_mm;
    let smallest = design.text.height_mm.smallest().dots_covering(density).max(SMALLEST_CHARACTER);
    let largest = design.text.height_mm.largest().dots_within(density);
    let typefaces = Typeface::between(smallest, largest);
    if typefaces.is_empty() { Err(LabelError::NoCharacterSize { smallest, largest }) } else { Ok(typefaces) }
}

/// The stock, in dots.
struct Sheet {
    width: u32,
    height: u32,
    margin: u32,
}

impl Sheet {
    fn new(design: &Design) -> Self {
        let density = design.stock.dots_per_mm;
        Self {
            width: design.stock.width_mm.dots_within(density),
            height: design.stock.height_mm.dots_within(density),
            margin: design.stock.margin_mm.dots_covering(density),
        }
    }

    /// The code on the left, the text on the right of it.
    fn beside(&self, side: u32, square: u32) -> Option<Spot> {
        let inset = self.inset(square);
        let free_height = self.height.checked_sub(side + 2 * inset)?;
        let x = inset + side + QUIET_ZONE * square;
        Some(Spot {
            code_x: inset,
            code_y: inset + free_height / 2,
            text_x: x,
            text_y: self.margin,
            text_width: self.width.checked_sub(x + self.margin)?,
            text_height: self.height.checked_sub(2 * self.margin)?,
        })
    }

    /// The code above, the text below it.
    fn below(&self, side: u32, square: u32) -> Option<Spot> {
        let inset = self.inset(square);
        let free_width = self.width.checked_sub(side + 2 * inset)?;
        let y = inset + side + QUIET_ZONE * square;
        Some(Spot {
            code_x: inset + free_width / 2,
            code_y: inset,
            text_x: self.margin,
            text_y: y,
            text_width: self.width.checked_sub(2 * self.margin)?,
            text_height: self.height.checked_sub(y + self.margin)?,
        })
    }

    /// How far the code stays off the edge. What lies beyond the edge may be dark, so the quiet zone
    /// is on the label even where there is no margin.
    fn inset(&self, square: u32) -> u32 {
        self.margin.max(QUIET_ZONE * square)
    }
}

/// Room for the code and, apart from it and its quiet zone, for the text.
struct Spot {
    code_x: u32,
    code_y: u32,
    text_x: u32,
    text_y: u32,
    text_width: u32,
    text_height: u32,
}

impl Spot {
    /// The lines of `text` in the middle of the room, or nothing when they do not fit.
    fn place(&self, text: &Text, typeface: Typeface) -> Option<Vec<PlacedLine>> {
        let count = u32::try_from(text.lines.len()).ok()?;
        let pitch = typeface.height() + typeface.leading();
        let free_width = self.text_width.checked_sub(text.longest.checked_mul(typeface.width())?)?;
        let free_height = self.text_height.checked_sub(count.checked_mul(pitch)? - typeface.leading())?;
        let x = self.text_x + free_width / 2;
        let y = self.text_y + free_height / 2;
        let width = self.text_width - free_width / 2;
        let rows = (0..count).map(|row| y + row * pitch);
        let lines = rows.zip(&text.lines).map(|(y, text)| PlacedLine { x, y, width, text: text.clone() });
        Some(lines.collect())
    }
}

/// The lines to be printed, with the human-readable code broken in one of the ways.
struct Text {
    lines: Vec<String>,
    /// The characters of the longest line.
    longest: u32,
}

impl Text {
    fn new(captions: &[String], groups: &[String], groups_per_line: usize) -> Self {
        let code = groups.chunks(groups_per_line).map(|line| line.join(" "));
        let lines: Vec<String> = captions.iter().cloned().chain(code).collect();
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        Self { lines, longest: u32::try_from(longest).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fields, Label};
    use super::*;
    use proptest::prelude::*;
    use wire::Uid;

    fn design(width: u32, height: u32, density: u32, captions: usize) -> Design {
        let captions = vec!["\"Module {product}\""; captions].join(", ");
        toml::from_str(&format!(
            "captions = [{captions}]\n\
             stock = {{ width-mm = {width}, height-mm = {height}, dots-per-mm = {density} }}"
        ))
        .unwrap()
    }

    fn label(uid: Uid, design: &Design) -> Result<Label, LabelError> {
        let template = "https://claim.example/{uid}".parse().unwrap();
        Label::new(&Fields { uid, order: "A-1", product: "nrf51" }, &template, design)
    }

    fn layout(design: &Design) -> Layout {
        label(Uid::from_bytes([0xab; 16]), design).unwrap().layout().clone()
    }

    #[test]
    fn a_wide_label_has_its_text_beside_the_code() {
        let layout = layout(&design(40, 15, 12, 0));
        let end = layout.code.x + layout.code.squares.width() * layout.code.square;
        assert!(layout.lines.iter().all(|line| line.x > end));
        assert_eq!(layout.lines[0].text, "abab abab");
    }

    #[test]
    fn a_high_label_has_its_text_below_the_code() {
        let layout = layout(&design(18, 30, 12, 1));
        let end = layout.code.y + layout.code.squares.width() * layout.code.square;
        assert!(layout.lines.iter().all(|line| line.y > end));
    }

    #[test]
    fn a_stock_that_is_too_small_is_refused() {
        let error = label(Uid::from_bytes([0; 16]), &design(20, 10, 8, 0)).unwrap_err();
        assert_eq!(error, LabelError::StockTooSmall { squares: 33, lines: 1, width: 160, height: 80 });
        assert_eq!(
            error.to_string(),
            "a QR code of 33 squares and 1 lines of text do not fit a stock of 160 by 80 dots"
        );
        assert!(label(Uid::from_bytes([0; 16]), &design(0, 0, 8, 0)).is_err());
    }

    #[test]
    fn limits_that_hold_no_size_are_refused() {
        let design = |extra: &str| {
            toml::from_str::<Design>(&format!(
                "stock = {{ width-mm = 50, height-mm = 50, dots-per-mm = 8 }}\n{extra}"
            ))
            .unwrap()
        };
        let uid = Uid::from_bytes([0; 16]);
        assert_eq!(
            label(uid, &design("text.height-mm = [2.0, 2.4]")).unwrap_err(),
            LabelError::NoCharacterSize { smallest: 16, largest: 19 }
        );
        assert_eq!(
            label(uid, &design("qr.square-mm = [0.3, 0.3]")).unwrap_err(),
            LabelError::NoSquareSize { smallest: 3, largest: 2 }
        );
        assert_eq!(
            label(uid, &design("qr.square-mm = [2, 3]")).unwrap_err(),
            LabelError::NoSquareSize { smallest: 16, largest: 10 }
        );
    }

    #[test]
    fn a_payload_longer_than_any_code_is_refused() {
        let template = format!("{{uid}}{}", "x".repeat(3_000)).parse().unwrap();
        let error = Label::sample("A-1", "nrf51", &template, &design(90, 90, 12, 0)).unwrap_err();
        assert_eq!(error, LabelError::PayloadTooLong { bytes: 3_032 });
    }

    proptest! {
        #[test]
        fn nothing_overlaps_or_leaves_the_label(
            width in 5..60u32, height in 5..60u32,
            density in proptest::sample::select(vec![6u32, 8, 12, 24]),
            captions in 0..4usize,
            uid: [u8; 16],
        ) {
            let design = design(width, height, density, captions);
            let Ok(label) = label(Uid::from_bytes(uid), &design) else { return Ok(()) };
            let layout = label.layout();
            let margin = density;
            let code = &layout.code;
            let quiet = QUIET_ZONE * code.square;
            let side = code.squares.width() * code.square;
            for (start, end) in [(code.x, layout.width), (code.y, layout.height)] {
                prop_assert!(start >= margin.max(quiet) && start + side + margin.max(quiet) <= end);
            }
            prop_assert_eq!(layout.lines.len() - captions, label.lines().count() - captions);
            let mut bottom = 0;
            for line in &layout.lines {
                let cells = u32::try_from(line.text.chars().count()).unwrap() * layout.typeface.width();
                let (right, low) = (line.x + line.width, line.y + layout.typeface.height());
                prop_assert!(cells <= line.width);
                prop_assert!(line.x >= margin && right + margin <= layout.width);
                prop_assert!(line.y >= margin && low + margin <= layout.height);
                prop_assert!(line.x >= code.x + side + quiet || line.y >= code.y + side + quiet);
                prop_assert!(line.y >= bottom);
                bottom = low;
            }
            let shown: String = label.lines().skip(captions).flat_map(str::chars).filter(|c| *c != ' ').collect();
            prop_assert_eq!(shown, Uid::from_bytes(uid).to_string());
        }

        #[test]
        fn all_modules_of_an_order_have_the_same_layout(one: [u8; 16], other: [u8; 16]) {
            let design = design(40, 15, 8, 1);
            let places = |uid| {
                let layout = label(Uid::from_bytes(uid), &design).unwrap().layout().clone();
                let lines: Vec<_> = layout.lines.iter().map(|line| (line.x, line.y, line.width)).collect();
                (layout.code.x, layout.code.y, layout.code.square, layout.typeface, lines)
            };
            prop_assert_eq!(places(one), places(other));
        }
    }
}
