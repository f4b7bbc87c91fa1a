//! What makes a station frail: a count of boundaries that ends in death, a clock that moves, and a clock at
//! which threads panic.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rustix::process::{Signal, getpid, kill_process};
use station::boundary;
use station::clock::{Clock, SystemClock};
use time::{Duration, OffsetDateTime};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Looking whether a module is seated is done as often as time allows and changes nothing; with it
/// boundaries could not be counted.
const UNCOUNTED: &str = "looking for a module";

/// Counts boundaries, and kills the process at one of them.
#[derive(Debug)]
pub struct BoundaryLayer {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    trace: File,
    crossed: u64,
    die_at: Option<u64>,
    die_on: Option<String>,
}

impl BoundaryLayer {
    /// Appends boundaries to `trace`; dies at the one with this number, from 0.
    pub fn new(trace: File, die_at: Option<u64>) -> Self {
        Self { state: Mutex::new(State { trace, crossed: 0, die_at, die_on: None }) }
    }

    /// Dies as well at the first boundary that is this one: `before ledger: run-passed`. With a person before the
    /// screen they come in no order that could be counted.
    #[must_use]
    pub fn dying_on(self, boundary: Option<String>) -> Self {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).die_on = boundary;
        self
    }
}

impl<S: Subscriber> Layer<S> for BoundaryLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != boundary::TARGET {
            return;
        }
        let mut crossing = Crossing::default();
        event.record(&mut crossing);
        if crossing.operation == UNCOUNTED {
            return;
        }
        // Under the lock, so that no other thread crosses anything once this one has to die.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { trace, crossed, die_at, die_on } = &mut *state;
        let Crossing { phase, device, operation } = crossing;
        let _ = writeln!(trace, "{crossed}\t{phase}\t{device}\t{operation}");
        let is_named =
            die_on.as_ref().is_some_and(|named| *named == format!("{phase} {device}: {operation}"));
        if *die_at == Some(*crossed) || is_named {
            let _ = kill_process(getpid(), Signal::KILL);
        }
        *crossed += 1;
    }
}

/// The fields of a boundary's event.
#[derive(Debug, Default)]
struct Crossing {
    phase: String,
    device: String,
    operation: String,
}

impl Visit for Crossing {
    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "phase" => &mut self.phase,
            "device" => &mut self.device,
            "operation" => &mut self.operation,
            _ => return,
        };
        value.clone_into(place);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// The machine's clock, ahead by as many seconds as a file says.
#[derive(Debug)]
pub struct MovedClock {
    file: PathBuf,
}

impl MovedClock {
    /// A clock moved by what `file` says; not moved while there is none.
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }
}

impl Clock for MovedClock {
    fn now(&self) -> OffsetDateTime {
        let ahead = fs::read_to_string(&self.file).ok().and_then(|text| text.trim().parse().ok());
        SystemClock.now() + Duration::seconds(ahead.unwrap_or(0))
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }
}

/// The machine's clock. The thread that a file names panics when it next looks at it, once.
#[derive(Debug)]
pub struct PanickingClock {
    file: PathBuf,
}

impl PanickingClock {
    /// A clock at which the thread panics that `file` names; none does while there is no file.
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    fn look(&self) {
        let thread = std::thread::current();
        let Some(name) = thread.name() else { return };
        let told = fs::read_to_string(&self.file).is_ok_and(|named| named.trim() == name);
        // The file is gone first, so that what follows the panic can look at the clock.
        assert!(!(told && fs::remove_file(&self.file).is_ok()), "this thread was told to panic");
    }
}

impl Clock for PanickingClock {
    fn now(&self) -> OffsetDateTime {
        self.look();
        SystemClock.now()
    }

    fn instant(&self) -> Instant {
        self.look();
        SystemClock.instant()
    }
}
