//! Bad input and trouble: each ends in a fault with a code, and nothing is lost.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, SO_PIN, USER_PIN, refused_with, text};
use e2e::{Event, Rig, programs};
use station::config;
use station::fault::{Coded as _, FaultCode};
use station::probe::{Image, Probe};
use virtual_bench::fault::Fault;

const LIMIT: Duration = Duration::from_mins(2);

/// What a fault does to its own module is in the scenarios; here there is a neighbour.
#[test]
fn a_slot_in_trouble_never_stops_its_neighbour() -> Result<()> {
    let rig = Rig::new(2)?;
    let mut bench = rig.bench()?;
    let cases = [
        ("WO-1", Fault::ProbeVanishes { after_bytes: 20_000 }, "P-302"),
        ("WO-2", Fault::UartSilent, "L-201"),
        ("WO-3", Fault::PrinterOff, "F-521"),
    ];
    for (order, fault, code) in cases {
        rig.open_order(&Order { id: order.to_owned(), quantity: 2, ..Order::default() })?;
        bench.put_fresh("1")?;
        bench.put_fresh("2")?;
        bench.fault("1", fault)?;
        let mut run = rig.start_run(2)?;
        let status = run.wait(LIMIT)?;
        let events = run.events()?;
        ensure!(status.code() == Some(1), "{code}: {status}");
        let ended = |slot| ending(&events, slot).with_context(|| format!("{code}: no end in slot {slot}"));
        ensure!(ended("1")?["code"] == code, "{code}: {:#?}", ended("1")?);
        ensure!(ended("2")?["verdict"] == "pass", "{code}: the neighbour: {:#?}", ended("2")?);
        bench.clear("1")?;
        bench.take("1")?;
        bench.take("2")?;
    }
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

/// A driver that panics and one that hangs each cost one run; in the same process, the next module passes.
#[test]
fn a_slot_recovers_from_its_driver_without_a_restart() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    bench.fault("1", Fault::ProbeBabbles)?;
    let mut run = rig.start_run(3)?;
    let is_end = |event: &Event| event["event"] == "run-ended";
    let ended = |events: &[Event]| events.last().cloned().unwrap_or_default();
    let end = ended(&run.wait_for(LIMIT, is_end)?);
    ensure!(end["code"] == "P-309", "{end:#?}");

    bench.clear("1")?;
    bench.take("1")?;
    run.wait_for(LIMIT, |event| event["event"] == "slot-waiting")?;
    bench.put_fresh("1")?;
    run.wait_for(LIMIT, |event| event["event"] == "step-started" && event["step"] == "issue")?;
    bench.fault("1", Fault::ProbeStalls { after_bytes: 0 })?;
    let end = ended(&run.wait_for(LIMIT, is_end)?);
    ensure!(end["code"] == "P-308", "{end:#?}");

    bench.clear("1")?;
    bench.take("1")?;
    run.wait_for(LIMIT, |event| event["event"] == "slot-waiting")?;
    bench.put("1")?;
    let end = ended(&run.wait_for(LIMIT, is_end)?);
    ensure!(end["verdict"] == "pass", "{end:#?}");
    ensure!(run.wait(LIMIT)?.code() == Some(1), "two of three runs did not pass");
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[tokio::test]
async fn flashing_an_empty_slot_says_that_no_module_is_seated() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let order = config::Order::load(&rig.path().join("order.toml"))?;
    let station = config::Station::load(&rig.config())?;
    let image = Image::load(&order.product.firmware)?;
    let slot = station.slots.first().context("a slot")?;
    let error = Probe::new(&slot.name, &slot.probe)
        .flash(&order.product.chip, &image, |_| {})
        .await
        .err()
        .context("flashed nothing")?;
    ensure!(error.code() == FaultCode::ModuleMissing, "{error:?}");
    Ok(())
}

#[test]
fn a_firmware_file_that_is_not_the_release_is_refused_when_the_order_is_opened() -> Result<()> {
    let rig = Rig::new(1)?;
    let product = rig.product()?;
    let firmware = programs::firmware()?.display().to_string();
    let junk = rig.path().join("junk.elf");
    fs::write(&junk, b"this is no image")?;
    let digest = product.lines().find(|line| line.starts_with("sha256")).context("a digest")?;
    let cases = [
        ("missing", product.replace(&firmware, "absent.elf"), "F-504"),
        ("not ELF", product.replace(&firmware, &junk.display().to_string()), "F-505"),
        ("too large", product.replace("max-bytes = 98304", "max-bytes = 4096"), "F-506"),
        ("another digest", product.replace(digest, &format!("sha256 = \"{}\"", "00".repeat(32))), "F-507"),
    ];
    for (name, product, code) in cases {
        let output = rig.try_order(&Order::default(), &product)?;
        refused_with(name, &output, code)?;
    }
    Ok(())
}

#[test]
fn all_that_is_wrong_with_the_settings_is_said_at_once() -> Result<()> {
    let rig = Rig::new(1)?;
    let file = rig.changed_config("[hsm]", "colour = \"red\"\n[hsm]\nbrand = 1")?;
    let changed = fs::read_to_string(&file)?
        .replace("root-key = \"root\"", "root-key = \"issuing\"")
        .replace("port = ", "prt = ");
    fs::write(&file, changed)?;
    let output = rig.station_with(&file, &["check", "--pin-fd", "0"], USER_PIN)?;
    let said = text(&output);
    ensure!(output.status.code() == Some(1), "{said}");
    for wanted in ["F-501", "colour", "hsm.brand", "three different keys", "slot[1].port", "slot[1].prt"] {
        ensure!(said.contains(wanted), "no {wanted} in {said}");
    }
    Ok(())
}

#[test]
fn an_order_that_contradicts_itself_is_refused() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let file = rig.path().join("order.toml");
    let order = fs::read_to_string(&file)?
        .replace("quantity = 4", "quantity = 0\nendpoint = \"x.example\"\nsize = 1");
    fs::write(&file, order)?;
    let output = rig.station(&["order", "open", &file.display().to_string()], "")?;
    refused_with("order", &output, "F-503")?;
    for wanted in ["quantity", "endpoint", "size"] {
        ensure!(text(&output).contains(wanted), "no {wanted} in {}", text(&output));
    }
    Ok(())
}

#[test]
fn an_hsm_in_trouble_stops_the_station_before_the_first_module() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let run = ["run", "--pin-fd", "0", "--units", "1"];
    let settings = |from: &str, to: &str| rig.changed_config(from, to);

    let module = programs::hsm_module()?.display().to_string();
    let absent = settings(&module, "/nowhere/libhsm.so")?;
    refused_with("module missing", &rig.station_with(&absent, &run, USER_PIN)?, "H-401")?;
    let other = settings("token = \"bench-ca\"", "token = \"other\"")?;
    refused_with("token missing", &rig.station_with(&other, &run, USER_PIN)?, "H-402")?;
    // Another HSM with the same label: blank at first, then with keys of its own.
    let (tokens, kept) = (rig.path().join("tokens"), rig.path().join("tokens.kept"));
    fs::rename(&tokens, &kept)?;
    hsm_sim::store::create(&tokens)?;
    rig.succeed(&["hsm", "init", "--pins-fd", "0"], &format!("{SO_PIN}\n{USER_PIN}\n"))?;
    refused_with("key absent", &rig.station(&run, USER_PIN)?, "H-405")?;
    let elsewhere = settings("data = \"station\"", "data = \"elsewhere\"")?;
    let made = rig.station_with(&elsewhere, &["ca", "init", "--pin-fd", "0"], USER_PIN)?;
    ensure!(made.status.success(), "{}", text(&made));
    refused_with("another key", &rig.station(&run, USER_PIN)?, "H-411")?;
    fs::remove_dir_all(&tokens)?;
    fs::rename(&kept, &tokens)?;

    // Tried once: hsm-sim locks after five wrong PINs, and the station keeps away from the last try.
    for _ in 0..3 {
        refused_with("wrong PIN", &rig.station(&run, "wrong-pin-4711")?, "H-403")?;
    }
    let well = rig.station(&["check", "--pin-fd", "0"], USER_PIN)?;
    ensure!(well.status.success(), "the right PIN is refused afterwards: {}", text(&well));
    Ok(())
}

#[test]
fn a_full_disk_stops_the_line_and_what_was_recorded_stays() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    // No file may grow beyond this, in blocks of 512 bytes: the ledger opens, and is full soon after.
    let ledger = fs::metadata(rig.data_path().join("ledger.sqlite"))?.len();
    let limit = ledger / 512 + 16;
    let script = format!(
        "trap '' XFSZ; ulimit -f {limit}; exec {} --config {} --operator Ann run --pin-fd 0 --units 1",
        programs::program("station")?.display(),
        rig.config().display()
    );
    let pin = rig.path().join("pin");
    fs::write(&pin, USER_PIN)?;
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("HSM_SIM_DIR", rig.path().join("tokens"))
        .stdin(fs::File::open(&pin)?)
        .output()?;
    let said = text(&output);
    ensure!(output.status.code() == Some(3) && said.contains("R-602"), "{said}");
    ensure!(!said.contains("PASS"), "a module passed without a record: {said}");
    rig.succeed(&["ledger", "verify"], "")?;

    // With room again the same module goes on and passes.
    let mut run = rig.start_run(1)?;
    let status = run.wait(LIMIT)?;
    ensure!(status.success(), "afterwards: {status}, {:#?}", run.events()?);
    rig.succeed(&["ledger", "verify"], "")?;
    ensure!(!said.contains(USER_PIN) && !said.contains(SO_PIN), "a PIN is told");
    Ok(())
}

/// The `run-ended` event of a slot.
fn ending<'a>(events: &'a [Event], slot: &str) -> Option<&'a Event> {
    events.iter().find(|event| event["event"] == "run-ended" && event["slot"] == slot)
}
