//! What people do to modules, beside runs that begin and end in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::{Fixture, TestModule, WAY, fault};
use crate::fault::{Coded as _, FaultCode};
use crate::ledger::{
    Event, LabelReprinted, LedgerError, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleVoided,
    Receipt, Refusal, RunId, verify,
};

/// All that people do to a module.
fn deeds(module: &TestModule) -> [Event; 5] {
    let (uid, reason) = (module.uid, || "because".parse().unwrap());
    [
        ModuleReworked { uid, reason: reason() }.into(),
        LabelReprinted { uid, payload: module.label(), reason: reason() }.into(),
        ModuleReturned { uid, reason: reason() }.into(),
        ModuleVoided { uid, reason: reason() }.into(),
        ModuleScrapped { uid, reason: reason() }.into(),
    ]
}

impl Fixture {
    /// Appends what somebody does to a module beside the line.
    fn by_hand(&self, deed: Event) -> Result<Receipt, LedgerError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.ledger.append_at_rest(deed))
    }
}

#[test]
fn nothing_is_done_to_a_module_while_a_run_has_it() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    fixture.pass(&module, "2", "B");
    let run = fixture.start("1", "B");
    fixture.append(module.identified(run));
    for deed in deeds(&module) {
        let kind = deed.kind();
        match fixture.by_hand(deed) {
            Err(LedgerError::Refused(refusal)) => {
                assert_eq!(refusal, Refusal::ModuleAtWork { uid: module.uid, slot: "1".into() }, "{kind}");
                assert_eq!(refusal.code(), FaultCode::ModuleAtWork);
            }
            other => panic!("{kind}: {other:?}"),
        }
    }
    fixture.append(fault(run, Some(module.uid), FaultCode::ModuleFinished));
    for deed in deeds(&module) {
        let kind = deed.kind();
        // With the pass it has, all of them are possible, up to the one that makes it void.
        let is_taken = fixture.by_hand(deed).is_ok();
        assert!(is_taken || kind == "module-returned", "{kind}");
    }
    verify(&fixture.path()).unwrap();
}

#[test]
fn a_run_that_a_crash_left_open_keeps_nobody_from_a_module() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    fixture.go(&module, fixture.start("1", "B"), WAY - 1);
    let fixture = fixture.reopened(|_| ());
    let [_, reprint, _, void, _] = deeds(&module);
    fixture.by_hand(reprint).unwrap();
    fixture.by_hand(void).unwrap();
    verify(&fixture.path()).unwrap();
}

/// Something that happens at the line or beside it.
#[derive(Clone, Debug)]
enum Happening {
    Start { slot: u8 },
    Identify { slot: u8, module: u32 },
    End { slot: u8 },
    Deed { module: u32, deed: usize },
    Crash,
}

fn happening() -> impl Strategy<Value = Happening> {
    let (slot, module) = (0..3u8, 0..3u32);
    prop_oneof![
        3 => slot.clone().prop_map(|slot| Happening::Start { slot }),
        4 => (slot.clone(), module.clone()).prop_map(|(slot, module)| Happening::Identify { slot, module }),
        2 => slot.prop_map(|slot| Happening::End { slot }),
        // The first ones leave something to be done.
        6 => (module, prop_oneof![4 => 0..2usize, 1 => 2..5usize])
            .prop_map(|(module, deed)| Happening::Deed { module, deed }),
        1 => Just(Happening::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_deed_is_refused_for_a_run_exactly_while_one_has_the_module(
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let unsynced = |connection: &rusqlite::Connection| {
            connection.pragma_update(None, "synchronous", "OFF").unwrap();
        };
        let mut fixture = Fixture::limited(unsynced);
        fixture.append(super::fixture::order("B", "Acme", 100));
        for number in 0..3 {
            fixture.go(&TestModule::new(number), fixture.start("elsewhere", "B"), WAY - 1);
        }
        fixture = fixture.reopened(unsynced);
        // The run in each slot, and the module that it has.
        let mut slots: BTreeMap<u8, (RunId, Option<u32>)> = BTreeMap::new();
        for happening in happenings {
            match happening {
                Happening::Start { slot } => {
                    slots.insert(slot, (fixture.start(&slot.to_string(), "B"), None));
                }
                Happening::Identify { slot, module } => {
                    let Some((run, has)) = slots.get_mut(&slot) else { continue };
                    let identified = TestModule::new(module).identified(*run);
                    if fixture.ledger.append_blocking(identified).is_ok() {
                        *has = Some(module);
                    }
                }
                Happening::End { slot } => {
                    let Some((run, has)) = slots.remove(&slot) else { continue };
                    let uid = has.map(|module| TestModule::new(module).uid);
                    fixture.append(fault(run, uid, FaultCode::LinkSilent));
                }
                Happening::Deed { module, deed } => {
                    let at = slots.iter().find(|(_, (_, has))| *has == Some(module)).map(|(slot, _)| slot);
                    let done = fixture.by_hand(deeds(&TestModule::new(module))[deed].clone());
                    let refused_at = match done {
                        Err(LedgerError::Refused(Refusal::ModuleAtWork { slot, .. })) => Some(slot),
                        Ok(_) | Err(_) => None,
                    };
                    prop_assert_eq!(refused_at, at.map(ToString::to_string));
                }
                Happening::Crash => {
                    slots.clear();
                    fixture = fixture.reopened(unsynced);
                }
            }
        }
        prop_assert!(verify(&fixture.path()).is_ok());
    }
}
