//! Text in the printer's font. The printer's scalable font is stood in for by a bitmap font, scaled.

use embedded_graphics::{
    Drawable,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    mono_font::{MonoTextStyle, iso_8859_1::FONT_10X20},
    pixelcolor::BinaryColor,
    text::{Baseline, Text},
};

use super::canvas::Canvas;

const GLYPH_WIDTH: usize = 10;
const GLYPH_HEIGHT: usize = 20;
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
        self.height * GLYPH_ASCENT / GLYPH_HEIGHT as u32
    }
}

/// Draws a line of text with its upper left corner at `left`, `top`.
pub(super) fn draw(canvas: &mut Canvas, left: i64, top: i64, font: Font, text: &str) {
    let (width, height) = (i64::from(font.advance()), i64::from(font.height));
    for (index, character) in (0..).zip(text.chars()) {
        let glyph = Glyph::of(character);
        for row in 0..height {
            for column in 0..width {
                let x = usize::try_from(column * GLYPH_WIDTH as i64 / width).unwrap_or_default();
                let y = usize::try_from(row * GLYPH_HEIGHT as i64 / height).unwrap_or_default();
                if glyph.dots[y * GLYPH_WIDTH + x] {
                    canvas.fill(left + index * width + column, top + row, 1, 1, true);
                }
            }
        }
    }
}

/// One character at the font's own size.
struct Glyph {
    dots: [bool; GLYPH_WIDTH * GLYPH_HEIGHT],
}

impl Glyph {
    fn of(character: char) -> Self {
        let mut glyph = Self { dots: [false; GLYPH_WIDTH * GLYPH_HEIGHT] };
        let mut buffer = [0; 4];
        let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
        let text = character.encode_utf8(&mut buffer);
        // Drawing into memory cannot fail.
        let Ok(_end) = Text::with_baseline(text, Point::zero(), style, Baseline::Top).draw(&mut glyph);
        glyph
    }
}

impl OriginDimensions for Glyph {
    fn size(&self) -> Size {
        Size::new(GLYPH_WIDTH as u32, GLYPH_HEIGHT as u32)
    }
}

impl DrawTarget for Glyph {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = embedded_graphics::Pixel<Self::Color>>,
    {
        for embedded_graphics::Pixel(point, colour) in pixels {
            if let (Ok(x @ 0..GLYPH_WIDTH), Ok(y @ 0..GLYPH_HEIGHT)) =
                (usize::try_from(point.x), usize::try_from(point.y))
            {
                self.dots[y * GLYPH_WIDTH + x] = colour.is_on();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn black(font: Font, text: &str) -> usize {
        let mut canvas = Canvas::new(400, 100);
        draw(&mut canvas, 0, 0, font, text);
        canvas.into_dots().iter().filter(|&&dot| dot == 0).count()
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
