//! One issuing CA follows another in the middle of an order.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN, text};
use e2e::{Rig, programs};
use serde_json::Value;

use crate::vault::deployed;

const LIMIT: Duration = Duration::from_mins(3);

/// One module through the line, which must pass. Gives its UID.
fn pass(rig: &Rig, config: &Path) -> Result<String> {
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    let mut run = rig.start_run_with(config, 1)?;
    run.wait(LIMIT)?;
    let events = run.events()?;
    let end = events.iter().find(|event| event["event"] == "run-ended").context("no run ended")?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    bench.take("1")?;
    Ok(end["uid"].as_str().context("a UID")?.to_owned())
}

fn json(rig: &Rig, arguments: &[&str], input: &str) -> Result<Value> {
    Ok(serde_json::from_str(&rig.succeed(arguments, input)?)?)
}

#[test]
fn a_batch_of_two_cas_verifies_and_each_has_its_own_list() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let old = pass(&rig, &rig.config())?;

    let plan = deployed("successor.toml").display().to_string();
    rig.succeed(&["ca", "ceremony", "--plan", &plan, "--yes", "--pin-fd", "0"], USER_PIN)?;
    let shown = json(&rig, &["ca", "show", "--json"], "")?;
    let next = shown.as_array().and_then(|all| all.iter().find(|it| it["standing"] == "announced"));
    let next = next.and_then(|it| it["sha256"].as_str()).context("a successor")?;
    let activate = ["--operator", "Ana", "ca", "activate", next, "--reason", "registered", "--pin-fd", "0"];
    rig.succeed(&activate, USER_PIN)?;
    let config = rig.changed_config("issuing-key = \"issuing\"", "issuing-key = \"issuing-2\"")?;
    let new = pass(&rig, &config)?;

    rig.succeed(&["batch", "close", "--pin-fd", "0"], USER_PIN)?;
    let file = rig.path().join("both.zip");
    rig.succeed(&["batch", "export", "--pin-fd", "0", "--out", &file.display().to_string()], USER_PIN)?;
    let root = rig.data_path().join("ca/root.pem");
    let verified =
        Command::new(programs::program("oem")?).arg("verify").arg(&file).arg("--ca").arg(&root).output()?;
    ensure!(verified.status.success(), "{}", text(&verified));
    let header = Command::new("unzip").arg("-p").arg(&file).arg("header.json").output()?.stdout;
    let header: Value = serde_json::from_slice(&header)?;
    ensure!(header["format"] == 2 && header["further_issuers"][0]["sha256"] == next, "{header:#}");
    ensure!(header["counts"]["passed"] == 2, "{header:#}");

    // A void certificate is on the list of the CA that issued it, and on no other.
    rig.succeed(&["--operator", "Ana", "unit", "void", &old, "--reason", "a sample"], "")?;
    let lists = json(&rig, &["ca", "crl", "--pin-fd", "0", "--json"], USER_PIN)?;
    let lists = lists.as_array().context("lists")?;
    ensure!(lists.len() == 2, "{lists:#?}");
    for list in lists {
        let file = list["file"].as_str().context("a file")?;
        let output = Command::new("openssl").args(["crl", "-noout", "-text", "-in", file]).output()?;
        let told = text(&output).to_lowercase();
        let is_next = list["issuer"] == next;
        ensure!(told.contains(old.trim_start_matches('0')) != is_next, "{told}");
        ensure!(!told.contains(new.trim_start_matches('0')), "{told}");
    }
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}
