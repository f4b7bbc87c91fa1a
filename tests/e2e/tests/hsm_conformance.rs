//! `station hsm test` on the two PKCS#11 modules of the bench, and on one that misbehaves.
//!
//! The reports side by side are the page `deploy/docs/hsm-conformance.md`. All of it but the rates is compared with what is found; written
//! anew it is by
//! ```text
//! HSM_CONFORMANCE_PAGE=write cargo test -p e2e --test hsm_conformance -- --include-ignored
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use e2e::programs;
use hsm_sim::store::Settings;
use serde_json::Value;
use tempfile::TempDir;

const OFFICER_PIN: &str = "17263548";
const USER_PIN: &str = "94827361";
const LABEL: &str = "bench-ca";
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/docs/hsm-conformance.md");
/// What comes after it depends on the machine.
const RATES: &str = "## Rates";

/// A token with both PINs in a module.
struct Token {
    module: PathBuf,
    store: TempDir,
}

impl Token {
    fn on_simulator(settings: &Settings) -> Result<Self> {
        let store = tempfile::tempdir()?;
        hsm_sim::store::configure(store.path(), settings)?;
        Self { module: programs::hsm_module()?, store }.initialised()
    }

    fn on_softhsm() -> Result<Self> {
        let store = tempfile::tempdir()?;
        let tokens = store.path().display();
        fs::write(store.path().join("softhsm2.conf"), format!("directories.tokendir = {tokens}\n"))?;
        Self { module: SOFTHSM.into(), store }.initialised()
    }

    fn initialised(self) -> Result<Self> {
        let init = ["--init-token", "--slot-index", "0", "--label", LABEL, "--so-pin", OFFICER_PIN];
        let set_pin = ["--init-pin", "--token-label", LABEL, "--login", "--login-type", "so"];
        let pins = ["--so-pin", OFFICER_PIN, "--new-pin", USER_PIN];
        for arguments in [init.to_vec(), [&set_pin[..], &pins].concat()] {
            let mut tool = self.command("pkcs11-tool");
            let output = tool.arg("--module").arg(&self.module).args(arguments).output()?;
            ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(self)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("HSM_SIM_DIR", self.store.path())
            .env("SOFTHSM2_CONF", self.store.path().join("softhsm2.conf"));
        command
    }

    /// The report of `station hsm test`, and its exit code.
    fn test(&self, pin: &str, more: &[&str]) -> Result<(Value, i32)> {
        let mut station = self.command(programs::program("station")?);
        station.args(["hsm", "test", "--json", "--pin-fd", "0", "--rate", "1", "--token", LABEL]).args(more);
        let output = programs::fed(station.arg("--module").arg(&self.module), pin)?;
        let code = output.status.code().context("no exit code")?;
        let report = serde_json::from_slice(&output.stdout)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        Ok((report, code))
    }

    /// The labels of all objects.
    fn objects(&self) -> Result<String> {
        let mut tool = self.command("pkcs11-tool");
        let login = ["--token-label", LABEL, "--login", "--pin", USER_PIN, "--list-objects"];
        let output = tool.arg("--module").arg(&self.module).args(login).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The checks with this outcome.
fn with_outcome<'a>(report: &'a Value, outcome: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    checks
        .iter()
        .filter(|check| check["outcome"] == outcome)
        .filter_map(|check| check["name"].as_str())
        .collect()
}

#[test]
#[ignore = "needs opensc and softhsm2"]
fn both_modules_of_the_bench_are_usable_and_as_the_page_says() -> Result<()> {
    let tokens = [Token::on_simulator(&Settings::default())?, Token::on_softhsm()?];
    let mut reports = Vec::new();
    for token in &tokens {
        let (report, code) = token.test(USER_PIN, &[])?;
        ensure!(code == 0 && report["usable"] == true, "{report:#}");
        ensure!(with_outcome(&report, "fail").is_empty(), "{report:#}");
        ensure!(!token.objects()?.contains("station-hsm-test"), "something was left behind");
        reports.push(report);
    }
    let made = page(&reports)?;
    if std::env::var_os("HSM_CONFORMANCE_PAGE").is_some() {
        fs::write(PAGE, &made)?;
    }
    let found = fs::read_to_string(PAGE).context(PAGE)?;
    let lasting = |text: &str| text.split(RATES).next().map(str::to_owned);
    ensure!(
        lasting(&found) == lasting(&made),
        "run `HSM_CONFORMANCE_PAGE=write cargo test -p e2e --test hsm_conformance -- --include-ignored`"
    );
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn wrong_signatures_make_an_hsm_unusable() -> Result<()> {
    let token = Token::on_simulator(&Settings::default())?;
    let script = "[[fault]]\nfunction = \"C_Sign\"\ntimes = 0\nwrong-signature = true\n";
    hsm_sim::fault::set(token.store.path(), script)?;
    let (report, code) = token.test(USER_PIN, &[])?;
    ensure!(code == 1 && report["usable"] == false, "{report:#}");
    ensure!(with_outcome(&report, "fail").contains(&"a signature of a digest verifies"), "{report:#}");
    ensure!(with_outcome(&report, "pass").contains(&"nothing is left behind"), "{report:#}");
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn a_library_that_hangs_is_reported_and_not_suffered() -> Result<()> {
    let token = Token::on_simulator(&Settings::default())?;
    let script = "[[fault]]\nfunction = \"C_FindObjectsInit\"\ntimes = 0\nhang = true\n";
    hsm_sim::fault::set(token.store.path(), script)?;
    let (report, code) = token.test(USER_PIN, &["--deadline", "10"])?;
    ensure!(code == 1 && report["usable"] == false, "{report:#}");
    ensure!(with_outcome(&report, "fail") == ["the keys are found by their label"], "{report:#}");
    ensure!(with_outcome(&report, "not-run").contains(&"a signature of a digest verifies"), "{report:#}");
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn limits_are_found_and_told() -> Result<()> {
    let settings = Settings { session_limit: Some(3), idle_timeout_ms: Some(4000), ..Settings::default() };
    let token = Token::on_simulator(&settings)?;
    let (report, code) = token.test(USER_PIN, &["--idle", "5"])?;
    ensure!(code == 0, "{report:#}");
    ensure!(with_outcome(&report, "fail") == ["a session survives being idle"], "{report:#}");
    ensure!(with_outcome(&report, "not-offered") == ["signs in four sessions", "signs in eight sessions"]);
    let limits = report["limits"].to_string();
    ensure!(limits.contains("2 beside the first") && limits.contains("5 s or less"), "{limits}");

    let full = Token::on_simulator(&Settings { object_limit: Some(1), ..Settings::default() })?;
    let (report, code) = full.test(USER_PIN, &[])?;
    ensure!(code == 1, "{report:#}");
    ensure!(report.to_string().contains("the token is full"), "{report:#}");
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn a_wrong_pin_is_given_once_and_then_no_more() -> Result<()> {
    let token = Token::on_simulator(&Settings::default())?;
    let tried = |pin| -> Result<String> {
        let (report, code) = token.test(pin, &[])?;
        ensure!(code == 1 && with_outcome(&report, "fail") == ["the PIN is accepted"], "{report:#}");
        ensure!(!report.to_string().contains(pin), "the PIN is in the report");
        Ok(report.to_string())
    };
    ensure!(tried("00000000")?.contains("CKR_PIN_INCORRECT"));
    for pin in ["00000000", USER_PIN] {
        ensure!(tried(pin)?.contains("another try is not risked"));
    }
    Ok(())
}

#[test]
#[ignore = "needs opensc"]
fn the_report_goes_to_a_file_and_can_be_read() -> Result<()> {
    let token = Token::on_simulator(&Settings::default())?;
    let file = token.store.path().join("report.md");
    let mut station = token.command(programs::program("station")?);
    station.args(["hsm", "test", "--pin-fd", "0", "--rate", "1", "--token", LABEL, "--out"]).arg(&file);
    let output = programs::fed(station.arg("--module").arg(&token.module), USER_PIN)?;
    ensure!(output.status.success() && output.stdout.is_empty());
    let text = fs::read_to_string(&file)?;
    ensure!(text.contains("**The station can work with this token.**"), "{text}");

    let absent = ["hsm", "test", "--pin-fd", "0", "--token", LABEL, "--module", "/absent/module.so"];
    let output = programs::fed(token.command(programs::program("station")?).args(absent), USER_PIN)?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.code() == Some(1) && text.contains("/absent/module.so cannot be read"), "{text}");
    Ok(())
}

/// The reports side by side.
fn page(reports: &[Value]) -> Result<String> {
    let mut text = String::from(
        "# What the station asks of an HSM, and what two answer\n\n\
         `station hsm test --module FILE --token LABEL` tries on any PKCS#11 module what the station will ask of it, with a key pair of its own \
         that it\nremoves afterwards, and says whether the station can work with it. Exit code 0: it can. 1: it cannot. 3: the test could not\n\
         be made. Here it was run on the two modules of the bench.\n\n\
         This page is compared with what is found, all but the rates, by the test `hsm_conformance` of `tests/e2e`, which says how it is written \
         anew.\n\n",
    );
    let names: Vec<&str> = reports.iter().map(|report| module_name(report)).collect::<Result<_>>()?;
    table_head(&mut text, "what is told", &names)?;
    for name in ["library", "PKCS#11 version", "token", "flags", "mechanisms, of those that matter"] {
        row(&mut text, name, reports.iter().map(|report| fact(report, "facts", name)))?;
    }
    for name in ["PIN length", "sessions, as the token tells", "sessions, as found"] {
        row(&mut text, name, reports.iter().map(|report| fact(report, "limits", name)))?;
    }
    text.push('\n');
    table_head(&mut text, "check", &names)?;
    let checks = reports[0]["checks"].as_array().context("no checks")?;
    for (at, check) in checks.iter().enumerate() {
        let name = check["name"].as_str().context("no name")?;
        let name = if check["need"] == "required" { format!("{name} (required)") } else { name.to_owned() };
        let cell = |report: &Value| {
            let (outcome, detail) = (&report["checks"][at]["outcome"], &report["checks"][at]["detail"]);
            let outcome = outcome.as_str().unwrap_or_default().replace('-', " ");
            match detail.as_str() {
                None | Some("") => outcome,
                Some(detail) => format!("{outcome}: {detail}"),
            }
        };
        row(&mut text, &name, reports.iter().map(cell))?;
    }
    write!(
        text,
        "\n{RATES}\nSignatures a second on the machine where this page was written, in a development build.\n\n"
    )?;
    table_head(&mut text, "sessions", &names)?;
    for (at, sessions) in [1, 2, 4, 8].into_iter().enumerate() {
        let rate = |report: &Value| {
            report["rates"][at]["per_second"].as_f64().map_or(String::new(), |rate| format!("{rate:.0}"))
        };
        row(&mut text, &sessions.to_string(), reports.iter().map(rate))?;
    }
    Ok(text)
}

fn module_name(report: &Value) -> Result<&str> {
    let path = Path::new(report["module"].as_str().context("no module")?);
    path.file_name().and_then(|name| name.to_str()).context("no name")
}

fn fact(report: &Value, list: &str, name: &str) -> String {
    let facts = report[list].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = facts.iter().find(|fact| fact["name"] == name).and_then(|fact| fact["value"].as_str());
    found.unwrap_or_default().to_owned()
}

fn table_head(text: &mut String, first: &str, others: &[&str]) -> Result<()> {
    writeln!(text, "| {first} | {} |", others.join(" | "))?;
    Ok(writeln!(text, "|---|{}", "---|".repeat(others.len()))?)
}

fn row(text: &mut String, name: &str, cells: impl Iterator<Item = String>) -> Result<()> {
    Ok(writeln!(text, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | "))?)
}
