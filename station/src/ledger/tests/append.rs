//! What is taken and what is refused.

use wire::Uid;

use super::fixture::{Fixture, ISSUING, TestModule, WAY, batch, certificate, fault, order, tbs, tlv};
use crate::fault::{Coded, FaultCode};
use crate::ledger::{
    AuthorityEstablished, AuthorityRole, BatchClosed, BatchExported, CertificateInstalled, CertificateIssued,
    CertificateReserved, Digest, Fate, LabelPrinted, LabelScanned, LedgerCreated, ModuleIdentified,
    ModuleProved, ModuleState, ModuleVoided, OrderOpened, OrderProgress, Refusal, RunId, RunPassed,
    RunStarted, StationStarted, StepFinished, StepOutcome, verify,
};

#[test]
fn a_module_goes_all_the_way() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let run = fixture.start("1", "A");
    let states = [
        ModuleState::Identified,
        ModuleState::Reserved,
        ModuleState::Issued,
        ModuleState::Installed,
        ModuleState::Proved,
        ModuleState::Sealed,
        ModuleState::Labelled,
        ModuleState::Scanned,
        ModuleState::Passed,
    ];
    let reader = fixture.ledger.reader().unwrap();
    for (event, state) in module.way(run).into_iter().zip(states) {
        fixture.append(event);
        assert_eq!(reader.module(&module.uid).unwrap().unwrap().state, state);
    }
    let progress = reader.order_progress(&"A".into()).unwrap().unwrap();
    assert_eq!(
        progress,
        OrderProgress {
            quantity: 2,
            passed: 1,
            certificates: Some(12),
            reserved: 1,
            ..OrderProgress::default()
        }
    );
    verify(&fixture.path()).unwrap();
}

#[test]
fn no_event_of_the_way_can_be_left_out() {
    // The label may be printed again before it is scanned, and scanning follows printing.
    for missing in 0..WAY - 1 {
        let fixture = Fixture::with_orders();
        let run = fixture.start("1", "A");
        let mut refused = 0;
        for (index, event) in TestModule::new(2).way(run).into_iter().enumerate() {
            if index != missing && fixture.ledger.append_blocking(event).is_err() {
                refused += 1;
            }
        }
        assert!(refused > 0, "the way without event {missing} was taken");
        let module = fixture.ledger.reader().unwrap().module(&TestModule::new(2).uid).unwrap();
        assert!(module.is_none_or(|module| module.state != ModuleState::Passed));
        verify(&fixture.path()).unwrap();
    }
}

#[test]
fn a_uid_keeps_its_key() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    fixture.pass(&module, "1", "A");
    let run = fixture.start("1", "A");
    let refusal =
        fixture.refused(ModuleIdentified { public_key: tlv(0x30, b"other"), ..module.identified(run) });
    assert_eq!(refusal, Refusal::UidTaken { uid: module.uid });
    assert_eq!(refusal.code(), FaultCode::UidTaken);
}

#[test]
fn a_key_keeps_its_uid() {
    let fixture = Fixture::with_orders();
    let (first, second) = (TestModule::new(1), TestModule::new(2));
    fixture.pass(&first, "1", "A");
    let run = fixture.start("1", "A");
    let event = ModuleIdentified { public_key: first.public_key.clone(), ..second.identified(run) };
    let refusal = fixture.refused(event);
    assert_eq!(refusal, Refusal::PublicKeyTaken { uid: second.uid, holder: first.uid });
    assert_eq!(refusal.code(), FaultCode::PublicKeyTaken);
}

#[test]
fn a_module_is_in_one_slot() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let run = fixture.start("1", "B");
    fixture.append(module.identified(run));
    let other = fixture.start("2", "B");
    let refusal = fixture.refused(module.identified(other));
    assert_eq!(refusal, Refusal::ModuleTwice { uid: module.uid, slot: "1".into() });

    fixture.append(fault(run, Some(module.uid), FaultCode::Interrupted));
    fixture.append(module.identified(other));
}

#[test]
fn a_certificate_is_reserved_once_and_issued_once() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let run = fixture.start("1", "B");
    assert_eq!(fixture.refused(module.reserved(run)), Refusal::ModuleUnknown { uid });
    fixture.append(module.identified(run));
    let issued = CertificateIssued { run, uid, certificate: module.certificate() };
    assert!(matches!(fixture.refused(issued.clone()), Refusal::Premature { missing: "reserved", .. }));

    fixture.append(module.reserved(run));
    assert_eq!(fixture.refused(module.reserved(run)), Refusal::AlreadyReserved { uid });
    let other_bytes = tbs(*uid.as_bytes(), &module.public_key, b"somebody");
    let other = CertificateReserved { tbs: other_bytes.clone(), ..module.reserved(run) };
    assert_eq!(fixture.refused(other), Refusal::AlreadyReserved { uid });
    let other = CertificateIssued { run, uid, certificate: certificate(&other_bytes) };
    assert_eq!(fixture.refused(other), Refusal::NotReserved { uid });
    let malformed = CertificateIssued { run, uid, certificate: b"?".into() };
    assert!(matches!(fixture.refused(malformed), Refusal::CertificateMalformed { .. }));

    fixture.append(issued.clone());
    assert_eq!(fixture.refused(issued), Refusal::AlreadyIssued { uid });
}

#[test]
fn only_a_certificate_for_this_module_is_reserved() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(2);
    let uid = module.uid;
    let run = fixture.start("1", "B");
    fixture.append(module.identified(run));
    let with = |tbs| CertificateReserved { tbs, ..module.reserved(run) };

    let other_serial = *TestModule::new(4).uid.as_bytes();
    let bytes = tbs(other_serial, &module.public_key, b"");
    assert_eq!(fixture.refused(with(bytes)), Refusal::SerialOther { uid });
    let bytes = tbs(*uid.as_bytes(), &tlv(0x30, b"other"), b"");
    assert_eq!(fixture.refused(with(bytes)), Refusal::KeyOther { uid });
    assert!(matches!(fixture.refused(with(tlv(0x30, b""))), Refusal::CertificateMalformed { .. }));

    let issuer = Digest::of(b"a stranger");
    let strange = CertificateReserved { issuer, ..module.reserved(run) };
    assert_eq!(fixture.refused(strange), Refusal::IssuerUnknown { issuer });
    fixture.append(AuthorityEstablished {
        role: AuthorityRole::Root,
        key_label: "root".into(),
        certificate: b"root".into(),
    });
    let root = Digest::of(b"root");
    let by_root = CertificateReserved { issuer: root, ..module.reserved(run) };
    assert_eq!(fixture.refused(by_root), Refusal::IssuerUnknown { issuer: root });
    fixture.append(module.reserved(run));
}

#[test]
fn an_authority_is_established_once() {
    let fixture = Fixture::new();
    let again = AuthorityEstablished {
        role: AuthorityRole::Issuing,
        key_label: "issuing".into(),
        certificate: ISSUING.into(),
    };
    assert_eq!(fixture.refused(again), Refusal::AuthorityTaken { certificate: Digest::of(ISSUING) });
}

#[test]
fn a_label_belongs_to_one_module() {
    let fixture = Fixture::with_orders();
    let (first, second) = (TestModule::new(1), TestModule::new(2));
    fixture.pass(&first, "1", "B");
    let run = fixture.start("1", "B");
    let uid = second.uid;
    fixture.go(&second, run, 6);
    let refusal = fixture.refused(LabelPrinted { run, uid, payload: first.label() });
    assert_eq!(refusal, Refusal::LabelTaken { uid, holder: first.uid });
    fixture.append(LabelPrinted { run, uid, payload: second.label() });
    let refusal = fixture.refused(LabelScanned { run, uid, payload: first.label() });
    assert_eq!(refusal, Refusal::LabelOther { uid });
}

#[test]
fn a_label_printed_again_has_to_be_read_again() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let run = fixture.start("1", "B");
    fixture.go(&module, run, 8);
    fixture.append(LabelPrinted { run, uid, payload: module.label() });
    assert!(matches!(fixture.refused(RunPassed { run, uid }), Refusal::Premature { missing: "scanned", .. }));

    // With another text, the text before is no longer this module's.
    fixture.append(LabelPrinted { run, uid, payload: "new".into() });
    let old = LabelScanned { run, uid, payload: module.label() };
    assert_eq!(fixture.refused(old), Refusal::LabelOther { uid });
    fixture.append(LabelScanned { run, uid, payload: "new".into() });
    fixture.append(RunPassed { run, uid });
    verify(&fixture.path()).unwrap();
}

#[test]
fn an_order_is_not_overfilled() {
    let fixture = Fixture::with_orders();
    fixture.pass(&TestModule::new(1), "1", "A");
    let run = fixture.start("1", "A");
    let third = RunStarted { slot: "2".into(), order: "A".into() };
    let full = Refusal::OrderFull { order: "A".into(), quantity: 2, passed: 1, running: 1 };
    assert_eq!(full.code(), FaultCode::OrderComplete);
    assert_eq!(fixture.refused(third.clone()), full);

    // A run that fails gives its place back, and so does a module that is voided.
    fixture.append(fault(run, None, FaultCode::ProofWrong));
    fixture.pass(&TestModule::new(3), "2", "A");
    assert!(matches!(fixture.refused(third.clone()), Refusal::OrderFull { passed: 2, .. }));
    fixture.append(ModuleVoided { uid: TestModule::new(3).uid, reason: "dropped".parse().unwrap() });
    fixture.append(third);
    let progress = fixture.ledger.reader().unwrap().order_progress(&"A".into()).unwrap().unwrap();
    let expected = OrderProgress {
        quantity: 2,
        passed: 1,
        running: 1,
        failed: 1,
        errors: 0,
        voided: 1,
        certificates: Some(12),
        reserved: 2,
    };
    assert_eq!(progress, expected);
    assert_eq!(progress.left(), 0);
}

#[test]
fn an_order_means_what_it_meant() {
    let fixture = Fixture::with_orders();
    let again = order("A", "Acme", 2);
    fixture.append(again.clone());
    assert_eq!(fixture.ledger.reader().unwrap().open_order().unwrap().unwrap().id, "A".into());
    let changed = OrderOpened { quantity: 3, ..again };
    assert_eq!(fixture.refused(changed), Refusal::OrderTaken { order: "A".into() });
    let unknown = RunStarted { slot: "1".into(), order: "C".into() };
    assert_eq!(fixture.refused(unknown), Refusal::OrderUnknown { order: "C".into() });
}

#[test]
fn a_module_stays_with_its_order() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let run = fixture.start("1", "A");
    fixture.go(&module, run, 2);
    let run = fixture.start("1", "B");
    fixture.append(module.identified(run));
    // A signature is recorded wherever it was made; nothing more follows from it here.
    fixture.append(CertificateIssued { run, uid, certificate: module.certificate() });
    let refusal = fixture.refused(CertificateInstalled { run, uid });
    assert_eq!(refusal, Refusal::OrderOther { uid, order: "A".into() });
    assert_eq!(refusal.code(), FaultCode::OrderOther);
}

#[test]
fn nothing_happens_in_a_run_that_is_over() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let step = |run| StepFinished { run, step: "greet".into(), outcome: StepOutcome::Done, elapsed_ms: 7 };
    let never = RunId::at(99);
    assert_eq!(fixture.refused(step(never)), Refusal::RunUnknown { run: never });

    let first = fixture.start("1", "B");
    fixture.append(step(first));
    // The next run in the slot ends it.
    let second = fixture.start("1", "B");
    assert_eq!(fixture.refused(step(first)), Refusal::RunOver { run: first });
    // And so does the next start of the program.
    fixture.append(StationStarted { program: "0.1.0".into() });
    assert_eq!(fixture.refused(module.identified(second)), Refusal::RunOver { run: second });
    let progress = fixture.ledger.reader().unwrap().order_progress(&"B".into()).unwrap().unwrap();
    assert_eq!((progress.running, progress.errors), (0, 2));
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_run_has_one_module() {
    let fixture = Fixture::with_orders();
    let (first, second) = (TestModule::new(1), TestModule::new(2));
    let run = fixture.start("1", "B");
    fixture.append(first.identified(run));
    fixture.append(first.identified(run));
    assert_eq!(fixture.refused(second.identified(run)), Refusal::RunOther { run, uid: second.uid });
    let other = fixture.start("2", "B");
    fixture.append(second.identified(other));
    assert_eq!(fixture.refused(second.reserved(run)), Refusal::RunOther { run, uid: second.uid });
}

#[test]
fn an_interrupted_module_goes_on_where_it_stopped() {
    for stopped in 1..WAY {
        let fixture = Fixture::with_orders();
        let module = TestModule::new(1);
        let run = fixture.start("1", "A");
        fixture.go(&module, run, stopped);
        fixture.append(StationStarted { program: "0.1.0".into() });
        let run = fixture.start("2", "A");
        fixture.append(module.identified(run));
        // Whatever was seen before, key and seal are looked at again in the run that passes.
        for event in module.way(run).into_iter().skip(stopped.min(4)) {
            fixture.append(event);
        }
        verify(&fixture.path()).unwrap();
    }
}

#[test]
fn passing_is_done_once() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    fixture.pass(&module, "1", "B");
    let run = fixture.start("1", "B");
    fixture.append(module.identified(run));
    assert_eq!(fixture.refused(RunPassed { run, uid }), Refusal::ModulePassed { uid });
    assert_eq!(fixture.refused(CertificateInstalled { run, uid }), Refusal::ModulePassed { uid });
}

#[test]
fn void_is_final() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let uid = module.uid;
    let void = ModuleVoided { uid, reason: "dropped".parse().unwrap() };
    assert_eq!(fixture.refused(void.clone()), Refusal::ModuleUnknown { uid });
    let run = fixture.start("1", "B");
    fixture.go(&module, run, 4);
    fixture.append(void.clone());
    assert_eq!(fixture.refused(void), Refusal::ModuleVoid { uid });
    let proved = ModuleProved { run, uid, challenge: [0; 32], signature: [0; 64] };
    assert_eq!(fixture.refused(proved), Refusal::ModuleVoid { uid });
    let run = fixture.start("1", "B");
    let refusal = fixture.refused(module.identified(run));
    assert_eq!(refusal.code(), FaultCode::CertificateVoided);
    verify(&fixture.path()).unwrap();
}

#[test]
fn batches_of_a_customer_follow_each_other() {
    let fixture = Fixture::with_orders();
    let modules: Vec<TestModule> = (0..4).map(TestModule::new).collect();
    modules.iter().take(3).for_each(|module| fixture.pass(module, "1", "B"));
    let first = batch("b1", "B", 1, &[(&modules[0], Fate::Passed), (&modules[1], Fate::Passed)]);
    let second = batch("b2", "B", 2, &[(&modules[2], Fate::Passed)]);

    assert_eq!(fixture.refused(batch("b0", "B", 1, &[])), Refusal::BatchEmpty { batch: "b0".into() });
    let early = Refusal::BatchSequence { batch: "b2".into(), sequence: 2, expected: 1 };
    assert_eq!(fixture.refused(second.clone()), early);
    fixture.append(first.clone());
    assert_eq!(fixture.refused(first.clone()), Refusal::BatchTaken { batch: "b1".into() });
    assert_eq!(fixture.refused(second.clone()), Refusal::BatchPrevious { batch: "b2".into() });
    fixture.append(BatchClosed { previous: Some(first.digest), ..second });

    let export = |id: &str| BatchExported {
        batch: id.into(),
        flavour: "late-binding".into(),
        file_name: "b1.zip".into(),
        sha256: Digest::of(b"file"),
    };
    fixture.append(export("b1"));
    assert_eq!(fixture.refused(export("b9")), Refusal::BatchUnknown { batch: "b9".into() });
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_batch_holds_what_is_due() {
    let fixture = Fixture::with_orders();
    fixture.append(order("X", "Other", 9));
    let modules: Vec<TestModule> = (0..4).map(TestModule::new).collect();
    fixture.pass(&modules[0], "1", "B");
    fixture.pass(&modules[1], "1", "X");
    fixture.go(&modules[2], fixture.start("1", "B"), 5);
    let wrong = |entries: &[(&TestModule, Fate)], uid: Uid| {
        let refusal = fixture.refused(batch("b", "B", 1, entries));
        assert_eq!(refusal, Refusal::BatchEntry { batch: "b".into(), uid });
    };
    wrong(&[(&modules[1], Fate::Passed)], modules[1].uid);
    wrong(&[(&modules[2], Fate::Passed)], modules[2].uid);
    wrong(&[(&modules[0], Fate::Void)], modules[0].uid);
    wrong(&[(&modules[0], Fate::Passed), (&modules[0], Fate::Passed)], modules[0].uid);
    fixture.append(batch("b", "B", 1, &[(&modules[0], Fate::Passed)]));
}

#[test]
fn a_ledger_is_made_once() {
    let fixture = Fixture::new();
    assert_eq!(fixture.refused(LedgerCreated { ledger: [0; 16] }), Refusal::Created);
}

#[test]
fn a_refused_event_leaves_no_trace() {
    let fixture = Fixture::with_orders();
    let before = fixture.ledger.reader().unwrap().head().unwrap();
    // Refused only after its row was written.
    let entries = [(&TestModule::new(7), Fate::Passed)];
    fixture.refused(batch("b", "B", 1, &entries));
    assert_eq!(fixture.ledger.reader().unwrap().head().unwrap(), before);
    fixture.append(StationStarted { program: "0.1.0".into() });
    verify(&fixture.path()).unwrap();
}
