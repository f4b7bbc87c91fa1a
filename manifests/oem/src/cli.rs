//! Commands, options and help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  the batch is good
  1  the batch has problems; they are listed
  2  wrong usage, or a file cannot be read";

const VERIFY_EXAMPLES: &str = "\
Examples:
  oem verify batch-0007.zip --ca vendor-root.pem
      is the batch whole, unchanged, and from the vendor?

  oem verify batch-0007.zip --ca vendor-root.pem --previous batch-0006.zip
      and does it follow the batch before it, with none left out?

  oem verify batch-0007.zip --ca vendor-root.pem --json | jq .good
      for a script

Take CA.pem from the vendor himself, not from the batch: anyone can put a CA into a file.";

const INSPECT_EXAMPLES: &str = "\
Example:
  oem inspect batch-0007.zip

What is shown is what the file says of itself. Only `oem verify` tells whether it is true.";

/// Checks the batch files that come with modules.
#[derive(Debug, Parser)]
#[command(name = "oem", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a batch file says of itself, without checking it
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectOptions),
    /// Check a batch file: whole, unchanged, signed by the vendor
    #[command(after_help = format!("{VERIFY_EXAMPLES}\n\n{EXIT_CODES}"))]
    Verify(VerifyOptions),
}

#[derive(Debug, Args)]
pub(crate) struct InspectOptions {
    /// The batch file (zip)
    #[arg(value_name = "FILE")]
    pub(crate) manifest: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// The batch file (zip)
    #[arg(value_name = "FILE")]
    pub(crate) manifest: PathBuf,
    /// The vendor's CA certificate, PEM or DER; all certificates in the file are trusted
    #[arg(long, value_name = "CA.pem")]
    pub(crate) ca: PathBuf,
    /// The batch file received before this one
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// Answer in JSON, with every problem
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_commands_are_sound() {
        Cli::command().debug_assert();
    }
}
