//! Many who append at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fixture::{Fixture, TestModule, WAY, batch};
use crate::ledger::{
    Event, Fate, LabelReprinted, Ledger, LedgerError, OperatorSignedIn, Receipt, RunStarted, Seq, SignInBy,
    StationStarted, StoredEvent, verify,
};

#[test]
fn sixteen_writers_make_one_chain() {
    const EACH: usize = 40;
    let fixture = Fixture::new();
    let first = fixture.ledger.reader().unwrap().head().unwrap().seq.number();
    let receipts: Vec<(usize, Receipt)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|writer| {
                let ledger = fixture.ledger.with_operator(&writer.to_string());
                scope.spawn(move || -> Vec<(usize, Receipt)> {
                    let append = |number: usize| {
                        let event = StationStarted { program: number.to_string() };
                        (writer, ledger.append_blocking(event).unwrap())
                    };
                    (0..EACH).map(append).collect()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });

    // Every receipt names the event of its writer, in the order the writer appended.
    let by_seq: BTreeMap<Seq, (usize, Receipt)> =
        receipts.into_iter().map(|(writer, receipt)| (receipt.seq, (writer, receipt))).collect();
    assert_eq!(by_seq.len(), 16 * EACH);
    let mut appended = [0; 16];
    let reader = fixture.ledger.reader().unwrap();
    reader
        .events::<LedgerError>(Seq(first + 1), |stored| {
            let (writer, receipt) = &by_seq[&stored.seq];
            assert_eq!(stored.hash, receipt.hash);
            assert_eq!(stored.operator, writer.to_string());
            let Event::StationStarted(event) = stored.event else { panic!("another event") };
            assert_eq!(event.program, appended[*writer].to_string());
            appended[*writer] += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(appended, [EACH; 16]);
    verify(&fixture.path()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_work_side_by_side() {
    let fixture = Arc::new(tokio::task::spawn_blocking(Fixture::with_orders).await.unwrap());
    let tasks: Vec<_> = (0..8u32)
        .map(|slot| {
            let ledger: Ledger = fixture.ledger.clone();
            tokio::spawn(async move {
                for number in 0..3 {
                    let module = TestModule::new(slot * 10 + number);
                    let started = RunStarted { slot: slot.to_string(), order: "B".into() };
                    let run = ledger.append(started).await.unwrap().run();
                    for event in module.way(run) {
                        ledger.append(event).await.unwrap();
                    }
                    let found = ledger.query(move |reader| reader.module(&module.uid)).await.unwrap();
                    assert_eq!(found.unwrap().run, run);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let summary = verify(&fixture.path()).unwrap();
    assert_eq!((summary.modules, summary.certificates), (24, 24));
    assert_eq!(usize::try_from(summary.head.seq.number()).unwrap(), 4 + 24 * (WAY + 1));
}

#[tokio::test]
async fn a_caller_that_stops_waiting_stops_nothing() {
    let fixture = tokio::task::spawn_blocking(Fixture::new).await.unwrap();
    let before = fixture.ledger.reader().unwrap().head().unwrap().seq;
    {
        let mut append = Box::pin(fixture.ledger.append(StationStarted { program: "0.1.0".into() }));
        // Asked for by the first poll; whether the writer is done before that returns is up to the machine.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = append.as_mut().poll(&mut context);
    }
    // Queued behind the one above, and so on disk after it.
    let receipt = fixture.ledger.append(StationStarted { program: "0.1.0".into() }).await.unwrap();
    assert_eq!(receipt.seq, Seq(before.0 + 2));
}

#[test]
fn what_comes_after_a_change_of_shift_has_the_new_name_and_what_comes_before_the_old() {
    let fixture = Fixture::new();
    let ledger = fixture.ledger.with_operator("Ana");
    let first = ledger.reader().unwrap().head().unwrap().seq.number();
    let start = |number: usize| StationStarted { program: number.to_string() };
    let signed_in = std::thread::scope(|scope| {
        for _ in 0..4 {
            let ledger = ledger.clone();
            scope.spawn(move || {
                for number in 0..50 {
                    ledger.append_blocking(start(number)).unwrap();
                }
            });
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(ledger.hand_over("Bo", OperatorSignedIn { by: SignInBy::Name })).unwrap()
    });
    ledger.append_blocking(start(50)).unwrap();
    let other = fixture.ledger.append_blocking(start(51)).unwrap();

    let mut after = 0;
    let check = |stored: StoredEvent| {
        let name = match stored.seq {
            seq if seq == other.seq => "",
            seq if seq < signed_in.seq => "Ana",
            _ => "Bo",
        };
        assert_eq!(stored.operator, name, "{:?}", stored.seq);
        after += u32::from(name == "Bo");
        Ok(())
    };
    ledger.reader().unwrap().events::<LedgerError>(Seq(first + 1), check).unwrap();
    assert!(after > 1, "the last one at least");
    verify(&fixture.path()).unwrap();
}

#[tokio::test]
async fn what_would_change_a_batch_waits_until_it_is_made_up_and_nothing_else_does() {
    let module = TestModule::new(1);
    let (set_up, uid) = (module.clone(), module.uid);
    let fixture = tokio::task::spawn_blocking(move || {
        let fixture = Fixture::with_orders();
        fixture.pass(&set_up, "1", "B");
        fixture
    })
    .await
    .unwrap();
    let being_made_up = fixture.ledger.hold_batches().await;
    let payload = module.label();
    let reprinted = LabelReprinted { uid, payload, reason: "torn".parse().unwrap() };
    let mut deed = Box::pin(fixture.ledger.append(reprinted));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(deed.as_mut().poll(&mut context).is_pending());
    let started = fixture.ledger.append(StationStarted { program: "0.1.0".into() }).await.unwrap();
    assert!(deed.as_mut().poll(&mut context).is_pending(), "it was not even asked for");
    let closed = fixture.ledger.append(batch("b1", "B", 1, &[(&module, Fate::Passed)])).await.unwrap();
    drop(being_made_up);
    let deed = deed.await.unwrap();
    assert!(started.seq < closed.seq && closed.seq < deed.seq);
}
