//! What a machine lacks, and how it gets it.
//!
//! | module | what it does |
//! |---|---|
//! | [`needs`] | the programs that each command needs and the packages they come from |
//! | [`packages`] | Debian packages: installed if that may be, otherwise the exact command is printed |
//! | [`components`] | rustfmt and clippy |
//! | [`thumb`] | a compiler that builds for the module's chip |
//!
//! Set-up runs before every demo and test, so it asks no server as long as all that is needed is here.
//! Whatever talks to a server does so under a time limit.

mod components;
mod needs;
mod packages;
pub(crate) mod thumb;

use anyhow::{Context, Result};

pub(crate) use needs::Needs;
pub(crate) use thumb::Compiler;

use crate::screen::Screen;
use crate::workspace::Workspace;

/// Makes sure that everything in `needs` is there, and answers how the firmware can be compiled.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, needs: &Needs) -> Result<Compiler> {
    let logs = workspace.target.join("xtask");
    std::fs::create_dir_all(&logs).with_context(|| format!("create {}", logs.display()))?;
    screen.heading("Set-up");
    packages::provide(screen, &logs, &needs.programs)?;
    components::provide(screen, &logs, &needs.components)?;
    thumb::provide(screen, &logs)
}
