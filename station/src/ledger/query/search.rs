//! Modules by a part of their UID.

use std::fmt;
use std::str::FromStr;

use rusqlite::params;
use wire::Uid;

use super::module::{MODULE, module_record};
use crate::ledger::error::LedgerError;
use crate::ledger::id::{BatchId, Seq};
use crate::ledger::reader::{Reader, column};
use crate::ledger::record::ModuleRecord;

/// Some of a UID's digits, one after the other: 4 to 31 lower-case hexadecimal ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UidPart(String);

/// A text that is no part of a UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a part of a UID has {} to {} hexadecimal digits", UidPart::FEWEST, UidPart::MOST)]
pub struct NoUidPart;

impl UidPart {
    /// Fewer digits would be found in too many modules.
    pub const FEWEST: usize = 4;
    /// One more is the whole UID.
    pub const MOST: usize = 31;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first and the last UID that begin so.
    fn range(&self) -> [[u8; 16]; 2] {
        let digit = |at: usize| self.0.chars().nth(at).and_then(|digit| digit.to_digit(16));
        let byte = |at: usize, filling: u32| {
            let value = digit(2 * at).unwrap_or(filling) << 4 | digit(2 * at + 1).unwrap_or(filling);
            u8::try_from(value).unwrap_or(u8::MAX)
        };
        [0x0, 0xf].map(|filling| std::array::from_fn(|at| byte(at, filling)))
    }
}

impl FromStr for UidPart {
    type Err = NoUidPart;

    fn from_str(text: &str) -> Result<Self, NoUidPart> {
        let good = (Self::FEWEST..=Self::MOST).contains(&text.len())
            && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if good { Ok(Self(text.to_ascii_lowercase())) } else { Err(NoUidPart) }
    }
}

impl fmt::Display for UidPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The modules that were found, and whether they are all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// Those the ledger came to know last, the newest first.
    pub modules: Vec<ModuleRecord>,
    /// Whether there are older ones.
    pub more: bool,
}

impl Reader {
    /// The newest modules whose UID begins so, at most so many. Reads no others.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn modules_beginning(&self, part: &UidPart, most: u16) -> Result<Matches, LedgerError> {
        let [first, last] = part.range();
        self.matches("uid BETWEEN ?2 AND ?3", most, params![i64::from(most) + 1, first, last])
    }

    /// The newest modules whose UID has this part anywhere, at most so many. Reads all modules, from the newest
    /// on, until there are enough: at worst about a third of a second for a million.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn modules_with(&self, part: &UidPart, most: u16) -> Result<Matches, LedgerError> {
        let digits = part.0.to_ascii_uppercase();
        self.matches("instr(hex(uid), ?2) > 0", most, params![i64::from(most) + 1, digits])
    }

    /// The slot that has this module at work, if one has.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn at_work(&self, uid: &Uid) -> Result<Option<String>, LedgerError> {
        let sql = "SELECT runs.slot FROM modules JOIN runs ON runs.seq = modules.run
                   WHERE modules.uid = ? AND runs.ended IS NULL";
        self.one("whether a module is at work", sql, [uid.as_bytes()], |row| column(row, "slot"))
    }

    /// Whether this module counted as passed until something was done to it at the place `deed`: it had passed
    /// before, and nothing had taken that back since.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn counted_until(&self, uid: &Uid, deed: Seq) -> Result<bool, LedgerError> {
        let sql = "SELECT (SELECT max(runs.ended) FROM modules JOIN runs ON runs.module = modules.seq
                               WHERE modules.uid = ?1 AND runs.outcome = 'passed' AND runs.ended < ?3) AS passed,
                          (SELECT max(seq) FROM events WHERE uid = ?2 AND run IS NULL AND seq < ?3
                               AND kind IN ('module-voided', 'module-scrapped', 'module-reworked', 'module-returned'))
                              AS undone";
        let found = self.one(
            "whether a module counted",
            sql,
            (uid.as_bytes(), uid.to_string(), deed.number()),
            |row| Ok((column::<Option<i64>>(row, "passed")?, column::<Option<i64>>(row, "undone")?)),
        )?;
        Ok(found.is_some_and(|(passed, undone)| passed > undone))
    }

    /// The batch that has this module as passed, and whether a file was made of it. One that passed anew since
    /// its last batch is in none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn shipment(&self, uid: &Uid) -> Result<Option<(BatchId, bool)>, LedgerError> {
        let sql = "SELECT batches.id, EXISTS (SELECT 1 FROM exports WHERE batch = batches.seq) AS exported
                   FROM modules JOIN batches ON batches.seq = modules.batch
                   WHERE modules.uid = ? AND modules.batch > modules.passed AND modules.voided IS NULL";
        self.one("the batch of a module", sql, [uid.as_bytes()], |row| {
            Ok((BatchId::new(column::<String>(row, "id")?), column(row, "exported")?))
        })
    }

    /// One more is asked for than wanted, to know whether there are more.
    fn matches(
        &self,
        condition: &str,
        most: u16,
        parameters: impl rusqlite::Params,
    ) -> Result<Matches, LedgerError> {
        let sql = format!(
            "{MODULE} WHERE modules.seq IN (SELECT seq FROM modules WHERE {condition} ORDER BY seq DESC LIMIT ?1)
             ORDER BY modules.seq DESC"
        );
        let mut modules = self.all("the modules with a part of a UID", &sql, parameters, module_record)?;
        let more = modules.len() > usize::from(most);
        modules.truncate(most.into());
        Ok(Matches { modules, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_of_digits_and_of_some_length() {
        let part = |text: &str| text.parse::<UidPart>().map(|part| part.to_string());
        assert_eq!(part("00A1"), Ok("00a1".to_owned()));
        assert_eq!(part("00a"), Err(NoUidPart));
        assert_eq!(part("00a1-"), Err(NoUidPart));
        assert_eq!(part(&"a".repeat(31)), Ok("a".repeat(31)));
        assert_eq!(part(&"a".repeat(32)), Err(NoUidPart));
    }

    #[test]
    fn a_beginning_may_end_within_a_byte() {
        let [first, last] = "00a1b".parse::<UidPart>().unwrap().range();
        assert_eq!(first, [0x00, 0xa1, 0xb0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(last[..3], [0x00, 0xa1, 0xbf]);
        assert_eq!(last[3..], [0xff; 13]);
    }
}
