//! Commands in what the host sends: lines that begin with `AT+`.

/// More than this is kept of no command: enough to tell which it is.
const LONGEST: usize = 64;

/// Collects commands from a stream.
#[derive(Debug, Default)]
pub(super) struct Commands {
    line: Vec<u8>,
}

impl Commands {
    /// Takes one byte; returns a command when the byte ends its line: what follows `AT+`, and `DIAG ` if it
    /// is a factory command.
    pub(super) fn push(&mut self, byte: u8) -> Option<String> {
        match byte {
            b'\n' | b'\r' => {
                let line = String::from_utf8(std::mem::take(&mut self.line)).ok()?;
                let command = line.strip_prefix("AT+")?;
                Some(command.strip_prefix("DIAG ").unwrap_or(command).to_owned())
            }
            _ => {
                if self.line.len() < LONGEST {
                    self.line.push(byte);
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_at_their_line_end() {
        let mut commands = Commands::default();
        let certificate = format!("AT+DIAG CERTIFICATE {}\n", "x".repeat(1000));
        let stream = format!("AT+CONF? ThingName\n\nnoise\nAT+DIAG KEYGEN\r\n{certificate}AT+DIAG SE");
        let found: Vec<String> = stream.bytes().filter_map(|byte| commands.push(byte)).collect();
        assert_eq!(found[..2], ["CONF? ThingName", "KEYGEN"]);
        assert!(found[2].starts_with("CERTIFICATE xxx") && found.len() == 3, "{found:?}");
    }
}
