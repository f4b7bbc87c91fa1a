//! Text in the printer's font. The printer's scalable font is stood in for by a bitmap font, scaled.

use std::convert::Infallible;

use embedded_graphics::{
    Drawable, Pixel,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    mono_font::{MonoTextStyle, iso_8859_1::FONT_10X20},
    pixelcolor::BinaryColor,
    text::{Baseline, Text},
};

use super::canvas::Canvas;

const GLYPH_WIDTH: u8 = 10;
const GLYPH_HEIGHT: u8 = 20;
const GLYPH_DOTS: usize = 200;
/// Rows of a glyph above its base line.
const GLYPH_ASCENT: u32 = 16;

/// Height and width of the font in dots, as `^A0` has them: a width as large as the height is the font's
/// own proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Font {
    pub(super) height: u32,
    pub(super) width: u32,
}

impl Font {
    /// Dots from one character to the next.
    fn advance(self) -> u32 {
        (self.width / 2).max(1)
    }

    /// Dots from the top of a character to its base line.
    pub(super) fn ascent(self) -> u32 {
        self.height * GLYPH_ASCENT / u32::from(GLYPH_HEIGHT)
    }
}

/// Draws a line of text with its upper left corner at `left`, `top`.
pub(super) fn draw(canvas: &mut Canvas, left: i64, top: i64, font: Font, text: &str) {
    let (width, height) = (i64::from(font.advance()), i64::from(font.height));
    for (index, character) in (0..).zip(text.chars()) {
        let glyph = Glyph::of(character);
        for row in 0..height {
            for column in 0..width {
                let (x, y) =
                    (column * i64::from(GLYPH_WIDTH) / width, row * i64::from(GLYPH_HEIGHT) / height);
                if glyph.dot(x, y) {
                    canvas.fill(left + index * width + column, top + row, 1, 1, true);
                }
            }
        }
    }
}

/// One character at the font's own size.
struct Glyph {
    dots: [bool; GLYPH_DOTS],
}

impl Glyph {
    fn of(character: char) -> Self {
        let mut glyph = Self { dots: [false; GLYPH_DOTS] };
        let mut buffer = [0; 4];
        let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
        let text = character.encode_utf8(&mut buffer);
        // Drawing into memory cannot fail.
        let Ok(_end) = Text::with_baseline(text, Point::zero(), style, Baseline::Top).draw(&mut glyph);
        glyph
    }

    /// Whether the dot is black.
    fn dot(&self, x: i64, y: i64) -> bool {
        index(x, y).is_some_and(|index| self.dots[index])
    }
}

impl OriginDimensions for Glyph {
    fn size(&self) -> Size {
        Size::new(GLYPH_WIDTH.into(), GLYPH_HEIGHT.into())
    }
}

impl DrawTarget for Glyph {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        for Pixel(point, colour) in pixels {
            if let Some(index) = index(point.x.into(), point.y.into()) {
                self.dots[index] = colour.is_on();
            }
        }
        Ok(())
    }
}

/// The place of a dot within a glyph, if it has one.
fn index(x: i64, y: i64) -> Option<usize> {
    let inside = (0..GLYPH_WIDTH.into()).contains(&x) && (0..GLYPH_HEIGHT.into()).contains(&y);
    inside.then(|| usize::try_from(y * i64::from(GLYPH_WIDTH) + x).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn black(font: Font, text: &str) -> usize {
        let mut canvas = Canvas::new(400, 100);
        draw(&mut canvas, 0, 0, font, text);
        canvas.into_dots().iter().map(|&dot| usize::from(dot == 0)).sum()
    }

    #[test]
    fn characters_are_drawn_and_scale() {
        let small = black(Font { height: 20, width: 20 }, "A");
        assert!(small > 20);
        assert_eq!(black(Font { height: 40, width: 40 }, "A"), 4 * small);
        assert_eq!(black(Font { height: 20, width: 20 }, "AA"), 2 * small);
        assert_eq!(black(Font { height: 20, width: 20 }, " "), 0);
        assert!(black(Font { height: 20, width: 20 }, "ü") > small / 2);
    }

    #[test]
    fn sizes_of_nothing_do_no_harm() {
        assert_eq!(black(Font { height: 0, width: 0 }, "A"), 0);
    }
}
