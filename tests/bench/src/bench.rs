//! The bench as a whole.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tokio::{net::UnixListener, runtime::Runtime, sync::Notify};

use crate::{
    config::{self, Hsm},
    control::{
        self, Desk,
        client::{Client, ClientError},
    },
    random::Random,
    slot::{self, Common, SeatError, Slot},
    tray::Tray,
};

/// How to set a bench up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its files go; made if it does not exist.
    pub directory: PathBuf,
    /// How many slots, named from `1`.
    pub slots: usize,
    /// Whether each slot starts with a blank module in it.
    pub seated: bool,
    /// Whether probe, UART and printer take the time that real ones would.
    pub paced: bool,
    /// Whether the modules' cores run at 16 MHz instead of as fast as the host can: then what a module computes
    /// is waited for, too, and costs a fraction of a host's core.
    pub clocked: bool,
    /// Dots per millimetre of the printers: 8 (203 dpi) or 12 (300 dpi).
    pub dots_per_mm: u32,
    /// What all that looks random follows from.
    pub seed: u64,
    /// The emulator's program.
    pub qemu: PathBuf,
    /// What the station's configuration says of the HSM.
    pub hsm: Hsm,
}

impl Options {
    /// One empty slot in `directory`, devices at their real speed, `hsm-sim`'s module next to this program.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        Self {
            directory: directory.into(),
            slots: 1,
            seated: false,
            paced: true,
            clocked: false,
            dots_per_mm: 8,
            seed: 1,
            qemu: "qemu-system-arm".into(),
            hsm: Hsm { module: program.with_file_name("libhsm_sim.so"), token: "bench-ca".to_owned() },
        }
    }
}

/// Why a bench did not come up.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A file, socket or port could not be made.
    #[error("setting up {what}")]
    SetUp {
        /// What of the bench.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another bench runs in the directory.
    #[error("a bench is already running in {}", directory.display())]
    Running {
        /// The directory.
        directory: PathBuf,
    },
    /// A first module could not be powered.
    #[error("seating the first module of slot {slot}")]
    Seat {
        /// The slot's name.
        slot: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A running bench. Dropping it ends all its devices and modules.
#[derive(Debug)]
pub struct Bench {
    runtime: Option<Runtime>,
    desk: Arc<Desk>,
    directory: PathBuf,
    /// Locked for as long as the bench runs, however it ends.
    _lock: File,
}

impl Bench {
    /// Brings a bench up: when this returns the station's configuration is written and every device answers.
    ///
    /// # Errors
    ///
    /// When another bench runs in the directory, when files or ports cannot be had, and, with
    /// [`Options::seated`], when the emulator does not start.
    pub fn start(options: &Options) -> Result<Self, BenchError> {
        let set_up = |what| move |source| BenchError::SetUp { what, source };
        fs::create_dir_all(&options.directory).map_err(set_up("the directory"))?;
        let directory = options.directory.canonicalize().map_err(set_up("the directory"))?;
        let lock = lock(&directory)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("virtual-bench")
            .enable_all()
            .build()
            .map_err(set_up("the runtime"))?;
        let desk = runtime.block_on(start(options, &directory))?;
        Ok(Self { runtime: Some(runtime), desk: Arc::new(desk), directory, _lock: lock }).and_then(|bench| {
            bench.open_control()?;
            Ok(bench)
        })
    }

    /// The station's configuration for this bench.
    pub fn station_config(&self) -> PathBuf {
        self.directory.join("station.toml")
    }

    /// The bench's directory, absolute.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A new connection to the bench's control.
    ///
    /// # Errors
    ///
    /// When the process is out of file descriptors, or somebody has removed the socket.
    pub fn client(&self) -> Result<Client, ClientError> {
        Client::connect(&self.directory)
    }

    /// Waits until somebody asks the bench to end, or `stop` resolves.
    pub fn wait(&self, stop: impl Future<Output = ()>) {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(async {
                tokio::select! {
                    () = self.desk.down.notified() => {}
                    () = stop => {}
                }
            });
        }
    }

    fn open_control(&self) -> Result<(), BenchError> {
        let set_up = |what| move |source| BenchError::SetUp { what, source };
        let Some(runtime) = &self.runtime else { return Ok(()) };
        let _context = runtime.enter();
        let socket = control::socket(&self.directory);
        // The lock is held, so a socket that is there was left by a bench that was killed.
        remove(&socket).map_err(set_up("the control socket"))?;
        let listener = UnixListener::bind(&socket).map_err(set_up("the control socket"))?;
        runtime.spawn(control::serve(Arc::clone(&self.desk), listener));
        Ok(())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _gone = remove(&control::socket(&self.directory));
        if let Some(runtime) = self.runtime.take() {
            // Tasks own the emulators; with their pipes closed these end.
            runtime.shutdown_background();
        }
    }
}

async fn start(options: &Options, directory: &Path) -> Result<Desk, BenchError> {
    let tray = Arc::new(Mutex::new(Tray::new(Random::new(options.seed, "tray"))));
    let common = Common {
        qemu: options.qemu.clone(),
        paced: options.paced,
        clocked: options.clocked,
        dots_per_mm: options.dots_per_mm,
        seed: options.seed,
        tray: Arc::clone(&tray),
    };
    let mut slots = Vec::with_capacity(options.slots);
    for number in 1..=options.slots {
        let place = slot::directory(directory, number);
        let slot = Slot::start(number.to_string(), place, common.clone()).await;
        slots.push(slot.map_err(|source| BenchError::SetUp { what: "a slot", source })?);
    }
    if options.seated {
        for slot in &slots {
            let seated: Result<_, SeatError> = slot.put(true, None).await;
            seated.map_err(|source| BenchError::Seat { slot: slot.name.clone(), source: source.into() })?;
        }
    }
    let set_up = |source| BenchError::SetUp { what: "the station's configuration", source };
    let config = config::text(&slots, &options.hsm).map_err(set_up)?;
    fs::write(directory.join("station.toml"), config).map_err(set_up)?;
    Ok(Desk { directory: directory.to_owned(), seed: options.seed, slots, tray, down: Notify::new() })
}

fn lock(directory: &Path) -> Result<File, BenchError> {
    let set_up = |source| BenchError::SetUp { what: "the lock", source };
    let file = File::create(directory.join("bench.lock")).map_err(set_up)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BenchError::Running { directory: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(set_up(source)),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
