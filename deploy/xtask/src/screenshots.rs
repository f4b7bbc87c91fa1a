//! Pictures of the operator's screen, from the real program on the virtual bench.

use std::process::Command;

use anyhow::{Context, Result};

use crate::cli::ScreenshotOptions;
use crate::exit::Exit;
use crate::firmware;
use crate::process::shown;
use crate::screen::Screen;
use crate::setup::{self, Needs};
use crate::workspace::Workspace;

/// Sets up, builds, and has a shift at four slots drawn, and every page at eight.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, options: &ScreenshotOptions) -> Result<Exit> {
    let ScreenshotOptions { out, size } = options;
    let compiler = setup::run(screen, workspace, &Needs::everything())?;
    screen.heading("\nBuild");
    firmware::build(workspace, &compiler)?;
    workspace.build_for_tests()?;
    screen.heading("\nA shift at four slots, and every page at eight; takes a minute");
    let out = out.clone().unwrap_or_else(|| workspace.root.join("deploy/docs/pictures"));
    let mut painter = Command::new(workspace.target.join("debug/screenshots"));
    painter.arg("--out").arg(out).args(["--size", size]);
    let status = painter.status().with_context(|| format!("start `{}`", shown(&painter)))?;
    Ok(if status.success() { Exit::Success } else { Exit::Failed })
}
