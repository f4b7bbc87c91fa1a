//! The main job: blank modules become labelled, certified modules in a signed batch, checked by
//! software that others wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, SO_PIN, USER_PIN};
use e2e::{Event, Rig};
use serde_json::Value;
use time::OffsetDateTime;

const LIMIT: Duration = Duration::from_mins(4);

#[test]
fn four_blank_modules_become_a_batch_and_a_second_order_repeats_nothing() -> Result<()> {
    let rig = Rig::new(2)?;
    let mut bench = rig.bench()?;
    rig.open_order(&Order::default())?;
    let (status, events) = rig.start_run(4)?.change_modules(&mut bench, 4, LIMIT)?;
    ensure!(status.success(), "station run: {status}, {events:#?}");
    let uids = passed(&events);
    ensure!(uids.len() == 4, "passed: {uids:?}");

    labels_say_what_the_ledger_says(&rig, &uids)?;
    rig.succeed(&["batch", "close", "--pin-fd", "0"], USER_PIN)?;
    let batch = export(&rig, "pre-registration")?;
    let late = export(&rig, "late-binding")?;
    for file in [&batch, &late] {
        oem_accepts(&rig, file)?;
        openssl_accepts_the_signature(&rig, file)?;
    }
    certificates_hold(&rig, &batch, &uids)?;
    late_binding_discloses_nothing(&late, &uids)?;
    sealed_modules_keep_their_keys(&rig, &uids)?;

    // Again: the same ledger and CA, a new order.
    rig.open_order(&Order { id: "WO-2".to_owned(), quantity: 2, flow: "late-binding", ..Order::default() })?;
    for slot in ["1", "2"] {
        bench.take(slot)?;
    }
    let (status, events) = rig.start_run(2)?.change_modules(&mut bench, 2, LIMIT)?;
    ensure!(status.success(), "second run: {status}, {events:#?}");
    let more = passed(&events);
    ensure!(more.len() == 2 && more.is_disjoint(&uids), "{more:?} against {uids:?}");
    rig.succeed(&["batch", "close", "--pin-fd", "0"], USER_PIN)?;
    oem_accepts(&rig, &export(&rig, "late-binding")?)?;
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

/// UIDs of the runs that passed.
fn passed(events: &[Event]) -> BTreeSet<String> {
    events
        .iter()
        .filter(|event| event["event"] == "run-ended" && event["verdict"] == "pass")
        .filter_map(|event| event["uid"].as_str().map(str::to_owned))
        .collect()
}

fn export(rig: &Rig, flavour: &str) -> Result<PathBuf> {
    let file = rig.path().join(format!("{flavour}.zip"));
    let arguments =
        ["batch", "export", "--pin-fd", "0", "--flavour", flavour, "--out", &file.display().to_string()];
    rig.succeed(&arguments, USER_PIN)?;
    Ok(file)
}

/// zbarimg reads each label's picture, the station's and the printer's, to the ledger's payload.
fn labels_say_what_the_ledger_says(rig: &Rig, uids: &BTreeSet<String>) -> Result<()> {
    let modules: Value = serde_json::from_str(&rig.succeed(&["unit", "list", "--json"], "")?)?;
    let modules = modules.as_array().context("a list of modules")?;
    let printed: Vec<PathBuf> =
        rig.bench()?.status()?.modules.into_iter().filter_map(|module| module.label).collect();
    let mut read = BTreeSet::new();
    for picture in &printed {
        read.insert(run("zbarimg", &["--quiet", "--raw", &text(picture)])?.trim().to_owned());
    }
    for uid in uids {
        let module =
            modules.iter().find(|module| module["uid"] == uid.as_str()).context("a listed module")?;
        let payload = module["label"].as_str().context("a label")?;
        let picture = rig.data_path().join("labels").join(format!("{uid}.png"));
        let says = run("zbarimg", &["--quiet", "--raw", &text(&picture)])?;
        ensure!(says.trim() == payload, "{says:?}, not {payload:?}");
        ensure!(read.contains(payload), "{payload:?} is on no printed label: {read:?}");
    }
    Ok(())
}

fn oem_accepts(rig: &Rig, file: &Path) -> Result<()> {
    let oem = e2e::programs::program("oem")?;
    run(&text(&oem), &["verify", &text(file), "--ca", &text(&authority(rig, "root"))])?;
    Ok(())
}

fn openssl_accepts_the_signature(rig: &Rig, file: &Path) -> Result<()> {
    let directory = unzip(file)?;
    let [signature, header] = ["header.cms", "header.json"].map(|name| text(&directory.path().join(name)));
    let root = text(&authority(rig, "root"));
    let arguments =
        ["cms", "-verify", "-inform", "DER", "-in", &signature, "-content", &header, "-CAfile", &root];
    run("openssl", &arguments)?;
    // And not when a byte of the header is another.
    let mut bytes = fs::read(&header)?;
    bytes[10] ^= 1;
    fs::write(&header, bytes)?;
    ensure!(run("openssl", &arguments).is_err(), "OpenSSL accepts a changed header");
    Ok(())
}

/// What OpenSSL says of every certificate in a batch.
fn certificates_hold(rig: &Rig, batch: &Path, uids: &BTreeSet<String>) -> Result<()> {
    let directory = unzip(batch)?;
    let all = fs::read_to_string(directory.path().join("certificates.pem"))?;
    let mut seen = BTreeSet::new();
    for part in all.split_inclusive("-----END CERTIFICATE-----\n") {
        let file = directory.path().join("one.pem");
        fs::write(&file, part)?;
        let file = text(&file);
        let (root, issuing) = (text(&authority(rig, "root")), text(&authority(rig, "issuing")));
        run(
            "openssl",
            &[
                "verify",
                "-x509_strict",
                "-purpose",
                "sslclient",
                "-CAfile",
                &root,
                "-untrusted",
                &issuing,
                &file,
            ],
        )?;
        let field = |name: &str| run("openssl", &["x509", "-in", &file, "-noout", name]);
        let serial = field("-serial")?.trim().trim_start_matches("serial=").to_lowercase();
        let serial = format!("{serial:0>32}");
        let uuid = format!(
            "{}-{}-{}-{}-{}",
            &serial[..8],
            &serial[8..12],
            &serial[12..16],
            &serial[16..20],
            &serial[20..]
        );
        let subject = field("-subject")?;
        ensure!(subject.contains(&format!("CN = {uuid}")), "{subject} against serial {serial}");
        let details = field("-text")?;
        for wanted in
            ["CA:FALSE", "TLS Web Client Authentication", "ASN1 OID: prime256v1", "ecdsa-with-SHA256"]
        {
            ensure!(details.contains(wanted), "no {wanted} in {details}");
        }
        let ten_years = OffsetDateTime::now_utc();
        let ten_years = ten_years.replace_year(ten_years.year() + 10)?;
        let seconds = (ten_years - OffsetDateTime::now_utc()).whole_seconds();
        run("openssl", &["x509", "-in", &file, "-noout", "-checkend", &seconds.to_string()])?;
        ensure!(uids.contains(&serial) && seen.insert(serial.clone()), "unexpected certificate {serial}");
    }
    ensure!(&seen == uids, "certificates of {seen:?}, not of {uids:?}");
    Ok(())
}

fn late_binding_discloses_nothing(file: &Path, uids: &BTreeSet<String>) -> Result<()> {
    let bytes = fs::read(file)?;
    for uid in uids {
        for found in secret_forms(&hex::decode(uid)?) {
            ensure!(!contains(&bytes, &found), "the late-binding file holds {uid}");
        }
    }
    Ok(())
}

/// The module's private key is in no file that a run leaves behind, nor can a debugger read it.
fn sealed_modules_keep_their_keys(rig: &Rig, uids: &BTreeSet<String>) -> Result<()> {
    let mut bench = rig.bench()?;
    let files = files_below(rig.path())?;
    ensure!(files.len() > 10, "few files to look at: {files:?}");
    for slot in bench.status()?.slots {
        let dump = tempfile::NamedTempFile::new()?;
        bench.dump(&slot.slot, dump.path())?;
        let key = private_key_in(rig, &fs::read(dump.path())?, uids)?;
        for file in &files {
            let content = fs::read(file)?;
            for form in secret_forms(&key) {
                ensure!(!contains(&content, &form), "{} holds a module's private key", file.display());
            }
        }
        debugger_reads_nothing(&slot.probe)?;
    }
    for file in &files {
        let content = fs::read(file)?;
        for pin in [USER_PIN, SO_PIN] {
            ensure!(!contains(&content, pin.as_bytes()), "{} holds a PIN", file.display());
        }
    }
    Ok(())
}

/// Finds, in a module's flash, the number whose point is the public key of one of the certificates.
fn private_key_in(rig: &Rig, flash: &[u8], uids: &BTreeSet<String>) -> Result<[u8; 32]> {
    use p256::elliptic_curve::sec1::ToSec1Point as _;

    let certificates = fs::read(rig.path().join("pre-registration.zip"))?;
    ensure!(!uids.is_empty() && !certificates.is_empty(), "nothing to look for");
    // Records lie behind the firmware; keys are 32 bytes that are neither blank nor code.
    for window in flash.get(0x36C00..0x40000).context("a whole flash")?.windows(32) {
        if window.iter().all(|byte| *byte == 0xFF) {
            continue;
        }
        let Ok(secret) = p256::SecretKey::from_slice(window) else { continue };
        let point = secret.public_key().to_sec1_point(false);
        let pem = fs::read(certificates_of(rig)?)?;
        if contains(&pem_bodies(&pem)?, point.as_bytes()) {
            return Ok(window.try_into()?);
        }
    }
    anyhow::bail!("no private key in the flash: the search itself is broken")
}

fn certificates_of(rig: &Rig) -> Result<PathBuf> {
    let file = rig.path().join("all-certificates.pem");
    if !file.exists() {
        let directory = unzip(&rig.path().join("pre-registration.zip"))?;
        fs::copy(directory.path().join("certificates.pem"), &file)?;
    }
    Ok(file)
}

/// The DER of all certificates, one after the other.
fn pem_bodies(pem: &[u8]) -> Result<Vec<u8>> {
    use base64::Engine as _;

    let mut all = Vec::new();
    for part in std::str::from_utf8(pem)?.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let body: String = part.lines().take_while(|line| !line.starts_with("-----END")).collect();
        all.extend(base64::engine::general_purpose::STANDARD.decode(body)?);
    }
    Ok(all)
}

/// An unmodified probe-rs gets at neither flash nor RAM.
fn debugger_reads_nothing(selector: &str) -> Result<()> {
    use probe_rs::MemoryInterface as _;
    use probe_rs::probe::{DebugProbeSelector, list::Lister};

    let selector: DebugProbeSelector = selector.parse()?;
    let mut probe = Lister::new().open(selector)?;
    probe.select_protocol(probe_rs::probe::WireProtocol::Swd)?;
    // A locked part may refuse to be attached to at all.
    let Ok(mut session) = probe.attach("nRF51822_xxAA", probe_rs::Permissions::default()) else {
        return Ok(());
    };
    let Ok(mut core) = session.core(0) else { return Ok(()) };
    for address in (0..0x40000u64).step_by(0x400).chain((0x2000_0000..0x2000_4000).step_by(0x100)) {
        match core.read_word_32(address) {
            Err(_) | Ok(0) => {}
            Ok(word) => anyhow::bail!("a debugger reads {word:#010x} at {address:#010x} of a sealed module"),
        }
    }
    Ok(())
}

/// The ways in which a secret could stand in a file.
fn secret_forms(secret: &[u8]) -> Vec<Vec<u8>> {
    use base64::Engine as _;

    let hex = hex::encode(secret);
    let mut uuid = hex.clone();
    for place in [20, 16, 12, 8] {
        uuid.insert(place, '-');
    }
    vec![
        secret.to_vec(),
        secret.iter().rev().copied().collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        uuid.into_bytes(),
        base64::engine::general_purpose::STANDARD.encode(secret).into_bytes(),
    ]
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

fn authority(rig: &Rig, role: &str) -> PathBuf {
    rig.data_path().join("ca").join(format!("{role}.pem"))
}

fn unzip(file: &Path) -> Result<tempfile::TempDir> {
    let directory = tempfile::tempdir()?;
    run("unzip", &["-q", &text(file), "-d", &text(directory.path())])?;
    Ok(directory)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Runs a program that must succeed, and gives its standard output.
fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), e2e::rig::text(&output));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
