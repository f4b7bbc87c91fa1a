//! A rehearsal does everything and leaves nothing, and its transcript is the one in `deploy/ceremony`.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{USER_PIN, text};

use crate::vault::{Vault, deployed};

#[test]
fn a_rehearsal_leaves_nothing_on_record() -> Result<()> {
    let vault = Vault::new()?;
    vault.write("root.pem", "")?;
    for plan in ["first.toml", "offline-root.toml", "successor.toml"] {
        vault.plan(plan)?;
        let output = vault.ceremony(plan, &["--rehearse"])?;
        ensure!(output.status.success(), "{plan}: {}", text(&output));
        ensure!(text(&output).contains("-rehearsal can be deleted"), "{}", text(&output));
        let transcript = vault.read("transcript.md")?;
        let headings = || transcript.lines().filter(|line| line.starts_with('#'));
        ensure!(headings().count() > 6 && headings().all(|line| line.contains("REHEARSAL")), "{transcript}");
        ensure!(transcript.contains("subject: CN=REHEARSAL Example Modules"), "{transcript}");
        ensure!(transcript.contains("| how | complete |"), "{transcript}");
        ensure!(!transcript.contains(USER_PIN), "the PIN is in the transcript");
    }
    let left: Vec<_> = fs::read_dir(vault.file("data"))?
        .map(|entry| entry.map(|it| it.file_name()))
        .collect::<Result<_, _>>()?;
    ensure!(left.is_empty(), "{left:?}");
    // The real token has no key, so the real ceremony makes them all.
    ensure!(vault.ceremony("first.toml", &[])?.status.success());
    ensure!(!vault.read("transcript.md")?.contains("REHEARSAL"));
    Ok(())
}

/// With `UPDATE_TRANSCRIPT` set, it is written instead of compared.
#[test]
fn the_transcript_that_is_shown_to_newcomers_is_a_real_one() -> Result<()> {
    let vault = Vault::new()?;
    vault.plan("first.toml")?;
    let output = vault.ceremony("first.toml", &["--rehearse"])?;
    ensure!(output.status.success(), "{}", text(&output));
    let masked = masked(&vault.read("transcript.md")?).replace(env!("CARGO_PKG_VERSION"), "(version)");
    let kept = deployed("rehearsal-transcript.md");
    if std::env::var_os("UPDATE_TRANSCRIPT").is_some() {
        fs::write(&kept, &masked)?;
    }
    let expected = fs::read_to_string(&kept).with_context(|| kept.display().to_string())?;
    for (number, (is, was)) in masked.lines().zip(expected.lines()).enumerate() {
        ensure!(is == was, "line {}: {is:?} is not {was:?}", number + 1);
    }
    ensure!(masked == expected, "one of them is longer");
    Ok(())
}

/// The transcript without what no two ceremonies have in common: times, keys, numbers, signatures.
fn masked(transcript: &str) -> String {
    let mut text = String::new();
    let mut in_pem = false;
    for line in transcript.lines() {
        in_pem &= !line.starts_with("-----END");
        if in_pem {
            continue;
        }
        in_pem = line.starts_with("-----BEGIN");
        let words: Vec<String> = line.split(' ').map(mask).collect();
        text.push_str(&words.join(" "));
        text.push('\n');
    }
    text
}

fn mask(word: &str) -> String {
    let is_hex = word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = word.len() >= 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T';
    let digits = word.len() >= 12 && word.bytes().any(|byte| byte.is_ascii_digit());
    let is_number = digits && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_time {
        "(time)".to_owned()
    } else if is_hex || is_number {
        "(varies)".to_owned()
    } else if let Some(begin) = word.strip_suffix("-rehearsal") {
        format!("{}-(varies)-rehearsal", begin.rsplit_once('-').map_or(begin, |(begin, _)| begin))
    } else {
        word.to_owned()
    }
}
