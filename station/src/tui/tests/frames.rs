//! When a frame is drawn, and when there is nothing new to draw.

use std::time::Duration;

use proptest::prelude::*;

use super::fixture::Fixture;
use super::picture::cells;
use super::random::msg;
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::tui::msg::{Counts, Device, Key, Report};
use crate::tui::{Effect, Msg, view};

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
    let counts = Counts { quantity: 9, passed: 1 };
    assert_eq!(fixture.tell(Msg::Counted(counts)), [Effect::Draw]);
    assert_eq!(fixture.tell(Msg::Counted(counts)), []);
    assert_eq!(fixture.tell(Msg::Counted(Counts { passed: 2, ..counts })), [Effect::Draw]);
}

#[test]
fn an_idle_minute_has_the_frames_that_time_changes_and_a_busy_one_sixty() {
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
    assert_eq!(minute(&mut fixture), 1, "the clock goes on by a minute");
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    fixture.press(Key::Char('f'));
    fixture.tell(Msg::Tick);
    assert_eq!(minute(&mut fixture), 6, "how long ago it was is told in tens of seconds");
    fixture.run("2", StepId::Flash);
    assert_eq!(minute(&mut fixture), 60, "how long it takes is told in seconds");
}

#[test]
fn what_is_told_between_two_ticks_does_not_hide_that_time_has_passed() {
    let mut fixture = Fixture::new(1);
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    fixture.press(Key::Char('f'));
    fixture.tell(Msg::Device(Device::Clock, Report::Good));
    fixture.tell(Msg::Tick);
    fixture.seconds(10);
    assert_eq!(fixture.tell(Msg::Device(Device::Clock, Report::Good)), []);
    assert_eq!(fixture.tell(Msg::Tick), [Effect::Draw]);
}

#[test]
fn no_frame_of_an_idle_line_is_like_the_one_before() {
    let mut fixture = Fixture::new(3);
    fixture.lights();
    fixture.pass("1");
    fixture.fault("2", StepId::Greet, FaultCode::LinkSilent);
    fixture.empty("3");
    let mut shown = cells(&fixture.model, 80, 24);
    for second in 0..7200 {
        fixture.seconds(1);
        if fixture.tell(Msg::Tick).contains(&Effect::Draw) {
            let now = cells(&fixture.model, 80, 24);
            assert_ne!(now, shown, "a frame for nothing after {second} s");
            shown = now;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_the_screen_shows_is_never_older_than_ten_seconds(
        msgs in prop::collection::vec((msg(), 0u64..15_000), 1..40),
    ) {
        let mut fixture = Fixture::new(3);
        let mut drawn = view::cells(&fixture.model);
        let mut tell = |fixture: &mut Fixture, msg| {
            if fixture.tell(msg).iter().any(|effect| matches!(effect, Effect::Draw | Effect::Repaint)) {
                drawn = view::cells(&fixture.model);
            }
            drawn == view::cells(&fixture.model)
        };
        for (msg, wait) in msgs {
            tell(&mut fixture, msg);
            fixture.wait(Duration::from_millis(wait));
            tell(&mut fixture, Msg::Tick);
            // A tick after ten seconds, as one always comes, leaves nothing old.
            fixture.seconds(10);
            prop_assert!(tell(&mut fixture, Msg::Tick), "something else is shown by now");
        }
    }
}
