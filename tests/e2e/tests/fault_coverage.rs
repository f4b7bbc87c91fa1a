//! Every fault code is produced by something that is run: a scenario, or a test that `coverage.toml` names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use e2e::Scenario;
use e2e::scenario::{file, table};
use serde::Deserialize;
use station::fault::FaultCode;

/// Where the codes are produced that no scenario produces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    /// Those that another test produces.
    elsewhere: Vec<Elsewhere>,
    /// Those that none can produce.
    #[serde(default)]
    unreachable: Vec<Unreachable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    code: FaultCode,
    /// `file::function`, the file from the root of the workspace.
    test: String,
    /// The function or constant beside it that names the code, if the function itself does not.
    table: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unreachable {
    code: FaultCode,
    reason: String,
}

#[test]
fn every_fault_code_is_produced_by_a_scenario_or_a_test() -> Result<()> {
    let coverage = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage.toml"))?;
    let coverage: Coverage = toml::from_str(&coverage)?;
    let scenarios = Scenario::load_all(&file::directory())?;
    let played: BTreeSet<FaultCode> = scenarios
        .iter()
        .flat_map(|(_, scenario)| scenario.expectations())
        .filter_map(|expect| expect.code)
        .collect();

    let mut listed = BTreeSet::new();
    for Elsewhere { code, test, table } in &coverage.elsewhere {
        ensure!(listed.insert(*code), "{code} is listed twice");
        names(*code, test, table.as_deref()).with_context(|| format!("{code} in {test}"))?;
    }
    for Unreachable { code, reason } in &coverage.unreachable {
        ensure!(listed.insert(*code), "{code} is listed twice");
        ensure!(!reason.is_empty(), "{code} is unreachable for no reason");
    }
    let stale: Vec<&FaultCode> = played.intersection(&listed).collect();
    ensure!(stale.is_empty(), "listed, although a scenario expects them: {stale:?}");
    let missing: Vec<String> = FaultCode::ALL
        .iter()
        .filter(|code| !played.contains(code) && !listed.contains(code))
        .map(|code| format!("{code} {}", code.entry().title))
        .collect();
    ensure!(missing.is_empty(), "no scenario expects, and coverage.toml does not list: {missing:#?}");
    Ok(())
}

/// Checks that a test exists, and that it or its table names the code, by its text or by its name in Rust.
fn names(code: FaultCode, test: &str, table: Option<&str>) -> Result<()> {
    let (file, name) = test.split_once("::").context("file::function")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let source = fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
    let function = item(&source, "fn", name).context("there is no such function")?;
    let searched = match table {
        Some(table) => ["fn", "const"]
            .into_iter()
            .find_map(|kind| item(&source, kind, table))
            .with_context(|| format!("there is no {table}"))?,
        None => function,
    };
    let names = [code.entry().code.to_owned(), format!("FaultCode::{code:?}")];
    // A name that goes on is another one.
    let is_named = |name: &String| {
        searched.match_indices(name.as_str()).any(|(at, _)| {
            !searched[at + name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        })
    };
    ensure!(names.iter().any(is_named), "it does not name the code");
    Ok(())
}

/// The text of a function or constant: from its line to the one that closes it, which is indented as much.
fn item<'a>(source: &'a str, kind: &str, name: &str) -> Option<&'a str> {
    let starts = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.any(|word| word == kind) && words.next() == Some(name)
    };
    let mut place = 0;
    let begin = source.split_inclusive('\n').find_map(|line| {
        place += line.len();
        starts(line).then(|| place - line.len())
    })?;
    let rest = &source[begin..];
    let indent = rest.len() - rest.trim_start_matches(' ').len();
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        end += line.len();
        let depth = line.len() - line.trim_start_matches(' ').len();
        if depth == indent && line.trim_start().starts_with(['}', ']']) {
            break;
        }
    }
    rest.get(..end)
}

#[test]
fn an_item_ends_where_it_is_closed() {
    let source = "fn one() {\n    H\n}\n\nmod x {\n    const T: [u8; 1] = [\n        7,\n    ];\n    8\n}\n";
    assert_eq!(item(source, "fn", "one"), Some("fn one() {\n    H\n}\n"));
    assert_eq!(item(source, "const", "T"), Some("    const T: [u8; 1] = [\n        7,\n    ];\n"));
    assert_eq!(item(source, "fn", "on"), None);
}

#[test]
fn the_table_of_scenarios_in_the_documentation_is_this_one() -> Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/docs/scenarios.md");
    let made = table(&Scenario::load_all(&file::directory())?);
    let found = fs::read_to_string(page).unwrap_or_default();
    ensure!(found == made, "run `target/debug/scenario-table > deploy/docs/scenarios.md`");
    Ok(())
}
