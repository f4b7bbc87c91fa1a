//! The PIN: where it may come from, and how it is kept.
//!
//! A PIN comes from a file descriptor, a file, or a prompt. It never comes from the command line,
//! the environment or a configuration file, where others could read it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use super::prompt;

/// The longest PIN that is read, in bytes.
pub(crate) const LONGEST: usize = 255;

/// A token's PIN. It is wiped from memory when dropped, and shows itself to nobody but the token.
pub struct Pin(Zeroizing<String>);

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// The descriptor or the file cannot be read.
    #[error("cannot read the PIN from {}", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Nobody could be asked, or nobody answered.
    #[error("cannot ask for the PIN")]
    Prompt(#[source] io::Error),
    /// The line is empty.
    #[error("the PIN is empty")]
    Empty,
    /// The line is longer than any PIN.
    #[error("the PIN is longer than {LONGEST} bytes")]
    TooLong,
    /// The line is not UTF-8.
    #[error("the PIN is not text in UTF-8")]
    Encoding,
}

impl Pin {
    /// The first line that can be read from a file descriptor of this process.
    ///
    /// Not a byte beyond the line is read, so that a second PIN can follow on the same descriptor.
    /// (That holds for pipes. A regular file is opened anew, and read from its beginning.)
    ///
    /// # Errors
    /// A descriptor that is not open, and a line that is no PIN.
    pub fn from_fd(descriptor: u32) -> Result<Self, PinError> {
        Self::from_file(Path::new("/dev/fd").join(descriptor.to_string()))
    }

    /// The first line of a file, such as a credential that systemd hands over.
    ///
    /// # Errors
    /// A file that cannot be read, and a line that is no PIN.
    pub fn from_file(path: PathBuf) -> Result<Self, PinError> {
        let outcome = File::open(&path).and_then(|mut file| first_line(&mut file));
        Self::parse(&outcome.map_err(|source| PinError::Read { path, source })?)
    }

    /// Asks on the terminal, without echo.
    ///
    /// # Errors
    /// No terminal, Control-C, and a line that is no PIN.
    pub fn from_prompt(question: &str) -> Result<Self, PinError> {
        Self::parse(&prompt::ask(question).map_err(PinError::Prompt)?)
    }

    /// A line that was typed, without its end.
    ///
    /// # Errors
    /// A line that is no PIN.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, PinError> {
        match line.len() {
            0 => Err(PinError::Empty),
            1..=LONGEST => {
                let text = str::from_utf8(line).map_err(|_| PinError::Encoding)?;
                Ok(Self(Zeroizing::new(text.to_owned())))
            }
            _ => Err(PinError::TooLong),
        }
    }

    #[cfg(test)]
    pub(crate) fn is_the_same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The PIN in the form that the PKCS#11 library takes, wiped in its turn when dropped.
    pub(super) fn for_login(&self) -> AuthPin {
        self.0.as_str().into()
    }
}

impl From<String> for Pin {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Says that there is a PIN, and nothing about it.
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// Reads up to the first LF or the end, one byte at a time, and leaves out LF or CR LF.
pub(super) fn first_line(source: &mut impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for all that may come: a buffer that grows would leave copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
    let mut byte = Zeroizing::new([0]);
    while line.len() < LONGEST + 2 {
        match source.read(&mut *byte) {
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsRawFd;

    fn read(bytes: &[u8]) -> Result<Pin, PinError> {
        Pin::parse(&first_line(&mut &*bytes).expect("memory can be read"))
    }

    #[test]
    fn one_line_is_the_pin() {
        for bytes in [&b"1234"[..], b"1234\n", b"1234\r\n", b"1234\nmore"] {
            assert_eq!(read(bytes).expect("a PIN").0.as_str(), "1234");
        }
        assert_eq!(read(b" 12 34 \n").expect("a PIN").0.as_str(), " 12 34 ");
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        assert!(matches!(read(b""), Err(PinError::Empty)));
        assert!(matches!(read(b"\n1234"), Err(PinError::Empty)));
        assert!(matches!(read(b"\xff\n"), Err(PinError::Encoding)));
        assert!(read(&[b'1'; LONGEST]).is_ok());
        assert!(matches!(read(&[b'1'; LONGEST + 1]), Err(PinError::TooLong)));
        assert!(matches!(read(&[b'1'; 10_000]), Err(PinError::TooLong)));
    }

    #[test]
    fn two_pins_come_one_after_the_other_from_a_pipe() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        writer.write_all(b"first\nsecond\n").expect("room in the pipe");
        let descriptor = u32::try_from(reader.as_raw_fd()).expect("not negative");
        assert_eq!(Pin::from_fd(descriptor).expect("a PIN").0.as_str(), "first");
        assert_eq!(Pin::from_fd(descriptor).expect("a PIN").0.as_str(), "second");
    }

    #[test]
    fn a_descriptor_that_is_not_open_is_named() {
        let error = Pin::from_fd(987_654).expect_err("not open");
        assert_eq!(error.to_string(), "cannot read the PIN from /dev/fd/987654");
    }

    #[test]
    fn nobody_sees_the_pin() {
        assert_eq!(format!("{:?}", Pin::from("1234".to_owned())), "Pin(..)");
    }
}
