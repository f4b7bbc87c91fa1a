//! The probe itself, on its own thread.

use std::cell::Cell;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use probe_rs::architecture::arm::ArmError;
use probe_rs::architecture::arm::dp::DpAddress;
use probe_rs::architecture::arm::sequences::ArmDebugSequence;
use probe_rs::flashing::{
    DownloadOptions, ElfLoader, ElfOptions, FlashError, FlashLoader, FlashProgress, ProgressEvent,
};
use probe_rs::probe::list::Lister;
use probe_rs::probe::{DebugProbeSelector, Probe, WireProtocol};
use probe_rs::{MemoryInterface as _, Permissions};

use super::presence::Presence;
use super::{DeviceId, Flashed, Image, Part, ProbeError, Progress, Seat};
use crate::config::Chip;

/// An open probe, or the selector to open it again: attaching to a module uses the probe up.
pub(super) struct Session {
    selector: String,
    probe: Option<Probe>,
}

/// How long the core may take to halt.
const HALT: Duration = Duration::from_millis(500);

impl Session {
    pub(super) fn open(selector: &str) -> Result<Self, ProbeError> {
        let mut session = Self { selector: selector.to_owned(), probe: None };
        session.probe = Some(session.take_probe()?);
        Ok(session)
    }

    fn take_probe(&mut self) -> Result<Probe, ProbeError> {
        if let Some(probe) = self.probe.take() {
            return Ok(probe);
        }
        let failed = |source| ProbeError::Open { selector: self.selector.clone(), source: Box::new(source) };
        let selector: DebugProbeSelector = self.selector.parse().map_err(|error| {
            failed(probe_rs::probe::DebugProbeError::Other(format!("wrong selector: {error}")))
        })?;
        let mut probe = Lister::new().open(selector).map_err(failed)?;
        probe.select_protocol(WireProtocol::Swd).map_err(failed)?;
        Ok(probe)
    }

    /// Reads the debug port's identification: the least that a seated module answers.
    pub(super) fn seat(&mut self) -> Result<Seat, ProbeError> {
        let mut probe = self.take_probe()?;
        probe.attach_to_unspecified().map_err(|error| lost("looking for a module", error))?;
        let presence = Arc::new(Presence::default());
        let mut interface = probe
            .try_into_arm_debug_interface(Arc::clone(&presence) as Arc<dyn ArmDebugSequence>)
            .map_err(|(_, error)| lost("looking for a module", error))?;
        let looked = interface.select_debug_port(DpAddress::Default);
        if let Err(ArmError::Probe(error)) = looked {
            return Err(lost("looking for a module", error));
        }
        self.probe = Some(interface.close());
        Ok(if presence.answered() { Seat::Taken } else { Seat::Empty })
    }

    pub(super) fn flash(
        &mut self,
        chip: &Chip,
        image: &Image,
        progress: impl Fn(Progress),
    ) -> Result<Part, ProbeError> {
        const LOCKED: Part = Part { flashed: Flashed::Locked, device: None };
        let mut session = match self.attach(chip) {
            Ok(session) => session,
            // A locked part may refuse already while its core is being set up.
            Err(ProbeError::NoModule { .. }) if self.seat()? == Seat::Taken => return Ok(LOCKED),
            Err(error) => return Err(error),
        };
        if !can_read_flash(&mut session) {
            return Ok(LOCKED);
        }
        let result = flash(&mut session, chip, image, progress);
        drop(session);
        match result {
            // Whether the probe went away or the flash is bad shows when the probe is opened again.
            Err(ProbeError::Flash(source)) if self.take_probe().is_err() => {
                Err(ProbeError::Lost { operation: "flashing", source })
            }
            result => result,
        }
    }

    pub(super) fn reset(&mut self, chip: &Chip) -> Result<(), ProbeError> {
        let mut session = self.attach(chip)?;
        reset(&mut session)
    }

    /// Only a read that was tried and refused shows a locked part. A part that cannot be attached to
    /// shows nothing: it may be a bad contact.
    pub(super) fn is_locked(&mut self, chip: &Chip) -> Result<bool, ProbeError> {
        let mut session = self.attach(chip)?;
        Ok(!can_read_flash(&mut session))
    }

    fn attach(&mut self, chip: &Chip) -> Result<probe_rs::Session, ProbeError> {
        let registry = probe_rs::config::Registry::from_builtin_families();
        let target = registry.get_target_by_name(&chip.target).map_err(|error| {
            ProbeError::UnknownTarget { target: chip.target.clone(), source: Box::new(error) }
        })?;
        self.take_probe()?
            .attach(target, Permissions::default())
            .map_err(|error| ProbeError::NoModule { source: Box::new(error) })
    }
}

/// Tells the chip, compares the flash with the image, and writes it if it differs.
fn flash(
    session: &mut probe_rs::Session,
    chip: &Chip,
    image: &Image,
    progress: impl Fn(Progress),
) -> Result<Part, ProbeError> {
    identify(session, chip)?;
    let device = device_id(session, chip)?;
    let mut loader = session.target().flash_loader();
    loader
        .load_image(session, &mut Cursor::new(image.bytes().as_ref()), ElfLoader(ElfOptions::default()), None)
        .map_err(|error| ProbeError::Flash(Box::new(error)))?;
    let flashed = if holds(session, image, &loader)? {
        Flashed::AlreadyThere
    } else {
        write(session, &loader, progress)?;
        Flashed::Written
    };
    reset(session)?;
    Ok(Part { flashed, device })
}

/// Whether the first word of the flash can be read. A protected part refuses, or (nRF51) answers
/// zero, which no vector table and no blank flash begins with.
fn can_read_flash(session: &mut probe_rs::Session) -> bool {
    matches!(session.core(0).and_then(|mut core| core.read_word_32(0)), Ok(word) if word != 0)
}

/// Compares the registers by which the product tells its chip.
fn identify(session: &mut probe_rs::Session, chip: &Chip) -> Result<(), ProbeError> {
    let mut core = session.core(0).map_err(|error| lost("identification", error))?;
    for register in &chip.identification {
        let value =
            core.read_word_32(u64::from(register.address)).map_err(|error| lost("identification", error))?;
        let (found, expected) = (value & register.mask, register.value & register.mask);
        if found != expected {
            return Err(ProbeError::WrongChip { address: register.address, expected, found });
        }
    }
    Ok(())
}

/// Reads the registers that tell this part from every other.
fn device_id(session: &mut probe_rs::Session, chip: &Chip) -> Result<Option<DeviceId>, ProbeError> {
    let mut core = session.core(0).map_err(|error| lost("identification", error))?;
    let words = chip.device_id.iter().map(|address| core.read_word_32(u64::from(*address)));
    let words = words.collect::<Result<Vec<_>, _>>().map_err(|error| lost("identification", error))?;
    Ok(DeviceId::from_words(&words))
}

/// Whether the flash holds the image already. The first bytes decide for nearly every module.
fn holds(session: &mut probe_rs::Session, image: &Image, loader: &FlashLoader) -> Result<bool, ProbeError> {
    let mut first = vec![0; image.first_words().len()];
    {
        let mut core = session.core(0).map_err(|error| lost("reading back", error))?;
        core.halt(HALT).map_err(|error| lost("halting", error))?;
        core.read(0, &mut first).map_err(|error| lost("reading back", error))?;
    }
    if first != image.first_words() {
        return Ok(false);
    }
    match loader.verify(session, &mut FlashProgress::empty()) {
        Ok(()) => Ok(true),
        Err(FlashError::Verify) => Ok(false),
        Err(error) => Err(flash_error(error)),
    }
}

/// Erases, programs and verifies.
fn write(
    session: &mut probe_rs::Session,
    loader: &FlashLoader,
    progress: impl Fn(Progress),
) -> Result<(), ProbeError> {
    let (done, total) = (Cell::new(0u64), Cell::new(0u64));
    let mut options = DownloadOptions::default();
    options.verify = true;
    options.progress = FlashProgress::new(|event| match event {
        ProgressEvent::AddProgressBar { total: phase, .. } => total.set(total.get() + phase.unwrap_or(0)),
        ProgressEvent::Progress { size, .. } => {
            done.set(done.get() + size);
            progress(Progress::Bytes { done: done.get(), total: total.get() });
        }
        _ => {}
    });
    loader.commit(session, options).map_err(flash_error)
}

/// Resets the core and lets it run.
fn reset(session: &mut probe_rs::Session) -> Result<(), ProbeError> {
    session.core(0).and_then(|mut core| core.reset()).map_err(|error| lost("reset", error))
}

fn lost(operation: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> ProbeError {
    ProbeError::Lost { operation, source: Box::new(error) }
}

fn flash_error(error: FlashError) -> ProbeError {
    match error {
        FlashError::Verify => ProbeError::Verify(Box::new(error)),
        error => ProbeError::Flash(Box::new(error)),
    }
}
