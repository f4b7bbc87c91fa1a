//! What can be asked.

use super::fixture::{Fixture, ISSUING, TestModule, batch, fault, order};
use crate::fault::FaultCode;
use crate::ledger::{
    BatchClosed, BatchExport, BatchExported, DeedKind, Digest, DueCounts, Event, Fate, ModuleFilter,
    ModuleReworked, ModuleState, ModuleVoided, Receipt, StationStarted, UidPart,
};

#[test]
fn a_module_is_found_by_uid_and_by_label() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    fixture.pass(&module, "1", "A");
    fixture.append(batch("b1", "A", 1, &[(&module, Fate::Passed)]));
    let reader = fixture.ledger.reader().unwrap();
    let found = reader.module(&module.uid).unwrap().unwrap();
    assert_eq!(found.state, ModuleState::Passed);
    assert_eq!(found.public_key, Digest::of(&module.public_key));
    assert_eq!(found.order, Some("A".into()));
    assert_eq!(found.certificate, Some(Digest::of(&module.certificate())));
    assert_eq!(found.label, Some(module.label()));
    assert_eq!(found.batch, Some("b1".into()));
    assert_eq!(found.void_reason, None);
    assert_eq!(reader.module_by_label(&module.label()).unwrap(), Some(found));
    assert_eq!(reader.module(&TestModule::new(2).uid).unwrap(), None);
    assert_eq!(reader.module_by_label("?").unwrap(), None);
}

#[test]
fn modules_are_listed_by_order_and_state() {
    let fixture = Fixture::with_orders();
    let modules: Vec<TestModule> = (0..5).map(TestModule::new).collect();
    fixture.pass(&modules[0], "1", "A");
    fixture.pass(&modules[1], "1", "B");
    fixture.pass(&modules[2], "1", "B");
    fixture.go(&modules[3], fixture.start("1", "B"), 3);
    fixture.go(&modules[4], fixture.start("2", "B"), 1);
    fixture.append(ModuleVoided { uid: modules[2].uid, reason: "scratched".parse().unwrap() });

    let reader = fixture.ledger.reader().unwrap();
    let list = |order: Option<&str>, state, limit| -> Vec<u32> {
        let filter = ModuleFilter { order: order.map(Into::into), state, limit };
        let found = reader.modules(&filter).unwrap();
        let number = |uid| modules.iter().position(|module| module.uid == uid).unwrap();
        found.iter().map(|module| u32::try_from(number(module.uid)).unwrap()).collect()
    };
    assert_eq!(list(None, None, None), [4, 3, 2, 1, 0]);
    assert_eq!(list(None, None, Some(2)), [4, 3]);
    assert_eq!(list(Some("B"), None, None), [3, 2, 1]);
    assert_eq!(list(Some("B"), Some(ModuleState::Void), None), [2]);
    assert_eq!(list(None, Some(ModuleState::Issued), None), [3]);
    assert_eq!(list(None, Some(ModuleState::Identified), None), [4]);
    assert_eq!(list(Some("C"), None, None), [0; 0]);
    let void = reader.module(&modules[2].uid).unwrap().unwrap();
    assert_eq!(void.void_reason.as_deref(), Some("scratched"));
}

#[test]
fn modules_are_found_by_a_part_of_their_uid_the_newest_first() {
    let fixture = Fixture::with_orders();
    // Even ones begin with 00, odd ones with ff; the last four bytes are the number.
    for number in 0x1230..0x1236 {
        fixture.go(&TestModule::new(number), fixture.start("1", "B"), 1);
    }
    let reader = fixture.ledger.reader().unwrap();
    let part = |text: &str| text.parse::<UidPart>().unwrap();
    let uids =
        |numbers: &[u32]| numbers.iter().map(|number| TestModule::new(*number).uid).collect::<Vec<_>>();
    let beginning = |text: &str, most| {
        let found = reader.modules_beginning(&part(text), most).unwrap();
        (found.modules.iter().map(|module| module.uid).collect::<Vec<_>>(), found.more)
    };
    let with = |text: &str, most| {
        let found = reader.modules_with(&part(text), most).unwrap();
        (found.modules.iter().map(|module| module.uid).collect::<Vec<_>>(), found.more)
    };
    assert_eq!(beginning("fffff", 9), (uids(&[0x1235, 0x1233, 0x1231]), false));
    assert_eq!(beginning("fffff", 2), (uids(&[0x1235, 0x1233]), true));
    assert_eq!(beginning("FFFFF", 3), (uids(&[0x1235, 0x1233, 0x1231]), false));
    assert_eq!(beginning("1234", 9), (vec![], false));
    assert_eq!(with("1234", 9), (uids(&[0x1234]), false));
    assert_eq!(with("0123", 9), (uids(&[0x1235, 0x1234, 0x1233, 0x1232, 0x1231, 0x1230]), false));
    assert_eq!(with("f000012", 1), (uids(&[0x1235]), true), "within a byte");
    assert_eq!(with("9999", 9), (vec![], false));
}

#[test]
fn the_beginning_of_a_uid_is_looked_up_in_an_index() {
    let fixture = Fixture::with_orders();
    let reader = fixture.ledger.reader().unwrap();
    let sql = "EXPLAIN QUERY PLAN SELECT seq FROM modules
               WHERE uid BETWEEN x'00' AND x'01' ORDER BY seq DESC LIMIT 9";
    let mut statement = reader.connection().prepare(sql).unwrap();
    let steps = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
    let plan = steps.map(Result::unwrap).collect::<Vec<_>>().join("; ");
    assert!(plan.contains("SEARCH modules USING COVERING INDEX"), "{plan}");
}

#[test]
fn a_module_is_at_work_until_its_run_ends() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(7);
    let run = fixture.start("2", "A");
    let reader = fixture.ledger.reader().unwrap();
    fixture.append(module.identified(run));
    assert_eq!(reader.at_work(&module.uid).unwrap(), Some("2".to_owned()));
    fixture.append(fault(run, Some(module.uid), FaultCode::LinkSilent));
    assert_eq!(reader.at_work(&module.uid).unwrap(), None);
    assert_eq!(reader.at_work(&TestModule::new(8).uid).unwrap(), None);
}

#[test]
fn a_module_is_in_the_batch_that_has_it_as_it_is() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(7);
    fixture.pass(&module, "1", "B");
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.shipment(&module.uid).unwrap(), None);
    let first = batch("b1", "B", 1, &[(&module, Fate::Passed)]);
    fixture.append(first.clone());
    assert_eq!(reader.shipment(&module.uid).unwrap(), Some(("b1".into(), false)));
    fixture.append(BatchExported {
        batch: "b1".into(),
        flavour: "late-binding".into(),
        file_name: "b1.zip".into(),
        sha256: Digest::of(b"zip"),
    });
    assert_eq!(reader.shipment(&module.uid).unwrap(), Some(("b1".into(), true)));
    fixture.append(ModuleReworked { uid: module.uid, reason: "antenna".parse().unwrap() });
    assert_eq!(reader.shipment(&module.uid).unwrap(), None);
    fixture.pass_on(&module, "1", "B", 4);
    assert_eq!(reader.shipment(&module.uid).unwrap(), None, "the customer was told of the pass before");
    let again = batch("b2", "B", 2, &[(&module, Fate::Passed)]);
    fixture.append(BatchClosed { previous: Some(first.digest), ..again });
    assert_eq!(reader.shipment(&module.uid).unwrap(), Some(("b2".into(), false)));
}

#[test]
fn reservation_and_certificate_come_back_byte_for_byte() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(2);
    let reader = fixture.ledger.reader().unwrap();
    let run = fixture.start("1", "A");
    assert_eq!(reader.reservation(&module.uid).unwrap(), None);
    fixture.go(&module, run, 2);
    let reservation = reader.reservation(&module.uid).unwrap().unwrap();
    assert_eq!(reservation.tbs, module.tbs());
    assert_eq!((reservation.run, reservation.order), (run, "A".into()));
    assert_eq!(reservation.issuer, Digest::of(ISSUING));
    assert_eq!(reader.certificate(&module.uid).unwrap(), None);
    fixture.append(module.way(run)[2].clone());
    assert_eq!(reader.certificate(&module.uid).unwrap(), Some(module.certificate()));
}

#[test]
fn an_order_comes_back_whole() {
    let fixture = Fixture::new();
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.open_order().unwrap(), None);
    let opened = order("A", "Acme", 3);
    let receipt = fixture.append(opened.clone());
    let found = reader.open_order().unwrap().unwrap();
    assert_eq!(found.definition, opened.definition);
    assert_eq!((found.customer, found.opened), (opened.customer, receipt.time));
    assert_eq!(reader.order(&"A".into()).unwrap().unwrap().progress.left(), 3);
    assert_eq!(reader.order(&"C".into()).unwrap(), None);
    assert_eq!(reader.order_progress(&"C".into()).unwrap(), None);
}

#[test]
fn the_next_batch_holds_what_changed() {
    let fixture = Fixture::with_orders();
    let modules: Vec<TestModule> = (0..4).map(TestModule::new).collect();
    fixture.pass(&modules[0], "1", "A");
    fixture.pass(&modules[1], "1", "A");
    let reader = fixture.ledger.reader().unwrap();
    let due = |order: &str| -> Vec<(wire::Uid, Fate)> {
        reader.unbatched(&order.into()).unwrap().iter().map(|due| (due.uid, due.fate)).collect()
    };
    assert_eq!(due("A"), [(modules[0].uid, Fate::Passed), (modules[1].uid, Fate::Passed)]);
    assert_eq!(due("B"), []);
    let first = batch("b1", "A", 1, &[(&modules[0], Fate::Passed)]);
    fixture.append(first.clone());
    assert_eq!(due("A"), [(modules[1].uid, Fate::Passed)]);

    // Voided after it has shipped: the customer hears of it in whatever batch comes next.
    fixture.append(ModuleVoided { uid: modules[0].uid, reason: "recalled".parse().unwrap() });
    fixture.go(&modules[2], fixture.start("1", "B"), 2);
    fixture.append(ModuleVoided { uid: modules[2].uid, reason: "dropped".parse().unwrap() });
    // Never certified, so of no concern to anybody.
    fixture.go(&modules[3], fixture.start("1", "B"), 1);
    fixture.append(ModuleVoided { uid: modules[3].uid, reason: "dropped".parse().unwrap() });
    assert_eq!(due("B"), [(modules[0].uid, Fate::Void), (modules[2].uid, Fate::Void)]);
    let unbatched = reader.unbatched(&"B".into()).unwrap();
    assert_eq!(unbatched[0].certificate, Some(modules[0].certificate()));
    let deeds = reader.deeds(&modules[0].uid, None).unwrap();
    assert_eq!((deeds[0].kind, deeds[0].reason.as_str()), (DeedKind::Void, "recalled"));
    assert_eq!((&unbatched[0].order, &unbatched[1].order), (&"A".into(), &"B".into()));
    assert_eq!(unbatched[1].certificate, None);

    let entries = [(&modules[0], Fate::Void), (&modules[2], Fate::Void)];
    fixture.append(BatchClosed { previous: Some(first.digest), ..batch("b2", "B", 2, &entries) });
    assert_eq!(due("B"), []);
    assert_eq!(due("A"), [(modules[1].uid, Fate::Passed)]);
    assert_eq!(reader.last_batch("Acme").unwrap().unwrap().id, "b2".into());
    assert_eq!(reader.last_batch("Other").unwrap(), None);
}

#[test]
fn a_batch_comes_back_with_its_files() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    fixture.pass(&module, "1", "A");
    let closed = batch("b1", "A", 1, &[(&module, Fate::Passed)]);
    fixture.append(closed.clone());
    assert_eq!(fixture.ledger.reader().unwrap().last_export().unwrap(), None);
    let (receipt, export) = export(&fixture, "b1", "b1.zip");
    let found = fixture.ledger.reader().unwrap().batch(&"b1".into()).unwrap().unwrap();
    assert_eq!((found.sequence, found.entries, found.exports), (1, closed.entries, vec![export]));
    assert_eq!((found.customer.as_str(), found.digest), ("Acme", closed.digest));
    assert_eq!(found.created, closed.created);
    assert_eq!(fixture.ledger.reader().unwrap().last_export().unwrap(), Some(receipt.time));
}

/// Records a file of a batch.
fn export(fixture: &Fixture, batch: &str, file_name: &str) -> (Receipt, BatchExport) {
    let exported = BatchExported {
        batch: batch.into(),
        flavour: "late-binding".into(),
        file_name: file_name.into(),
        sha256: Digest::of(file_name.as_bytes()),
    };
    let receipt = fixture.append(exported.clone());
    let BatchExported { flavour, file_name, sha256, .. } = exported;
    (receipt, BatchExport { flavour, file_name, sha256, exported: receipt.time })
}

#[test]
fn the_last_batches_come_first_and_only_their_last_files() {
    let fixture = Fixture::with_orders();
    assert_eq!(fixture.ledger.reader().unwrap().batches(9).unwrap(), []);
    let modules: Vec<TestModule> = (0..3).map(TestModule::new).collect();
    for module in &modules {
        fixture.pass(module, "1", "B");
    }
    let first = batch("b1", "B", 1, &[(&modules[0], Fate::Passed), (&modules[1], Fate::Passed)]);
    fixture.append(first.clone());
    let second =
        BatchClosed { previous: Some(first.digest), ..batch("b2", "B", 2, &[(&modules[2], Fate::Passed)]) };
    let closed = fixture.append(second);
    let mut files: Vec<_> = (0..10).map(|file| export(&fixture, "b1", &format!("{file}.zip")).1).collect();
    files.reverse();
    files.truncate(8);

    let reader = fixture.ledger.reader().unwrap();
    let found = reader.batches(9).unwrap();
    let ids: Vec<_> =
        found.iter().map(|found| (found.id.as_str(), found.order.as_str(), found.modules)).collect();
    assert_eq!(ids, [("b2", "B", 1), ("b1", "B", 2)]);
    assert_eq!((found[0].customer.as_str(), found[0].closed), ("Acme", closed.time));
    assert_eq!(found[0].flow, "late-binding");
    assert_eq!((&found[0].exports, &found[1].exports), (&Vec::new(), &files));
    assert_eq!(reader.batches(1).unwrap(), &found[..1]);
}

#[test]
fn what_is_due_is_counted_by_what_becomes_of_it() {
    let fixture = Fixture::with_orders();
    let modules: Vec<TestModule> = (0..4).map(TestModule::new).collect();
    for module in &modules[..3] {
        fixture.pass(module, "1", "B");
    }
    let due = || fixture.ledger.reader().unwrap().due(&"B".into()).unwrap();
    assert_eq!(due(), DueCounts { passed: 3, void: 0, withdrawn: 0 });
    fixture.append(batch("b1", "B", 1, &[(&modules[0], Fate::Passed), (&modules[1], Fate::Passed)]));
    fixture.append(ModuleVoided { uid: modules[0].uid, reason: "recalled".parse().unwrap() });
    fixture.append(ModuleReworked { uid: modules[1].uid, reason: "antenna".parse().unwrap() });
    assert_eq!(due(), DueCounts { passed: 1, void: 1, withdrawn: 1 });
    assert_eq!(due().total(), 3);
    let listed = fixture.ledger.reader().unwrap().unbatched(&"B".into()).unwrap();
    assert_eq!(listed.len(), 3, "the count is of what is listed");
}

#[test]
fn the_story_of_a_module_is_whole() {
    let fixture = Fixture::with_orders();
    let (module, other) = (TestModule::new(1), TestModule::new(2));
    let first = fixture.start("1", "A");
    fixture.go(&module, first, 3);
    fixture.append(fault(first, Some(module.uid), FaultCode::LinkSilent));
    fixture.pass(&other, "1", "A");
    fixture.append(StationStarted { program: "0.1.0".into() });
    fixture.append(order("A", "Acme", 2));
    let second = fixture.start("2", "A");
    fixture.append(module.identified(second));
    for event in module.way(second).into_iter().skip(3) {
        fixture.append(event);
    }
    let entries = [(&module, Fate::Passed), (&other, Fate::Passed)];
    fixture.append(batch("b1", "A", 1, &entries));
    fixture.append(ModuleVoided { uid: module.uid, reason: "recalled".parse().unwrap() });
    // An impostor with its UID.
    let third = fixture.start("2", "A");
    fixture.append(fault(third, Some(module.uid), FaultCode::UidTaken));

    let story = fixture.ledger.reader().unwrap().story(&module.uid).unwrap();
    let kinds: Vec<&str> = story.iter().map(|stored| stored.event.kind()).collect();
    let expected = [
        &["run-started", "module-identified", "certificate-reserved", "certificate-issued", "run-faulted"][..],
        &["run-started", "module-identified", "certificate-installed", "module-proved", "module-sealed"],
        &["label-printed", "label-scanned", "run-passed", "batch-closed", "module-voided"],
        &["run-started", "run-faulted"],
    ];
    assert_eq!(kinds, expected.concat());
    assert!(story.is_sorted_by_key(|stored| stored.seq));
}

#[test]
fn an_event_reads_as_one_line_of_json() {
    let fixture = Fixture::with_orders();
    fixture.go(&TestModule::new(1), fixture.start("1", "A"), 1);
    let story = fixture.ledger.reader().unwrap().story(&TestModule::new(1).uid).unwrap();
    let json = serde_json::to_value(&story[0]).unwrap();
    assert_eq!(json["kind"], "run-started");
    assert_eq!(json["time"], "2026-03-01T12:00:00Z");
    assert_eq!(json["payload"], serde_json::json!({ "slot": "1", "order": "A" }));
    assert_eq!(json["hash"].as_str().unwrap().len(), 64);
    assert!(matches!(story[0].event, Event::RunStarted(_)));
}
