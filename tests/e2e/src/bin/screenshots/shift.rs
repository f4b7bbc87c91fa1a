//! A shift at four slots, and what the screen showed of it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::run::Events;
use e2e::terminal::svg::Shot;
use e2e::terminal::{Key, Size, Terminal};
use e2e::{Event, Rig};
use rustix::process::Signal;

use super::hands::Hands;
use super::scene::Scene;

const SLOTS: usize = 4;
const MODULES: u32 = 6;
/// Between two looks at the screen.
const LOOK: Duration = Duration::from_millis(160);
/// How long the screen has to be still before it counts as drawn.
const STILL: Duration = Duration::from_millis(15);
/// From something that happens to its still: a screen may take a moment to show it.
const POSE: Duration = Duration::from_millis(700);
const START_LIMIT: Duration = Duration::from_mins(1);
const LIMIT: Duration = Duration::from_mins(5);

/// What the screen showed.
#[derive(Debug)]
pub(super) struct Shift {
    /// The moments that make a picture.
    pub(super) scenes: Vec<Scene>,
    /// Every frame that differs from the one before it.
    pub(super) film: Vec<Shot>,
    /// When the film is over.
    pub(super) end: Duration,
    /// The moment that stands for all of it.
    pub(super) poster: Duration,
}

/// A moment that is waited for.
#[derive(Debug)]
struct Wanted {
    name: &'static str,
    title: &'static str,
    /// When it is to be taken, once it is known.
    at: Option<Duration>,
}

/// What the slots are doing, as far as pictures need it.
#[derive(Debug, Default)]
struct Slots {
    waiting: BTreeSet<String>,
    working: BTreeSet<String>,
    passed: u32,
    faults: u32,
}

impl Shift {
    /// Works until every module has passed.
    pub(super) fn work(size: Size) -> Result<Self> {
        // Modules as fast as real ones, so that there is something to be seen.
        let rig = Rig::with_bench_arguments(SLOTS, &["--core", "real"])?;
        rig.open_order(&Order { id: "WO-2026-117".to_owned(), quantity: MODULES, ..Order::default() })?;
        let record = rig.path().join("events.ndjson");
        let arguments = ["run", "--events", &record.display().to_string()];
        let mut terminal = rig.start_in_terminal(&arguments, size)?;
        terminal.wait_for("PIN", START_LIMIT)?;
        terminal.type_text(USER_PIN)?;
        terminal.press(Key::Enter)?;
        let hands = Hands::new(rig.bench()?, MODULES);
        let shift = watch(&mut terminal, Events::of(record), hands)?;
        if terminal.ended()?.is_none() {
            terminal.signal(Signal::TERM)?;
        }
        terminal.wait(LIMIT)?;
        terminal.left_whole()?;
        Ok(shift)
    }
}

fn watch(terminal: &mut Terminal, mut events: Events, mut hands: Hands) -> Result<Shift> {
    let mut wanted = [
        ("line-waiting", "Four slots wait for modules"),
        ("line-working", "Four modules under way"),
        ("line-fault", "A slot tells what to do after a fault"),
        ("line-passed", "Modules have passed"),
    ]
    .map(|(name, title)| Wanted { name, title, at: None });
    let mut slots = Slots::default();
    let (mut film, mut scenes): (Vec<Shot>, Vec<Scene>) = (Vec::new(), Vec::new());
    let mut began = None;
    let deadline = Instant::now() + LIMIT;
    loop {
        let heard = events.new_ones()?;
        if began.is_none() && !heard.is_empty() {
            began = Some(Instant::now());
        }
        let now = began.map_or(Duration::ZERO, |began: Instant| began.elapsed());
        for event in &heard {
            slots.hear(event);
            hands.hear(event, now)?;
        }
        hands.act(now)?;
        for (moment, come) in wanted.iter_mut().zip(slots.moments()) {
            if come && moment.at.is_none() {
                moment.at = Some(now + POSE);
            }
        }
        let frame = terminal.settled(STILL, LOOK).unwrap_or_else(|_| terminal.frame());
        for moment in &wanted {
            let taken = scenes.iter().any(|scene| scene.name == moment.name);
            if !taken && moment.at.is_some_and(|at| now >= at) {
                scenes.push(Scene { name: moment.name, title: moment.title, frame: frame.clone() });
            }
        }
        if began.is_some() && film.last().is_none_or(|last| last.frame.rows != frame.rows) {
            film.push(Shot { at: now, frame });
        }
        // The last verdict stays a while before the film begins again.
        let over = slots.passed >= MODULES && film.last().is_some_and(|last| now > last.at + 3 * POSE);
        if over || terminal.ended()?.is_some() {
            ensure!(scenes.len() == wanted.len(), "not all happened: {slots:?}, {}", terminal.frame());
            return Ok(cut(film, scenes, now + 3 * POSE, wanted[1].at.unwrap_or_default()));
        }
        ensure!(Instant::now() < deadline, "the shift does not end: {slots:?}\n{}", terminal.frame());
        std::thread::sleep(LOOK.saturating_sub(STILL));
    }
}

/// A film begins with its first frame.
fn cut(mut film: Vec<Shot>, scenes: Vec<Scene>, end: Duration, poster: Duration) -> Shift {
    let first = film.first().map_or(Duration::ZERO, |shot| shot.at);
    for shot in &mut film {
        shot.at = shot.at.saturating_sub(first);
    }
    Shift { scenes, film, end: end.saturating_sub(first), poster: poster.saturating_sub(first) }
}

impl Slots {
    fn hear(&mut self, event: &Event) {
        let slot = event["slot"].as_str().unwrap_or_default().to_owned();
        match event["event"].as_str() {
            Some("slot-waiting") => {
                self.waiting.insert(slot);
            }
            Some("run-started") => {
                self.waiting.remove(&slot);
                self.working.insert(slot);
            }
            Some("run-ended") => {
                self.working.remove(&slot);
                if event["verdict"] == "pass" {
                    self.passed += 1;
                } else {
                    self.faults += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether what each scene shows is there, in their order.
    fn moments(&self) -> [bool; 4] {
        [self.waiting.len() == SLOTS, self.working.len() == SLOTS, self.faults > 0, self.passed > 1]
    }
}
