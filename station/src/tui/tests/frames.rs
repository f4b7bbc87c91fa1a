//! When a frame is drawn, and when there is nothing new to draw.

use super::fixture::Fixture;
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::tui::msg::{Counts, Device, Report};
use crate::tui::{Effect, Msg};

/// How many frames a device's report leads to.
fn frames(fixture: &mut Fixture, device: Device, report: Report) -> usize {
    fixture.tell(Msg::Device(device, report)).iter().filter(|effect| **effect == Effect::Draw).count()
}

#[test]
fn a_device_that_says_the_same_again_is_not_drawn_again() {
    let mut fixture = Fixture::new(1);
    assert_eq!(frames(&mut fixture, Device::Disk, Report::Free(62)), 1, "for the first time");
    fixture.seconds(10);
    assert_eq!(frames(&mut fixture, Device::Disk, Report::Free(62)), 0);
    assert_eq!(frames(&mut fixture, Device::Disk, Report::Free(61)), 1);
    assert_eq!(frames(&mut fixture, Device::Printer, Report::Good), 1);
    assert_eq!(frames(&mut fixture, Device::Printer, Report::Trouble(FaultCode::PrinterPaper)), 1);
}

#[test]
fn a_device_that_was_silent_is_drawn_when_it_is_heard_again() {
    let mut fixture = Fixture::new(1);
    frames(&mut fixture, Device::Scanner, Report::Good);
    fixture.seconds(60);
    fixture.tell(Msg::Tick);
    assert_eq!(frames(&mut fixture, Device::Scanner, Report::Good), 1);
}

#[test]
fn counts_that_are_the_same_are_not_drawn_again() {
    let mut fixture = Fixture::new(1);
    let counts = Counts { quantity: 9, passed: 1, failed: 0 };
    assert_eq!(fixture.tell(Msg::Counted(counts)), [Effect::Draw]);
    assert_eq!(fixture.tell(Msg::Counted(counts)), []);
    assert_eq!(fixture.tell(Msg::Counted(Counts { passed: 2, ..counts })), [Effect::Draw]);
}

#[test]
fn an_idle_minute_has_six_frames_and_a_busy_one_sixty() {
    let minute = |fixture: &mut Fixture| -> usize {
        let mut frames = 0;
        for _ in 0..60 {
            fixture.seconds(1);
            frames += fixture.tell(Msg::Tick).len();
        }
        frames
    };
    let mut fixture = Fixture::new(2);
    fixture.empty("1");
    assert_eq!(minute(&mut fixture), 6, "what was long ago is told in tens of seconds");
    fixture.run("2", StepId::Flash);
    assert_eq!(minute(&mut fixture), 60, "how long it takes is told in seconds");
}

#[test]
fn what_is_told_between_two_ticks_does_not_hide_that_time_has_passed() {
    let mut fixture = Fixture::new(1);
    fixture.empty("1");
    fixture.tell(Msg::Device(Device::Clock, Report::Good));
    fixture.seconds(10);
    assert_eq!(fixture.tell(Msg::Device(Device::Clock, Report::Good)), []);
    assert_eq!(fixture.tell(Msg::Tick), [Effect::Draw]);
}
