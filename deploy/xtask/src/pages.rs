//! Keeps the pages for people true: the commands they show exist, and their links lead somewhere.

use std::path::{Path, PathBuf};

use clap::Parser as _;

use crate::cli::Cli;

/// `README.md` and the pages of each user.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = std::fs::read_dir(root.join("deploy/docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages: Vec<_> = docs
        .chain([root.join("README.md")])
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    assert!(pages.len() > 4, "{} pages", pages.len());
    pages
}

/// The commands in a page's shell examples, without their comments.
fn commands(page: &str) -> impl Iterator<Item = &str> {
    let mut shell = false;
    page.lines().filter_map(move |line| {
        if line.starts_with("```") {
            shell = line == "```sh";
            return None;
        }
        shell.then(|| line.split('#').next().unwrap_or_default().trim())
    })
}

/// Targets of Markdown links.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn every_command_of_ours_in_a_page_exists() {
    let mut seen = 0;
    for (path, page) in pages() {
        for command in commands(&page).filter(|command| command.starts_with("cargo xtask")) {
            let words = command.trim_start_matches("cargo xtask").split_whitespace();
            if let Err(error) = Cli::try_parse_from(std::iter::once("cargo xtask").chain(words)) {
                panic!("{}: `{command}`: {error}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 6, "only {seen} commands were found");
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = include_str!("../../../README.md");
    let first: Vec<&str> = commands(readme).take(2).collect();
    assert_eq!(first, ["cargo xtask demo", "cargo xtask test"]);
    let screen: Vec<&str> = readme.lines().take(24).collect();
    assert!(
        screen.iter().any(|line| line.starts_with("cargo xtask test")),
        "they are below the first screen"
    );
}

#[test]
fn every_link_within_the_project_leads_somewhere() {
    for (path, page) in pages() {
        for link in links(&page).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = path.parent().unwrap().join(link);
            assert!(file.exists(), "{}: {link}", path.display());
        }
    }
}
