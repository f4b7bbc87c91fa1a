//! The line on screens that have no room for cards: each in two sizes.

use super::Scene;
use crate::engine::{Event, StepId};
use crate::fault::FaultCode;
use crate::tui::Msg;
use crate::tui::msg::{Device, Key, Report};
use crate::tui::tests::fixture::{Fixture, chain};

/// The smallest that is of use, and the largest that has no header.
pub(in crate::tui::tests) const SIZES: [(u16, u16); 2] = [(20, 5), (39, 9)];

pub(in crate::tui::tests) const SCENES: &[Scene] = &[
    ("small-passed", passed),
    ("small-failed", failed),
    ("small-waiting", waiting),
    ("small-three-verdicts", three_verdicts),
    ("small-hsm-lost", hsm_lost),
    ("small-line-silent", line_silent),
    ("small-slot-silent", slot_silent),
    ("small-stop-asked", stop_asked),
    ("small-twelve-slots", twelve_slots),
];

fn line(slots: usize) -> Fixture {
    let mut fixture = Fixture::new(slots);
    fixture.lights();
    fixture
}

fn passed() -> Fixture {
    let mut fixture = line(1);
    fixture.pass("1");
    fixture.lights();
    fixture
}

fn failed() -> Fixture {
    let mut fixture = line(2);
    fixture.fault("1", StepId::SelfTest, FaultCode::ModuleSelfTest);
    fixture.flash("2", 45);
    fixture
}

fn waiting() -> Fixture {
    let mut fixture = line(2);
    fixture.empty("1");
    fixture.run("2", StepId::Scan);
    fixture
}

fn three_verdicts() -> Fixture {
    let mut fixture = line(3);
    fixture.pass("1");
    fixture.fault("2", StepId::Prove, FaultCode::ProofWrong);
    fixture.fault("3", StepId::Issue, FaultCode::HsmLost);
    fixture.lights();
    fixture
}

fn hsm_lost() -> Fixture {
    let mut fixture = three_verdicts();
    fixture.tell(Msg::Device(Device::Hsm, Report::Trouble(FaultCode::HsmLost)));
    fixture.tell(Msg::Device(Device::Disk, Report::Free(3)));
    fixture
}

fn line_silent() -> Fixture {
    let mut fixture = hsm_lost();
    fixture.tell(Msg::FeedEnded);
    fixture.seconds(65);
    fixture.tell(Msg::Tick);
    fixture
}

fn slot_silent() -> Fixture {
    let mut fixture = line(2);
    fixture.run("1", StepId::Keygen);
    fixture.run("2", StepId::Keygen);
    fixture.seconds(100);
    fixture.flash("2", 10);
    fixture.lights();
    fixture
}

fn stop_asked() -> Fixture {
    let mut fixture = failed();
    fixture.press(Key::Char('q'));
    fixture
}

fn twelve_slots() -> Fixture {
    let mut fixture = line(12);
    for slot in ["2", "3", "5", "8"] {
        fixture.pass(slot);
    }
    fixture.fault("11", StepId::Greet, FaultCode::LinkSilent);
    fixture.hear(Event::SlotTrouble { slot: "12".into(), code: FaultCode::ProbeMissing, chain: chain() });
    for slot in ["1", "4", "6", "7", "9", "10"] {
        fixture.run(slot, StepId::Prove);
    }
    fixture.lights();
    fixture
}
