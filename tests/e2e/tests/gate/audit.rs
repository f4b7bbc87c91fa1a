//! The HSM's own log against the ledger.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use e2e::Rig;
use e2e::kill::Boundary;
use e2e::record::json;
use e2e::rig::{Order, SO_PIN, USER_PIN, refused_with, text};
use serde_json::Value;

use crate::line::{self, LIMIT, end_of, meet, pass, signed, signed_by};
use crate::stranger::{self, id_of, strange_signature};

const RUN: [&str; 5] = ["run", "--pin-fd", "0", "--units", "1"];

/// What `station hsm audit --json` says of a key.
fn told_of<'a>(told: &'a Value, key: &str) -> Result<&'a Value> {
    let keys = told["keys"].as_array().context("keys")?;
    keys.iter().find(|it| it["key"] == key).with_context(|| format!("{key} is not in {told:#}"))
}

/// Log and ledger agree. Gives what `station hsm audit --json` says.
fn agreed(rig: &Rig) -> Result<Value> {
    rig.succeed(&["hsm", "audit"], "")?;
    json(rig, &["hsm", "audit", "--json"])
}

/// From the first key to the last list: all that the station has signed is on record, and all that is on
/// record the HSM has signed.
#[test]
fn a_whole_line_and_the_hsm_s_log_tell_the_same_story() -> Result<()> {
    let rig = Rig::audited()?;
    agreed(&rig)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    pass(&rig)?;
    pass(&rig)?;
    let file = |name: &str| rig.path().join(name).display().to_string();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/ceremony/successor.toml");
    let mut said = String::new();
    for command in [
        &["ledger", "checkpoint"][..],
        &["batch", "close"],
        &["batch", "export", "--out", &file("batch.zip")],
        &["batch", "export", "--flavour", "late-binding", "--out", &file("late.zip")],
        &["ca", "crl", "--out", &file("void.crl")],
        &[
            "ca",
            "ceremony",
            "--plan",
            &plan.display().to_string(),
            "--yes",
            "--transcript",
            &file("transcript.md"),
        ],
        &["ca", "aws-verification", "--code", &"0123456789abcdef".repeat(4), "--out", &file("aws.pem")],
    ] {
        said += &rig.succeed(&[command, &["--pin-fd", "0"]].concat(), USER_PIN)?;
    }

    let told = agreed(&rig)?;
    let log = signed(&rig)?;
    ensure!(told["others"] == 0, "{told:#}");
    let mut counted = 0;
    for key in told["keys"].as_array().context("keys")? {
        let label = key["key"].as_str().context("a label")?;
        let in_log = u64::try_from(signed_by(&rig, label)?)?;
        let wanted = serde_json::json!({
            "key": label, "in-log": in_log, "on-record": in_log, "lost": 0, "behind": 0, "unknown": [],
            "unexplained": 0, "missing": 0,
        });
        ensure!(*key == wanted, "{key:#}, and the log has {in_log}");
        counted += in_log;
    }
    ensure!(counted == u64::try_from(log.len())?, "{counted} of {} are told of", log.len());
    // Two modules, a list, a verification certificate.
    ensure!(told_of(&told, "issuing")?["on-record"] == 4, "{told:#}");
    for key in ["root", "manifest"] {
        ensure!(told_of(&told, key)?["on-record"].as_u64() >= Some(2), "{told:#}");
    }

    line::check(&rig)?;
    said += &rig.succeed(&["ledger", "export"], "")?;
    said += &rig.succeed(&["hsm", "audit"], "")?;
    for file in ["void.crl", "transcript.md", "aws.pem", "batch.zip", "late.zip"] {
        said += &String::from_utf8_lossy(&fs::read(rig.path().join(file))?);
    }
    said += &fs::read_to_string(rig.audit_log())?;
    ensure!(!said.contains(USER_PIN) && !said.contains(SO_PIN), "a PIN is told");
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn what_somebody_else_has_signed_by_the_ca_is_an_alarm() -> Result<()> {
    let rig = Rig::audited()?;
    rig.open_order(&Order::default())?;
    pass(&rig)?;
    // A key that this station never used is none of its business.
    let of_their_own = ["--label", "theirs", "--id", "7e57", "--usage-sign"];
    stranger::command(&rig, &[&["--keypairgen", "--key-type", "EC:prime256v1"][..], &of_their_own].concat())?;
    strange_signature(&rig, "7e57")?;
    ensure!(agreed(&rig)?["others"] == 1, "not counted");

    let line = strange_signature(&rig, &id_of(&rig, "issuing")?)?;
    let output = rig.station(&["hsm", "audit"], "")?;
    refused_with("somebody signed", &output, "H-427")?;
    let wanted = format!("1 that nobody announced, the first in line {line}");
    ensure!(text(&output).contains(&wanted), "no {wanted:?} in {}", text(&output));
    let output = rig.station(&["hsm", "audit", "--json"], "")?;
    let told: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(told_of(&told, "issuing")?["unknown"][0]["line"] == line, "{told:#}");
    ensure!(told_of(&told, "manifest")?["unknown"] == serde_json::json!([]), "{told:#}");

    let before = line::recorded(&rig, "run-started")?.len();
    rig.bench()?.put_fresh("1")?;
    refused_with("somebody signed", &rig.station(&RUN, USER_PIN)?, "H-427")?;
    ensure!(line::recorded(&rig, "run-started")?.len() == before, "a run began");
    ensure!(signed(&rig)?.len() == line, "the HSM was asked");
    line::check(&rig)
}

#[test]
#[ignore = "needs opensc"]
fn what_somebody_else_has_signed_while_the_line_runs_is_noticed_at_its_end() -> Result<()> {
    let rig = Rig::audited()?;
    rig.open_order(&Order::default())?;
    let mut run = rig.start_run(1)?;
    run.wait_for(LIMIT, |event| event["event"] == "slot-waiting")?;
    strange_signature(&rig, &id_of(&rig, "issuing")?)?;
    rig.bench()?.put_fresh("1")?;
    let status = run.wait(LIMIT)?;
    let events = run.events()?;
    let told = |kind: &str| events.iter().find(|event| event["event"] == kind).cloned().unwrap_or_default();
    // The module has its own certificate, whoever has another.
    ensure!(told("run-ended")["verdict"] == "pass", "{events:#?}");
    ensure!(told("line-stopped")["code"] == "H-427", "{events:#?}");
    let log = fs::read_to_string(rig.path().join("run.log"))?;
    ensure!(status.code() == Some(3) && log.contains("H-427"), "{status}: {log}");
    ensure!(log.contains("signatures of the key \"issuing\": 1 that nobody announced"), "{log}");
    line::check(&rig)
}

#[test]
fn a_log_with_lines_cut_out_is_noticed() -> Result<()> {
    let rig = Rig::audited()?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    pass(&rig)?;
    pass(&rig)?;
    let whole = fs::read_to_string(rig.audit_log())?;
    let lines: Vec<&str> = whole.lines().collect();
    let of_issuing: Vec<usize> =
        (0..lines.len()).filter(|&at| lines[at].contains("\"label\":\"issuing\"")).collect();
    let [first, last] = of_issuing[..] else { anyhow::bail!("two certificates: {whole}") };
    let copy = rig.path().join("copy.ndjson");
    let audit = |kept: &dyn Fn(usize) -> bool| -> Result<Output> {
        let kept: Vec<&str> = (0..lines.len()).filter(|&at| kept(at)).map(|at| lines[at]).collect();
        fs::write(&copy, kept.join("\n"))?;
        rig.station(&["hsm", "audit", "--log", &copy.display().to_string()], "")
    };
    ensure!(audit(&|_| true)?.status.success(), "the whole log is refused");

    let output = audit(&|at| at < last)?;
    refused_with("the end is cut off", &output, "H-427")?;
    ensure!(text(&output).contains("1 of the ledger's are not in it"), "{}", text(&output));
    // The root's second of three: a key's signatures are numbered.
    let of_root = |&at: &usize| lines[at].contains("\"label\":\"root\"");
    let second = (0..lines.len()).filter(of_root).nth(1).context("the root has signed")?;
    let output = audit(&|at| at != second)?;
    refused_with("a line is cut out", &output, "H-427")?;
    ensure!(text(&output).contains("does not follow"), "{}", text(&output));
    // An HSM whose log is emptied now and then has no beginning any more; what is left is true.
    let output = audit(&|at| at > first)?;
    ensure!(output.status.success() && text(&output).contains("does not begin"), "{}", text(&output));
    line::check(&rig)
}

#[test]
fn a_signature_that_was_lost_on_its_way_is_told_and_is_no_alarm() -> Result<()> {
    let rig = Rig::audited()?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    let trace = rig.path().join("trace");
    let killed = rig.start_frail(1, &trace, Some(number_of_signature()?))?.wait(LIMIT)?;
    ensure!(killed.code().is_none(), "not killed: {killed}");
    let last = Boundary::read_all(&trace)?.pop().context("no boundary")?;
    ensure!(last.to_string() == "after hsm: sign", "killed {last}");
    ensure!(signed_by(&rig, "issuing")? == 1 && line::recorded(&rig, "certificate-issued")?.is_empty());
    let told = agreed(&rig)?;
    ensure!(told_of(&told, "issuing")?["lost"] == 1, "{told:#}");

    // The same bytes are signed again; the lost signature stays lost.
    let end = end_of(&mut rig.start_run(1)?)?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    let told = agreed(&rig)?;
    let issuing = told_of(&told, "issuing")?;
    ensure!(issuing["in-log"] == 2 && issuing["on-record"] == 1 && issuing["lost"] == 1, "{told:#}");
    let log = signed(&rig)?;
    let digests: Vec<_> = log.iter().filter(|it| it.label == "issuing").map(|it| &it.digest).collect();
    ensure!(digests[0] == digests[1], "not the same bytes: {digests:?}");
    ensure!(meet(&rig)?["code"] == "F-541", "it passes a second time");
    line::check(&rig)
}

/// The number of the boundary at which the HSM has signed a birth certificate, found in a run of another
/// station.
fn number_of_signature() -> Result<u64> {
    let other = Rig::audited()?;
    other.open_order(&Order::default())?;
    other.bench()?.put_fresh("1")?;
    let trace: PathBuf = other.path().join("trace");
    other.start_frail(1, &trace, None)?.wait(LIMIT)?;
    let boundaries = Boundary::read_all(&trace)?;
    let signed = boundaries.into_iter().find(|it| it.to_string() == "after hsm: sign");
    Ok(signed.context("nothing was signed")?.number)
}
