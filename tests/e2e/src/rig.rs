//! A station with an HSM, an order and a bench, in a directory of its own.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use virtual_bench::client::Client;

use crate::programs;
use crate::run::Run;
use crate::terminal::{Size, Terminal};

/// PINs of the simulated token; the tests look for them where they must not be.
pub const USER_PIN: &str = "user-pin-canary-7315";
/// The security officer's.
pub const SO_PIN: &str = "officer-pin-canary-9240";

/// Who works at the station, where a test says nothing else.
pub const OPERATOR: &str = "Ann Line";

/// Nobody runs a line namelessly; a command that names somebody itself is left as it is.
fn as_operator<'a>(arguments: &[&str]) -> &'a [&'a str] {
    let runs = arguments.contains(&"run") && !arguments.contains(&"--operator");
    if runs { &["--operator", OPERATOR] } else { &[] }
}

/// What an order is made of, for tests that want another one.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// How many modules are to pass.
    pub quantity: u32,
    /// `pre-registration` or `late-binding`.
    pub flow: &'static str,
    /// How many certificates there may be beyond the quantity, if the order says so.
    pub spare_certificates: Option<u32>,
}

impl Default for Order {
    fn default() -> Self {
        Self { id: "WO-1".to_owned(), quantity: 4, flow: "pre-registration", spare_certificates: None }
    }
}

/// Everything a test needs. The bench ends when it is dropped.
#[derive(Debug)]
pub struct Rig {
    directory: tempfile::TempDir,
    bench: Child,
}

impl Rig {
    /// A bench with so many empty slots, a token with keys and a CA, and no order yet.
    ///
    /// # Errors
    /// A program is missing or fails.
    pub fn new(slots: usize) -> Result<Self> {
        Self::with_bench_arguments(slots, &[])
    }

    /// As [`new`](Self::new), with further arguments to `virtual-bench up`.
    ///
    /// # Errors
    /// A program is missing or fails.
    pub fn with_bench_arguments(slots: usize, arguments: &[&str]) -> Result<Self> {
        let rig = Self::without_authority(slots, arguments)?;
        rig.establish()?;
        Ok(rig)
    }

    /// One slot, an HSM that keeps a record of every signature from its first, and a station whose settings
    /// name it.
    ///
    /// # Errors
    /// A program is missing or fails.
    pub fn audited() -> Result<Self> {
        let rig = Self::without_authority(1, &["--pace", "none"])?;
        rig.audit()?;
        let mut settings = File::options().append(true).open(rig.config())?;
        writeln!(settings, "\n[hsm.audit]\nlog = \"{}\"", rig.audit_log().display())?;
        rig.establish()?;
        Ok(rig)
    }

    fn without_authority(slots: usize, arguments: &[&str]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        hsm_sim::store::create(&directory.path().join("tokens"))?;
        let bench = start_bench(directory.path(), slots, arguments)?;
        Ok(Self { directory, bench })
    }

    fn establish(&self) -> Result<()> {
        self.succeed(&["hsm", "init", "--pins-fd", "0"], &format!("{SO_PIN}\n{USER_PIN}\n"))?;
        self.succeed(&["ca", "init", "--pin-fd", "0"], USER_PIN).map(drop)
    }

    /// The directory in which all of it lies.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The bench's directory, where `station.toml` lies as well.
    pub fn bench_path(&self) -> PathBuf {
        self.path().join("bench")
    }

    /// The station's data directory.
    pub fn data_path(&self) -> PathBuf {
        self.bench_path().join("station")
    }

    /// The hand that puts modules in and takes them out.
    ///
    /// # Errors
    /// The bench does not answer.
    pub fn bench(&self) -> Result<Client> {
        Ok(Client::connect(&self.bench_path())?)
    }

    /// Writes `product.toml` with the digest of the built firmware, and gives its text.
    ///
    /// # Errors
    /// The firmware is not built.
    pub fn product(&self) -> Result<String> {
        let firmware = programs::firmware()?;
        let digest = hex::encode(Sha256::digest(fs::read(&firmware)?));
        Ok(include_str!("../product.toml")
            .replace("FIRMWARE", &firmware.display().to_string())
            .replace("SHA256", &digest))
    }

    /// Writes product and order and opens the order.
    ///
    /// # Errors
    /// `station order open` fails.
    pub fn open_order(&self, order: &Order) -> Result<()> {
        let output = self.try_order(order, &self.product()?)?;
        ensure!(output.status.success(), "station order open: {}", text(&output));
        Ok(())
    }

    /// Writes product and order and runs `station order open`.
    ///
    /// # Errors
    /// A file cannot be written or the program not be run.
    pub fn try_order(&self, order: &Order, product: &str) -> Result<Output> {
        fs::write(self.path().join("product.toml"), product)?;
        let Order { id, quantity, flow, spare_certificates } = order;
        let spares =
            spare_certificates.map(|spares| format!("spare-certificates = {spares}\n")).unwrap_or_default();
        let endpoint = if *flow == "late-binding" { "endpoint = \"claims.oem.example\"\n" } else { "" };
        let file = self.path().join("order.toml");
        fs::write(
            &file,
            format!(
                "id = \"{id}\"\ncustomer = \"Example OEM\"\nproduct = \"product.toml\"\nquantity = {quantity}\n\
                 {spares}flow = \"{flow}\"\n{endpoint}label = \"https://claim.example/{{uuid}}\"\n"
            ),
        )?;
        self.station(&["order", "open", &file.display().to_string()], "")
    }

    /// Runs `station` with the given standard input, and waits for its end.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn station(&self, arguments: &[&str], input: &str) -> Result<Output> {
        self.station_with(&self.config(), arguments, input)
    }

    /// As [`station`](Self::station), with other settings.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn station_with(&self, config: &Path, arguments: &[&str], input: &str) -> Result<Output> {
        programs::fed(&mut self.command_with(config, "station", arguments)?, input)
    }

    /// Runs `station`, which must succeed, and gives its standard output.
    ///
    /// # Errors
    /// It fails.
    pub fn succeed(&self, arguments: &[&str], input: &str) -> Result<String> {
        let output = self.station(arguments, input)?;
        ensure!(output.status.success(), "station {}: {}", arguments.join(" "), text(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts `station run`, with a PIN.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_run(&self, units: u32) -> Result<Run> {
        self.start_run_with(&self.config(), units)
    }

    /// As [`start_run`](Self::start_run), with other settings.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_run_with(&self, config: &Path, units: u32) -> Result<Run> {
        self.start_run_as(config, units, &[])
    }

    /// As [`start_run`](Self::start_run), with the CA opened for as long and as many certificates as these
    /// arguments say.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_run_opened(&self, units: u32, leave: &[&str]) -> Result<Run> {
        self.start_run_as(&self.config(), units, leave)
    }

    fn start_run_as(&self, config: &Path, units: u32, more: &[&str]) -> Result<Run> {
        let events = self.path().join("events.ndjson");
        let _ = fs::remove_file(&events);
        let (units, told) = (units.to_string(), events.display().to_string());
        let usual = ["run", "--pin-fd", "0", "--units", &units, "--events", &told];
        let log = File::create(self.path().join("run.log"))?;
        let mut child = self
            .command_with(config, "station", &[&usual, more].concat())?
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        child.stdin.take().context("no input")?.write_all(USER_PIN.as_bytes())?;
        Ok(Run::new(child, events))
    }

    /// Starts `station` in a terminal of its own, before which a person sits: it asks for the PIN there.
    ///
    /// # Errors
    /// There is no terminal to be had, or the program cannot be started.
    pub fn start_in_terminal(&self, arguments: &[&str], size: Size) -> Result<Terminal> {
        Terminal::start(&self.command("station", arguments)?, size)
    }

    /// As [`start_in_terminal`](Self::start_in_terminal), by somebody who does not say who they are.
    ///
    /// # Errors
    /// There is no terminal to be had, or the program cannot be started.
    pub fn start_nameless_in_terminal(&self, arguments: &[&str], size: Size) -> Result<Terminal> {
        let nameless = [&["--operator", ""], arguments].concat();
        Terminal::start(&self.command("station", &nameless)?, size)
    }

    /// Has the HSM keep a record of every signature from now on.
    ///
    /// # Errors
    /// Its settings cannot be written.
    pub fn audit(&self) -> Result<()> {
        let settings = hsm_sim::store::Settings { audit: true, ..hsm_sim::store::Settings::default() };
        Ok(hsm_sim::store::configure(&self.path().join("tokens"), &settings)?)
    }

    /// The HSM's record of its signatures.
    pub fn audit_log(&self) -> PathBuf {
        self.path().join("tokens").join(hsm_sim::store::AUDIT)
    }

    /// Starts `station run` in a process that writes down the boundaries it crosses, and dies at the
    /// one with the number `die_at`.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_frail(&self, units: u32, trace: &Path, die_at: Option<u64>) -> Result<Run> {
        let mut settings = vec![("FRAIL_TRACE", trace.display().to_string())];
        settings.extend(die_at.map(|number| ("FRAIL_DIE_AT", number.to_string())));
        self.start_frail_with(units, settings)
    }

    /// Starts `station run` by a clock that is ahead by as many seconds as [`set_clock`](Self::set_clock)
    /// says, now and later.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_run_by_clock(&self, units: u32) -> Result<Run> {
        self.start_frail_with(units, vec![("FRAIL_CLOCK", self.clock().display().to_string())])
    }

    /// Sets the clock of the stations that go by it.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn set_clock(&self, ahead_s: i64) -> Result<()> {
        // Whole or not at all: the station may be reading it.
        let unfinished = self.path().join("clock.unfinished");
        fs::write(&unfinished, ahead_s.to_string())?;
        Ok(fs::rename(unfinished, self.clock())?)
    }

    fn clock(&self) -> PathBuf {
        self.path().join("clock")
    }

    fn start_frail_with(&self, units: u32, settings: Vec<(&str, String)>) -> Result<Run> {
        let events = self.path().join("events.ndjson");
        let _ = fs::remove_file(&events);
        let log = File::create(self.path().join("run.log"))?;
        let (units, told) = (units.to_string(), events.display().to_string());
        let mut child = self
            .command("frail-station", &["run", "--pin-fd", "0", "--units", &units, "--events", &told])?
            .envs(settings)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        // It may be killed before it has read its PIN.
        let _ = child.stdin.take().context("no input")?.write_all(USER_PIN.as_bytes());
        Ok(Run::new(child, events))
    }

    /// Runs the station by a clock that is so many seconds ahead, or behind.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn station_by_clock(&self, ahead_s: i64, arguments: &[&str], input: &str) -> Result<Output> {
        self.set_clock(ahead_s)?;
        let mut command = self.command("frail-station", arguments)?;
        programs::fed(command.env("FRAIL_CLOCK", self.clock()), input)
    }

    /// As [`station_by_clock`](Self::station_by_clock): one `station run` of one module.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn run_by_clock(&self, ahead_s: i64) -> Result<Output> {
        self.station_by_clock(ahead_s, &["run", "--pin-fd", "0", "--units", "1"], USER_PIN)
    }

    /// Starts `bare-line`, which does what a run asks of the devices and nothing else.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_bare(&self, units: u32) -> Result<Run> {
        let events = self.path().join("bare.ndjson");
        let _ = fs::remove_file(&events);
        let mut child = Command::new(programs::program("bare-line")?)
            .arg(self.config())
            .arg(self.path().join("order.toml"))
            .arg(self.data_path().join("ca/issuing.pem"))
            .arg(units.to_string())
            .arg(&events)
            .env("HSM_SIM_DIR", self.path().join("tokens"))
            .stdin(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("no input")?.write_all(USER_PIN.as_bytes())?;
        Ok(Run::new(child, events))
    }

    /// Writes settings that differ from the bench's by one replaced text, and gives their file.
    ///
    /// # Errors
    /// The text is not in the settings.
    pub fn changed_config(&self, from: &str, to: &str) -> Result<PathBuf> {
        let text = fs::read_to_string(self.config())?;
        ensure!(text.contains(from), "{from:?} is not in the settings");
        // Beside the original, since paths are relative to the file.
        let file = self.bench_path().join("changed.toml");
        fs::write(&file, text.replacen(from, to, 1))?;
        Ok(file)
    }

    /// The settings file of the station.
    pub fn config(&self) -> PathBuf {
        self.bench_path().join("station.toml")
    }

    /// What runs `station`, or another program that takes its arguments, with this rig's settings and HSM.
    ///
    /// # Errors
    /// The program is not built.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Result<Command> {
        self.command_with(&self.config(), program, arguments)
    }

    fn command_with(&self, config: &Path, program: &str, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(programs::program(program)?);
        command
            .arg("--config")
            .arg(config)
            .args(as_operator(arguments))
            .args(arguments)
            .env("HSM_SIM_DIR", self.path().join("tokens"))
            .stdin(Stdio::piped());
        Ok(command)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.bench().map(|mut bench| bench.down());
        let _ = self.bench.wait();
    }
}

/// Both streams of a program, for messages.
pub fn text(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Checks that `station` refused with this code, and said what to do.
///
/// # Errors
/// It did not.
pub fn refused_with(name: &str, output: &Output, code: &str) -> Result<()> {
    let said = text(output);
    ensure!(output.status.code() == Some(3), "{name}: {said}");
    ensure!(said.contains(code), "{name}: no {code} in {said}");
    ensure!(said.contains("->"), "{name}: no remedy in {said}");
    Ok(())
}

fn start_bench(directory: &Path, slots: usize, arguments: &[&str]) -> Result<Child> {
    use std::io::BufRead as _;

    let mut child = Command::new(programs::program("virtual-bench")?)
        .args(["up", "--slots", &slots.to_string(), "--dir"])
        .arg(directory.join("bench"))
        .arg("--hsm-module")
        .arg(programs::hsm_module()?)
        .args(["--hsm-token", "bench-ca", "--seed", "1"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.as_mut().context("no output")?).read_line(&mut line)?;
    ensure!(line.starts_with("ready"), "the bench says {line:?}");
    Ok(child)
}
