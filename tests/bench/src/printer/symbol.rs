//! The QR code of `^BQ`.

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as cells, without quiet zone, as the printer draws it.
#[derive(Debug)]
pub(super) struct Symbol {
    /// Cells in a row, and rows; at most 177.
    pub(super) side: u8,
    /// Black cells, row by row.
    pub(super) cells: Vec<bool>,
}

/// Makes the code of a field's data: error correction (`H`, `Q`, `M`, `L`), input mode (`A` automatic, `M`
/// manual with the character mode before the data), comma, data. Data of another form print nothing.
pub(super) fn encode(data: &[u8]) -> Option<Symbol> {
    let [level, mode, b',', data @ ..] = data else { return None };
    let level = match level {
        b'H' => EcLevel::H,
        b'Q' => EcLevel::Q,
        b'M' => EcLevel::M,
        b'L' => EcLevel::L,
        _ => return None,
    };
    let data = match mode {
        b'A' => data,
        b'M' => manual(data)?,
        _ => return None,
    };
    let code = QrCode::with_error_correction_level(data, level).ok()?;
    let cells = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    Some(Symbol { side: code.width().try_into().ok()?, cells })
}

/// Strips the character mode: `N`umeric, `A`lphanumeric, `K`anji, or `B` and four digits of length.
fn manual(data: &[u8]) -> Option<&[u8]> {
    match data {
        [b'N' | b'A' | b'K', data @ ..] => Some(data),
        [b'B', data @ ..] => {
            let (length, data) = data.split_at_checked(4)?;
            let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
            data.get(..length)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_says_level_and_mode() {
        let automatic = encode(b"QA,HELLO").unwrap();
        assert_eq!(automatic.side, 21);
        assert_eq!(automatic.cells.len(), 21 * 21);
        assert_eq!(encode(b"QM,AHELLO").unwrap().cells, automatic.cells);
        assert_eq!(encode(b"QM,B0005HELLOxyz").unwrap().cells, automatic.cells);
    }

    #[test]
    fn other_forms_print_nothing() {
        for data in [b"".as_slice(), b"HELLO", b"XA,HELLO", b"QX,HELLO", b"QM,B9999x", b"QM,B12"] {
            assert!(encode(data).is_none(), "{data:?}");
        }
        assert!(encode(&[b"HA,".as_slice(), &[0x55; 5000]].concat()).is_none(), "more than a code holds");
    }
}
