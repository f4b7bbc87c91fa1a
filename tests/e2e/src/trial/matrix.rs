//! All trials, and the page that shows them.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};

use super::KEY;
use super::play::{Ending, Trial, play};
use super::store::{Stores, usual};
use super::trouble::{Cause, Contents, Moment, TROUBLES, Trouble};

/// Trials at a time: most of them wait for what hangs.
const WORKERS: usize = 4;

/// What became of every trouble at every moment, as a page in Markdown.
///
/// # Errors
/// A trial could not be played, or broke what holds in all of them.
pub fn matrix() -> Result<String> {
    let stores = Stores::new()?;
    let trials: Vec<(&Trouble, Moment)> = TROUBLES
        .iter()
        .flat_map(|trouble| trouble.moments.iter().map(move |moment| (trouble, *moment)))
        .collect();
    let next = AtomicUsize::new(0);
    let endings = Mutex::new(Vec::new());
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            while let Some((trouble, moment)) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                let ending = played(&stores, trouble, *moment)
                    .with_context(|| format!("{}, {}", trouble.title, moment.title()))?;
                endings.lock().ok().context("a worker panicked")?.push((trouble.title, *moment, ending));
            }
            Ok(())
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().ok().context("a worker panicked")?)
    })?;
    Ok(page(&endings.into_inner()?))
}

/// One trial with a store of its own; what was signed in it is checked.
fn played(stores: &Stores, trouble: &Trouble, moment: Moment) -> Result<Ending> {
    let settings = match trouble.cause {
        Cause::Kind(kind) => kind.settings(usual()),
        _ => usual(),
    };
    let copy = stores.copy(&settings)?;
    let script = |function: &str, effect: &str| format!("[[fault]]\nfunction = \"{function}\"\n{effect}\n");
    let (script, exchanged_for) = match trouble.cause {
        Cause::Script(effect) => (Some(script(moment.function(), effect)), None),
        Cause::Contents(contents) => (None, Some(stores.path(contents))),
        Cause::Exchange(contents) => {
            let effect = script(moment.function(), "remove-token = true");
            (Some(effect), Some(stores.path(contents)))
        }
        Cause::Kind(_) => (None, None),
    };
    let whole = stores.path(Contents::Whole);
    let ending = play(&Trial { store: copy.path().to_owned(), moment, script, exchanged_for, whole })?;
    // One content was to be signed, by one key: however often it was, no second can have come about.
    let audit = hsm_sim::store::audit(copy.path())?;
    let digests: std::collections::BTreeSet<_> = audit.iter().map(|record| &record.digest).collect();
    ensure!(digests.len() <= 1, "{} contents were signed", digests.len());
    ensure!(audit.iter().all(|record| record.label == KEY), "another key signed");
    ensure!(audit.len() <= 4, "{} signatures for two calls", audit.len());
    Ok(ending)
}

fn page(endings: &[(&str, Moment, Ending)]) -> String {
    let mut page = String::from(
        "# Trouble with the HSM\n\n\
         What becomes of each kind of trouble, at each moment at which it can happen. A cell has three parts: what the\n\
         call says that meets the trouble, how things stand then, and what the next call says when the trouble is over.\n\
         *Signs* in the first part means that the trouble was repaired within the call. Whatever happened, the HSM's audit\n\
         log shows one content signed and no other, so there is no second certificate.\n\n\
         Made by `target/debug/hsm-matrix` on hsm-sim; `tests/e2e/tests/hsm_trouble.rs` compares.\n\n|",
    );
    // Writing into a string cannot fail.
    for moment in Moment::ALL {
        let _ = write!(page, " | {}", moment.title());
    }
    page.push_str(" |\n|---|---|---|---|---|---|---|\n");
    for trouble in TROUBLES {
        let _ = write!(page, "| {}", trouble.title);
        for moment in Moment::ALL {
            let ending = endings.iter().find(|(title, when, _)| *title == trouble.title && *when == moment);
            let _ = match ending {
                Some((.., Ending { said, state, next })) => {
                    write!(page, " | {}, {state}; then {}", linked(said), linked(next))
                }
                None => write!(page, " | "),
            };
        }
        page.push_str(" |\n");
    }
    page
}

/// A fault code leads to its page.
fn linked(said: &str) -> String {
    if said.starts_with("H-") { format!("[{said}](faults/{said}.md)") } else { said.to_owned() }
}
