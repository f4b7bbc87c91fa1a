//! Counts tests by what `cargo test` prints.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

/// How many tests ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) ignored: u64,
    /// Names of those that failed.
    pub(super) failures: Vec<String>,
}

impl Counts {
    /// Reads the output of test programs to its end, handing each line on as it comes.
    pub(super) fn read(&mut self, output: impl Read, mut line: impl FnMut(&str)) -> io::Result<()> {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        // Tests may print anything: only lines that are text are looked into, but all are shown.
        while output.read_until(b'\n', &mut bytes)? > 0 {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\r', '\n']);
            self.take_in(text);
            line(text);
            bytes.clear();
        }
        Ok(())
    }

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.failures.extend(other.failures);
    }

    fn take_in(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            for part in result.split([';', '.']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    Some((number, "ignored")) => self.ignored += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            // A test that should have panicked has that said behind its name.
            let name = name.trim_end_matches(" - should panic");
            // A test may show the output of another test program that it ran, its failures included.
            if !self.failures.iter().any(|known| known == name) {
                self.failures.push(name.to_owned());
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &[u8] = b"
running 3 tests
test uid::tests::round_trip ... ok
test uid::tests::leading_zeroes ... FAILED
test uid::tests::leading_zeroes ... FAILED
test uid::tests::refuses_odd_length - should panic ... FAILED
bytes that are no text: \xff\xfe
test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 2 tests
test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 12.50s
";

    #[test]
    fn all_programs_are_added_up() {
        let mut counts = Counts::default();
        let mut lines = 0;
        counts.read(OUTPUT, |_| lines += 1).unwrap();
        assert_eq!(lines, 11);
        assert_eq!((counts.passed, counts.failed, counts.ignored), (41, 2, 2));
        assert_eq!(counts.failures, ["uid::tests::leading_zeroes", "uid::tests::refuses_odd_length"]);
        assert_eq!(counts.to_string(), "41 passed, 2 failed, 2 ignored");
    }
}
