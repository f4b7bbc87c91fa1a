//! What a keyboard sends.

/// A key, or a key held with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A letter together with Control.
    Control(char),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// A function key, F1 to F12.
    Function(u8),
}

impl Key {
    /// The bytes that xterm sends for it (ctlseqs, "PC-Style Function Keys" and "VT220-Style Function Keys").
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Char(letter) => letter.to_string().into_bytes(),
            // Control leaves the five low bits of a letter.
            Self::Control(letter) => letter.to_string().bytes().map(|byte| byte & 0x1f).collect(),
            Self::Enter => b"\r".to_vec(),
            Self::Escape => b"\x1b".to_vec(),
            Self::Tab => b"\t".to_vec(),
            Self::Backspace => b"\x7f".to_vec(),
            Self::Up => b"\x1b[A".to_vec(),
            Self::Down => b"\x1b[B".to_vec(),
            Self::Right => b"\x1b[C".to_vec(),
            Self::Left => b"\x1b[D".to_vec(),
            Self::PageUp => b"\x1b[5~".to_vec(),
            Self::PageDown => b"\x1b[6~".to_vec(),
            Self::Function(number @ 1..=4) => vec![0x1b, b'O', b'O' + number],
            Self::Function(number) => {
                // There is no 16 and no 22 in the row of numbers.
                let code = match number {
                    ..=5 => 15,
                    6..=10 => number + 11,
                    11.. => number.saturating_add(12),
                };
                format!("\x1b[{code}~").into_bytes()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_send_what_xterm_sends() {
        let sent = [
            (Key::Control('c'), "\x03"),
            (Key::Char('é'), "é"),
            (Key::Function(1), "\x1bOP"),
            (Key::Function(4), "\x1bOS"),
            (Key::Function(5), "\x1b[15~"),
            (Key::Function(6), "\x1b[17~"),
            (Key::Function(10), "\x1b[21~"),
            (Key::Function(12), "\x1b[24~"),
        ];
        for (key, bytes) in sent {
            assert_eq!(String::from_utf8_lossy(&key.bytes()), bytes, "{key:?}");
        }
    }
}
