//! The debug probe of a slot: seating, flashing, and whether the debug port is locked.
//!
//! [`Probe`] is the handle the steps use. Behind it one thread owns the probe
//! ([`device`](crate::device)), because probe-rs blocks, and panics when some cables are pulled.

mod image;
mod presence;
mod session;

pub use image::{Image, ImageError};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Chip;
use crate::device::{CallError, Owner};
use crate::fault::{Coded, FaultCode};
use session::Session;

/// Whether there is a module in the slot, from the probe's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Nothing answers on the debug wires.
    Empty,
    /// A debug port answers.
    Taken,
}

/// How flashing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flashed {
    /// The image was written and verified.
    Written,
    /// The module held the image already.
    AlreadyThere,
    /// The debug port is locked; nothing was written.
    Locked,
}

/// What a factory-programmed id tells of a part: the same for as long as the silicon lives, whatever is
/// erased. Hexadecimal digits, 8 for each register that the product names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(String);

impl DeviceId {
    /// The id in these registers; none if the product names none, or nothing was ever programmed there.
    pub fn from_words(words: &[u32]) -> Option<Self> {
        if words.iter().all(|word| matches!(*word, 0 | u32::MAX)) {
            return None;
        }
        let text = hex::encode(words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>());
        Some(Self(text))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the probe did to a part, and which part it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How flashing ended.
    pub flashed: Flashed,
    /// The part; none if the product names no registers for it, or they cannot be read.
    pub device: Option<DeviceId>,
}

/// What flashing is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This many bytes are done, of so many, all phases together.
    Bytes {
        /// Done so far.
        done: u64,
        /// In all.
        total: u64,
    },
}

/// Why the probe could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The probe cannot be opened.
    #[error("cannot open probe {selector}")]
    Open {
        /// The selector from the configuration.
        selector: String,
        /// What probe-rs said.
        #[source]
        source: Box<probe_rs::probe::DebugProbeError>,
    },
    /// The probe works but no module answers.
    #[error("no debug port answers")]
    NoModule {
        /// What probe-rs said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The connection to the probe broke, or the module's to the probe.
    #[error("lost the connection during {operation}")]
    Lost {
        /// What was going on.
        operation: &'static str,
        /// What probe-rs said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An identification register holds something else.
    #[error("register {address:#010x} holds {found:#010x}, expected {expected:#010x}")]
    WrongChip {
        /// The register.
        address: u32,
        /// What the product names.
        expected: u32,
        /// What was read.
        found: u32,
    },
    /// probe-rs does not know the target that the product names.
    #[error("probe-rs does not know the target {target}")]
    UnknownTarget {
        /// The name in the product.
        target: String,
        /// What probe-rs said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Erasing or programming failed.
    #[error("flashing failed")]
    Flash(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The flash holds something else than was written.
    #[error("the flash reads back differently")]
    Verify(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Coded for ProbeError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Open { .. } => FaultCode::ProbeMissing,
            Self::NoModule { .. } => FaultCode::ModuleMissing,
            Self::Lost { .. } => FaultCode::ProbeLost,
            Self::WrongChip { .. } => FaultCode::WrongChip,
            Self::UnknownTarget { .. } => FaultCode::ProductFile,
            Self::Flash(_) => FaultCode::FlashFailed,
            Self::Verify(_) => FaultCode::FlashVerify,
        }
    }
}

impl Coded for CallError<ProbeError> {
    fn code(&self) -> FaultCode {
        match self {
            Self::Device(error) => error.code(),
            Self::Overdue { .. } => FaultCode::ProbeSlow,
            Self::Panicked { .. } => FaultCode::ProbeCrashed,
            Self::NoThread { .. } => FaultCode::Bug,
        }
    }
}

/// What a call to the probe answers.
pub type ProbeResult<T> = Result<T, CallError<ProbeError>>;

/// A handle on the probe of a slot. Clones share the probe.
#[derive(Clone, Debug)]
pub struct Probe {
    owner: Owner<Session, ProbeError>,
}

impl Probe {
    /// How long looking for a module may take.
    const SEAT: Duration = Duration::from_secs(5);
    /// How long erasing, programming and verifying may take.
    const FLASH: Duration = Duration::from_mins(1);
    /// How long everything else may take.
    const SHORT: Duration = Duration::from_secs(10);

    /// The probe with this selector; it is opened at the first call.
    pub fn new(slot: &str, selector: &str) -> Self {
        let selector = selector.to_owned();
        Self { owner: Owner::new(format!("probe {slot}"), move || Session::open(&selector)) }
    }

    /// Whether a module is in the slot.
    ///
    /// # Errors
    /// The probe is not there or broke down; an empty slot is no error.
    pub async fn seat(&self) -> ProbeResult<Seat> {
        let result = self.owner.call("looking for a module", Self::SEAT, Session::seat).await;
        self.forget_if_broken(result)
    }

    /// Checks the chip, and writes and verifies the image unless it is there already.
    /// Afterwards the module runs.
    ///
    /// # Errors
    /// No module, another chip, or a failure of flash, probe or its driver.
    pub async fn flash(
        &self,
        chip: &Chip,
        image: &Image,
        progress: impl Fn(Progress) + Send + Sync + 'static,
    ) -> ProbeResult<Part> {
        let (chip, image) = (chip.clone(), image.clone());
        // A thread that is given up may hang for ever, and must not hold on to whoever watches.
        let progress = Arc::new(progress);
        let watcher = Arc::downgrade(&progress);
        let tell = move |done| {
            if let Some(progress) = watcher.upgrade() {
                progress(done);
            }
        };
        let job = move |session: &mut Session| session.flash(&chip, &image, tell);
        let result = self.owner.call("flashing", Self::FLASH, job).await;
        self.forget_if_broken(result)
    }

    /// Resets the module and lets it run.
    ///
    /// # Errors
    /// The module or the probe does not answer.
    pub async fn reset(&self, chip: &Chip) -> ProbeResult<()> {
        let chip = chip.clone();
        let result = self.owner.call("reset", Self::SHORT, move |session| session.reset(&chip)).await;
        self.forget_if_broken(result)
    }

    /// Whether the debug port refuses to read the module's flash. Tries for real.
    ///
    /// # Errors
    /// The module or the probe does not answer at all.
    pub async fn is_locked(&self, chip: &Chip) -> ProbeResult<bool> {
        let chip = chip.clone();
        let job = move |session: &mut Session| session.is_locked(&chip);
        let result = self.owner.call("reading the locked flash", Self::SHORT, job).await;
        self.forget_if_broken(result)
    }

    /// After a failure the probe is opened anew: what state it is in nobody knows.
    fn forget_if_broken<T>(&self, result: ProbeResult<T>) -> ProbeResult<T> {
        if result.is_err() {
            self.owner.close();
        }
        result
    }
}
