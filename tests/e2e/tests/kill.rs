//! The station is killed at every boundary: before and after each record in the ledger and each call
//! of a device. It is started again, the same module goes on, and the promise is checked on ledger,
//! module, HSM and batch.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use e2e::kill::{Table, live};
use e2e::rig::{Order, USER_PIN};
use e2e::{Rig, long, programs};

/// Stations at a time.
const WORKERS: usize = 2;

/// Without the long sweep: every so many boundaries, so that the whole stays a matter of a minute.
const STRIDE: u64 = 9;

#[test]
fn a_station_that_is_killed_at_any_boundary_loses_nothing_and_doubles_nothing() -> Result<()> {
    let next = AtomicU64::new(0);
    let table = Mutex::new(Table::default());
    let swept = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| sweep(&next, &table))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker panicked")).collect::<Vec<_>>()
    });
    let table = table.into_inner()?;
    // Past the test harness, which keeps the output of tests that pass to itself.
    let _ = writeln!(std::io::stderr(), "{table}");
    swept.into_iter().collect::<Result<()>>()?;
    let (clean, broken) = table.counts();
    ensure!(broken == 0, "{broken} broken promises");
    ensure!(clean > 10, "only {clean} kills");
    // A sweep that never cut between signature and record would prove little.
    ensure!(!long::is_wanted() || table.most_signatures() == 2, "nothing was ever signed again");
    Ok(())
}

/// Takes boundary after boundary until a run completes; then the batch is judged.
fn sweep(next: &AtomicU64, table: &Mutex<Table>) -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.audit()?;
    rig.open_order(&Order { quantity: 500, ..Order::default() })?;
    let stride = if long::is_wanted() { 1 } else { STRIDE };
    let mut modules = 0;
    loop {
        let number = next.fetch_add(stride, Ordering::SeqCst);
        let lived = live(&rig, number);
        let mut table = table.lock().expect("a worker panicked");
        modules += 1;
        match lived {
            Ok(life) => {
                let over = life.killed.is_none();
                table.add(number, life);
                if over {
                    break;
                }
            }
            Err(error) => {
                table.broken(number, format!("{error:#}"));
                break;
            }
        }
    }
    judge_batch(&rig, modules)
}

/// Every module is in the customer's batch, once.
fn judge_batch(rig: &Rig, modules: usize) -> Result<()> {
    rig.succeed(&["batch", "close", "--pin-fd", "0"], USER_PIN)?;
    let file = rig.path().join("batch.zip").display().to_string();
    rig.succeed(&["batch", "export", "--pin-fd", "0", "--out", &file], USER_PIN)?;
    let root = rig.data_path().join("ca/root.pem");
    let told = std::process::Command::new(programs::program("oem")?)
        .args(["verify", &file, "--ca"])
        .arg(root)
        .arg("--json")
        .output()?;
    ensure!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout)?;
    let passed = told["header"]["counts"]["passed"].as_u64().context("no count of passed modules")?;
    ensure!(passed == u64::try_from(modules)?, "{passed} modules in the batch, {modules} were made");
    Ok(())
}
