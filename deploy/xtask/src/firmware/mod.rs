//! The module's image: building it and holding it to its budgets.

mod elf;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub(crate) use self::elf::Footprint;
use crate::process::shown;
use crate::setup::Compiler;
use crate::setup::thumb::TARGET;
use crate::workspace::{FIRMWARE_PACKAGE, Workspace};

/// The cargo profile that makes images small.
pub(crate) const PROFILE: &str = "firmware";

/// What the image may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Bytes of flash.
    pub(crate) flash: u64,
    /// Bytes of statically allocated RAM. The stack comes on top; how deep it gets is measured on the
    /// emulated module over a whole run.
    pub(crate) ram: u64,
}

/// 96 of the 256 KB of flash; of the 16 KB of RAM, 1 KB has to stay free below the deepest stack.
pub(crate) const BUDGET: Budget = Budget { flash: 96 * 1024, ram: 15 * 1024 };

/// A cargo command on the firmware.
pub(crate) fn cargo(workspace: &Workspace, compiler: &Compiler, subcommand: &str) -> Command {
    let mut command = workspace.cargo(subcommand);
    command.args(["--package", FIRMWARE_PACKAGE]);
    compiler.prepare(&mut command);
    command
}

/// Builds the image and answers where it lies.
pub(crate) fn build(workspace: &Workspace, compiler: &Compiler) -> Result<PathBuf> {
    let mut command = cargo(workspace, compiler, "build");
    command.args(["--profile", PROFILE]);
    let status = command.status().with_context(|| format!("start `{}`", shown(&command)))?;
    ensure!(status.success(), "`{}` failed", shown(&command));
    Ok(workspace.target.join(TARGET).join(PROFILE).join(FIRMWARE_PACKAGE))
}

/// What an image takes of the chip.
pub(crate) fn footprint(image: &std::path::Path) -> Result<Footprint> {
    let bytes = std::fs::read(image).with_context(|| format!("read {}", image.display()))?;
    elf::footprint(&bytes).with_context(|| format!("read {} as the chip would", image.display()))
}

impl Budget {
    /// The sentence for the reader, and whether the image keeps within the budget.
    pub(crate) fn judge(&self, footprint: Footprint) -> (String, bool) {
        let kilobytes = |bytes: u64| {
            // One decimal, rounded up: 96.01 KB must not read as 96.0.
            let tenths = (bytes * 10).div_ceil(1024);
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let text = format!(
            "{} of {} KB flash, {} of {} KB static RAM",
            kilobytes(footprint.flash),
            kilobytes(self.flash),
            kilobytes(footprint.ram),
            kilobytes(self.ram)
        );
        (text, footprint.flash <= self.flash && footprint.ram <= self.ram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_ends_at_its_last_byte() {
        let full = Footprint { flash: BUDGET.flash, ram: BUDGET.ram };
        assert_eq!(
            BUDGET.judge(full),
            ("96.0 of 96.0 KB flash, 15.0 of 15.0 KB static RAM".to_owned(), true)
        );
        let flash = Footprint { flash: BUDGET.flash + 1, ..full };
        assert_eq!(
            BUDGET.judge(flash),
            ("96.1 of 96.0 KB flash, 15.0 of 15.0 KB static RAM".to_owned(), false)
        );
        assert!(!BUDGET.judge(Footprint { ram: BUDGET.ram + 1, ..full }).1);
    }
}
