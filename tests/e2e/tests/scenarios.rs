//! Every file in `scenarios/`, played as one test.

use std::process::ExitCode;
use std::sync::Arc;

use e2e::Scenario;
use e2e::scenario::{Rigs, file, play};
use libtest_mimic::{Arguments, Failed, Trial};

/// How many are played at a time: most of their time the station waits for something.
const AT_A_TIME: usize = 8;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(AT_A_TIME));
    let rigs = Arc::new(Rigs::default());
    let trials = match Scenario::load_all(&file::directory()) {
        Ok(scenarios) => scenarios.into_iter().map(|(name, scenario)| trial(name, scenario, &rigs)).collect(),
        Err(error) => vec![Trial::test("scenarios", move || Err(format!("{error:#}").into()))],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: String, scenario: Scenario, rigs: &Arc<Rigs>) -> Trial {
    let rigs = Arc::clone(rigs);
    Trial::test(name, move || {
        rigs.with_one(|rig| play(rig, &scenario))
            .map_err(|error| Failed::from(format!("{}: {error:?}", scenario.title)))
    })
}
