//! The commands and their flags.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::test::StageName;

/// Set-up, demo, tests and checks of this project.
///
/// Exit codes: 0 all is well; 1 something failed; 2 the command line is wrong; 3 something is missing that has to be
/// installed by hand (the command for it was printed); 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install what this machine lacks: packages, and the compiler target of the firmware
    Setup,
    /// Set up, build, and take blank modules through a whole line on this machine to a verified batch
    Demo(DemoOptions),
    /// Set up, then run every test and check
    Test(TestOptions),
    /// Measure
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Make the documentation's pictures of the screen, from the real program on the virtual bench
    Screenshots(ScreenshotOptions),
    /// Check the dependencies: licences, sources, bans, and those nobody uses
    Lint,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DemoOptions {
    /// How many modules
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) units: u32,
    /// How many slots
    #[arg(long, value_name = "S", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) slots: u32,
    /// Where everything goes; another demo in the same place goes on with its ledger [default: target/demo]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Which PKCS#11 module holds the CA's keys
    #[arg(long, value_enum, default_value_t = HsmKind::Sim)]
    pub(crate) hsm: HsmKind,
    /// Show the operator's screen, which is yours until you leave it with Q
    #[arg(long)]
    pub(crate) screen: bool,
}

/// A PKCS#11 module that needs no hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HsmKind {
    /// This project's simulated HSM
    Sim,
    /// SoftHSM2
    Softhsm,
}

impl fmt::Display for HsmKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The same word as on the command line.
        f.write_str(match self {
            Self::Sim => "sim",
            Self::Softhsm => "softhsm",
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// One session of the HSM beside a pool of them, and hsm-sim beside SoftHSM2; compiles with optimisation
    Hsm(HsmOptions),
    /// Appending, refusing, verifying and finding, in a small ledger and in a large one; compiles with optimisation
    Ledger(LedgerOptions),
    /// The time of a module and of each step, beside a bare program that makes the same device calls
    Line(LineOptions),
    /// What a frame of the screen costs, what an idle one, and how soon keys are answered; compiles with optimisation
    ///
    /// The limits: a frame of 24 busy slots takes less than 2 ms (the median, and 99 of 100 in processor time), no
    /// frame is drawn without a change, an idle program takes less than 1 % of a core, and the slowest of 60 keys is
    /// answered within 50 ms while all slots flash. Each figure that has a limit is told with it, and whether it is
    /// kept.
    Screen(ScreenOptions),
}

#[derive(Args, Debug)]
pub(crate) struct HsmOptions {
    /// How often compared things take turns
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerOptions {
    /// Events in the large ledger; ten million take some minutes to append, and 4 GB
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(10_000..))]
    pub(crate) events: u64,
    /// Where the ledgers go, on the disk to be measured; a large one that was kept there is used again
    /// [default: a temporary directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Keep the large ledger
    #[arg(long)]
    pub(crate) keep: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct LineOptions {
    /// How often station and bare program take turns for each number of slots
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ScreenOptions {
    /// Print JSON instead of a table; whatever else there is to say goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if a figure is beyond its limit; without it none is a failure, since other work on the machine is
    /// measured too
    #[arg(long)]
    pub(crate) strict: bool,
}

impl BenchCommand {
    /// Whether all of standard output is to be JSON.
    pub(crate) const fn json(&self) -> bool {
        match self {
            Self::Hsm(options) => options.json,
            Self::Ledger(options) => options.json,
            Self::Line(options) => options.json,
            Self::Screen(options) => options.json,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct ScreenshotOptions {
    /// Where the pictures go [default: deploy/docs/pictures]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Columns and rows of the terminal
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x36")]
    pub(crate) size: String,
}

#[derive(Args, Debug)]
pub(crate) struct TestOptions {
    /// More cases for every property test, and a power cut at every write there is
    #[arg(long)]
    pub(crate) long: bool,
    /// Only this stage (may be given several times); what it needs must have been built before
    #[arg(long, value_name = "STAGE")]
    pub(crate) only: Vec<StageName>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_stage_can_be_named() {
        for stage in <StageName as ValueEnum>::value_variants() {
            let name = stage.to_string();
            let cli = Cli::try_parse_from(["cargo xtask", "test", "--only", &name]).unwrap();
            assert!(matches!(cli.command, Command::Test(options) if options.only == [*stage]));
        }
    }
}
