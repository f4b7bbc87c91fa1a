//! How long the line takes for a module, and what of that is the station's own.
//!
//! Station and `bare-line` take turns on the same bench, so that whatever else the machine does
//! meets both. Prints medians; `cargo xtask bench line` builds and runs it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::figures::{median, processor_time};
use e2e::rig::Order;
use e2e::{Event, Rig};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_mins(5);
/// Slots at a time.
const SLOTS: [u32; 3] = [1, 2, 4];
/// How long an idle station is watched.
const IDLE: Duration = Duration::from_secs(10);

/// What one turn of one program gave.
struct Turn {
    /// From seated to the end, each module.
    cycles: Vec<f64>,
    /// Each step of each module.
    steps: BTreeMap<String, Vec<f64>>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let rounds: u32 = match arguments.iter().find(|argument| *argument != "--json") {
        Some(rounds) => rounds.parse().context("the number of rounds")?,
        None => 3,
    };
    let mut results = Vec::new();
    for slots in SLOTS {
        results.push(measure(slots, rounds)?);
    }
    let idle = idle_share()?;
    if json {
        say(&serde_json::to_string_pretty(&json!({ "lines": results, "idle-percent-of-a-core": idle }))?)?;
    } else {
        table(&results, idle)?;
    }
    Ok(())
}

/// Medians of station and bare program with so many slots.
fn measure(slots: u32, rounds: u32) -> Result<Value> {
    let rig = Rig::with_bench_arguments(usize::try_from(slots)?, &["--core", "real"])?;
    rig.open_order(&Order { id: "BENCH".into(), quantity: 100_000, ..Order::default() })?;
    let (mut station, mut bare) = (Turn::empty(), Turn::empty());
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let ours = turn(&rig, slots, false)?;
        let theirs = turn(&rig, slots, true)?;
        ratios.push(median(&ours.cycles) / median(&theirs.cycles));
        station.add(ours);
        bare.add(theirs);
    }
    let steps: BTreeMap<_, _> = bare
        .steps
        .iter()
        .map(|(step, times)| {
            let station = station.steps.get(step).map_or(f64::NAN, |times| median(times));
            (step.clone(), json!({ "station-ms": station, "bare-ms": median(times) }))
        })
        .collect();
    Ok(json!({
        "slots": slots,
        "modules-a-side": station.cycles.len(),
        "station-cycle-ms": median(&station.cycles),
        "bare-cycle-ms": median(&bare.cycles),
        "ratio": median(&ratios),
        "units-per-hour-in-the-slots": f64::from(slots) * 3_600_000.0 / median(&station.cycles),
        "steps": steps,
    }))
}

/// Two modules through every slot, by one of the programs.
fn turn(rig: &Rig, slots: u32, bare: bool) -> Result<Turn> {
    let mut bench = rig.bench()?;
    for slot in bench.status()?.slots.iter().filter(|slot| slot.module.is_some()) {
        bench.take(&slot.slot)?;
    }
    let units = slots * 2;
    let mut run = if bare { rig.start_bare(units)? } else { rig.start_run(units)? };
    let (status, events) = run.change_modules(&mut bench, units, LIMIT)?;
    ensure!(status.success(), "{status}: {events:#?}");
    let mut turn = Turn::empty();
    for event in &events {
        turn.note(event);
    }
    ensure!(turn.cycles.len() == usize::try_from(units)?, "{} of {units} runs", turn.cycles.len());
    Ok(turn)
}

impl Turn {
    fn empty() -> Self {
        Self { cycles: Vec::new(), steps: BTreeMap::new() }
    }

    fn add(&mut self, other: Self) {
        self.cycles.extend(other.cycles);
        for (step, times) in other.steps {
            self.steps.entry(step).or_default().extend(times);
        }
    }

    fn note(&mut self, event: &Event) {
        let time = event["elapsed-ms"].as_f64().unwrap_or(f64::NAN);
        match event["event"].as_str() {
            Some("run-ended") => {
                self.cycles.push(time);
                for (step, time) in event["steps"].as_object().into_iter().flatten() {
                    self.steps.entry(step.clone()).or_default().push(time.as_f64().unwrap_or(f64::NAN));
                }
            }
            Some("step-ended") => {
                let step = event["step"].as_str().unwrap_or_default();
                self.steps.entry(step.to_owned()).or_default().push(time);
            }
            _ => {}
        }
    }
}

/// How much of a core a station takes that waits for modules in two slots, in percent.
fn idle_share() -> Result<f64> {
    let rig = Rig::new(2)?;
    rig.open_order(&Order::default())?;
    let mut run = rig.start_run(1)?;
    run.wait_for(LIMIT, |event| event["event"] == "slot-waiting")?;
    std::thread::sleep(Duration::from_secs(1));
    let before = processor_time(run.id())?;
    std::thread::sleep(IDLE);
    let used = processor_time(run.id())? - before;
    Ok(used / IDLE.as_secs_f64() * 100.0)
}

fn table(results: &[Value], idle: f64) -> Result<()> {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let single = results.first().map_or(f64::NAN, |result| number(&result["station-cycle-ms"]));
    say("slots  modules  station ms  bare ms  station/bare  of linear  units/h")?;
    for result in results {
        let cycle = number(&result["station-cycle-ms"]);
        say(&format!(
            "{:>5}  {:>7}  {cycle:>10.0}  {:>7.0}  {:>12.3}  {:>9.3}  {:>7.0}",
            result["slots"],
            result["modules-a-side"],
            number(&result["bare-cycle-ms"]),
            number(&result["ratio"]),
            single / cycle,
            number(&result["units-per-hour-in-the-slots"]),
        ))?;
    }
    say("\nstep        station ms  bare ms   (one slot)")?;
    for (step, times) in results.first().and_then(|result| result["steps"].as_object()).into_iter().flatten()
    {
        let (station, bare) = (number(&times["station-ms"]), number(&times["bare-ms"]));
        say(&format!("{step:<10}  {station:>10.0}  {bare:>7.0}"))?;
    }
    say(&format!("\nidle station, two empty slots: {idle:.2} % of a core"))
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
