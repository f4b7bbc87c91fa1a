//! The program as a user or a script runs it: commands, signals, what it leaves behind, what it costs idle.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use virtual_bench::client::Client;

const PROGRAM: &str = env!("CARGO_BIN_EXE_virtual-bench");

/// Starts `virtual-bench up` and waits for its `ready` line, which names the station's configuration.
fn up(directory: &Path, arguments: &[&str]) -> (Child, PathBuf) {
    let mut child = Command::new(PROGRAM)
        .args(["up", "--pace", "none", "--dir"])
        .arg(directory)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let config = line.trim().strip_prefix("ready ").unwrap().into();
    (child, config)
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).arg("--dir").arg(directory).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The processes that `parent` has started, and theirs.
fn descendants(parent: u32) -> Vec<u32> {
    let children = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flat_map(|task| {
        let children = fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default();
        children.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()
    });
    children.flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}

/// Processor time of a process so far, in ticks of 10 ms.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn wait_until_gone(processes: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let alive = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // A zombie that init has not collected yet has ended, too.
        !stat.is_empty() && !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z")
    };
    while processes.iter().any(alive) {
        assert!(Instant::now() < deadline, "left behind: {processes:?}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
#[ignore = "needs QEMU"]
fn a_bench_is_steered_from_the_command_line() {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, config) = up(directory.path(), &["--slots", "2", "--hsm-module", "/opt/hsm.so"]);
    assert_eq!(config, directory.path().canonicalize().unwrap().join("station.toml"));
    let config: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    assert_eq!(config["hsm"]["module"].as_str(), Some("/opt/hsm.so"));
    assert_eq!(config["slot"].as_array().unwrap().len(), 2);
    assert!(directory.path().join("slot-2/uart").exists());

    let run = |arguments: &[&str]| run(directory.path(), arguments);
    assert!(!run(&["take", "1"]).status.success(), "the slot is empty");
    assert_eq!(text(&run(&["put", "1"])), "m0001\n");
    assert!(!run(&["put", "1"]).status.success(), "the slot is taken");
    assert_eq!(text(&run(&["take", "1"])), "m0001\n");
    assert_eq!(text(&run(&["put", "2", "--module", "m0001"])), "m0001\n");
    assert_eq!(text(&run(&["put", "1", "--fresh"])), "m0002\n");
    text(&run(&["fault", "1", "probe-vanishes", "100"]));
    text(&run(&["fault", "1", "paper-out"]));
    assert!(!run(&["fault", "1", "paper-out", "why"]).status.success());
    assert!(
        text(&run(&["status"])).contains("slot 1: m0002 locked-up probe-vanishes after 100 bytes, paper-out")
    );
    text(&run(&["fault", "1", "clear"]));
    assert!(text(&run(&["status", "--json"])).contains("\"faults\": []"));
    let dump = directory.path().join("dump");
    text(&run(&["dump", "1", dump.to_str().unwrap()]));
    assert_eq!(fs::read(dump).unwrap(), vec![0xFF; 0x4_0100]);

    let again = Command::new(PROGRAM).args(["up", "--dir"]).arg(directory.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&again.stderr).contains("already running"), "{again:?}");
    let modules = descendants(bench.id());
    assert!(modules.len() >= 4, "{modules:?}");
    text(&run(&["down"]));
    assert!(bench.wait().unwrap().success());
    wait_until_gone(&modules);
}

/// Starts a bench, ends it, and waits until its modules have gone. Returns whether it ended well.
fn nothing_outlives(directory: &Path, end: impl Fn(&mut Child)) -> bool {
    let (mut bench, _) = up(directory, &["--seated"]);
    let modules = descendants(bench.id());
    assert!(modules.len() >= 2, "{modules:?}");
    end(&mut bench);
    let status = bench.wait().unwrap();
    wait_until_gone(&modules);
    status.success()
}

#[test]
#[ignore = "needs QEMU"]
fn nothing_outlives_the_bench_however_it_ends() {
    // The same directory each time: what a killed bench left there is no obstacle.
    let directory = tempfile::tempdir().unwrap();
    assert!(!nothing_outlives(directory.path(), |bench| bench.kill().unwrap()));
    assert!(nothing_outlives(directory.path(), |bench| drop(bench.stdin.take())));
    assert!(nothing_outlives(directory.path(), |bench| {
        Command::new("kill").arg(bench.id().to_string()).status().unwrap();
    }));
}

#[test]
#[ignore = "needs QEMU"]
fn a_second_bench_has_other_chips_unless_it_is_asked_for_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let seed = |arguments: &[&str]| {
        let (mut bench, _) = up(directory.path(), arguments);
        let seed = Client::connect(directory.path()).unwrap().status().unwrap().seed;
        Client::connect(directory.path()).unwrap().down().unwrap();
        bench.wait().unwrap();
        seed
    };
    assert_ne!(seed(&[]), seed(&[]));
    assert_eq!(seed(&["--seed", "7"]), 7);
}

#[test]
#[ignore = "needs QEMU"]
fn an_idle_bench_costs_next_to_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, _) = up(directory.path(), &["--slots", "4", "--seated"]);
    sleep(Duration::from_millis(500));
    let processes = [vec![bench.id()], descendants(bench.id())].concat();
    let spent = || processes.iter().map(|&process| ticks(process)).sum::<u64>();
    let before = spent();
    sleep(Duration::from_secs(3));
    let ticks = spent() - before;
    assert!(ticks <= 3, "{} ms in 3 s", ticks * 10);
    Client::connect(directory.path()).unwrap().down().unwrap();
    bench.wait().unwrap();
}
