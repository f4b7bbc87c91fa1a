//! The task that owns a powered part's emulator and serves its [`Chip`](super::Chip) handles: power, reset, run
//! control. What an access to its bus does is in [`access`].

mod access;

use std::{collections::BTreeSet, future::pending};

use tokio::sync::{mpsc, oneshot, watch};

use self::access::words;
use super::{
    BusFault, Image, Request, Supply,
    breakpoints::Breakpoints,
    core::{Activity, Core, HaltReason},
    memory::{
        NVMC_CONFIG, NVMC_ERASE, NVMC_ERASEALL, NVMC_WRITE, RAM_SIZE, RAM_START, UART_BAUDRATE, UICR_START,
        UICR_WORDS,
    },
    registers,
};
use crate::emulator::{EmulatorError, Machine, Stop};

/// Flash is loaded in pieces of this size, and blank ones not at all.
const PIECE: usize = 4096;

/// Powers the part, then serves requests in the background until it is switched off.
pub(super) async fn start(
    image: Image,
    mut supply: Supply,
    requests: mpsc::Receiver<Request>,
    publish: watch::Sender<Activity>,
) -> Result<(), EmulatorError> {
    let machine = power(&image, &mut supply).await?;
    let mut part = Part {
        machine,
        supply,
        protected: image.protected(),
        image,
        core: Core::default(),
        breakpoints: Breakpoints::default(),
        planted: BTreeSet::new(),
        publish,
    };
    part.start_up().await?;
    tokio::spawn(part.serve(requests));
    Ok(())
}

/// Starts an emulator and gives it the image's flash, and noise for RAM.
async fn power(image: &Image, supply: &mut Supply) -> Result<Machine, EmulatorError> {
    let mut machine = Machine::start(&supply.program, &supply.directory, supply.clocked).await?;
    machine.write_word(NVMC_CONFIG, NVMC_ERASE).await?;
    machine.write_word(NVMC_ERASEALL, 1).await?;
    machine.write_word(NVMC_CONFIG, NVMC_WRITE).await?;
    for (piece, address) in image.flash.chunks(PIECE).zip((0..).step_by(PIECE)) {
        if piece.iter().any(|&byte| byte != 0xFF) {
            machine.write(address, piece).await?;
        }
    }
    machine.write_word(NVMC_CONFIG, 0).await?;
    let mut ram = vec![0; RAM_SIZE];
    supply.noise.fill(&mut ram);
    machine.write(RAM_START, &ram).await?;
    if let Some(serial) = machine.take_serial() {
        // Without anybody at the other end the UART talks to nobody, as it may.
        let _nobody = supply.serial.send(serial);
    }
    Ok(machine)
}

struct Part {
    machine: Machine,
    supply: Supply,
    /// Flash and UICR at the last reset, or the debugger's last change: all that is left when the emulator
    /// dies.
    image: Image,
    /// Read-back protection, as latched by the last reset.
    protected: bool,
    core: Core,
    breakpoints: Breakpoints,
    /// Breakpoints that QEMU knows of.
    planted: BTreeSet<u32>,
    publish: watch::Sender<Activity>,
}

impl Part {
    async fn serve(mut self, mut requests: mpsc::Receiver<Request>) {
        loop {
            self.publish.send_if_modified(|activity| {
                std::mem::replace(activity, self.core.activity()) != self.core.activity()
            });
            let running = self.core.activity() == Activity::Running;
            let outcome = tokio::select! {
                request = requests.recv() => match request {
                    Some(Request::PowerOff { answer }) => {
                        let _gone = answer.send(self.last_image().await);
                        return;
                    }
                    Some(request) => self.handle(request).await,
                    None => return,
                },
                stop = stopped(&mut self.machine, running) => match stop {
                    Ok(stop) => self.stopped(stop).await,
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = outcome
                && let Err(fatal) = self.revive(&error).await
            {
                tracing::error!(error = &fatal as &dyn std::error::Error, "the emulator is lost");
                return;
            }
        }
    }

    async fn handle(&mut self, request: Request) -> Result<(), EmulatorError> {
        match request {
            Request::Read { address, length, answer } => {
                let data = self.read(address, length).await;
                settle(data, answer)
            }
            Request::Write { address, data, answer } => {
                let done = self.write(address, &data).await;
                settle(done, answer)
            }
            Request::Listens { answer } => {
                let listens = self.core.activity() == Activity::Running
                    && self.machine.read_word(UART_BAUDRATE).await? != 0;
                let _gone = answer.send(listens);
                Ok(())
            }
            Request::ResetLine { asserted, answer } => {
                let done = self.reset_line(asserted).await;
                let _gone = answer.send(());
                done
            }
            Request::Image { answer } => {
                let image = self.capture().await?;
                let _gone = answer.send(image);
                Ok(())
            }
            // Ends the task, so it is dealt with there.
            Request::PowerOff { .. } => Ok(()),
        }
    }

    async fn halt(&mut self) -> Result<(), EmulatorError> {
        if self.pause().await? {
            registers::wake(&mut self.machine).await?;
        }
        self.core.halted(HaltReason::Request);
        Ok(())
    }

    /// Stops the emulator under a core that runs. True if it did: then the core, which is none the wiser, has
    /// to be halted or resumed.
    async fn pause(&mut self) -> Result<bool, EmulatorError> {
        while self.core.activity() == Activity::Running {
            match self.machine.halt().await? {
                Stop::Interrupted => return Ok(true),
                stop => self.stopped(stop).await?,
            }
        }
        Ok(false)
    }

    /// Makes changed breakpoints known to a core that runs.
    async fn replant(&mut self) -> Result<(), EmulatorError> {
        if self.pause().await? { self.resume().await } else { Ok(()) }
    }

    async fn resume(&mut self) -> Result<(), EmulatorError> {
        if self.core.resumed() != Activity::Running {
            return Ok(());
        }
        let wanted = if self.core.debug_enabled() { self.breakpoints.addresses() } else { BTreeSet::new() };
        for &address in self.planted.difference(&wanted) {
            self.machine.clear_breakpoint(address).await?;
        }
        for &address in wanted.difference(&self.planted) {
            self.machine.set_breakpoint(address).await?;
        }
        self.planted = wanted;
        self.machine.resume().await
    }

    async fn step(&mut self) -> Result<(), EmulatorError> {
        if !self.core.is_wedged() {
            let stop = self.machine.step().await?;
            if stop == Stop::ResetRequest {
                return self.reset().await;
            }
        }
        self.core.halted(HaltReason::Request);
        Ok(())
    }

    async fn stopped(&mut self, stop: Stop) -> Result<(), EmulatorError> {
        match stop {
            Stop::Interrupted => self.core.halted(HaltReason::Request),
            Stop::Breakpoint => self.core.halted(HaltReason::Breakpoint),
            Stop::ResetRequest => return self.reset().await,
        }
        Ok(())
    }

    async fn reset_line(&mut self, asserted: bool) -> Result<(), EmulatorError> {
        let held = self.core.activity() == Activity::InReset;
        if asserted && !held {
            self.pause().await?;
            self.core.held_in_reset();
        } else if held && !asserted {
            self.reset().await?;
        }
        Ok(())
    }

    /// Resets the stopped part, but for what a reset keeps.
    async fn reset(&mut self) -> Result<(), EmulatorError> {
        self.image = self.capture().await?;
        self.start_up().await
    }

    /// The part comes out of reset with the contents of `self.image`.
    async fn start_up(&mut self) -> Result<(), EmulatorError> {
        self.machine.reset().await?;
        for (&word, address) in self.image.uicr.iter().zip((UICR_START..).step_by(4)) {
            if word != u32::MAX {
                self.machine.write_word(address, word).await?;
            }
        }
        self.protected = self.image.protected();
        self.core.came_out_of_reset(self.image.bootable());
        if self.core.activity() == Activity::Halted { Ok(()) } else { self.resume().await }
    }

    async fn capture(&mut self) -> Result<Image, EmulatorError> {
        let flash = self.machine.read(0, self.image.flash.len()).await?;
        let uicr = self.machine.read(UICR_START, 4 * UICR_WORDS).await?;
        Ok(Image { flash, uicr: words(UICR_START, &uicr).map(|(_, word)| word).collect() })
    }

    async fn last_image(&mut self) -> Image {
        // An emulator that died this very moment leaves what the last reset saw.
        self.capture().await.unwrap_or_else(|_| self.image.clone())
    }

    /// QEMU ends when the core locks up. The part does not: it is started again, in lock-up, with what flash
    /// and UICR held at its last reset.
    async fn revive(&mut self, cause: &EmulatorError) -> Result<(), EmulatorError> {
        tracing::warn!(error = cause as &dyn std::error::Error, "the core locked up");
        self.machine = power(&self.image, &mut self.supply).await?;
        self.machine.reset().await?;
        self.planted.clear();
        self.core.locked_up();
        Ok(())
    }
}

/// Answers the one who asked, with a bus fault if the emulator failed.
fn settle<T>(
    outcome: Result<Result<T, BusFault>, EmulatorError>,
    answer: oneshot::Sender<Result<T, BusFault>>,
) -> Result<(), EmulatorError> {
    let (reply, outcome) = match outcome {
        Ok(reply) => (reply, Ok(())),
        Err(error) => (Err(BusFault), Err(error)),
    };
    // Whoever asked may have gone; the access is done all the same.
    let _gone = answer.send(reply);
    outcome
}

/// Waits for the running core to stop by itself; a core that does not run never does.
async fn stopped(machine: &mut Machine, running: bool) -> Result<Stop, EmulatorError> {
    if running { machine.stopped().await } else { pending().await }
}
