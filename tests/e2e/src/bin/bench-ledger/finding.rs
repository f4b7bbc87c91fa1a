//! How long it takes to find modules.

use std::time::Instant;

use anyhow::{Result, ensure};
use e2e::figures::median;
use serde_json::{Value, json};
use station::ledger::{ModuleFilter, Reader};

use crate::filled::Filled;
use crate::lives::{self, Vendor};

const QUESTIONS: u64 = 1000;
/// Modules of an order that are asked for at a time.
const PAGE: u32 = 50;

/// Asks for modules from all over the ledger.
pub(crate) fn measure(vendor: &Vendor, filled: &Filled) -> Result<Value> {
    let reader = Reader::open(&filled.path)?;
    let mut rows = Vec::new();
    for what in ["by UID", "by label", "a page of an order"] {
        let mut times = Vec::new();
        for question in 0..QUESTIONS {
            let number = question.wrapping_mul(0x9e37_79b9_7f4a_7c15) % filled.modules;
            let module = vendor.module(number)?;
            let filter =
                ModuleFilter { order: Some(lives::order(number).into()), limit: Some(PAGE), state: None };
            let began = Instant::now();
            let found = match what {
                "by UID" => reader.module(&module.uid)?.is_some(),
                "by label" => reader.module_by_label(&module.label)?.is_some(),
                _ => !reader.modules(&filter)?.is_empty(),
            };
            times.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(found, "module {number} was not found {what}");
        }
        let worst = times.iter().copied().fold(0.0, f64::max);
        rows.push(json!({ "what": what, "median-ms": median(&times), "worst-ms": worst }));
    }
    Ok(json!({ "questions": QUESTIONS, "page": PAGE, "finding": rows }))
}
