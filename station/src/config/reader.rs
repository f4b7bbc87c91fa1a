//! Reads a TOML file field by field and keeps every problem, so that whoever wrote the file mends
//! it once and not once for each mistake.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::ConfigError;

/// A table that is being read: hands out fields and notes what is missing, wrong or unknown.
#[derive(Debug)]
pub(crate) struct Reader {
    path: String,
    table: Table,
    read: BTreeSet<String>,
    problems: Vec<String>,
}

impl Reader {
    /// Reads the file. A file that is not TOML is a single problem.
    pub(crate) fn open(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        let table = text
            .parse::<Table>()
            .map_err(|source| ConfigError::Syntax { file: file.to_owned(), source: Box::new(source) })?;
        Ok(Self::of(String::new(), table))
    }

    fn of(path: String, table: Table) -> Self {
        Self { path, table, read: BTreeSet::new(), problems: Vec::new() }
    }

    /// A field that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.optional(key);
        if value.is_none() && !self.table.contains_key(key) {
            self.problem(key, "is missing");
        }
        value
    }

    /// A field that may be left out.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        self.read.insert(key.to_owned());
        let value = self.table.get(key)?.clone();
        match value.try_into() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(key, &error.message().trim().replace('\n', " "));
                None
            }
        }
    }

    /// A table that must be there, read by `read`.
    pub(crate) fn section<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.read.insert(key.to_owned());
        match self.table.get(key) {
            Some(Value::Table(table)) => {
                let mut inner = Self::of(self.full(key), table.clone());
                let value = read(&mut inner);
                self.problems.extend(inner.close());
                value
            }
            Some(_) => {
                self.problem(key, "is not a table");
                None
            }
            None => {
                self.problem(key, "is missing");
                None
            }
        }
    }

    /// A table that may be left out, read by `read`. `None` when it is not there, and when it is wrong.
    pub(crate) fn optional_section<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.table.contains_key(key) { self.section(key, read) } else { None }
    }

    /// Whether the field is there, right or wrong.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A list of tables, each read by `read`. `None` when one of them is wrong.
    pub(crate) fn sections<T>(&mut self, key: &str, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.read.insert(key.to_owned());
        let tables = match self.table.get(key) {
            Some(Value::Array(tables)) => tables.clone(),
            Some(_) => {
                self.problem(key, "is not a list of tables");
                return None;
            }
            None => return Some(Vec::new()),
        };
        let mut values = Some(Vec::new());
        for (index, table) in tables.into_iter().enumerate() {
            let name = format!("{key}[{}]", index + 1);
            let Value::Table(table) = table else {
                self.problem(&name, "is not a table");
                values = None;
                continue;
            };
            let mut inner = Self::of(self.full(&name), table);
            let value = read(&mut inner);
            self.problems.extend(inner.close());
            match (value, &mut values) {
                (Some(value), Some(values)) => values.push(value),
                _ => values = None,
            }
        }
        values
    }

    /// Notes a problem with a field.
    pub(crate) fn problem(&mut self, key: &str, what: &str) {
        self.problems.push(format!("{}: {what}", self.full(key)));
    }

    /// The value if nothing was wrong, or everything that was.
    pub(crate) fn finish<T>(self, file: &Path, value: Option<T>) -> Result<T, ConfigError> {
        let problems = self.close();
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(ConfigError::Problems { file: file.to_owned(), problems }),
        }
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// All problems, fields that nobody asked for among them.
    fn close(mut self) -> Vec<String> {
        let unknown: Vec<String> =
            self.table.keys().filter(|key| !self.read.contains(*key)).cloned().collect();
        for key in unknown {
            self.problem(&key, "is not a setting this program knows");
        }
        self.problems
    }
}
