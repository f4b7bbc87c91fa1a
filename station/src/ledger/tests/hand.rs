//! Rework, return, scrap, reprint, quarantine.

use super::fixture::{Fixture, TestModule, WAY, batch};
use crate::fault::{Coded as _, FaultCode};
use crate::ledger::{
    BatchClosed, DeedKind, DeviceRecognised, Fate, LabelReprinted, ModuleQuarantined, ModuleReturned,
    ModuleReworked, ModuleScrapped, ModuleState, ModuleVoided, NoReason, Reason, Refusal, RunPassed,
    RunStarted, verify,
};
use crate::probe::DeviceId;

fn why() -> Reason {
    "scratched".parse().unwrap()
}

fn state(fixture: &Fixture, module: &TestModule) -> ModuleState {
    fixture.ledger.reader().unwrap().module(&module.uid).unwrap().unwrap().state
}

fn due(fixture: &Fixture, order: &str) -> Vec<Fate> {
    let due = fixture.ledger.reader().unwrap().unbatched(&order.into()).unwrap();
    due.into_iter().map(|due| due.fate).collect()
}

fn deeds(fixture: &Fixture, module: &TestModule, batch: Option<&str>) -> Vec<DeedKind> {
    let batch = batch.map(Into::into);
    let deeds = fixture.ledger.reader().unwrap().deeds(&module.uid, batch.as_ref()).unwrap();
    deeds.into_iter().map(|deed| deed.kind).collect()
}

#[test]
fn a_reason_is_a_line_of_text() {
    assert_eq!("  fell off the table ".parse::<Reason>().unwrap().as_str(), "fell off the table");
    for text in ["", "  ", "two\nlines", &"x".repeat(201)] {
        assert_eq!(text.parse::<Reason>(), Err(NoReason), "{text:?}");
    }
    assert!(serde_json::from_str::<Reason>("\" padded\"").is_err());
}

#[test]
fn a_module_in_quarantine_goes_nowhere_until_somebody_says_so() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let run = fixture.start("1", "B");
    fixture.go(&module, run, 4);
    fixture.append(ModuleQuarantined { run, uid, code: FaultCode::ProofWrong });
    let [.., proved, _, _, _, _] = module.way(run);
    assert_eq!(fixture.refused(proved), Refusal::ModuleQuarantined { uid });

    let run = fixture.start("1", "B");
    assert_eq!(fixture.refused(module.identified(run)), Refusal::ModuleQuarantined { uid });
    assert_eq!(fixture.refused(module.identified(run)).code(), FaultCode::ModuleQuarantined);
    fixture.append(ModuleReworked { uid, reason: why() });
    // It goes on where it was: its certificate is the one it had.
    fixture.append(module.identified(run));
    for event in module.way(run).into_iter().skip(4) {
        fixture.append(event);
    }
    assert_eq!(state(&fixture, &module), ModuleState::Passed);
    verify(&fixture.path()).unwrap();
}

#[test]
fn only_the_run_that_has_a_module_sets_it_apart() {
    let fixture = Fixture::with_orders();
    let (first, second) = (TestModule::new(1), TestModule::new(2));
    let run = fixture.start("1", "B");
    fixture.go(&first, run, 1);
    fixture.go(&second, fixture.start("2", "B"), 1);
    let code = FaultCode::ProofWrong;
    let refusal = fixture.refused(ModuleQuarantined { run, uid: second.uid, code });
    assert_eq!(refusal, Refusal::RunOther { run, uid: second.uid });
    // A copy of what has passed does it no harm.
    let passed = TestModule::new(3);
    fixture.pass(&passed, "4", "B");
    let run = fixture.start("3", "B");
    assert_eq!(
        fixture.refused(ModuleQuarantined { run, uid: passed.uid, code }),
        Refusal::ModulePassed { uid: passed.uid }
    );
    fixture.append(ModuleVoided { uid: second.uid, reason: why() });
    assert_eq!(
        fixture.refused(ModuleQuarantined { run, uid: second.uid, code }),
        Refusal::ModuleVoid { uid: second.uid }
    );
}

#[test]
fn rework_takes_back_a_pass_and_keeps_the_identity() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    fixture.pass(&module, "1", "A");
    fixture.pass(&TestModule::new(2), "1", "A");
    fixture.append(ModuleReworked { uid, reason: why() });
    assert_eq!(state(&fixture, &module), ModuleState::Labelled);
    // Nobody was told that it had passed, so nobody is told that it has not.
    assert_eq!(due(&fixture, "A"), [Fate::Passed]);

    // The order has room for it again, and for it alone; its label has to be read again.
    let run = fixture.start("1", "A");
    assert!(matches!(
        fixture.refused(RunStarted { slot: "2".into(), order: "A".into() }),
        Refusal::OrderFull { .. }
    ));
    fixture.append(module.identified(run));
    assert_eq!(
        fixture.refused(module.reserved(run)),
        Refusal::AlreadyReserved { uid },
        "the certificate it has is the one it keeps"
    );
    assert_eq!(
        fixture.refused(RunPassed { run, uid }),
        Refusal::Premature { uid, event: "passed", missing: "proved" },
        "it could be a copy"
    );
    let [.., proved, sealed, _, scanned, passed] = module.way(run);
    fixture.append(proved);
    fixture.append(sealed);
    assert_eq!(
        fixture.refused(passed.clone()),
        Refusal::Premature { uid, event: "passed", missing: "scanned" }
    );
    fixture.append(scanned);
    fixture.append(passed);
    assert_eq!(due(&fixture, "A"), [Fate::Passed, Fate::Passed]);
    assert_eq!(deeds(&fixture, &module, None), [DeedKind::Rework]);
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_return_is_told_in_the_next_batch_and_so_is_the_module_when_it_ships_again() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    fixture.go(&module, fixture.start("1", "A"), 3);
    let early = fixture.refused(ModuleReturned { uid, reason: why() });
    assert_eq!(early, Refusal::Premature { uid, event: "returned", missing: "passed" });
    fixture.pass_on(&module, "1", "A", 3);
    let first = batch("b1", "A", 1, &[(&module, Fate::Passed)]);
    fixture.append(first.clone());

    fixture.append(ModuleReturned { uid, reason: why() });
    assert_eq!(due(&fixture, "A"), [Fate::Withdrawn]);
    assert_eq!(due(&fixture, "B"), [Fate::Withdrawn], "the customer's other orders tell of it too");
    let second =
        BatchClosed { previous: Some(first.digest), ..batch("b2", "B", 2, &[(&module, Fate::Withdrawn)]) };
    fixture.append(second.clone());
    assert_eq!(due(&fixture, "A"), []);

    let run = fixture.start("1", "A");
    assert_eq!(fixture.refused(module.identified(run)), Refusal::ModuleQuarantined { uid });
    fixture.append(ModuleReworked { uid, reason: why() });
    fixture.pass_on(&module, "1", "A", 4);
    assert_eq!(due(&fixture, "A"), [Fate::Passed]);
    let third =
        BatchClosed { previous: Some(second.digest), ..batch("b3", "A", 3, &[(&module, Fate::Passed)]) };
    fixture.append(third);
    // What was done is told once, with the batch that followed.
    assert_eq!(deeds(&fixture, &module, Some("b1")), []);
    assert_eq!(deeds(&fixture, &module, Some("b2")), [DeedKind::Return]);
    assert_eq!(deeds(&fixture, &module, Some("b3")), [DeedKind::Rework]);
    assert_eq!(deeds(&fixture, &module, None), []);
    verify(&fixture.path()).unwrap();
}

#[test]
fn scrap_voids_and_is_final() {
    let fixture = Fixture::with_orders();
    let (passed, void) = (TestModule::new(1), TestModule::new(2));
    for module in [&passed, &void] {
        fixture.pass(module, "1", "B");
    }
    let scrap = |module: &TestModule| ModuleScrapped { uid: module.uid, reason: why() };
    fixture.append(scrap(&passed));
    assert_eq!(state(&fixture, &passed), ModuleState::Void);
    assert_eq!(fixture.refused(scrap(&passed)), Refusal::ModuleScrapped { uid: passed.uid });
    let rework = ModuleReworked { uid: passed.uid, reason: why() };
    assert_eq!(fixture.refused(rework), Refusal::ModuleVoid { uid: passed.uid });

    // Told as void before, told as gone now.
    fixture.append(ModuleVoided { uid: void.uid, reason: why() });
    let first = batch("b1", "B", 1, &[(&passed, Fate::Void), (&void, Fate::Void)]);
    fixture.append(first);
    assert_eq!(due(&fixture, "B"), []);
    fixture.append(scrap(&void));
    assert_eq!(due(&fixture, "B"), [Fate::Void]);
    assert_eq!(deeds(&fixture, &void, None), [DeedKind::Scrap]);
    let progress = fixture.ledger.reader().unwrap().order_progress(&"B".into()).unwrap().unwrap();
    assert_eq!((progress.passed, progress.voided), (0, 2));
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_label_is_printed_again_with_the_same_text() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let reprint = |payload: &str| LabelReprinted { uid, payload: payload.into(), reason: why() };
    fixture.go(&module, fixture.start("1", "B"), 6);
    assert_eq!(
        fixture.refused(reprint(&module.label())),
        Refusal::Premature { uid, event: "labelled again", missing: "labelled" }
    );
    fixture.pass_on(&module, "1", "B", 4);
    let first = batch("b1", "B", 1, &[(&module, Fate::Passed)]);
    fixture.append(first);
    assert_eq!(fixture.refused(reprint("another text")), Refusal::LabelOther { uid });
    fixture.append(reprint(&module.label()));
    assert_eq!(state(&fixture, &module), ModuleState::Passed);
    assert_eq!(due(&fixture, "B"), [Fate::Passed]);
    assert_eq!(deeds(&fixture, &module, None), [DeedKind::Reprint]);
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_label_printed_again_under_way_has_to_be_read() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let run = fixture.start("1", "B");
    fixture.go(&module, run, WAY - 1);
    fixture.append(LabelReprinted { uid, payload: module.label(), reason: why() });
    let missing = Refusal::Premature { uid, event: "passed", missing: "scanned" };
    assert_eq!(fixture.refused(RunPassed { run, uid }), missing);
}

#[test]
fn a_part_has_one_identity_until_that_is_void() {
    let fixture = Fixture::with_orders();
    let (first, second) = (TestModule::new(1), TestModule::new(2));
    let device = DeviceId::from_words(&[0xdead_beef, 1]).unwrap();
    assert_eq!(device.as_str(), "deadbeef00000001");
    for nothing in [&[][..], &[0, 0], &[u32::MAX, u32::MAX]] {
        assert_eq!(DeviceId::from_words(nothing), None, "{nothing:x?}");
    }
    let on = |run, module: &TestModule| DeviceRecognised { run, uid: module.uid, device: device.clone() };
    let run = fixture.start("1", "B");
    fixture.go(&first, run, 3);
    fixture.append(on(run, &first));
    fixture.append(on(run, &first));

    let run = fixture.start("1", "B");
    fixture.append(second.identified(run));
    let refusal = fixture.refused(on(run, &second));
    assert_eq!(refusal, Refusal::DeviceTaken { uid: second.uid, holder: first.uid });
    assert_eq!(refusal.code(), FaultCode::IdentityLost);
    fixture.append(ModuleVoided { uid: first.uid, reason: why() });
    fixture.append(on(run, &second));
    let holder = fixture.ledger.reader().unwrap().device_holder(&device).unwrap();
    assert_eq!(holder, Some(second.uid));
    verify(&fixture.path()).unwrap();
}

/// In another slot somebody says that it is the module whose certificate the HSM is signing right now.
#[test]
fn a_signature_that_was_made_is_recorded_whatever_became_of_the_module() {
    for deed in 0..3 {
        let fixture = Fixture::with_orders();
        let module = TestModule::new(1);
        let uid = module.uid;
        let run = fixture.start("1", "B");
        fixture.go(&module, run, 2);
        match deed {
            0 => drop(fixture.append(ModuleQuarantined {
                run: fixture.start("2", "B"),
                uid,
                code: FaultCode::ModuleLifecycle,
            })),
            1 => drop(fixture.append(ModuleVoided { uid, reason: why() })),
            _ => drop(fixture.start("1", "B")),
        }
        let [_, _, issued, installed, ..] = module.way(run);
        fixture.append(issued);
        fixture.refused(installed);
        let certificate = fixture.ledger.reader().unwrap().certificate(&uid).unwrap();
        assert_eq!(certificate, Some(module.certificate()));
        verify(&fixture.path()).unwrap();
    }
}
