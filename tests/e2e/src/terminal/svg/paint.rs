//! What colour a cell is.

use std::fmt;

use super::super::{Colour, Style};

/// Of a cell whose background the program leaves alone.
pub(super) const GROUND: Rgb = Rgb(0x12, 0x16, 0x1c);
/// Of a character whose colour the program leaves alone.
pub(super) const INK: Rgb = Rgb(0xd7, 0xdc, 0xe2);

/// The sixteen colours that have names, dark then bright; chosen to be read on [`GROUND`].
const NAMED: [Rgb; 16] = [
    Rgb(0x2a, 0x30, 0x38),
    Rgb(0xe0, 0x5a, 0x5a),
    Rgb(0x5f, 0xb8, 0x6a),
    Rgb(0xd9, 0xae, 0x4a),
    Rgb(0x5c, 0x94, 0xe0),
    Rgb(0xb8, 0x7c, 0xd6),
    Rgb(0x4c, 0xb5, 0xb8),
    Rgb(0xc4, 0xca, 0xd2),
    Rgb(0x6b, 0x75, 0x82),
    Rgb(0xff, 0x7b, 0x7b),
    Rgb(0x7f, 0xdc, 0x8a),
    Rgb(0xf7, 0xd0, 0x6b),
    Rgb(0x82, 0xb4, 0xff),
    Rgb(0xd6, 0xa0, 0xf2),
    Rgb(0x74, 0xdb, 0xde),
    Rgb(0xff, 0xff, 0xff),
];

/// Red, green and blue. Its [`Display`](fmt::Display) is what SVG takes for a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(u8, u8, u8);

/// How a character is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    colour: Rgb,
    bold: bool,
    italic: bool,
    underline: bool,
}

/// Every way of drawing that a picture uses, as classes of its style sheet.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Ink>);

impl Styles {
    /// The attribute that names the class: empty for what is drawn plainly.
    pub(super) fn class(&mut self, ink: Ink) -> String {
        if ink == Ink::PLAIN {
            return String::new();
        }
        let place = self.0.iter().position(|known| *known == ink).unwrap_or_else(|| {
            self.0.push(ink);
            self.0.len() - 1
        });
        format!("s{place}")
    }
}

impl fmt::Display for Styles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Ink { colour, bold, italic, underline }) in self.0.iter().enumerate() {
            write!(f, ".s{place}{{fill:{colour};stroke:{colour}")?;
            for (on, rule) in [
                (*bold, ";font-weight:bold"),
                (*italic, ";font-style:italic"),
                (*underline, ";text-decoration:underline"),
            ] {
                if on {
                    f.write_str(rule)?;
                }
            }
            f.write_str("}\n")?;
        }
        Ok(())
    }
}

impl Ink {
    const PLAIN: Self = Self { colour: INK, bold: false, italic: false, underline: false };

    /// How a cell's character is drawn, and its background unless that is the picture's.
    pub(super) fn of(style: Style) -> (Self, Option<Rgb>) {
        let mut ink = rgb(style.foreground).unwrap_or(INK);
        let mut ground = rgb(style.background);
        if style.inverse {
            (ink, ground) = (ground.unwrap_or(GROUND), Some(ink));
        }
        if style.dim {
            ink = ink.towards(ground.unwrap_or(GROUND));
        }
        let Style { bold, italic, underline, .. } = style;
        (Self { colour: ink, bold, italic, underline }, ground)
    }

    /// Whether a blank drawn so is to be seen.
    pub(super) fn marks_blanks(self) -> bool {
        self.underline
    }
}

impl Rgb {
    /// Two fifths of the way to another colour.
    fn towards(self, other: Self) -> Self {
        let mix = |one: u8, two: u8| {
            let sum = u16::from(one) * 3 + u16::from(two) * 2;
            u8::try_from(sum / 5).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(red, green, blue) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// None for the terminal's own.
fn rgb(colour: Colour) -> Option<Rgb> {
    match colour {
        Colour::Default => None,
        Colour::Indexed(index) => Some(indexed(index)),
        Colour::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
    }
}

/// The 256 colours of xterm (its file `256colres.pl`).
fn indexed(index: u8) -> Rgb {
    match index {
        0..16 => NAMED[usize::from(index)],
        16..232 => {
            let place = index - 16;
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            Rgb(level(place / 36), level(place / 6 % 6), level(place % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            Rgb(grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cube_and_the_greys_are_those_of_xterm() {
        let shown = [16, 196, 231, 232, 255].map(|index| indexed(index).to_string());
        assert_eq!(shown, ["#000000", "#ff0000", "#ffffff", "#080808", "#eeeeee"]);
    }

    #[test]
    fn inverse_swaps_and_dim_fades_towards_the_background() {
        let style = Style { foreground: Colour::Rgb(100, 100, 100), ..Style::default() };
        let (ink, ground) = Ink::of(Style { inverse: true, ..style });
        assert_eq!((ink.colour, ground), (GROUND, Some(Rgb(100, 100, 100))));
        let (ink, ground) = Ink::of(Style { dim: true, background: Colour::Rgb(0, 0, 200), ..style });
        assert_eq!((ink.colour, ground), (Rgb(60, 60, 140), Some(Rgb(0, 0, 200))));
    }
}
