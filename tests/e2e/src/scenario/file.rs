//! What a scenario's file says.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use station::engine::StepId;
use station::fault::FaultCode;
use virtual_bench::fault::Fault;

/// A story of one module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What happens, in a sentence.
    pub title: String,
    /// What is wrong in the slot before the module is seated.
    #[serde(default)]
    pub bench: Vec<Fault>,
    /// What goes wrong later.
    #[serde(default)]
    pub later: Vec<Later>,
    /// What is wrong with the HSM.
    pub hsm: Option<Hsm>,
    /// What is wrong with the clock.
    pub clock: Option<Clock>,
    /// What comes of it.
    pub expect: Expect,
    /// What happens to the same module afterwards, with everything in order again.
    #[serde(default)]
    pub then: Vec<Then>,
}

/// What goes wrong in the middle of a run: a fault, or the module is taken out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Later {
    /// The step at whose beginning it comes. It takes some milliseconds to arrive.
    pub at_step: StepId,
    /// How much later than that.
    #[serde(default)]
    pub after_ms: u64,
    /// What goes wrong with the devices.
    pub fault: Option<Fault>,
    /// Whether the module is taken out. It is put in again afterwards.
    #[serde(default)]
    pub take_out: bool,
}

/// What is wrong with the HSM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hsm {
    /// The entries of hsm-sim's file of faults, which alone knows what may stand in them.
    #[serde(default)]
    pub faults: Vec<toml::Table>,
    /// What kind of HSM it is: hsm-sim's settings, in place of the usual ones.
    pub settings: Option<hsm_sim::store::Settings>,
}

/// A clock that is wrong.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clock {
    /// How far it is ahead when the station starts; behind, if negative.
    #[serde(default)]
    pub ahead_s: i64,
    /// How it is set in the middle of a run.
    pub jump: Option<Jump>,
}

/// A clock is set.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Jump {
    /// The step at whose beginning it is.
    pub at_step: StepId,
    /// How far ahead it is set; back, if negative.
    pub seconds: i64,
}

/// How it ends when a module is in the slot and the station is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The run passes.
    Pass,
    /// The run ends and the module is at fault.
    Fail,
    /// The run ends and the station or one of its devices is at fault.
    Error,
    /// No run begins: the station tells of trouble in the slot, and goes on waiting.
    Trouble,
    /// The station refuses to start.
    Refused,
}

/// What is to be found when it has ended.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// How it ends.
    pub verdict: Verdict,
    /// Why, unless it passes.
    pub code: Option<FaultCode>,
    /// Where.
    pub step: Option<StepId>,
    /// Kinds of events that the ledger has of it, in this order, with others between them.
    #[serde(default)]
    pub events: Vec<String>,
    /// Kinds of events that the ledger has not of it.
    #[serde(default)]
    pub not_events: Vec<String>,
    /// What the ledger knows of the module.
    pub module: Option<Known>,
}

/// What the ledger knows of a module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Known {
    /// How far it has come, as `station unit list` says it.
    pub state: Option<String>,
    /// It does not know the module.
    #[serde(default)]
    pub absent: bool,
}

/// A later visit of the same module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Then {
    /// What is called at the station before, with `{uid}` for the module's. Each must succeed.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Whether the module is taken out and put in again.
    #[serde(default)]
    pub take_out: bool,
    /// Whether it has a certificate from before, and keeps it.
    #[serde(default)]
    pub same_certificate: bool,
    /// What comes of it.
    pub expect: Expect,
}

/// The scenarios of this workspace.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

impl Scenario {
    /// Reads all scenarios of a directory, by the names of their files.
    ///
    /// # Errors
    /// A file cannot be read, or is no scenario.
    pub fn load_all(directory: &Path) -> Result<Vec<(String, Self)>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(directory)? {
            let file = entry?.path();
            let name = file.file_stem().and_then(|name| name.to_str()).context("a name")?.to_owned();
            ensure!(file.extension().is_some_and(|is| is == "toml"), "{} is no scenario", file.display());
            let scenario =
                Self::parse(&fs::read_to_string(&file)?).with_context(|| file.display().to_string())?;
            all.push((name, scenario));
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(all)
    }

    /// Reads a scenario.
    ///
    /// # Errors
    /// The text is none, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self> {
        let scenario: Self = toml::from_str(text)?;
        ensure!(!scenario.title.is_empty(), "a scenario without a title");
        for Later { fault, take_out, .. } in &scenario.later {
            ensure!(fault.is_some() != *take_out, "either a fault comes later, or the module is taken out");
        }
        scenario.expectations().try_for_each(Expect::check)?;
        Ok(scenario)
    }

    /// What is expected, of each visit.
    pub fn expectations(&self) -> impl Iterator<Item = &Expect> {
        std::iter::once(&self.expect).chain(self.then.iter().map(|then| &then.expect))
    }
}

impl Expect {
    fn check(&self) -> Result<()> {
        let passes = self.verdict == Verdict::Pass;
        ensure!(passes == self.code.is_none(), "a code belongs to every verdict but pass");
        let runs = matches!(self.verdict, Verdict::Fail | Verdict::Error);
        ensure!(runs || self.step.is_none(), "a step belongs to a run that does not pass");
        for kind in self.events.iter().chain(&self.not_events) {
            ensure!(is_kind(kind), "the ledger knows no event {kind:?}");
        }
        if let Some(Known { state, absent }) = &self.module {
            ensure!(state.is_some() != *absent, "a module is in a state or absent");
        }
        Ok(())
    }
}

/// Whether the ledger has events of this kind. Its list is a macro's, and asked as it is written: a name
/// that is misspelt in `not-events` would never be noticed otherwise.
fn is_kind(kind: &str) -> bool {
    include_str!("../../../../station/src/ledger/event.rs").contains(&format!(" = \"{kind}\", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_itself_is_refused() {
        let parse = |expect: &str| Scenario::parse(&format!("title = \"x\"\n[expect]\n{expect}"));
        parse("verdict = \"pass\"").unwrap();
        parse("verdict = \"trouble\"\ncode = \"P-301\"\nevents = [\"run-started\"]").unwrap();
        for wrong in [
            "verdict = \"error\"",
            "verdict = \"pass\"\ncode = \"P-302\"",
            "verdict = \"error\"\ncode = \"P-999\"",
            "verdict = \"trouble\"\ncode = \"P-301\"\nstep = \"flash\"",
            "verdict = \"pass\"\nnot-events = [\"certificate-isued\"]",
            "verdict = \"pass\"\nmodule = {}",
            "verdict = \"pass\"\ncolour = \"red\"",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
