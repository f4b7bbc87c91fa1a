//! One powered nRF51822: the emulated part, and what has to be added to QEMU to make a debuggable chip of it.
//!
//! [`Chip`] is the access port's view: reads and writes on the part's bus, and the reset line. Debug registers
//! ([`core`]), breakpoint comparators and BKPT ([`breakpoints`]), lock-up of blank parts, UICR contents across
//! resets and read-back protection ([`memory`]) are modelled here; a task of its own owns the emulator
//! ([`task`]).

mod breakpoints;
mod core;
mod memory;
mod registers;
mod task;

use std::path::PathBuf;

use tokio::{
    net::UnixStream,
    sync::{mpsc, oneshot, watch},
};

pub(crate) use self::{core::Activity, memory::Image};
use crate::{emulator::EmulatorError, random::Random};

/// The part's bus did not carry out an access: nothing answers at the address, protection forbids it, or the
/// part has no power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bus answered with a fault")]
pub(crate) struct BusFault;

/// What a part needs to be powered.
#[derive(Debug)]
pub(crate) struct Supply {
    /// The emulator's program.
    pub(crate) program: PathBuf,
    /// Where its sockets may lie for a moment.
    pub(crate) directory: PathBuf,
    /// Whether the core runs at its own speed instead of the host's.
    pub(crate) clocked: bool,
    /// What RAM holds when power comes on.
    pub(crate) noise: Random,
    /// Gets the UART's stream at power-on, and again whenever the emulator had to be started anew.
    pub(crate) serial: mpsc::UnboundedSender<UnixStream>,
}

/// A powered part. It loses power when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Chip {
    requests: mpsc::Sender<Request>,
    activity: watch::Receiver<Activity>,
}

#[derive(Debug)]
enum Request {
    Read { address: u32, length: usize, answer: oneshot::Sender<Result<Vec<u8>, BusFault>> },
    Write { address: u32, data: Vec<u8>, answer: oneshot::Sender<Result<(), BusFault>> },
    Listens { answer: oneshot::Sender<bool> },
    ResetLine { asserted: bool, answer: oneshot::Sender<()> },
    Image { answer: oneshot::Sender<Image> },
    PowerOff { answer: oneshot::Sender<Image> },
}

impl Chip {
    /// Powers a part that holds `image`: a power-on reset, after which its firmware runs.
    pub(crate) async fn power_on(image: Image, supply: Supply) -> Result<Self, EmulatorError> {
        let (requests, receiver) = mpsc::channel(1);
        let (publish, activity) = watch::channel(Activity::InReset);
        task::start(image, supply, receiver, publish).await?;
        Ok(Self { requests, activity })
    }

    /// Reads `length` bytes; core and peripheral registers in whole words.
    pub(crate) async fn read(&self, address: u32, length: usize) -> Result<Vec<u8>, BusFault> {
        self.request(|answer| Request::Read { address, length, answer }).await.ok_or(BusFault)?
    }

    /// Writes `data`; core and peripheral registers in whole words.
    pub(crate) async fn write(&self, address: u32, data: Vec<u8>) -> Result<(), BusFault> {
        self.request(|answer| Request::Write { address, data, answer }).await.ok_or(BusFault)?
    }

    /// Pulls the reset line, or lets it go.
    pub(crate) async fn reset_line(&self, asserted: bool) {
        let _gone = self.request(|answer| Request::ResetLine { asserted, answer }).await;
    }

    /// Whether the firmware has its UART enabled. What is sent to it otherwise is lost on silicon, while QEMU
    /// would keep it, and not even look at it again when the UART is enabled later; asking makes it look.
    pub(crate) async fn listens(&self) -> bool {
        self.request(|answer| Request::Listens { answer }).await.unwrap_or(false)
    }

    /// Flash and UICR as they are now, past any protection: for whoever tests the bench's users.
    pub(crate) async fn image(&self) -> Option<Image> {
        self.request(|answer| Request::Image { answer }).await
    }

    /// Takes the power away and returns what the part keeps. `None` if it had none.
    pub(crate) async fn power_off(&self) -> Option<Image> {
        self.request(|answer| Request::PowerOff { answer }).await
    }

    /// What the core does now.
    pub(crate) fn activity(&self) -> Activity {
        *self.activity.borrow()
    }

    async fn request<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).await.ok()?;
        answered.await.ok()
    }
}
