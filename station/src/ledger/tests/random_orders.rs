//! Events in any order, as no engine would ever send them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wire::Uid;

use super::fixture::{Fixture, TestModule, WAY, batch, fault, order, tbs, tlv};
use crate::fault::FaultCode;
use crate::ledger::{
    BatchClosed, CertificateReserved, Event, Fate, LabelReprinted, LedgerError, ModuleFilter,
    ModuleIdentified, ModuleQuarantined, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleState,
    ModuleVoided, RunId, RunStarted, Seq, StationStarted, verify,
};

/// Something that is tried; most of it will be refused.
#[derive(Clone, Debug)]
enum Attempt {
    Start { slot: u8, order: bool },
    Step { slot: u8, module: u32, event: usize },
    Fault { slot: u8, module: u32, station: bool },
    Impostor { slot: u8, module: u32, key: u32 },
    OtherCertificate { slot: u8, module: u32 },
    Deed { module: u32, deed: Deed },
    Quarantine { slot: u8, module: u32 },
    Batch { first: u32, second: u32, fate: Fate },
    Restart,
    Reopen,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let (slot, slot_again, module) = (0..3u8, 0..3u8, 0..4u32);
    prop_oneof![
        3 => (slot.clone(), any::<bool>()).prop_map(|(slot, order)| Attempt::Start { slot, order }),
        24 => (slot.clone(), module.clone(), 0..WAY)
            .prop_map(|(slot, module, event)| Attempt::Step { slot, module, event }),
        1 => (slot.clone(), module.clone(), any::<bool>())
            .prop_map(|(slot, module, station)| Attempt::Fault { slot, module, station }),
        1 => (slot.clone(), module.clone(), module.clone())
            .prop_map(|(slot, module, key)| Attempt::Impostor { slot, module, key }),
        1 => (slot, module.clone()).prop_map(|(slot, module)| Attempt::OtherCertificate { slot, module }),
        1 => (slot_again, module.clone()).prop_map(|(slot, module)| Attempt::Quarantine { slot, module }),
        4 => (module.clone(), deed()).prop_map(|(module, deed)| Attempt::Deed { module, deed }),
        2 => (module.clone(), module, fate())
            .prop_map(|(first, second, fate)| Attempt::Batch { first, second, fate }),
        1 => Just(Attempt::Restart),
        1 => Just(Attempt::Reopen),
    ]
}

/// What people do to modules.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Void,
    Scrap,
    Rework,
    Return,
    Reprint,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => Just(Deed::Void),
        1 => Just(Deed::Scrap),
        4 => Just(Deed::Rework),
        2 => Just(Deed::Return),
        1 => Just(Deed::Reprint),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![2 => Just(Fate::Passed), 1 => Just(Fate::Void), 1 => Just(Fate::Withdrawn)]
}

/// Goes through a module's whole way, so that later events meet finished modules too.
fn whole_runs() -> impl Strategy<Value = Vec<Attempt>> {
    (0..3u8, 0..4u32, any::<bool>()).prop_map(|(slot, module, order)| {
        std::iter::once(Attempt::Start { slot, order })
            .chain((0..WAY).map(|event| Attempt::Step { slot, module, event }))
            .collect()
    })
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let piece = prop_oneof![2 => prop::collection::vec(attempt(), 1..12), 1 => whole_runs()];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

/// The event of an attempt, with the runs now in the slots.
fn event(attempt: &Attempt, runs: &BTreeMap<u8, RunId>, fixture: &Fixture) -> Event {
    let run = |slot: &u8| runs.get(slot).copied().unwrap_or(RunId::at(1));
    match attempt {
        Attempt::Start { slot, order } => {
            RunStarted { slot: slot.to_string(), order: if *order { "A" } else { "B" }.into() }.into()
        }
        Attempt::Step { slot, module, event } => TestModule::new(*module).way(run(slot))[*event].clone(),
        Attempt::Fault { slot, module, station } => {
            let code = if *station { FaultCode::LinkSilent } else { FaultCode::ProofWrong };
            fault(run(slot), Some(TestModule::new(*module).uid), code).into()
        }
        Attempt::Impostor { slot, module, key } => ModuleIdentified {
            public_key: TestModule::new(*key).public_key,
            ..TestModule::new(*module).identified(run(slot))
        }
        .into(),
        Attempt::OtherCertificate { slot, module } => {
            let module = TestModule::new(*module);
            let bytes = tbs(*module.uid.as_bytes(), &module.public_key, &tlv(4, b"other"));
            CertificateReserved { tbs: bytes, ..module.reserved(run(slot)) }.into()
        }
        Attempt::Deed { module, deed } => {
            let module = TestModule::new(*module);
            let (uid, reason) = (module.uid, "chance".parse().unwrap());
            match deed {
                Deed::Void => ModuleVoided { uid, reason }.into(),
                Deed::Scrap => ModuleScrapped { uid, reason }.into(),
                Deed::Rework => ModuleReworked { uid, reason }.into(),
                Deed::Return => ModuleReturned { uid, reason }.into(),
                Deed::Reprint => LabelReprinted { uid, reason, payload: module.label() }.into(),
            }
        }
        Attempt::Quarantine { slot, module } => ModuleQuarantined {
            run: run(slot),
            uid: TestModule::new(*module).uid,
            code: FaultCode::ProofWrong,
        }
        .into(),
        Attempt::Batch { first, second, fate } => {
            let last = fixture.ledger.reader().unwrap().last_batch("Acme").unwrap();
            let sequence = last.as_ref().map_or(1, |last| last.sequence + 1);
            let (first, second) = (TestModule::new(*first), TestModule::new(*second));
            let entries = [(&first, *fate), (&second, Fate::Passed)];
            let entries = if first.uid == second.uid { &entries[..1] } else { &entries };
            BatchClosed {
                previous: last.map(|last| last.digest),
                ..batch(&format!("b{sequence}"), "A", sequence, entries)
            }
            .into()
        }
        Attempt::Restart | Attempt::Reopen => StationStarted { program: "0.1.0".into() }.into(),
    }
}

/// Counts an event for its module.
fn count(counts: &mut BTreeMap<(Uid, &'static str), u32>, event: &Event) {
    let uid = match event {
        Event::CertificateReserved(event) => event.uid,
        Event::CertificateIssued(event) => event.uid,
        Event::ModuleVoided(event) => event.uid,
        Event::ModuleScrapped(event) => event.uid,
        _ => return,
    };
    *counts.entry((uid, event.kind())).or_default() += 1;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_the_ledger(attempts in attempts()) {
        // What is proved here does not depend on when the disk is synced.
        let unsynced = |connection: &rusqlite::Connection| {
            connection.pragma_update(None, "synchronous", "OFF").unwrap();
        };
        let mut fixture = Fixture::limited(unsynced);
        fixture.append(order("A", "Acme", 2));
        fixture.append(order("B", "Acme", 3));
        let mut runs = BTreeMap::new();
        for attempt in &attempts {
            if matches!(attempt, Attempt::Reopen) {
                fixture = fixture.reopened(unsynced);
            }
            match fixture.ledger.append_blocking(event(attempt, &runs, &fixture)) {
                Ok(receipt) => {
                    if let Attempt::Start { slot, .. } = attempt {
                        runs.insert(*slot, receipt.run());
                    }
                }
                Err(LedgerError::Refused(crate::ledger::Refusal::Constraint { constraint })) => {
                    prop_assert!(false, "a rule is missing: {constraint}");
                }
                Err(LedgerError::Refused(_)) => {}
                Err(error) => prop_assert!(false, "{error:?}"),
            }
        }

        // The projections are those that the events make.
        prop_assert!(verify(&fixture.path()).is_ok());
        let reader = fixture.ledger.reader().unwrap();
        let mut counts = BTreeMap::new();
        reader.events::<LedgerError>(Seq(1), |stored| {
            count(&mut counts, &stored.event);
            Ok(())
        }).unwrap();
        prop_assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        for id in ["A", "B"] {
            let progress = reader.order_progress(&id.into()).unwrap().unwrap();
            let filter = ModuleFilter {
                order: Some(id.into()),
                state: Some(ModuleState::Passed),
                limit: None,
            };
            let passed = u32::try_from(reader.modules(&filter).unwrap().len()).unwrap();
            prop_assert_eq!(progress.passed, passed);
            prop_assert!(progress.passed + progress.running <= progress.quantity);
        }
    }
}
