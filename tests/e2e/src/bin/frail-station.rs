//! The station program, in a process that dies where it is told to, by a clock that can be moved.
//!
//! It is the very library the product is: only the process around it is frail. The station tells of
//! every boundary it crosses ([`station::boundary`]); this program counts them, writes them to a file,
//! and kills itself at the one it was told.
//!
//! | variable | meaning |
//! |---|---|
//! | `FRAIL_TRACE` | file to which each boundary is appended, a line each, before it is crossed |
//! | `FRAIL_DIE_AT` | number of the boundary at which the process is killed, from 0; absent for never |
//! | `FRAIL_DIE_ON` | boundary at which it is killed the first time, such as `before ledger: run-passed` |
//! | `FRAIL_CLOCK` | file that says by how many seconds the clock is ahead, looked at whenever the time is asked for |
//! | `FRAIL_PANIC` | file that names the thread that panics when it next asks for the time |

use std::env;
use std::fs::OpenOptions;
use std::process::ExitCode;
use std::sync::Arc;

use e2e::frail::{BoundaryLayer, MovedClock, PanickingClock};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() -> ExitCode {
    if let Some(file) = env::var_os("FRAIL_TRACE") {
        let trace = OpenOptions::new().create(true).append(true).open(file);
        let die_at = env::var("FRAIL_DIE_AT").ok().and_then(|number| number.parse().ok());
        match trace {
            Ok(trace) => {
                let layer = BoundaryLayer::new(trace, die_at).dying_on(env::var("FRAIL_DIE_ON").ok());
                tracing_subscriber::registry().with(layer).init();
            }
            Err(_) => return ExitCode::from(4),
        }
    }
    if let Some(file) = env::var_os("FRAIL_PANIC") {
        return station::cli::main_with_clock(Arc::new(PanickingClock::new(file.into())));
    }
    match env::var_os("FRAIL_CLOCK") {
        Some(file) => station::cli::main_with_clock(Arc::new(MovedClock::new(file.into()))),
        None => station::cli::main(),
    }
}
