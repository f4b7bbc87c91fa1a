//! Power that fails at every single flash operation: nothing that was acknowledged is ever lost.

use module_core::platform::PAGE;
use module_core::store::{BANK_PAGES, PAGES, Store, Tag};
use wire::Uid;
use wire::factory::{Lifecycle, Request};

use crate::bench::Bench;
use crate::chip::Chip;
use crate::issuer::Birth;

/// What a flash may hold before the first start.
fn first_contents() -> [Vec<u8>; 3] {
    let noise = (0..PAGES * PAGE).map(|at| (at.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()[0]).collect();
    [vec![0xff; PAGES * PAGE], vec![0; PAGES * PAGE], noise]
}

/// Carries a module to its seal as a station does, starting again from what the module says of itself after
/// each loss of power.
fn carry(mut bench: Bench) -> Bench {
    let mut told: Option<Uid> = None;
    let mut furthest = Lifecycle::Blank;
    for _ in 0..20 {
        let info = bench.info();
        assert!(info.lifecycle >= furthest, "fell back from {furthest} to {}", info.lifecycle);
        if told.is_some() {
            assert_eq!(info.uid, told, "a UID that was told has changed");
        }
        told = info.uid;
        furthest = info.lifecycle;
        let reply = match info.lifecycle {
            Lifecycle::Blank => bench.request(Request::KeyGen),
            Lifecycle::Keyed => {
                let request = bench.request(Request::Csr).body;
                let certificate = Birth::of(&told.expect("keyed"), &request).issue();
                bench.request(Request::Certificate(certificate.as_bytes()))
            }
            Lifecycle::Certified => bench.request(Request::Seal),
            Lifecycle::Sealed => return bench,
        };
        if reply.is_ok() {
            furthest = Lifecycle::ALL[furthest as usize + 1];
            if info.lifecycle == Lifecycle::Blank {
                told = reply.detail.parse().ok();
            }
        } else {
            assert!(bench.chip().is_dead(), "{reply:?} though the power is on");
            bench.restart();
        }
    }
    panic!("the module was never sealed");
}

#[test]
fn onboarding_survives_a_loss_of_power_at_every_flash_operation() {
    let mut kills = 0;
    for contents in first_contents() {
        for operation in 1.. {
            let mut chip = Chip::with_flash(operation as u64, contents.clone());
            chip.fail_after(operation);
            let bench = carry(Bench::start(chip));
            assert!(bench.chip().locked, "a sealed module is locked after its next start");
            if bench.chip().operations < operation {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 3 * 120, "only {kills} places to fail");
}

/// Values of one tag after another, through several moves from bank to bank, with power lost at each
/// operation: the value is the last one acknowledged or the one being written, and the others stay.
#[test]
fn a_value_is_the_old_or_the_new_one() {
    let long = [0xa5; 3000];
    let mut moves = 0;
    for operation in (1..).step_by(7) {
        let mut chip = Chip::new(operation as u64);
        let mut store = Store::open(&chip);
        store.put(&mut chip, Tag::Identity, &[b"identity"]).expect("power is on");
        let set_up = chip.erases;
        chip.fail_after(operation);

        let mut acknowledged = None;
        let mut attempted = None;
        for round in 0..14_u8 {
            attempted = Some([round; 100]);
            let kept = store
                .put(&mut chip, Tag::RootCa, &[&long, &[round]])
                .and_then(|()| store.put(&mut chip, Tag::CustomName, &[&[round; 60], &[round; 40]]));
            if kept.is_err() {
                break;
            }
            acknowledged = attempted;
        }
        let finished = !chip.is_dead();
        chip.reset();

        let mut store = Store::open(&chip);
        assert_eq!(store.find(&chip, Tag::Identity), Some(&b"identity"[..]), "operation {operation}");
        let found = store.find(&chip, Tag::CustomName);
        let fits = |value: Option<[u8; 100]>| found == value.as_ref().map(|value| &value[..]);
        assert!(fits(acknowledged) || fits(attempted), "operation {operation}: {found:?}");
        if let Some(found) = store.find(&chip, Tag::RootCa) {
            let rounds = [acknowledged, attempted].map(|value| value.map(|value| value[0]));
            assert!(rounds.contains(&found.last().copied()), "operation {operation}");
            assert_eq!(found[..3000], long);
        }
        // The store goes on working.
        store.put(&mut chip, Tag::CustomName, &[b"after"]).expect("power is back");
        assert_eq!(store.find(&chip, Tag::CustomName), Some(&b"after"[..]));
        assert_eq!(store.find(&chip, Tag::Identity), Some(&b"identity"[..]));
        if finished {
            moves = (chip.erases - set_up) / BANK_PAGES;
            break;
        }
    }
    assert!(moves >= 2, "the banks were never full");
}

#[test]
fn a_factory_reset_is_whole_or_has_not_happened() {
    for operation in 1.. {
        let mut bench = Bench::start(Chip::new(operation as u64));
        for key in ["CustomName", "Endpoint", "ShadowToken", "LWTMessage"] {
            assert!(bench.command(&format!("AT+CONF {key}=mine")).is_ok());
        }
        let mut chip = bench.chip().clone();
        chip.fail_after(operation);
        let mut bench = Bench::start(chip);
        let done = bench.command("AT+FACTORY_RESET").is_ok();
        let died = bench.chip().is_dead();
        bench.restart();
        let values = ["CustomName", "Endpoint", "ShadowToken"]
            .map(|key| bench.command(&format!("AT+CONF? {key}")).detail == "mine");
        assert!(values == [!done; 3], "after operation {operation}: {values:?}");
        assert_eq!(bench.command("AT+CONF? LWTMessage").detail, "mine");
        if !died {
            return;
        }
    }
}
