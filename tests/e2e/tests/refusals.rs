//! What the station does not begin, or ends at once, because something is missing, wrong or there already.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use e2e::rig::{Order, SO_PIN, USER_PIN, refused_with, text};
use e2e::{Event, Rig, Run};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

const LIMIT: Duration = Duration::from_mins(2);
const RUN: [&str; 5] = ["run", "--pin-fd", "0", "--units", "1"];

#[test]
fn what_is_missing_or_there_already_is_said_before_the_first_module() -> Result<()> {
    let rig = Rig::new(1)?;
    refused_with("no order", &rig.station(&RUN, USER_PIN)?, "F-508")?;
    refused_with("a second CA", &rig.station(&["ca", "init", "--pin-fd", "0"], USER_PIN)?, "H-414")?;

    rig.open_order(&Order::default())?;
    let file = rig.path().join("order.toml");
    let order = fs::read_to_string(&file)?;
    let long = order.replace("{uuid}", &format!("{{uuid}}/{}", "x".repeat(3000))).replace("WO-1", "WO-2");
    fs::write(&file, long)?;
    let open = ["order", "open", &file.display().to_string()];
    refused_with("a label without end", &rig.station(&open, "")?, "F-526")?;
    refused_with("an empty batch", &rig.station(&["batch", "close", "--pin-fd", "0"], USER_PIN)?, "F-510")?;

    // Another ledger, which has the order but no CA.
    fs::write(&file, order)?;
    let other = rig.changed_config("data = \"station\"", "data = \"other\"")?;
    let output = rig.station_with(&other, &open, "")?;
    ensure!(output.status.success(), "{}", text(&output));
    refused_with("no CA", &rig.station_with(&other, &RUN, USER_PIN)?, "H-410")?;
    Ok(())
}

#[test]
fn the_last_try_of_a_pin_is_left_to_people() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    // hsm-sim locks after five.
    for _ in 0..4 {
        refused_with("wrong PIN", &rig.station(&RUN, "wrong-pin-4711")?, "H-403")?;
    }
    refused_with("one try left", &rig.station(&RUN, USER_PIN)?, "H-404")
}

#[test]
fn a_label_that_cannot_be_kept_is_not_printed_and_a_complete_order_takes_no_more() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 1, ..Order::default() })?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    let labels = rig.data_path().join("labels");
    fs::create_dir_all(&labels)?;
    fs::remove_dir(&labels)?;
    fs::write(&labels, b"in the way")?;
    let end = ending(rig.start_run(1)?)?;
    ensure!(end["code"] == "F-511" && end["step"] == "label", "{end:#?}");
    ensure!(bench.status()?.modules.iter().all(|module| module.labels == 0), "a label was printed");

    fs::remove_file(&labels)?;
    let end = ending(rig.start_run(1)?)?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    refused_with("complete", &rig.station(&RUN, USER_PIN)?, "F-509")?;
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

#[test]
fn what_the_settings_name_and_is_not_there_ends_a_run() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    let nowhere = rig.changed_config("port = \"slot-1/uart\"", "port = \"nowhere\"")?;
    let end = ending(rig.start_run_with(&nowhere, 1)?)?;
    ensure!(end["code"] == "L-203" && end["step"] == "greet", "{end:#?}");

    let product = rig.product()?.replace("nRF51822_xxAC", "nRF99999");
    let output = rig.try_order(&Order { id: "WO-2".to_owned(), ..Order::default() }, &product)?;
    ensure!(output.status.success(), "{}", text(&output));
    let end = ending(rig.start_run(1)?)?;
    ensure!(end["code"] == "F-502" && end["step"] == "flash", "{end:#?}");
    let log = fs::read_to_string(rig.path().join("run.log"))?;
    ensure!(!log.contains(USER_PIN) && !log.contains(SO_PIN), "a PIN is told");
    Ok(())
}

/// A serial adapter that is pulled when the station asks for the second time.
#[test]
fn a_serial_port_that_goes_away_in_the_middle_has_its_code() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    // Not to be inherited by the station, which would keep its own line up.
    let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&near)?;
    unlockpt(&near)?;
    let name = ptsname(&near, Vec::new())?.into_string()?;
    // Open until the station has it open, since a line without a host gives errors.
    let far = File::options().read(true).write(true).open(&name)?;
    let mut settings = tcgetattr(&far)?;
    settings.make_raw();
    tcsetattr(&far, OptionalActions::Now, &settings)?;
    let adapter = thread::spawn(move || -> Result<()> {
        let mut near = File::from(near);
        let mut lines = BufReader::new(near.try_clone()?).lines();
        lines.next().context("no question")??;
        near.write_all(b"OK 1 BLANK nrf51822 0.1.0 -\r\n")?;
        lines.next().context("no second question")??;
        drop(far);
        Ok(())
    });
    let config = rig.changed_config("port = \"slot-1/uart\"", &format!("port = \"{name}\""))?;
    let end = ending(rig.start_run_with(&config, 1)?)?;
    ensure!(end["code"] == "L-204" && end["step"] == "self-test", "{end:#?}");
    adapter.join().map_err(|_| anyhow!("the adapter panicked"))?
}

/// How the only run of a station ended.
fn ending(mut run: Run) -> Result<Event> {
    run.wait(LIMIT)?;
    let events = run.events()?;
    events.into_iter().find(|event| event["event"] == "run-ended").context("no run ended")
}
