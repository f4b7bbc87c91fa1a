//! One slot of the fixture: the seat and the devices around it.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::{Mutex, mpsc, watch};

use crate::{
    chip::{Activity, Chip, Image, Supply},
    door::{Door, Guests},
    emulator::EmulatorError,
    fault::Faults,
    printer::Printer,
    probe::{Probe, Seated},
    random::Random,
    scanner::Scanner,
    tray::Tray,
    uart::{Line, Uart},
};

/// What all slots have in common.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    /// The emulator's program.
    pub(crate) qemu: PathBuf,
    /// Whether devices take their real time.
    pub(crate) paced: bool,
    /// Whether the modules' cores do.
    pub(crate) clocked: bool,
    /// Dots per millimetre of the printers.
    pub(crate) dots_per_mm: u32,
    pub(crate) seed: u64,
    pub(crate) tray: Arc<std::sync::Mutex<Tray>>,
}

/// Why a module could not be put in or taken out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeatError {
    #[error("slot {slot} holds module {module}")]
    Occupied { slot: String, module: String },
    #[error("slot {slot} is empty")]
    Empty { slot: String },
    #[error("there is no module {module} outside a slot")]
    NoSuchModule { module: String },
    #[error("powering module {module}")]
    Power {
        module: String,
        #[source]
        source: EmulatorError,
    },
    #[error("the emulator of module {module} is gone")]
    Gone { module: String },
}

/// A slot with its devices running.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) uart: PathBuf,
    pub(crate) probe: SocketAddr,
    pub(crate) printer: SocketAddr,
    pub(crate) scanner: SocketAddr,
    pub(crate) faults: Faults,
    common: Common,
    directory: PathBuf,
    seat: watch::Sender<Option<Seated>>,
    serial: mpsc::UnboundedSender<Option<Line>>,
    /// The name of the module in the slot; shared with printer and scanner.
    occupant: Arc<std::sync::Mutex<Option<String>>>,
    /// Held while a module goes in or out.
    hand: Mutex<Hand>,
}

#[derive(Debug, Default)]
struct Hand {
    /// The module that was in the slot last.
    last: Option<String>,
    seatings: u64,
}

impl Slot {
    /// Starts the devices of an empty slot, with its files in `directory`.
    pub(crate) async fn start(name: String, directory: PathBuf, common: Common) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let faults = Faults::none();
        let occupant = Arc::new(std::sync::Mutex::new(None));

        let noise = Random::new(common.seed, &format!("uart {name}"));
        let link = directory.join("uart");
        // Always at its speed: the firmware's ring of received bytes is made for that, and overflows at any other.
        let uart = Uart::open(&link, true, faults.clone(), noise)?;
        let (serial, module) = mpsc::unbounded_channel();
        tokio::spawn(uart.serve(module));

        let (seat, seated) = watch::channel(None);
        let probe = Probe { seat: seated, faults: faults.clone(), paced: common.paced };
        let door = Door::open(Guests::One).await?;
        let probe_address = door.address();
        tokio::spawn(
            door.serve(faults.clone(), Faults::probe_gone, move |stream| probe.clone().serve(stream)),
        );

        let printer = Printer::new(&directory, &common, Arc::clone(&occupant), faults.clone())?;
        let door = Door::open(Guests::Many).await?;
        let printer_address = door.address();
        tokio::spawn(
            door.serve(faults.clone(), Faults::printer_off, move |stream| printer.clone().serve(stream)),
        );

        let scanner = Scanner::new(Arc::clone(&common.tray), Arc::clone(&occupant), faults.clone());
        let door = Door::open(Guests::Many).await?;
        let scanner_address = door.address();
        tokio::spawn(
            door.serve(faults.clone(), Faults::scanner_off, move |stream| scanner.clone().serve(stream)),
        );

        Ok(Self {
            name,
            uart: link,
            probe: probe_address,
            printer: printer_address,
            scanner: scanner_address,
            faults,
            common,
            directory,
            seat,
            serial,
            occupant,
            hand: Mutex::default(),
        })
    }

    /// The module in the slot.
    pub(crate) fn occupant(&self) -> Option<String> {
        lock(&self.occupant).clone()
    }

    /// What the core of the module in the slot does.
    pub(crate) fn activity(&self) -> Option<Activity> {
        self.seat.borrow().as_ref().map(|seated| seated.chip.activity())
    }

    /// Puts a module in and gives it power: `module`, else the one that was in the slot last, else a blank one
    /// (always when `fresh`). Returns its name.
    pub(crate) async fn put(&self, fresh: bool, module: Option<String>) -> Result<String, SeatError> {
        let mut hand = self.hand.lock().await;
        if let Some(module) = self.occupant() {
            return Err(SeatError::Occupied { slot: self.name.clone(), module });
        }
        let (name, image, device) =
            self.pick(if fresh { None } else { module.or_else(|| hand.last.clone()) })?;
        hand.seatings += 1;
        let noise = Random::new(self.common.seed, &format!("ram {name} {}", hand.seatings));
        let (sender, mut streams) = mpsc::unbounded_channel();
        let supply = Supply {
            program: self.common.qemu.clone(),
            directory: self.directory.clone(),
            clocked: self.common.clocked,
            noise,
            serial: sender,
        };
        let powered = Chip::power_on(image.clone(), supply).await;
        let chip = match powered {
            Ok(chip) => chip,
            Err(source) => {
                self.lay_down(&name, image);
                return Err(SeatError::Power { module: name, source });
            }
        };
        let (serial, powered) = (self.serial.clone(), chip.clone());
        tokio::spawn(async move {
            while let Some(stream) = streams.recv().await {
                let _end_of_bench = serial.send(Some(Line { stream, chip: powered.clone() }));
            }
        });
        *lock(&self.occupant) = Some(name.clone());
        self.seat.send_replace(Some(Seated { chip, device, seating: hand.seatings }));
        hand.last = Some(name.clone());
        Ok(name)
    }

    /// Takes the module out, which cuts its power. Returns its name.
    pub(crate) async fn take(&self) -> Result<String, SeatError> {
        let _hand = self.hand.lock().await;
        let Some(module) = lock(&self.occupant).take() else {
            return Err(SeatError::Empty { slot: self.name.clone() });
        };
        let seated = self.seat.send_replace(None);
        let _end_of_bench = self.serial.send(None);
        let kept = match seated {
            Some(seated) => seated.chip.power_off().await,
            None => None,
        };
        match kept {
            Some(image) => self.lay_down(&module, image),
            None => return Err(SeatError::Gone { module }),
        }
        Ok(module)
    }

    /// What flash and UICR of the module in the slot hold now.
    pub(crate) async fn image(&self) -> Result<Image, SeatError> {
        let seated = self.seat.borrow().clone();
        let Some(seated) = seated else { return Err(SeatError::Empty { slot: self.name.clone() }) };
        let module = self.occupant().unwrap_or_default();
        seated.chip.image().await.ok_or(SeatError::Gone { module })
    }

    fn pick(&self, wanted: Option<String>) -> Result<(String, Image, u64), SeatError> {
        let mut tray = lock(&self.common.tray);
        let name = wanted.unwrap_or_else(|| tray.fresh());
        let found = tray.module(&name).and_then(|module| Some((module.image.take()?, module.device)));
        match found {
            Some((image, device)) => Ok((name, image, device)),
            None => Err(SeatError::NoSuchModule { module: name }),
        }
    }

    fn lay_down(&self, name: &str, image: Image) {
        if let Some(module) = lock(&self.common.tray).module(name) {
            module.image = Some(image);
        }
    }
}

/// The directory of a slot.
pub(crate) fn directory(bench: &Path, slot: usize) -> PathBuf {
    bench.join(format!("slot-{slot}"))
}

/// Locks; a panic elsewhere does not make the bench's bookkeeping wrong.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
