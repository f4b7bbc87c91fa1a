//! The command line.

mod fault;

use std::{
    io::{self, IsTerminal, Read, Write},
    path::PathBuf,
    thread,
};

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rustix::fs::{FileType, fstat};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};
use virtual_bench::{Bench, Options, client::Client, config::Hsm, control::Status};

use self::fault::Kind;

/// Emulated modules, probes, serial ports, printers and scanners behind the interfaces of real ones.
#[derive(Debug, Parser)]
#[command(name = "virtual-bench", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a bench and stay in the foreground; prints `ready FILE` with the station's configuration
    Up(Up),
    /// Take the module out of a slot; prints its name
    Take {
        /// The slot's name
        slot: String,
        #[command(flatten)]
        bench: Directory,
    },
    /// Put a module into a slot: the one that was in it last, or a blank one; prints its name
    Put {
        /// The slot's name
        slot: String,
        /// A new blank module
        #[arg(long, conflicts_with = "module")]
        fresh: bool,
        /// A module outside any slot
        #[arg(long, value_name = "NAME")]
        module: Option<String>,
        #[command(flatten)]
        bench: Directory,
    },
    /// Show slots, modules and faults
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        bench: Directory,
    },
    /// Make something in a slot go wrong, or everything work again
    Fault {
        /// The slot's name
        slot: String,
        /// What goes wrong, or that nothing does
        #[arg(value_enum)]
        kind: Kind,
        /// What the fault's description names; BYTES are 0 if absent
        arguments: Vec<String>,
        #[command(flatten)]
        bench: Directory,
    },
    /// Write flash and UICR of the module in a slot to a file, past its protection
    Dump {
        /// The slot's name
        slot: String,
        /// Where to
        file: PathBuf,
        #[command(flatten)]
        bench: Directory,
    },
    /// End a bench
    Down {
        #[command(flatten)]
        bench: Directory,
    },
}

#[derive(Debug, Args)]
struct Directory {
    /// The bench's directory
    #[arg(long)]
    dir: PathBuf,
}

#[derive(Debug, Args)]
struct Up {
    /// How many slots
    #[arg(long, default_value_t = 1)]
    slots: usize,
    /// Start with a blank module in each slot
    #[arg(long)]
    seated: bool,
    /// Whether devices take their real time
    #[arg(long, value_enum, default_value_t = Pace::Real)]
    pace: Pace,
    /// How fast the modules' cores run
    #[arg(long, value_enum, default_value_t = Core::Host)]
    core: Core,
    /// Dots per millimetre of the printers
    #[arg(long, value_enum, default_value_t = Resolution::Eight)]
    dpmm: Resolution,
    /// What all that looks random follows from, chips' numbers with it [default: another each time; see `status`]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// The emulator
    #[arg(long, default_value = "qemu-system-arm", value_name = "PROGRAM")]
    qemu: PathBuf,
    /// The PKCS#11 module for the station's configuration [default: `libhsm_sim.so` next to this program]
    #[arg(long, value_name = "FILE")]
    hsm_module: Option<PathBuf>,
    /// The token's label for the station's configuration
    #[arg(long, default_value = "bench-ca", value_name = "LABEL")]
    hsm_token: String,
    #[command(flatten)]
    bench: Directory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pace {
    /// As real devices
    Real,
    /// As fast as the host
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Core {
    /// At the part's 16 MHz
    Real,
    /// As fast as the host
    Host,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Resolution {
    /// 203 dpi
    #[value(name = "8")]
    Eight,
    /// 300 dpi
    #[value(name = "12")]
    Twelve,
}

/// Does what was asked for.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Up(arguments) => up(arguments),
        Command::Take { slot, bench } => say(&bench.client()?.take(&slot)?),
        Command::Put { slot, fresh, module, bench } => {
            let mut client = bench.client()?;
            say(&match module {
                Some(module) => client.put_module(&slot, &module)?,
                None if fresh => client.put_fresh(&slot)?,
                None => client.put(&slot)?,
            })
        }
        Command::Status { json, bench } => {
            let status = bench.client()?.status()?;
            if json { say(&serde_json::to_string_pretty(&status)?) } else { show(&status) }
        }
        Command::Fault { slot, kind, arguments, bench } => {
            let mut client = bench.client()?;
            match kind.with(arguments)? {
                Some(fault) => client.fault(&slot, fault)?,
                None => client.clear(&slot)?,
            }
            Ok(())
        }
        Command::Dump { slot, file, bench } => {
            let file = std::path::absolute(file).context("finding the file's place")?;
            Ok(bench.client()?.dump(&slot, &file)?)
        }
        Command::Down { bench } => Ok(bench.client()?.down()?),
    }
}

/// Tells an error and its causes, the outermost first.
pub(crate) fn complain(error: &anyhow::Error) {
    let _nobody_listens = writeln!(io::stderr(), "virtual-bench: {error:#}");
}

impl Directory {
    fn client(&self) -> anyhow::Result<Client> {
        Ok(Client::connect(&self.dir)?)
    }
}

fn up(arguments: Up) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    let mut options = Options::new(arguments.bench.dir);
    options.slots = arguments.slots;
    options.seated = arguments.seated;
    options.paced = arguments.pace == Pace::Real;
    options.clocked = arguments.core == Core::Real;
    options.dots_per_mm = match arguments.dpmm {
        Resolution::Eight => 8,
        Resolution::Twelve => 12,
    };
    options.seed = match arguments.seed {
        Some(seed) => seed,
        // The chips of another bench would be the same ones, blank again: to a station with the ledger of the first
        // they are modules that have lost their identity.
        None => getrandom::u64().context("drawing a seed")?,
    };
    options.qemu = arguments.qemu;
    let module = arguments.hsm_module.unwrap_or(options.hsm.module);
    let module = std::path::absolute(module).context("finding the PKCS#11 module's place")?;
    options.hsm = Hsm { module, token: arguments.hsm_token };

    let bench = Bench::start(&options)?;
    say(&format!("ready {}", bench.station_config().display()))?;
    bench.wait(ended());
    Ok(())
}

/// Resolves on SIGTERM and SIGINT, and when a pipe on standard input is closed: whoever started the bench with
/// one has gone.
async fn ended() {
    let mut terminate = signal(SignalKind::terminate()).ok();
    let mut interrupt = signal(SignalKind::interrupt()).ok();
    let parent = parent_gone();
    tokio::select! {
        Some(()) = next(&mut terminate) => {}
        Some(()) = next(&mut interrupt) => {}
        Ok(()) = parent => {}
    }
}

async fn next(signal: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Standard input counts only if it is a pipe: of a terminal nothing is expected, and `/dev/null` ends at once.
fn parent_gone() -> oneshot::Receiver<()> {
    let (gone, told) = oneshot::channel();
    let pipe =
        fstat(io::stdin()).is_ok_and(|status| FileType::from_raw_mode(status.st_mode) == FileType::Fifo);
    if pipe {
        // A thread, because reading standard input blocks; it ends with the process.
        thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            while matches!(stdin.read(&mut [0; 64]), Ok(1..)) {}
            let _ended_otherwise = gone.send(());
        });
    }
    told
}

fn show(status: &Status) -> anyhow::Result<()> {
    say(&format!("seed {}", status.seed))?;
    for slot in &status.slots {
        let module = slot.module.as_deref().unwrap_or("empty");
        let core = slot.core.as_deref().unwrap_or("-");
        let faults: Vec<String> = slot.faults.iter().map(ToString::to_string).collect();
        say(&format!("slot {}: {module} {core} {}", slot.slot, faults.join(", ")).trim_end())?;
    }
    for module in &status.modules {
        let label = module.label.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        say(&format!("module {}: {} labels {label}", module.module, module.labels).trim_end())?;
    }
    Ok(())
}

fn say(line: &(impl std::fmt::Display + ?Sized)) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("writing to standard output")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_argument_says_what_it_is() {
        let mut whole = Arguments::command();
        whole.build();
        for command in whole.get_subcommands() {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
