//! Pictures of `station run`, from the real program on the virtual bench.
//!
//! | module | what it holds |
//! |---|---|
//! | [`shift`] | a shift at four slots, and what the screen showed of it |
//! | [`hands`] | when modules are put in and taken out in that shift |
//! | [`pages`] | eight slots that want hands, and every page |
//! | [`scene`] | a moment that makes a picture |
//!
//! `cargo xtask screenshots` builds and runs it. Sizes are always the same; times and the modules' UIDs are not.

mod hands;
mod pages;
mod scene;
mod shift;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;
use e2e::terminal::{Size, svg};

use shift::Shift;

#[derive(Debug, Parser)]
struct Arguments {
    /// Where the pictures go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Columns and rows of the terminal
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x36", value_parser = size)]
    size: Size,
}

fn main() -> Result<()> {
    let Arguments { out, size } = Arguments::parse();
    let shift = Shift::work(size)?;
    let pages = pages::take(size)?;
    fs::create_dir_all(&out).with_context(|| format!("create {}", out.display()))?;
    let stills = shift
        .scenes
        .iter()
        .chain(&pages)
        .map(|scene| (format!("{}.svg", scene.name), svg::picture(&scene.frame, scene.title)));
    let film = svg::film(&shift.film, shift.end, shift.poster, "Four slots at work");
    for (name, picture) in stills.chain([("four-slots.svg".to_owned(), film)]) {
        let path = out.join(name);
        fs::write(&path, &picture).with_context(|| format!("write {}", path.display()))?;
        writeln!(std::io::stdout(), "{} ({} KB)", path.display(), picture.len().div_ceil(1024))?;
    }
    Ok(())
}

/// `120x36`.
fn size(text: &str) -> Result<Size> {
    let (columns, rows) = text.split_once('x').context("write it as 120x36")?;
    let cells = |text: &str| -> Result<u16> {
        let count = text.parse()?;
        anyhow::ensure!((1..=500).contains(&count), "{count} is not between 1 and 500");
        Ok(count)
    };
    Ok(Size { columns: cells(columns)?, rows: cells(rows)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_two_numbers_that_make_sense() {
        assert_eq!(size("80x24").unwrap(), Size { columns: 80, rows: 24 });
        for wrong in ["80", "80x", "0x24", "80x501", "80x24x3", "axb"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
