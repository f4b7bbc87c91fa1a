//! The sizes of character that a label may use.

use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::mono_font::iso_8859_1::{FONT_6X10, FONT_7X13, FONT_9X15, FONT_10X20};

/// What each font may be enlarged by at most: the largest is then 6 mm high on the finest printer.
const LARGEST_SCALE: u32 = 8;

/// A size of character. In the picture each character takes a cell of this size; the printer's font
/// is proportional and as high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typeface {
    font: &'static MonoFont<'static>,
    scale: u32,
}

impl Typeface {
    /// The sizes between these heights in dots, both included, largest first.
    pub(super) fn between(smallest: u32, largest: u32) -> Vec<Self> {
        let fonts = [&FONT_6X10, &FONT_7X13, &FONT_9X15, &FONT_10X20];
        let mut typefaces: Vec<Self> = fonts
            .into_iter()
            .flat_map(|font| (1..=LARGEST_SCALE).map(move |scale| Self { font, scale }))
            .filter(|typeface| (smallest..=largest).contains(&typeface.height()))
            .collect();
        typefaces.sort_by_key(|typeface| std::cmp::Reverse((typeface.height(), typeface.width())));
        typefaces
    }

    /// The width of a character's cell, in dots.
    pub fn width(self) -> u32 {
        self.font.character_size.width * self.scale
    }

    /// The height of a character's cell, in dots.
    pub fn height(self) -> u32 {
        self.font.character_size.height * self.scale
    }

    /// What is left free between two lines, in dots.
    pub(super) fn leading(self) -> u32 {
        self.height() / 8
    }

    /// The picture's font, and by how much it is enlarged.
    pub(super) fn font(self) -> (&'static MonoFont<'static>, u32) {
        (self.font, self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_lie_within_the_limits_and_fall() {
        let heights: Vec<u32> = Typeface::between(14, 40).into_iter().map(Typeface::height).collect();
        assert_eq!(heights, [40, 40, 39, 30, 30, 26, 20, 20, 15]);
        assert!(Typeface::between(16, 19).is_empty());
    }
}
