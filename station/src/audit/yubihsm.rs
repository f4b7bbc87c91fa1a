//! The log of a YubiHSM 2, as `yubihsm-shell` prints it for `audit get` and `get-logs`.
//!
//! The HSM keeps 62 entries, so they are fetched regularly and put one after another into a file; entries
//! that are in it twice are taken once. Each entry has the first 16 bytes of SHA-256 over its own 16 bytes
//! and those of the entry before (Get Log Entries, in Yubico's command reference), which is checked here.
//! Which key signed is told by its object's number, what it signed is not told. Every command with which a
//! key can sign counts.

use std::collections::HashSet;
use std::io::{self, BufRead};

use sha2::{Digest as _, Sha256};

use super::log::{Log, LogError, LoggedSignature, numbered};

/// The commands that sign with an asymmetric key: PKCS1, PSS, ECDSA, SSH certificate, attestation
/// certificate, EDDSA.
const SIGN: [u8; 6] = [0x47, 0x55, 0x56, 0x5d, 0x64, 0x6a];
/// What an answer that is no error adds to the command.
const SUCCESS: u8 = 0x80;

/// An entry: its own bytes, and the hash that chains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    number: u16,
    command: u8,
    length: u16,
    session_key: u16,
    target_key: u16,
    second_key: u16,
    result: u8,
    tick: u32,
    hash: [u8; 16],
}

pub(super) fn read(file: impl BufRead, failed: impl Fn(io::Error) -> LogError) -> Result<Log, LogError> {
    let mut log = Log::default();
    let (mut last, mut seen): (Option<Entry>, HashSet<[u8; 16]>) = (None, HashSet::new());
    let mut lines = numbered(file, failed).peekable();
    while let Some(line) = lines.next() {
        let (number, text) = line?;
        // Around the entries the shell prints what it did.
        let Some(rest) = text.trim().strip_prefix("item:") else { continue };
        let entry = match Entry::parse(rest) {
            Some(entry) => entry,
            // The last one is being written just now.
            None if last.is_some() && lines.peek().is_none() => break,
            None => {
                let what = "not an entry of a YubiHSM".to_owned();
                return Err(LogError::Malformed { line: number, what });
            }
        };
        match &last {
            // A fresh device begins with an entry of ones.
            None => log.complete = entry.number == 1 && entry.command == 0xff,
            // The same entry, fetched once more: its hash tells, and covers all before it.
            Some(_) if seen.contains(&entry.hash) => continue,
            Some(before) if entry.is_after(before) => {}
            Some(_) => return Err(LogError::Broken { line: number, what: "its hash is another" }),
        }
        seen.insert(entry.hash);
        last = Some(entry);
        if SIGN.contains(&entry.command) && entry.result == entry.command | SUCCESS {
            let key = format!("{:#06x}", entry.target_key);
            log.signatures.push(LoggedSignature { line: number, token: None, key, digest: None });
        }
    }
    if last.is_none() {
        return Err(LogError::Malformed { line: 1, what: "no entry is in it".to_owned() });
    }
    Ok(log)
}

impl Entry {
    /// Reads `N -- cmd: 0xNN -- length: N -- …`, without the word before.
    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split(" -- ").map(str::trim);
        let number = fields.next()?.parse().ok()?;
        let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix(':').map(str::trim);
        let hex = |text: &str| u16::from_str_radix(text.strip_prefix("0x")?, 16).ok();
        let byte = |text: &str| hex(text).and_then(|number| u8::try_from(number).ok());
        let entry = Self {
            number,
            command: byte(field("cmd")?)?,
            length: field("length")?.parse().ok()?,
            session_key: hex(field("session key")?)?,
            target_key: hex(field("target key")?)?,
            second_key: hex(field("second key")?)?,
            result: byte(field("result")?)?,
            tick: field("tick")?.parse().ok()?,
            hash: hex::decode(field("hash")?).ok()?.try_into().ok()?,
        };
        fields.next().is_none().then_some(entry)
    }

    fn is_after(&self, before: &Self) -> bool {
        let mut hasher = Sha256::new();
        hasher.update(self.number.to_be_bytes());
        hasher.update([self.command]);
        for field in [self.length, self.session_key, self.target_key, self.second_key] {
            hasher.update(field.to_be_bytes());
        }
        hasher.update([self.result]);
        hasher.update(self.tick.to_be_bytes());
        hasher.update(before.hash);
        self.number == before.number.wrapping_add(1) && hasher.finalize()[..16] == self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries of a real device, from the example in Yubico's command reference.
    const REAL: &str = "\
0 unlogged boots found
0 unlogged authentications found
Found 6 items
item:    46 -- cmd: 0x4b -- length:  234 -- session key: 0x0001 -- target key: 0xcf94 -- second key: 0x997e -- result: 0xcb -- tick: 335725 -- hash: 415f51f1f035a1b713e730e4464e4033
item:    47 -- cmd: 0x4c -- length:   77 -- session key: 0x0001 -- target key: 0xaff7 -- second key: 0xffff -- result: 0xcc -- tick: 351714 -- hash: 5496a60d478c2b9c801d8d32ca66b554
item:    48 -- cmd: 0x00 -- length:    0 -- session key: 0xffff -- target key: 0x0000 -- second key: 0x0000 -- result: 0x00 -- tick: 0 -- hash: 14ac7747ba9bbb243cfc70befeb5349b
item:    49 -- cmd: 0x03 -- length:   10 -- session key: 0xffff -- target key: 0x0001 -- second key: 0xffff -- result: 0x83 -- tick: 139 -- hash: b20a8f25c025e693a8e869b433294a20
item:    50 -- cmd: 0x04 -- length:   17 -- session key: 0xffff -- target key: 0x0001 -- second key: 0xffff -- result: 0x84 -- tick: 139 -- hash: ebfae425c319ac7a0afbb8b92597de7c
item:    51 -- cmd: 0x67 -- length:    2 -- session key: 0x0001 -- target key: 0xffff -- second key: 0xffff -- result: 0xe7 -- tick: 697 -- hash: 2e395d1b706668737e1d2215813db47e
";

    fn log(text: &str) -> Result<Log, LogError> {
        read(text.as_bytes(), |_| unreachable!("memory can be read"))
    }

    /// An entry that follows another, as the device would chain it.
    fn after(before: &Entry, command: u8, target_key: u16, result: u8) -> Entry {
        let number = before.number.wrapping_add(1);
        let mut entry = Entry { number, command, target_key, result, ..*before };
        let mut hasher = Sha256::new();
        hasher.update(entry.number.to_be_bytes());
        hasher.update([entry.command]);
        for field in [entry.length, entry.session_key, entry.target_key, entry.second_key] {
            hasher.update(field.to_be_bytes());
        }
        hasher.update([entry.result]);
        hasher.update(entry.tick.to_be_bytes());
        hasher.update(before.hash);
        entry.hash.copy_from_slice(&hasher.finalize()[..16]);
        entry
    }

    fn printed(entry: &Entry) -> String {
        format!(
            "item: {:5} -- cmd: {:#04x} -- length: {:4} -- session key: {:#06x} -- target key: {:#06x} -- \
             second key: {:#06x} -- result: {:#04x} -- tick: {} -- hash: {}\n",
            entry.number,
            entry.command,
            entry.length,
            entry.session_key,
            entry.target_key,
            entry.second_key,
            entry.result,
            entry.tick,
            hex::encode(entry.hash)
        )
    }

    fn last_real() -> Entry {
        let line = REAL.lines().last().and_then(|line| line.strip_prefix("item:")).expect("an entry");
        Entry::parse(line).expect("an entry")
    }

    #[test]
    fn the_chain_of_a_real_device_holds() {
        let log = log(REAL).expect("a log");
        assert_eq!(log, Log::default(), "no signature, and not from the beginning");
    }

    #[test]
    fn a_changed_entry_and_a_missing_one_show() {
        let changed = REAL.replace("target key: 0xaff7", "target key: 0xaff8");
        assert!(matches!(log(&changed), Err(LogError::Broken { line: 5, .. })));
        let lines: Vec<&str> = REAL.lines().filter(|line| !line.contains(" 48 --")).collect();
        assert!(matches!(log(&lines.join("\n")), Err(LogError::Broken { line: 6, .. })));
    }

    #[test]
    fn signatures_are_those_that_succeeded_and_each_is_counted_once() {
        let signed = after(&last_real(), 0x56, 0x0064, 0xd6);
        let refused = after(&signed, 0x56, 0x0064, 0x06);
        let text = REAL.to_owned() + &printed(&signed) + &printed(&refused);
        // Fetched twice, with an overlap.
        let log = log(&(text.clone() + &printed(&signed) + &printed(&refused))).expect("a log");
        assert_eq!(
            log.signatures,
            [LoggedSignature { line: 10, token: None, key: "0x0064".to_owned(), digest: None }]
        );
    }

    #[test]
    fn entries_of_another_device_or_of_one_that_was_reset_do_not_slip_in() {
        let other = Entry { number: 1, hash: [7; 16], ..last_real() };
        let signed = after(&other, 0x56, 0x0064, 0xd6);
        let text = REAL.to_owned() + &printed(&other) + &printed(&signed);
        assert!(matches!(log(&text), Err(LogError::Broken { line: 10, .. })));
    }

    #[test]
    fn an_attestation_is_a_signature_too() {
        let text = REAL.to_owned() + &printed(&after(&last_real(), 0x64, 0x0064, 0xe4));
        assert_eq!(log(&text).expect("a log").signatures.len(), 1);
    }

    #[test]
    fn what_is_no_log_is_refused() {
        for text in ["nothing\n", "item: 1 -- cmd: 0x00\n", &REAL.replace("tick: 139", "tick: later")] {
            assert!(matches!(log(text), Err(LogError::Malformed { .. })), "{text}");
        }
    }
}
