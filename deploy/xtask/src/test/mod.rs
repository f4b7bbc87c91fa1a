//! The stages of `cargo xtask test`.
//!
//! Every stage runs whatever became of those before it, so that one round shows all there is to mend; only set-up
//! has to succeed. The order saves work: the image comes before the tests that flash it, clippy before the
//! documentation, which needs the same artefacts of the dependencies.

mod counts;
mod stage;
mod summary;

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use self::counts::Counts;
pub(crate) use self::stage::StageName;
use self::summary::{Outcome, Summary};
use crate::cli::TestOptions;
use crate::exit::Exit;
use crate::firmware;
use crate::process::{quoted, shown};
use crate::screen::Screen;
use crate::setup::{self, Compiler, Needs};
use crate::workspace::Workspace;

/// Every test, but for the parts that other tests run in processes of their own and that mean nothing alone.
const ARGUMENTS: [&str; 5] =
    ["--include-ignored", "--skip", "another_process_", "--skip", "write_until_killed"];

/// Runs the stages that were asked for and sums them up.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, options: &TestOptions) -> Result<Exit> {
    let since = Instant::now();
    let compiler = setup::run(screen, workspace, &Needs::everything())?;
    let mut summary = Summary::default();
    summary.add(StageName::Setup, Outcome::Passed("all that is needed is here".into()), since.elapsed());

    let round = Round { screen, workspace, compiler, long: options.long };
    for stage in StageName::all().filter(|stage| options.only.is_empty() || options.only.contains(stage)) {
        if stage == StageName::Setup {
            continue;
        }
        screen.heading(&format!("\n{stage}: {}", stage.purpose()));
        let since = Instant::now();
        let outcome = round.run(stage, &mut summary.counts)?;
        if let Outcome::Failed(why) = &outcome {
            screen.failure(why);
        }
        summary.add(stage, outcome, since.elapsed());
    }
    summary.print(screen);
    Ok(if summary.passed() { Exit::Success } else { Exit::Failed })
}

/// What all stages share.
struct Round<'a> {
    screen: &'a Screen,
    workspace: &'a Workspace,
    compiler: Compiler,
    long: bool,
}

impl Round<'_> {
    fn run(&self, stage: StageName, counts: &mut Counts) -> Result<Outcome> {
        match stage {
            StageName::Setup => Ok(Outcome::Passed(String::new())),
            StageName::Format => self.check(self.workspace.cargo("fmt").args(["--all", "--check"])),
            StageName::Firmware => Ok(self.firmware()),
            StageName::Build => {
                // `--tests` with the programs: features of test dependencies are the same as in the next stage.
                let mut command = self.workspace.cargo_on_host("build");
                self.check(command.args(["--lib", "--bins", "--tests", "--keep-going"]))
            }
            StageName::Tests => {
                let mut command = self.workspace.cargo_on_host("test");
                command.args(["--lib", "--bins", "--tests", "--no-fail-fast"]);
                self.tests(&mut command, &ARGUMENTS, counts)
            }
            StageName::Demo => self.demo_twice(),
            StageName::Doctests => {
                let mut command = self.workspace.cargo_on_host("test");
                self.tests(command.args(["--doc", "--no-fail-fast"]), &[], counts)
            }
            StageName::Clippy => {
                let mut command = self.workspace.cargo_on_host("clippy");
                self.check(command.args(["--all-targets", "--keep-going", "--", "-D", "warnings"]))
            }
            StageName::ClippyFirmware => {
                if self.compiler != Compiler::Precompiled {
                    // Clippy has to be of the very version that compiled `core`, and Debian's compiler has none.
                    return Ok(Outcome::Skipped("clippy needs a precompiled core for the chip".into()));
                }
                let mut command = firmware::cargo(self.workspace, &self.compiler, "clippy");
                self.check(command.args(["--profile", firmware::PROFILE, "--", "-D", "warnings"]))
            }
            StageName::Docs => {
                let mut command = self.workspace.cargo_on_host("doc");
                self.check(
                    command
                        .args(["--no-deps", "--document-private-items", "--keep-going"])
                        .env("RUSTDOCFLAGS", "-D warnings"),
                )
            }
        }
    }

    /// A command whose exit code says it all.
    fn check(&self, command: &mut Command) -> Result<Outcome> {
        self.screen.line(&format!("$ {}", shown(command)));
        let status = command.status().with_context(|| format!("start `{}`", shown(command)))?;
        Ok(if status.success() {
            Outcome::Passed(String::new())
        } else {
            Outcome::Failed(format!("`{}` failed", shown(command)))
        })
    }

    /// As a newcomer who likes it and runs it again.
    fn demo_twice(&self) -> Result<Outcome> {
        // A place of its own: what the developer's last demo left is theirs.
        let place = std::env::temp_dir().join(format!("demo-twice-{}", std::process::id()));
        for _ in 0..2 {
            // As it is typed. This very program may be gone: the tests have built it anew.
            let mut command = self.workspace.cargo("xtask");
            command.args(["demo", "--units", "2", "--slots", "2", "--out"]).arg(&place);
            let outcome = self.check(&mut command)?;
            if matches!(outcome, Outcome::Failed(_)) {
                return Ok(outcome);
            }
        }
        std::fs::remove_dir_all(&place).with_context(|| format!("remove {}", place.display()))?;
        Ok(Outcome::Passed(String::new()))
    }

    fn firmware(&self) -> Outcome {
        let judged = firmware::build(self.workspace, &self.compiler)
            .and_then(|image| firmware::footprint(&image))
            .map(|footprint| firmware::BUDGET.judge(footprint));
        match judged {
            Ok((text, true)) => Outcome::Passed(text),
            Ok((text, false)) => Outcome::Failed(format!("over budget: {text}")),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }

    /// Runs tests, shows their output as it comes, and counts what it says.
    fn tests(&self, command: &mut Command, arguments: &[&str], counts: &mut Counts) -> Result<Outcome> {
        if self.long {
            command.env("PROPTEST_CASES", "4096").env("LONG_SWEEP", "1");
        }
        command.arg("--").args(arguments);
        self.screen.line(&format!("$ {}", shown(command)));
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("start `{}`", shown(command)))?;
        let mut here = Counts::default();
        if let Some(output) = child.stdout.take() {
            here.read(output, |line| self.screen.line(line)).context("read the tests' output")?;
        }
        let status = child.wait().context("wait for the tests")?;
        let text = here.to_string();
        let outcome = if status.success() && here.failed == 0 {
            Outcome::Passed(text)
        } else if here.failures.is_empty() {
            // Nothing compiled, or a test program crashed.
            Outcome::Failed(format!("{text}; `{}` failed", shown(command)))
        } else {
            let names: Vec<String> = here.failures.iter().map(|name| quoted(name)).collect();
            Outcome::Failed(format!(
                "{text}: {}\n  rerun: {} {}",
                names.join(", "),
                shown(command),
                names.join(" ")
            ))
        };
        counts.add(here);
        Ok(outcome)
    }
}
