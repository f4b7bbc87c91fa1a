//! What the pages may be told, asked for or not.

use proptest::prelude::*;

use super::random::code;
use super::scenes;
use super::scenes::unit::{UID, at_work, exported, void};
use crate::batches::Stage;
use crate::config::Flow;
use crate::fault::Fault;
use crate::hsm::PinTries;
use crate::ledger::{DeedKind, Digest, DueCounts};
use crate::tui::pages::unit::dossier::Standing;
use crate::tui::pages::unit::{self, Search};
use crate::tui::pages::{Told, batches, operator, vendor};

/// What any page may be told.
pub(super) fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        3 => batches().prop_map(Told::Batches),
        1 => operator().prop_map(Told::Operator),
        2 => unit().prop_map(Told::Unit),
        2 => vendor().prop_map(Told::Vendor),
    ]
}

fn batches() -> impl Strategy<Value = batches::Told> {
    let fault = || code().prop_map(|code| Fault::new(code, "what was said"));
    let due = (0u64..1 << 40, 0u64..1 << 40, 0u64..1 << 40).prop_map(|(passed, void, withdrawn)| DueCounts {
        passed,
        void,
        withdrawn,
    });
    let stage = prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(done, total)| Stage::Reading { done, total }),
        Just(Stage::Checking),
        Just(Stage::Signing),
        Just(Stage::Writing),
    ];
    let exported = ".{0,200}".prop_map(|file| {
        let sha256 = Digest::of(file.as_bytes());
        batches::Exported { batch: "WO-4711-1".into(), flavour: Flow::LateBinding, file, sha256 }
    });
    prop_oneof![
        due.prop_map(batches::Told::Due),
        (0u32..60).prop_map(|count| batches::Told::Batches((0..count).map(scenes::batches::batch).collect())),
        stage.prop_map(batches::Told::Stage),
        any::<u64>().prop_map(|modules| batches::Told::Closed { batch: "WO-4711-9".into(), modules }),
        prop::option::of(fault()).prop_map(batches::Told::Vouched),
        exported.prop_map(batches::Told::Exported),
        fault().prop_map(batches::Told::Faulted),
        fault().prop_map(batches::Told::Unanswered),
    ]
}

fn operator() -> impl Strategy<Value = operator::Told> {
    prop_oneof![
        Just(operator::Told::SignedOut),
        Just(operator::Told::SignedIn("Bo".parse().expect("a name"))),
        (code(), any::<bool>()).prop_map(|(code, there)| operator::Told::Failed {
            code,
            present: there.then(|| "Ana".parse().expect("a name")),
        }),
    ]
}

/// What the page of one module is told, asked for or not.
pub(super) fn unit() -> impl Strategy<Value = unit::Told> {
    let search = || prop::sample::select(vec![Search::Module(UID), "0a1b".parse().expect("a part")]);
    let dossier = prop::sample::select(vec![exported(), void(), at_work()]).prop_map(Box::new);
    let hits = prop::collection::vec((any::<[u8; 16]>(), any::<bool>()), 0..60).prop_map(|hits| {
        let hit = |(bytes, passed)| unit::Hit {
            uid: wire::Uid::from_bytes(bytes),
            standing: if passed { Standing::Passed } else { Standing::Quarantined },
            order: passed.then(|| "WO-1".to_owned()),
        };
        hits.into_iter().map(hit).collect()
    });
    let reach = prop::sample::select(vec![unit::Reach::Beginning, unit::Reach::Anywhere]);
    let deed = || prop::sample::select(DeedKind::ALL.to_vec());
    prop_oneof![
        3 => (search(), dossier).prop_map(|(search, dossier)| unit::Told::Module { search, dossier }),
        2 => (search(), reach, hits, any::<bool>())
            .prop_map(|(search, reach, hits, more)| unit::Told::Hits { search, reach, hits, more }),
        1 => search().prop_map(|search| unit::Told::Unknown { search }),
        1 => (search(), code(), ".{0,80}").prop_map(|(search, code, what)| {
            unit::Told::Failed { search, fault: Fault::new(code, what) }
        }),
        1 => (deed(), prop::option::of(".{0,40}"))
            .prop_map(|(deed, no_place_in)| unit::Told::Done { uid: UID, deed, no_place_in }),
        1 => (deed(), code(), ".{0,300}").prop_map(|(deed, code, what)| {
            unit::Told::Refused { uid: UID, deed, fault: Fault::new(code, what) }
        }),
    ]
}

fn vendor() -> impl Strategy<Value = vendor::Told> {
    let fault = || code().prop_map(|code| Fault::new(code, "x"));
    let standing =
        prop::sample::select(vec![vendor::Standing::Open, vendor::Standing::Spent, vendor::Standing::Closed]);
    let tries = prop::sample::select(vec![PinTries::NotLow, PinTries::Low, PinTries::Last, PinTries::None]);
    prop_oneof![
        3 => standing.prop_map(|standing| vendor::Told::Known(Box::new(super::vendor::known(standing)))),
        1 => fault().prop_map(vendor::Told::Unknown),
        1 => any::<bool>().prop_map(|there| vendor::Told::Token(there.then(super::vendor::token))),
        1 => any::<u16>().prop_map(vendor::Told::Typed),
        1 => prop::sample::select(vec![
            vendor::Told::Opening,
            vendor::Told::Opened,
            vendor::Told::Closed,
            vendor::Told::NotGiven,
            vendor::Told::NotTyped,
        ]),
        1 => (fault(), prop::option::of(tries))
            .prop_map(|(fault, tries)| vendor::Told::Refused { fault, tries }),
    ]
}
