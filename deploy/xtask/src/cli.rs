//! The commands and their flags.

use clap::{Args, Parser, Subcommand};

use crate::test::StageName;

/// Set-up, tests and checks of this project.
///
/// Exit codes: 0 all is well; 1 something failed; 2 the command line is wrong; 3 something is missing that has to be
/// installed by hand (the command for it was printed).
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
    /// Set up, then run every test and check
    Test(TestOptions),
    /// Check the dependencies: licences, sources, bans, and those nobody uses
    Lint,
}

#[derive(Args, Debug)]
pub(crate) struct TestOptions {
    /// More cases for every property test
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
        for stage in <StageName as clap::ValueEnum>::value_variants() {
            let name = stage.to_string();
            let cli = Cli::try_parse_from(["cargo xtask", "test", "--only", &name]).unwrap();
            assert!(matches!(cli.command, Command::Test(options) if options.only == [*stage]));
        }
    }
}
