//! The label in the printer's language, ZPL II.
//!
//! | command | what for |
//! |---|---|
//! | `^XA` … `^XZ` | one label |
//! | `^CI28` | the bytes of all fields are UTF-8 |
//! | `^PW`, `^LL`, `^LH0,0` | width and length of the stock in dots; the origin is its corner |
//! | `^BY2,3,1` | pins the bar height, by which printers push a QR code down |
//! | `^FO` | a field's upper left corner |
//! | `^BQN,2,n` | a QR code, model 2, whose squares are n dots wide |
//! | `^A0N,h,w` | the scalable font, upright, h dots high |
//! | `^FH^FD` … `^FS` | a field's data, with `_xx` for bytes that cannot stand for themselves |
//! | `^PQ1` | one copy |

use std::fmt::{self, Write};

use super::Label;
use super::design::ErrorCorrection;

/// The bar height that is set before the QR code, in dots. A printer puts the code that much below
/// its `^FO`, and without `^BY` the height is whatever the last label set.
const BAR_HEIGHT: u32 = 1;

/// The label as a printer gets it.
pub fn render(label: &Label) -> String {
    Zpl(label).to_string()
}

struct Zpl<'a>(&'a Label);

impl fmt::Display for Zpl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layout = self.0.layout();
        let code = &layout.code;
        writeln!(f, "^XA")?;
        writeln!(f, "^CI28")?;
        writeln!(f, "^PW{}", layout.width)?;
        writeln!(f, "^LL{}", layout.height)?;
        writeln!(f, "^LH0,0")?;
        writeln!(f, "^BY2,3,{BAR_HEIGHT}")?;
        // Not below zero: the quiet zone keeps the code off the edge.
        writeln!(f, "^FO{},{}", code.x, code.y.saturating_sub(BAR_HEIGHT))?;
        let level = level(code.correction);
        writeln!(f, "^BQN,2,{},{level}", code.square)?;
        // After the level, `A` lets the printer choose how to encode.
        writeln!(f, "^FH^FD{level}A,{}^FS", FieldData(self.0.payload()))?;
        for line in &layout.lines {
            let height = layout.typeface.height();
            writeln!(f, "^FO{},{}", line.x, line.y)?;
            writeln!(f, "^A0N,{height},{}", character_width(&line.text, line.width, height))?;
            writeln!(f, "^FH^FD{}^FS", FieldData(&line.text))?;
        }
        writeln!(f, "^PQ1")?;
        writeln!(f, "^XZ")
    }
}

fn level(correction: ErrorCorrection) -> char {
    match correction {
        ErrorCorrection::Low => 'L',
        ErrorCorrection::Medium => 'M',
        ErrorCorrection::Quartile => 'Q',
        ErrorCorrection::High => 'H',
    }
}

/// The width to ask of the scalable font so that `text` stays within `limit` dots: its natural
/// proportions when they fit.
///
/// The font is proportional and its measures are not published. What is assumed is on the safe side:
/// no character is wider than the width asked for, and digits and lower-case letters but for `m` and
/// `w` take at most three fifths of it.
fn character_width(text: &str, limit: u32, height: u32) -> u32 {
    let fifths: u32 = text
        .chars()
        .map(|character| match character {
            'm' | 'w' => 5,
            ' ' | '0'..='9' | 'a'..='z' | '-' | '.' | ',' | ':' | '/' => 3,
            _ => 5,
        })
        .sum();
    (limit * 5).checked_div(fifths).unwrap_or(height).min(height)
}

/// A text as a field's data after `^FH`: bytes that mean something to the printer, and all that are
/// not ASCII, as an underscore and two hex digits.
struct FieldData<'a>(&'a str);

impl fmt::Display for FieldData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| match byte {
            // The underscore announces an escape; caret and tilde begin commands; the backslash is
            // an escape of its own in some fields.
            b'_' | b'^' | b'~' | b'\\' => write!(f, "_{byte:02X}"),
            b' '..=b'~' => f.write_char(char::from(byte)),
            _ => write!(f, "_{byte:02X}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a printer makes of a field's data (ZPL II Programming Guide, `^FH`).
    fn read_field(data: &str) -> Vec<u8> {
        let mut bytes = data.bytes();
        let mut field = Vec::new();
        while let Some(byte) = bytes.next() {
            if byte == b'_' {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                field.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                field.push(byte);
            }
        }
        field
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(FieldData("a^b~c_d\\e ü").to_string(), "a_5Eb_7Ec_5Fd_5Ce _C3_BC");
    }

    #[test]
    fn characters_are_narrowed_only_when_they_must() {
        assert_eq!(character_width("0123 4567", 1_000, 20), 20);
        assert_eq!(character_width("0123 4567", 90, 20), 16);
        assert_eq!(character_width("WWWW", 40, 20), 10);
        assert_eq!(character_width("", 40, 20), 20);
    }

    proptest! {
        #[test]
        fn field_data_reads_back(text in any::<String>()) {
            let data = FieldData(&text).to_string();
            prop_assert!(data.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b"^~\\".contains(&byte)));
            prop_assert_eq!(read_field(&data), text.into_bytes());
        }
    }
}
