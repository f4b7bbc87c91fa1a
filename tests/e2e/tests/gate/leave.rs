//! By whose leave: the order's quota, and the officer's opening for a number and a time.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::memory::places;
use e2e::record::passed;
use e2e::rig::{Order, USER_PIN, refused_with, text};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use virtual_bench::fault::Fault;

use crate::line::{self, LIMIT, end_of, meet, recorded, refused, signed, signed_by, state};

#[test]
fn an_order_has_no_more_certificates_than_its_quota_until_somebody_answers_for_more() -> Result<()> {
    let rig = line::rig()?;
    rig.open_order(&Order { quantity: 1, spare_certificates: Some(0), ..Order::default() })?;
    let mut bench = rig.bench()?;
    // Its only certificate is spent on a module that never passes.
    bench.put_fresh("1")?;
    bench.fault("1", Fault::PrinterOff)?;
    let end = meet(&rig)?;
    ensure!(end["code"] == "F-521", "{end:#?}");
    let uid = end["uid"].as_str().context("a UID")?;
    rig.succeed(&["--operator", "Ana", "unit", "void", uid, "--reason", "dropped"], "")?;
    bench.clear("1")?;
    bench.take("1")?;

    bench.put_fresh("1")?;
    let before = signed_by(&rig, "issuing")?;
    refused(&rig, &meet(&rig)?, "H-424")?;
    ensure!(signed_by(&rig, "issuing")? == before, "the HSM was asked");

    let more = ["order", "quota", "--add", "1", "--reason", "one was dropped"];
    refused_with("nobody", &rig.station(&more, "")?, "F-512")?;
    refused(&rig, &meet(&rig)?, "H-424")?;
    let told = rig.succeed(&[&["--operator", "Ana"][..], &more].concat(), "")?;
    ensure!(told.contains("1 of 2 certificates"), "{told}");
    let end = meet(&rig)?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    ensure!(signed_by(&rig, "issuing")? == before + 1, "not one more certificate");
    let raised = recorded(&rig, "quota-raised")?;
    ensure!(raised.len() == 1 && raised[0]["more"] == 1, "{raised:#?}");
    ensure!(raised[0]["reason"] == "one was dropped", "{raised:#?}");
    line::check(&rig)
}

#[test]
fn the_ca_is_opened_for_a_number_of_certificates() -> Result<()> {
    let rig = line::rig()?;
    rig.open_order(&Order::default())?;
    let mut bench = rig.bench()?;
    let mut run = rig.start_run_opened(2, &["--open-certificates", "1"])?;
    let (status, events) = run.change_modules(&mut bench, 2, LIMIT)?;
    let ends: Vec<_> = events.iter().filter(|event| event["event"] == "run-ended").collect();
    let [first, second] = ends[..] else { anyhow::bail!("two runs: {events:#?}") };
    ensure!(first["verdict"] == "pass" && status.code() == Some(1), "{status}: {first:#?}");
    refused(&rig, second, "H-423")?;
    let log = fs::read_to_string(rig.path().join("run.log"))?;
    ensure!(log.contains("the CA is open until") && log.contains("certificates at most 1"), "{log}");
    ensure!(signed_by(&rig, "issuing")? == 1, "another certificate was signed");

    // Opened anew, for as many as the order may have: four and the fewest spares.
    let end = meet(&rig)?;
    ensure!(end["verdict"] == "pass" && end["uid"] == second["uid"], "{end:#?}");
    let numbers = |events: Vec<Value>| -> Vec<_> {
        events.iter().map(|event| event["certificates"].as_u64()).collect()
    };
    ensure!(numbers(recorded(&rig, "authority-opened")?) == [Some(1), Some(9)]);
    ensure!(numbers(recorded(&rig, "authority-closed")?) == [Some(1), Some(1)]);
    line::check(&rig)
}

/// The time is real: a third of a minute, in which the station must have started.
#[test]
fn when_the_time_is_over_the_ca_is_closed_and_the_pin_is_nowhere() -> Result<()> {
    let rig = line::rig()?;
    rig.open_order(&Order::default())?;
    for wrong in ["0", "-1", "169", "soon"] {
        let output = rig.station(&["run", "--pin-fd", "0", "--open-hours", wrong], USER_PIN)?;
        ensure!(output.status.code() == Some(2), "{wrong}: {}", text(&output));
    }
    let mut run = rig.start_run_opened(1, &["--open-hours", "0.006"])?;
    run.wait_for(LIMIT, |event| event["event"] == "slot-waiting")?;
    // Without this, finding nothing afterwards would prove nothing.
    ensure!(!places(run.id(), USER_PIN)?.is_empty(), "the PIN is not where it must be");
    let opened = recorded(&rig, "authority-opened")?;
    let until = opened.first().and_then(|event| event["until"].as_str()).context("no end")?;
    let until = OffsetDateTime::parse(until, &Rfc3339)?;
    let deadline = Instant::now() + LIMIT;
    loop {
        let found = places(run.id(), USER_PIN)?;
        if found.is_empty() {
            break;
        }
        ensure!(Instant::now() < deadline, "the PIN is still in {found:#?}");
        std::thread::sleep(Duration::from_millis(200));
    }
    ensure!(OffsetDateTime::now_utc() >= until, "the PIN was gone before {until}");

    let before = signed(&rig)?;
    rig.bench()?.put_fresh("1")?;
    run.wait(LIMIT)?;
    let events = run.events()?;
    let end = events.iter().find(|event| event["event"] == "run-ended").context("no run ended")?;
    refused(&rig, end, "H-422")?;
    let missed = events.iter().find(|event| event["event"] == "checkpoint-missed");
    ensure!(missed.is_some_and(|missed| missed["code"] == "H-422"), "{events:#?}");
    ensure!(signed(&rig)? == before, "the HSM was asked");
    let closed = recorded(&rig, "authority-closed")?;
    ensure!(closed.len() == 1 && closed[0]["certificates"] == 0, "{closed:#?}");

    // The officer comes back, and the same module goes on.
    let again = end_of(&mut rig.start_run(1)?)?;
    ensure!(again["verdict"] == "pass" && again["uid"] == end["uid"], "{again:#?}");
    ensure!(state(&rig, again["uid"].as_str().context("a UID")?)? == "passed");
    ensure!(passed(&rig)? == 1, "not counted");
    line::check(&rig)
}
