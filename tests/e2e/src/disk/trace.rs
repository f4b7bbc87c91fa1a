//! A program's system calls, by `strace`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// One system call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// What it was given, as `strace` writes it: bytes in hexadecimal.
    pub arguments: String,
    /// What it answered.
    pub result: u64,
}

/// Runs a program to its end; its calls that have to do with files, in the order in which they were done.
///
/// # Errors
/// `strace` is not installed or may not trace, or the program fails.
pub fn run(program: &Path, arguments: &[&str], log: &Path) -> Result<Vec<Call>> {
    let output = Command::new("strace")
        .args(["-f", "-xx", "-s", "16777216", "-e", "signal=none", "-e", TRACED, "-o"])
        .arg(log)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("strace is not installed: run `cargo xtask test`")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    parse(&std::fs::read_to_string(log)?)
}

/// All that creates, changes, syncs or removes a file; `mmap`, to notice what would pass by all of these.
const TRACED: &str = "trace=?open,openat,?openat2,?creat,close,?dup2,dup3,write,pwrite64,writev,pwritev,?pwritev2,\
                      ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,?sync_file_range,?unlink,unlinkat,\
                      ?rename,?renameat,renameat2,?link,linkat,copy_file_range,sendfile,mmap";

/// Reads the log. A call that another thread's interrupts stands in two pieces; it counts from where it ends, unless it is `write`:
/// what a program says, it says from the beginning of the call on.
fn parse(log: &str) -> Result<Vec<Call>> {
    // The calls under way, by thread.
    let mut under_way: Vec<(&str, String)> = Vec::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let (thread, text) = line.split_once(' ').with_context(|| format!("no thread in {line:.80}"))?;
        let text = text.trim_start();
        if text.starts_with("+++") || text.starts_with("---") {
            continue;
        }
        if let Some(begin) = text.strip_suffix(" <unfinished ...>") {
            if begin.starts_with("write(") {
                calls.extend(call(&format!("{begin}) = 0"))?);
            }
            under_way.push((thread, begin.to_owned()));
        } else if let Some(rest) = text.strip_prefix("<... ") {
            let index = under_way.iter().position(|(other, _)| *other == thread);
            let (_, begin) = under_way.swap_remove(index.context("a call goes on that never began")?);
            let (_, end) = rest.split_once(" resumed>").context("a call that does not go on")?;
            if !begin.starts_with("write(") {
                calls.extend(call(&format!("{begin}{end}"))?);
            }
        } else {
            calls.extend(call(text)?);
        }
    }
    Ok(calls)
}

/// One call; none if it failed, or never returned.
fn call(text: &str) -> Result<Option<Call>> {
    let incomprehensible = || format!("what call is {text:.80}");
    let (name, rest) = text.split_once('(').with_context(incomprehensible)?;
    let (arguments, answer) = rest.rsplit_once(" = ").with_context(incomprehensible)?;
    let arguments = arguments.trim_end().strip_suffix(')').with_context(incomprehensible)?;
    let answer = answer.split_whitespace().next().unwrap_or_default();
    let result = match answer.strip_prefix("0x") {
        Some(address) => u64::from_str_radix(address, 16).ok(),
        None => answer.parse().ok(),
    };
    Ok(result.map(|result| Call { name: name.to_owned(), arguments: arguments.to_owned(), result }))
}

impl Call {
    /// The argument at a place, as a number.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&self, index: usize) -> Result<u64> {
        self.argument(index)?.parse().with_context(|| format!("a number in {self:.80?}"))
    }

    /// The argument at a place, as bytes.
    ///
    /// # Errors
    /// It is no string, or was cut short.
    pub fn bytes(&self, index: usize) -> Result<Vec<u8>> {
        let text = self.argument(index)?;
        let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let digits = digits.with_context(|| format!("bytes in {self:.80?}"))?.replace("\\x", "");
        Ok(hex::decode(digits)?)
    }

    /// The argument at a place, as text.
    ///
    /// # Errors
    /// It is no string, or not UTF-8.
    pub fn text(&self, index: usize) -> Result<String> {
        Ok(String::from_utf8(self.bytes(index)?)?)
    }

    /// The argument at a place, as it is written.
    ///
    /// # Errors
    /// There is none.
    pub fn argument(&self, index: usize) -> Result<&str> {
        // Strings are hexadecimal, so a comma stands between arguments alone.
        self.arguments.split(", ").nth(index).with_context(|| format!("argument {index} of {self:.80?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_cut_in_two_are_put_together() {
        let log = "7 openat(AT_FDCWD, \"\\x61\", O_RDWR|O_CREAT, 0644) = 3\n\
                   7 fsync(3 <unfinished ...>\n\
                   8 write(1, \"\\x62\\x63\", 2 <unfinished ...>\n\
                   7 <... fsync resumed>)             = 0\n\
                   8 <... write resumed>)              = 2\n\
                   7 unlink(\"\\x61\") = -1 ENOENT (No such file or directory)\n\
                   7 +++ exited with 0 +++\n";
        let calls = parse(log).unwrap();
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["openat", "write", "fsync"], "a failed call did nothing");
        assert_eq!((calls[0].text(1).unwrap().as_str(), calls[0].result), ("a", 3));
        assert_eq!(calls[1].bytes(1).unwrap(), b"bc");
        assert_eq!(calls[2].number(0).unwrap(), 3);
    }
}
