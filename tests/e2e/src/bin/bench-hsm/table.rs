//! The figures for people.

use std::io::Write as _;

use anyhow::Result;
use serde_json::Value;

pub(crate) fn print(figures: &Value) -> Result<()> {
    let pool = &figures["pool"];
    say(&format!("\nsignatures a second, when the HSM takes {} ms for each", pool["latency-ms"]))?;
    row("one session", &pool["one-per-second"])?;
    row(&format!("pool of {}", pool["sessions"]), &pool["pool-per-second"])?;
    say(&format!("{:<24}{:>12.2}", "ratio", number(&pool["ratio"])))?;
    for part in ["issuing", "issuing-software"] {
        let part = &figures[part];
        let slots = &part["slots"];
        say(&format!(
            "\ncertificates a second, {slots} slots, when the HSM takes {} ms",
            part["latency-ms"]
        ))?;
        row("C_Sign alone", &part["raw-per-second"])?;
        row("whole way", &part["issued-per-second"])?;
        row("whole way, of one core", &part["issued-per-second-of-a-core"])?;
        say(&format!("{:<24}{:>12.2}", "ratio", number(&part["ratio"])))?;
    }
    let raw = &figures["raw"];
    if raw.is_null() {
        return say("\nSoftHSM2 is not installed, and hsm-sim was compared with nothing");
    }
    say("\nC_Sign a second, in one session of one process")?;
    row("hsm-sim", &raw["hsm-sim-per-second"])?;
    row("SoftHSM2", &raw["softhsm2-per-second"])?;
    say(&format!("{:<24}{:>12.2}", "ratio", number(&raw["ratio"])))
}

fn row(what: &str, value: &Value) -> Result<()> {
    say(&format!("{what:<24}{:>12.1}", number(value)))
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
