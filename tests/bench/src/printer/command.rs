//! ZPL commands out of a stream of bytes.

/// A command's parameters may be this long; the rest is dropped.
const LONGEST: usize = 8192;

/// Commands that are complete without parameters. They take effect with their last letter, while others end
/// where the next one begins.
const WITHOUT_PARAMETERS: [&str; 6] = ["^XA", "^XZ", "^FS", "~HS", "~JA", "~PS"];

/// One command with what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    name: String,
    parameters: Vec<u8>,
}

impl Command {
    /// Prefix and two characters, upper case: `^FO`, `~HS`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Everything after the name, for commands that take data.
    pub(super) fn data(&self) -> &[u8] {
        &self.parameters
    }

    /// The parameter at `index`; empty if absent.
    pub(super) fn text(&self, index: usize) -> &str {
        let field = self.parameters.split(|&byte| byte == b',').nth(index).unwrap_or_default();
        std::str::from_utf8(field).unwrap_or_default().trim()
    }

    /// The parameter at `index` as a number, if it is one.
    pub(super) fn number(&self, index: usize) -> Option<u32> {
        self.text(index).parse().ok()
    }
}

/// Collects commands. Anything before the first prefix is ignored.
#[derive(Debug, Default)]
pub(super) struct Commands {
    begun: Option<Vec<u8>>,
}

impl Commands {
    /// Takes one byte; returns a command when the byte completes one.
    pub(super) fn push(&mut self, byte: u8) -> Option<Command> {
        match (byte, &mut self.begun) {
            (b'^' | b'~', begun) => {
                let ended = begun.replace(vec![byte]);
                return ended.and_then(|bytes| parse(&bytes));
            }
            // Line ends are for people.
            (b'\r' | b'\n', _) | (_, None) => {}
            (_, Some(bytes)) if bytes.len() < LONGEST => bytes.push(byte),
            (_, Some(_)) => {}
        }
        let complete = self.begun.as_deref().is_some_and(|bytes| {
            WITHOUT_PARAMETERS.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(bytes))
        });
        if complete { self.begun.take().and_then(|bytes| parse(&bytes)) } else { None }
    }
}

fn parse(bytes: &[u8]) -> Option<Command> {
    let (name, parameters) = bytes.split_at_checked(3)?;
    let name = std::str::from_utf8(name).ok()?.to_ascii_uppercase();
    Some(Command { name, parameters: parameters.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(bytes: &[u8]) -> Vec<Command> {
        let mut commands = Commands::default();
        bytes.iter().filter_map(|&byte| commands.push(byte)).collect()
    }

    #[test]
    fn a_format_is_taken_apart_whatever_its_line_ends() {
        let expected = ["^XA", "^FO", "^A0", "^FD", "^FS", "^XZ"];
        for zpl in ["^XA^FO50,60^A0N,30,20^FDa,b^FS^XZ", "^xa\r\n^fo50,60\r\n^A0N,30,20^FDa,b\n^FS\n^XZ\n"] {
            let commands = commands(zpl.as_bytes());
            assert_eq!(commands.iter().map(Command::name).collect::<Vec<_>>(), expected);
            assert_eq!((commands[1].number(0), commands[1].number(1)), (Some(50), Some(60)));
            assert_eq!((commands[2].text(0), commands[2].number(1)), ("N", Some(30)));
            assert_eq!(commands[3].data(), b"a,b");
        }
    }

    #[test]
    fn a_status_request_is_complete_with_its_last_letter() {
        assert_eq!(commands(b"~H").len(), 0);
        assert_eq!(commands(b"~HS").len(), 1);
        assert_eq!(commands(b"~hs\r\n~HS").len(), 2);
    }

    #[test]
    fn absent_parameters_are_empty() {
        let command = &commands(b"^GB10,,3^FS")[0];
        assert_eq!((command.number(0), command.number(1), command.number(2)), (Some(10), None, Some(3)));
        assert_eq!(command.text(7), "");
    }
}
