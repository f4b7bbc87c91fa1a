//! The page of the CA and the HSM.

use time::macros::datetime;

use super::Scene;
use crate::fault::{Fault, FaultCode};
use crate::hsm::PinTries;
use crate::tui::Msg;
use crate::tui::msg::{Device, Key, Report};
use crate::tui::pages::Told as Page;
use crate::tui::pages::vendor::{Standing, Told};
use crate::tui::tests::fixture::Fixture;
use crate::tui::tests::vendor::{known, open, token, type_text};

pub(super) const SCENES: &[Scene] = &[
    ("ca-open", || open(Standing::Open)),
    ("ca-spent-and-the-log-differs", spent),
    ("ca-closed-officer-asked", asked),
    ("ca-pin-typed", typed),
    ("ca-pin-refused", refused),
    ("ca-scrolled", || {
        let mut fixture = refused();
        fixture.press(Key::PageDown);
        fixture
    }),
    ("ca-closing-wants-a-second-stroke", || {
        let mut fixture = open(Standing::Open);
        fixture.press(Key::Char('c'));
        fixture
    }),
];

fn tell(fixture: &mut Fixture, told: Told) {
    fixture.tell(Msg::Page(Page::Vendor(told)));
}

fn spent() -> Fixture {
    use crate::tui::pages::vendor::Audit;

    let mut fixture = open(Standing::Spent);
    let fault = Fault::new(FaultCode::SignatureUnknown, "x");
    let mut known = known(Standing::Spent);
    known.audit = Audit::Compared { at: datetime!(2026-03-01 7:40 UTC), fault: Some(fault) };
    known.certificates = None;
    known.checkpoint = None;
    tell(&mut fixture, Told::Known(Box::new(known)));
    fixture
}

fn closed() -> Fixture {
    let mut fixture = open(Standing::Closed);
    fixture.tell(Msg::Device(Device::Hsm, Report::Closed));
    fixture
}

fn asked() -> Fixture {
    let mut fixture = closed();
    fixture.press(Key::Char('o'));
    type_text(&mut fixture, "Ana Müller");
    fixture.press(Key::Enter);
    type_text(&mut fixture, "0");
    fixture.press(Key::Ctrl('u'));
    type_text(&mut fixture, "200");
    fixture.press(Key::Enter);
    fixture
}

fn typed() -> Fixture {
    let mut fixture = asked();
    fixture.press(Key::Ctrl('u'));
    type_text(&mut fixture, "8");
    fixture.press(Key::Enter);
    fixture.press(Key::Enter);
    tell(&mut fixture, Told::Typed(0));
    tell(&mut fixture, Told::Typed(6));
    fixture
}

fn refused() -> Fixture {
    let mut fixture = typed();
    tell(&mut fixture, Told::Opening);
    let fault = Fault::new(FaultCode::HsmPinWrong, "x");
    tell(&mut fixture, Told::Token(Some(token())));
    tell(&mut fixture, Told::Refused { fault, tries: Some(PinTries::Low) });
    fixture
}
