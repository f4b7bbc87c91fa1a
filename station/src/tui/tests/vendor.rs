//! What the page of the CA and the HSM leads to.

use std::num::NonZeroU32;
use std::time::Duration;

use time::macros::datetime;

use super::fixture::Fixture;
use super::picture::{cells, text};
use crate::engine::{Event, StepId};
use crate::fault::{Fault, FaultCode};
use crate::gate::Leave;
use crate::hsm::{PinTries, Usage};
use crate::scanner::{Hand, Reading};
use crate::tui::model::{Page, Whose};
use crate::tui::msg::{Device, Ending, Key, Report};
use crate::tui::pages::vendor::{Ask, Audit, Ca, Known, Opened, Standing, Token, Told, Vouched};
use crate::tui::pages::{Ask as Asked, Told as ToldPage, operator};
use crate::tui::text::Language;
use crate::tui::{Effect, Msg};

/// What ledger and station know, with the CA so.
pub(super) fn known(standing: Standing) -> Known {
    let name = "CN=Example Modules Issuing CA 1,O=Example Modules,C=CH";
    let issuing = Ca {
        name: name.to_owned(),
        not_after: datetime!(2051-02-28 23:59:59 UTC),
        key: "issuing".to_owned(),
        sha256: "5f".repeat(32),
    };
    let successor = Ca {
        name: name.replace('1', "2"),
        key: "issuing-2".to_owned(),
        sha256: "a0".repeat(32),
        ..issuing.clone()
    };
    let signed = if standing == Standing::Spent { 500 } else { 316 };
    Known {
        issuing,
        successor: Some(successor),
        opening: Opened { until: datetime!(2026-03-01 14:00 UTC), most: 500, signed, standing },
        certificates: Some(1260),
        reserved: 1050,
        audit: Audit::Compared { at: datetime!(2026-03-01 7:40 UTC), fault: None },
        checkpoint: Some(Vouched { upto: 41_873, at: datetime!(2026-03-01 7:31 UTC) }),
    }
}

/// What the HSM says of itself.
pub(super) fn token() -> Token {
    Token {
        label: "line-ca".to_owned(),
        manufacturer: "Example Instruments".to_owned(),
        model: "HSM 2".to_owned(),
        serial: "7315-0009".to_owned(),
        tries: PinTries::NotLow,
        usage: Some(Usage { count: Some(1050), limit: Some(100_000) }),
    }
}

/// The page with the CA so.
pub(super) fn open(standing: Standing) -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.flash("1", 45);
    fixture.press(Key::Function(5));
    tell(&mut fixture, Told::Known(Box::new(known(standing))));
    tell(&mut fixture, Told::Token(Some(token())));
    fixture
}

pub(super) fn type_text(fixture: &mut Fixture, text: &str) {
    for letter in text.chars() {
        fixture.press(Key::Char(letter));
    }
}

fn tell(fixture: &mut Fixture, told: Told) -> Vec<Effect> {
    fixture.tell(Msg::Page(ToldPage::Vendor(told)))
}

fn ask(ask: Ask) -> Effect {
    Effect::Ask(Asked::Vendor(ask))
}

fn shown(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

/// The officer says all but the PIN.
fn fill_in(fixture: &mut Fixture) -> Vec<Effect> {
    fixture.press(Key::Char('o'));
    type_text(fixture, "Ana");
    fixture.press(Key::Enter);
    fixture.press(Key::Enter);
    fixture.press(Key::Ctrl('u'));
    type_text(fixture, "8");
    fixture.press(Key::Enter)
}

/// The officer is typing the PIN.
pub(super) fn typing_a_pin() -> Fixture {
    let mut fixture = open(Standing::Closed);
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(3));
    fixture
}

/// The officer is filling in the form.
pub(super) fn filling_in() -> Fixture {
    let mut fixture = open(Standing::Closed);
    fixture.press(Key::Char('o'));
    type_text(&mut fixture, "Ana");
    fixture
}

#[test]
fn what_the_page_shows_is_asked_for_again_and_again_while_it_is_shown() {
    let mut fixture = Fixture::new(1);
    let look = ask(Ask::Look);
    assert!(!fixture.tell(Msg::Tick).contains(&look), "nobody sees it");
    assert!(fixture.press(Key::Function(5)).contains(&look));
    fixture.seconds(5);
    assert!(!fixture.tell(Msg::Tick).contains(&look), "the answer is still to come");
    tell(&mut fixture, Told::Token(None));
    assert!(fixture.tell(Msg::Tick).contains(&look));
    tell(&mut fixture, Told::Token(None));
    assert!(!fixture.tell(Msg::Tick).contains(&look), "it is fresh");
    fixture.tell(Msg::Device(Device::Hsm, Report::Closed));
    assert!(fixture.tell(Msg::Tick).contains(&look), "the HSM has changed");
    tell(&mut fixture, Told::Token(None));
    fixture.press(Key::Function(2));
    fixture.seconds(60);
    assert!(!fixture.tell(Msg::Tick).contains(&look));
}

#[test]
fn the_ca_is_closed_by_the_second_stroke() {
    let mut fixture = open(Standing::Open);
    assert_eq!(fixture.press(Key::Char('c')), [Effect::Draw]);
    assert!(shown(&fixture).contains("Press C once more: close the CA"));
    assert_eq!(fixture.press(Key::Char('c')), [ask(Ask::Close), Effect::Draw]);
    assert_eq!(fixture.press(Key::Char('c')), [Effect::Draw], "it is under way");
    tell(&mut fixture, Told::Known(Box::new(known(Standing::Closed))));
    tell(&mut fixture, Told::Closed);
    assert!(shown(&fixture).contains("The CA is closed, the PIN is wiped"));
    fixture.press(Key::Char('c'));
    assert_eq!(fixture.press(Key::Char('c')), [Effect::Draw], "there is nothing to close");
}

#[test]
fn an_open_ca_is_not_opened_and_neither_is_that_of_a_line_that_has_ended() {
    let mut ended = open(Standing::Closed);
    ended.tell(Msg::Ended(Ending::Well));
    for mut fixture in [open(Standing::Open), ended] {
        assert_eq!(fixture.press(Key::Char('o')), [Effect::Draw]);
        assert!(!shown(&fixture).contains("Officer's name"));
    }
}

#[test]
fn nothing_on_the_page_is_out_of_reach_on_a_small_screen() {
    let rows = |fixture: &Fixture| text(&cells(&fixture.model, 80, 24));
    let mut fixture = open(Standing::Spent);
    let top = rows(&fixture);
    assert!(top.iter().any(|row| row.contains("▼ 2 more lines")), "{top:?}");
    assert!(!top.concat().contains("issuing-2"));
    fixture.press(Key::PageDown);
    let end = rows(&fixture);
    assert!(end.concat().contains("key issuing-2") && !end.concat().contains('▼'), "{end:?}");
    fixture.press(Key::Down);
    assert_eq!(rows(&fixture), end, "there is nothing more");
    fixture.press(Key::Up);
    assert!(rows(&fixture).concat().contains('▼'), "the first stroke up goes up");
    fixture.press(Key::PageUp);
    assert_eq!(rows(&fixture), top);
}

#[test]
fn what_the_officer_has_to_see_is_not_scrolled_away() {
    let mut fixture = open(Standing::Closed);
    fixture.press(Key::PageDown);
    fixture.press(Key::Char('o'));
    for _ in 0..9 {
        fixture.press(Key::Down);
        fixture.press(Key::PageDown);
    }
    let form = text(&cells(&fixture.model, 80, 24)).join("\n");
    for wanted in ["Officer's name", "■ CLOSED", "no wrong PIN counted", "key    issuing"] {
        assert!(form.contains(wanted), "{wanted}: {form}");
    }
}

#[test]
fn what_the_page_is_told_can_be_kept_and_told_again() {
    let fault = Fault::new(FaultCode::HsmPinWrong, "x");
    for told in [
        Told::Known(Box::new(known(Standing::Spent))),
        Told::Unknown(fault.clone()),
        Told::Token(Some(token())),
        Told::Token(None),
        Told::Typed(7),
        Told::Opened,
        Told::Refused { fault, tries: Some(PinTries::Low) },
    ] {
        let msg = Msg::Page(ToldPage::Vendor(told));
        let kept = serde_json::to_string(&msg).expect("kept");
        assert_eq!(serde_json::from_str::<Msg>(&kept).expect("told again"), msg, "{kept}");
    }
}

#[test]
fn the_officer_says_who_how_long_and_how_many_and_then_the_pin() {
    let mut fixture = open(Standing::Closed);
    let leave = Leave { time: "12".parse().expect("hours"), certificates: NonZeroU32::new(8) };
    let asked = ask(Ask::Open { officer: "Ana".parse().expect("a name"), leave });
    assert_eq!(fill_in(&mut fixture), [asked, Effect::Draw]);
    assert!(!shown(&fixture).contains("PIN of the HSM"), "nobody is to type yet");
    tell(&mut fixture, Told::Typed(0));
    assert!(shown(&fixture).contains("PIN of the HSM"));
    tell(&mut fixture, Told::Typed(7));
    assert!(shown(&fixture).contains("•••••••▏"), "{}", shown(&fixture));
    tell(&mut fixture, Told::Opening);
    assert!(shown(&fixture).contains("The HSM is asked"));
    tell(&mut fixture, Told::Known(Box::new(known(Standing::Open))));
    tell(&mut fixture, Told::Opened);
    assert!(shown(&fixture).contains("The CA is open, and that is on record."));
}

#[test]
fn a_refused_pin_says_what_is_left_and_leaves_the_ca_closed() {
    for (tries, said) in [
        (PinTries::Low, "a wrong PIN was given since the last right one"),
        (PinTries::Last, "one try left before it locks"),
        (PinTries::None, "it is locked"),
    ] {
        let mut fixture = open(Standing::Closed);
        fill_in(&mut fixture);
        let fault = Fault::new(FaultCode::HsmPinWrong, "x");
        tell(&mut fixture, Told::Refused { fault, tries: Some(tries) });
        let shown = shown(&fixture);
        assert!(shown.contains("H-403") && shown.contains(said) && shown.contains("CLOSED"), "{shown}");
        assert!(shown.contains("Press O to try again"), "{shown}");
        fixture.press(Key::Char('o'));
        assert!(!self::shown(&fixture).contains("H-403"), "a new try begins anew");
    }
}

#[test]
fn a_pin_that_nobody_sees_asked_for_is_wanted_no_longer() {
    let mut fixture = open(Standing::Closed);
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(3));
    fixture.press(Key::Function(2));
    assert_ne!(fixture.model.page, Page::Vendor);
    assert_eq!(fixture.tell(Msg::Tick), [ask(Ask::Forget)]);
    tell(&mut fixture, Told::NotGiven);
    fixture.press(Key::Function(5));
    assert!(!shown(&fixture).contains("PIN of the HSM"));
}

#[test]
fn a_scan_does_not_turn_the_page_either_and_a_label_that_is_waited_for_gets_where_it_belongs() {
    const LABEL: &str = "https://claim.example/00a1b2c3-d4e5-4607-9829-3a4b5c6d7e8f";
    let mut fixture = open(Standing::Closed);
    let port = || Hand::Serial("/dev/ttyACM0".into());
    fixture.model.setting.hands = [("1".to_owned(), port())].into();
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(3));
    let scan = |fixture: &mut Fixture, text: &str| {
        fixture.tell(Msg::Scanned(Reading { by: port(), text: text.into() }))
    };
    assert_eq!(scan(&mut fixture, "0042"), []);
    assert_eq!(scan(&mut fixture, LABEL), []);
    fixture.run("1", StepId::Scan);
    fixture.seconds(2);
    let given = Effect::Scanned { slot: "1".to_owned(), text: LABEL.to_owned() };
    assert_eq!(scan(&mut fixture, LABEL), [given, Effect::Draw]);
    assert_eq!(fixture.model.page, Page::Vendor);
    assert!(shown(&fixture).contains("PIN of the HSM"));
}

#[test]
fn nothing_turns_the_page_under_the_hands_of_somebody_who_types_the_pin() {
    let stopped = || Event::LineStopped { code: FaultCode::LedgerWrite, chain: super::fixture::chain() };
    let line = Page::Fault { of: Whose::Line, engineer: false, scroll: 0 };
    let mut fixture = open(Standing::Closed);
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(3));
    assert!(fixture.hear(stopped()).contains(&Effect::Record), "it has happened all the same");
    assert_eq!(fixture.model.page, Page::Vendor);
    assert!(!fixture.tell(Msg::Tick).contains(&ask(Ask::Forget)));
    tell(&mut fixture, Told::NotGiven);
    assert_eq!(fixture.model.page, line, "it is shown as soon as nobody types");

    let mut fixture = open(Standing::Closed);
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(3));
    fixture.tell(Msg::Page(ToldPage::Operator(operator::Told::SignedOut)));
    assert_eq!(fixture.model.page, Page::Vendor);
    tell(&mut fixture, Told::Opened);
    assert_eq!(fixture.model.page, Page::Operator);
}

#[test]
fn whoever_types_the_pin_is_there() {
    let mut fixture = Fixture::new(1);
    fixture.model.setting.sign_out_after = Some(Duration::from_secs(30));
    fixture.press(Key::Function(5));
    tell(&mut fixture, Told::Known(Box::new(known(Standing::Closed))));
    fill_in(&mut fixture);
    let signs_out = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Ask(Asked::Operator(operator::Ask::SignOut(_)))))
    };
    for count in 1..5 {
        fixture.seconds(20);
        tell(&mut fixture, Told::Typed(count));
        assert!(!signs_out(&fixture.tell(Msg::Tick)), "{count}");
    }
    tell(&mut fixture, Told::NotGiven);
    fixture.seconds(31);
    assert!(signs_out(&fixture.tell(Msg::Tick)), "nobody is there any more");
}

#[test]
fn a_form_takes_letters_that_are_keys_elsewhere() {
    let mut fixture = open(Standing::Closed);
    fixture.press(Key::Char('o'));
    type_text(&mut fixture, "qcqc");
    assert!(shown(&fixture).contains("Officer's name: qcqc▏"));
    assert_eq!(fixture.press(Key::Esc), [Effect::Draw]);
    assert_eq!(fixture.model.page, Page::Vendor, "the form is left, not the page");
    fixture.press(Key::Esc);
    assert_eq!(fixture.model.page, Page::Line);
}

#[test]
fn nothing_of_it_touches_a_run() {
    let mut fixture = open(Standing::Closed);
    let run = fixture.run("2", StepId::Seal);
    fill_in(&mut fixture);
    fixture.hear(super::fixture::passed("2", run, "ab"));
    assert_eq!(fixture.model.page, Page::Vendor);
    fixture.press(Key::Function(2));
    assert!(shown(&fixture).contains("PASS"));
}

#[test]
fn the_certificates_of_this_opening_are_told_from_those_of_the_order() {
    let mut fixture = open(Standing::Open);
    let rows = ["this opening", "本次开启", "esta apertura", "lần mở này"];
    for (language, row) in Language::ALL.into_iter().zip(rows) {
        fixture.model.language = language;
        let shown = text(&cells(&fixture.model, 80, 24));
        // The head of the screen names the order too.
        let line = |name: &str| shown.iter().rev().find(|line| line.trim_start().starts_with(name)).cloned();
        let opening = line(row).unwrap_or_else(|| panic!("no {row} in {}", shown.join("\n")));
        assert!(opening.contains("316") && opening.contains("184"), "{opening}");
        let order = line(language.vendor().row_order).expect("the order's");
        assert!(order.contains("210") && !order.contains("316"), "{order}");
    }
}

#[test]
fn the_officer_sees_in_eighty_columns_what_a_wrong_pin_would_do() {
    let mut fixture = open(Standing::Closed);
    tell(&mut fixture, Told::Token(Some(Token { tries: PinTries::Last, ..token() })));
    let small = |fixture: &Fixture| text(&cells(&fixture.model, 80, 24)).join("\n");
    let seen = |shown: &str| shown.contains("■ CLOSED") && shown.contains("one try left before it locks");
    fixture.press(Key::Char('o'));
    let form = small(&fixture);
    assert!(seen(&form) && !form.contains("HSM's log"), "{form}");
    fixture.press(Key::Esc);
    fill_in(&mut fixture);
    tell(&mut fixture, Told::Typed(6));
    let pin = small(&fixture);
    assert!(seen(&pin) && !pin.contains("HSM's log"), "{pin}");
    tell(&mut fixture, Told::NotGiven);
    assert!(small(&fixture).contains("HSM's log"));
}

#[test]
fn what_is_said_of_a_fault_is_read_to_its_end_in_sixty_columns() {
    for code in [FaultCode::HsmPinWrong, FaultCode::LedgerWrite] {
        let mut fixture = open(Standing::Closed);
        tell(&mut fixture, Told::Refused { fault: Fault::new(code, "x"), tries: None });
        let shown = text(&cells(&fixture.model, 60, 60)).join("\n");
        assert!(!shown.lines().take(20).any(|line| line.contains('▶') && line.ends_with('…')), "{shown}");
    }
}

#[test]
fn what_is_old_says_how_old_it_is() {
    let mut fixture = open(Standing::Open);
    fixture.seconds(30);
    fixture.tell(Msg::Tick);
    assert!(!shown(&fixture).contains("as of"), "it is fresh");
    fixture.seconds(15);
    fixture.tell(Msg::Tick);
    let old = shown(&fixture);
    assert!(old.contains("What is shown is as of 45 s ago"), "{old}");
    assert!(old.contains("no wrong PIN counted, as of 45 s ago"), "{old}");
    assert!(old.contains("1,050 of 100,000 times, as of 45 s ago"), "{old}");
    tell(&mut fixture, Told::Unknown(Fault::new(FaultCode::LedgerBroken, "x")));
    assert!(shown(&fixture).contains("What is shown is as of 45 s ago"), "a fault is no answer");
    tell(&mut fixture, Told::Known(Box::new(known(Standing::Open))));
    tell(&mut fixture, Told::Token(None));
    let closed = shown(&fixture);
    assert!(!closed.contains("What is shown is as of"), "{closed}");
    assert!(closed.contains("no wrong PIN counted, as of 45 s ago"), "a closed HSM says nothing: {closed}");
    tell(&mut fixture, Told::Token(Some(token())));
    assert!(!shown(&fixture).contains("as of"));
}

#[test]
fn a_refusal_tells_the_tries_anew_and_nothing_else() {
    let mut fixture = open(Standing::Closed);
    fixture.seconds(45);
    let fault = Fault::new(FaultCode::HsmPinWrong, "x");
    tell(&mut fixture, Told::Refused { fault, tries: Some(PinTries::Low) });
    let shown = shown(&fixture);
    assert!(!shown.contains("since the last right one, as of"), "{shown}");
    assert!(shown.contains("100,000 times, as of 45 s ago"), "{shown}");
}

#[test]
fn an_answer_that_never_comes_is_not_waited_for() {
    let mut fixture = Fixture::new(1);
    let look = ask(Ask::Look);
    assert!(fixture.press(Key::Function(5)).contains(&look));
    fixture.seconds(29);
    assert!(!fixture.tell(Msg::Tick).contains(&look));
    fixture.seconds(1);
    assert!(fixture.tell(Msg::Tick).contains(&look));
    fixture.seconds(5);
    assert!(!fixture.tell(Msg::Tick).contains(&look), "now that one is waited for");
}

#[test]
fn the_page_has_the_time_of_the_hall() {
    let mut fixture = open(Standing::Open);
    fixture.model.setting.zone = crate::clock::Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
    let shown = shown(&fixture);
    assert!(shown.contains("OPEN until 1 Mar 2026 21:00") && !shown.contains("UTC"), "{shown}");
}
