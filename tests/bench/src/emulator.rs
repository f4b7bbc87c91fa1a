//! One emulated nRF51822: a QEMU process (`-M microbit`) and the four sockets it is driven through.
//!
//! | socket | driven by | used for |
//! |---|---|---|
//! | gdb    | [`Gdb`]   | core registers, run, halt, step, hardware breakpoints |
//! | QMP    | [`Qmp`]   | system reset, and what a reset asked for by the firmware becomes |
//! | qtest  | [`Bus`]   | memory and peripheral registers, while the core runs as well as halted |
//! | serial | the UART  | handed out by [`Machine::take_serial`] |
//!
//! Memory does not go through gdb because QEMU's stub drops writes to peripheral registers, and stops the
//! core for every access. The qtest channel has neither fault.
//!
//! QEMU connects to listeners that the bench opened first, so there is nothing to poll for at start.

mod bus;
mod gdb;
mod process;
mod qmp;

use std::{io, path::Path, time::Duration};

use tokio::{net::UnixStream, time::timeout};

pub(crate) use self::gdb::Stop;
use self::{bus::Bus, gdb::Gdb, process::Process, qmp::Qmp};

/// Number of the program counter in QEMU's register file.
pub(crate) const REGISTER_PC: u8 = 15;
/// Number of xPSR in QEMU's register file (M-profile target description).
pub(crate) const REGISTER_XPSR: u8 = 25;

/// How long QEMU may take to connect its sockets, or to answer anything at all. It needs milliseconds; a host
/// that is out of breath may need more.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one instruction may take.
const LONGEST_STEP: Duration = Duration::from_millis(200);

/// Why an emulated part could not be driven.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmulatorError {
    /// No socket could be opened in the slot's directory.
    #[error("opening the emulator's {socket} socket")]
    Listen {
        /// Which of the sockets.
        socket: &'static str,
        #[source]
        source: io::Error,
    },
    /// The program is missing or may not be run.
    #[error("starting {program}")]
    Start {
        /// The program as configured.
        program: String,
        #[source]
        source: io::Error,
    },
    /// QEMU ended, or did not connect in time; `stderr` is what it said.
    #[error("the emulator did not connect its {socket} socket: {stderr}")]
    NoConnection {
        /// Which of the sockets.
        socket: &'static str,
        /// QEMU's own words, trimmed.
        stderr: String,
    },
    /// The connection broke: the process ended, which is what QEMU does when the core locks up.
    #[error("talking to the emulator's {socket} socket")]
    Broken {
        /// Which of the sockets.
        socket: &'static str,
        #[source]
        source: io::Error,
    },
    /// QEMU answered something that the request does not allow.
    #[error("unexpected answer on the emulator's {socket} socket: {answer}")]
    Answer {
        /// Which of the sockets.
        socket: &'static str,
        /// The answer, shortened.
        answer: String,
    },
}

/// A running QEMU. It ends when this is dropped, and also when the bench dies without dropping it.
#[derive(Debug)]
pub(crate) struct Machine {
    gdb: Gdb,
    qmp: Qmp,
    bus: Bus,
    serial: Option<UnixStream>,
    _process: Process,
}

impl Machine {
    /// Starts `program` with its sockets in `directory`; the core is halted, flash and RAM are zeros. A
    /// `clocked` core will run at the part's own speed instead of the host's.
    pub(crate) async fn start(
        program: &Path,
        directory: &Path,
        clocked: bool,
    ) -> Result<Self, EmulatorError> {
        let (process, sockets) = process::start(program, directory, clocked, PATIENCE).await?;
        let mut machine = Self {
            gdb: Gdb::new(sockets.gdb),
            qmp: Qmp::new(sockets.qmp),
            bus: Bus::new(sockets.bus),
            serial: Some(sockets.serial),
            _process: process,
        };
        machine.qmp.negotiate().await?;
        machine.gdb.negotiate().await?;
        Ok(machine)
    }

    /// The module's UART: bytes out, bytes in. Given once.
    pub(crate) fn take_serial(&mut self) -> Option<UnixStream> {
        self.serial.take()
    }

    /// Reads `length` bytes as the core would see them, in the largest aligned accesses.
    pub(crate) async fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>, EmulatorError> {
        self.bus.read(address, length).await
    }

    /// Reads the little-endian word at `address`.
    pub(crate) async fn read_word(&mut self, address: u32) -> Result<u32, EmulatorError> {
        self.bus.read_word(address).await
    }

    /// Writes `data` as the core would.
    pub(crate) async fn write(&mut self, address: u32, data: &[u8]) -> Result<(), EmulatorError> {
        self.bus.write(address, data).await
    }

    /// Writes one word: the only width that peripherals take.
    pub(crate) async fn write_word(&mut self, address: u32, value: u32) -> Result<(), EmulatorError> {
        self.bus.write_word(address, value).await
    }

    /// Lets the core run. The next thing to call is [`Machine::stopped`] or [`Machine::halt`].
    pub(crate) async fn resume(&mut self) -> Result<(), EmulatorError> {
        self.gdb.resume().await
    }

    /// Waits until the running core stops by itself. Safe to drop and call again.
    pub(crate) async fn stopped(&mut self) -> Result<Stop, EmulatorError> {
        self.gdb.stopped().await
    }

    /// Halts the running core. The answer is another than [`Stop::Interrupted`] when it stopped by itself
    /// at the same moment.
    pub(crate) async fn halt(&mut self) -> Result<Stop, EmulatorError> {
        self.gdb.interrupt().await?;
        let stop = in_time(self.gdb.stopped(), "gdb").await?;
        // A reset that was asked for in the same moment is told to nobody, and the core would not run again.
        if stop == Stop::Interrupted && self.qmp.awaits_reset().await? {
            Ok(Stop::ResetRequest)
        } else {
            Ok(stop)
        }
    }

    /// Executes one instruction with interrupts held back. A core that goes to sleep with it is stopped there.
    pub(crate) async fn step(&mut self) -> Result<Stop, EmulatorError> {
        self.gdb.step().await?;
        match timeout(LONGEST_STEP, self.gdb.stopped()).await {
            Ok(stop) => stop,
            Err(_asleep) => self.halt().await,
        }
    }

    /// Reads a core register of the halted core by QEMU's number.
    pub(crate) async fn register(&mut self, number: u8) -> Result<u32, EmulatorError> {
        self.gdb.register(number).await
    }

    /// Writes a core register of the halted core by QEMU's number.
    pub(crate) async fn set_register(&mut self, number: u8, value: u32) -> Result<(), EmulatorError> {
        self.gdb.set_register(number, value).await
    }

    /// Plants a hardware breakpoint; the core must be halted.
    pub(crate) async fn set_breakpoint(&mut self, address: u32) -> Result<(), EmulatorError> {
        self.gdb.breakpoint(b'Z', address).await
    }

    /// Removes a hardware breakpoint; the core must be halted.
    pub(crate) async fn clear_breakpoint(&mut self, address: u32) -> Result<(), EmulatorError> {
        self.gdb.breakpoint(b'z', address).await
    }

    /// Resets the whole part; the core must be halted and stays so, at its reset vector.
    /// Flash and RAM are kept. QEMU wipes the UICR, which its owner puts back.
    pub(crate) async fn reset(&mut self) -> Result<(), EmulatorError> {
        self.qmp.reset().await
    }
}

/// Gives QEMU up when it does not answer.
async fn in_time<T>(
    answer: impl Future<Output = Result<T, EmulatorError>>,
    socket: &'static str,
) -> Result<T, EmulatorError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer,
        Err(_late) => Err(EmulatorError::Broken { socket, source: io::ErrorKind::TimedOut.into() }),
    }
}
