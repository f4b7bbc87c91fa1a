//! What happens to modules after they passed, and to the record: rework, return, void, scrap, reprint,
//! the customer's next batch, the list of void certificates, checkpoints, backup, export, the clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::kill::Boundary;
use e2e::rig::{Order, USER_PIN, text};
use e2e::{Rig, programs};
use probe_rs::MemoryInterface as _;
use serde_json::Value;
use station::config;
use virtual_bench::fault::Fault;

const LIMIT: Duration = Duration::from_mins(3);

/// A rig with so many modules that have passed; gives the names in the tray, and the UIDs.
fn passed(count: u32) -> Result<(Rig, Vec<(String, String)>)> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order { quantity: count, ..Order::default() })?;
    let mut modules = Vec::new();
    let mut bench = rig.bench()?;
    for _ in 0..count {
        bench.put_fresh("1")?;
        let uid = pass(&rig)?;
        modules.push((bench.take("1")?, uid));
    }
    Ok((rig, modules))
}

/// One run of the module in the slot, which must pass. Gives its UID.
fn pass(rig: &Rig) -> Result<String> {
    let end = run(rig)?;
    ensure!(end["verdict"] == "pass", "{end:#?}");
    Ok(end["uid"].as_str().context("a UID")?.to_owned())
}

/// One run of the module in the slot.
fn run(rig: &Rig) -> Result<Value> {
    let mut run = rig.start_run(1)?;
    run.wait(LIMIT)?;
    run.events()?.into_iter().find(|event| event["event"] == "run-ended").context("no run ended")
}

/// `station unit … --reason …`, as Ana.
fn unit(rig: &Rig, deed: &str, uid: &str, reason: &str) -> Result<String> {
    rig.succeed(&["--operator", "Ana", "unit", deed, uid, "--reason", reason], "")
}

/// Closes and exports a batch; gives what `oem verify` says of it, and its entries by UID.
fn batch(rig: &Rig, name: &str, previous: Option<&Path>) -> Result<(Value, Vec<Value>, PathBuf)> {
    rig.succeed(&["batch", "close", "--pin-fd", "0"], USER_PIN)?;
    let file = rig.path().join(format!("{name}.zip"));
    rig.succeed(&["batch", "export", "--pin-fd", "0", "--out", &file.display().to_string()], USER_PIN)?;
    let mut oem = Command::new(programs::program("oem")?);
    oem.arg("verify").arg(&file).arg("--ca").arg(rig.data_path().join("ca/root.pem")).arg("--json");
    if let Some(previous) = previous {
        oem.arg("--previous").arg(previous);
    }
    let told = oem.output()?;
    ensure!(told.status.success(), "{}", text(&told));
    let entries = Command::new("unzip").arg("-p").arg(&file).arg("entries.ndjson").output()?.stdout;
    let entries = entries
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(serde_json::from_slice)
        .collect::<Result<_, _>>()?;
    Ok((serde_json::from_slice(&told.stdout)?, entries, file))
}

fn entry<'a>(entries: &'a [Value], uid: &str) -> Result<&'a Value> {
    entries.iter().find(|entry| entry["uid"] == uid).with_context(|| format!("{uid} is not in {entries:#?}"))
}

#[test]
fn what_is_done_to_modules_by_hand_is_in_the_next_batch_of_the_customer() -> Result<()> {
    let (rig, modules) = passed(5)?;
    let [(tray, reworked), (_, returned), (_, voided), (_, scrapped), (_, reprinted)] = modules.as_slice()
    else {
        anyhow::bail!("five modules")
    };
    let (told, entries, first) = batch(&rig, "first", None)?;
    ensure!(told["header"]["counts"]["passed"] == 5 && entries.len() == 5, "{told:#?}");

    // Nobody does anything namelessly, or without a reason.
    let output = rig.station(&["unit", "void", voided, "--reason", "x"], "")?;
    ensure!(output.status.code() == Some(3) && text(&output).contains("F-512"), "{}", text(&output));
    let output = rig.station(&["--operator", "Ana", "unit", "void", voided, "--reason", " "], "")?;
    ensure!(output.status.code() == Some(2), "{}", text(&output));

    unit(&rig, "rework", reworked, "antenna replaced")?;
    unit(&rig, "return", returned, "customer: no radio")?;
    unit(&rig, "void", voided, "sold as a sample")?;
    unit(&rig, "scrap", scrapped, "burnt")?;
    unit(&rig, "reprint", reprinted, "label torn")?;
    let labels = fs::read_dir(rig.bench_path().join("slot-1"))?.count();
    ensure!(labels > 0, "the printer of the bench printed nothing");

    let (told, entries, second) = batch(&rig, "second", Some(&first))?;
    ensure!(
        told["header"]["counts"] == serde_json::json!({"passed": 1, "void": 2, "withdrawn": 2}),
        "{told:#?}"
    );
    for (uid, state, note, reason) in [
        (reworked, "withdrawn", "rework", "antenna replaced"),
        (returned, "withdrawn", "return", "customer: no radio"),
        (voided, "void", "void", "sold as a sample"),
        (scrapped, "void", "scrap", "burnt"),
        (reprinted, "passed", "reprint", "label torn"),
    ] {
        let entry = entry(&entries, uid)?;
        ensure!(entry["state"] == state && entry["notes"][0]["event"] == note, "{entry:#?}");
        ensure!(entry["notes"][0]["reason"] == reason, "{entry:#?}");
    }

    // The reworked one passes again, with the certificate it had; the returned one is in quarantine.
    let mut bench = rig.bench()?;
    bench.put_module("1", tray)?;
    ensure!(&pass(&rig)? == reworked, "another module");
    bench.take("1")?;
    bench.put_module("1", &modules[1].0)?;
    let end = run(&rig)?;
    ensure!(end["code"] == "M-107", "{end:#?}");
    bench.take("1")?;
    bench.put_module("1", &modules[2].0)?;
    let end = run(&rig)?;
    ensure!(end["code"] == "M-116", "void is final: {end:#?}");
    let (_, entries, _) = batch(&rig, "third", Some(&second))?;
    ensure!(entries.len() == 1 && entry(&entries, reworked)?["state"] == "passed", "{entries:#?}");

    // The same batch comes out the same, whatever was done since.
    let again = rig.path().join("again.zip").display().to_string();
    rig.succeed(&["batch", "export", "--batch", "WO-1-1", "--pin-fd", "0", "--out", &again], USER_PIN)?;
    let header = |file: &str| Command::new("unzip").args(["-p", file, "header.json"]).output();
    ensure!(header(&again)?.stdout == header(&first.display().to_string())?.stdout, "batch 1 changed");

    let story = rig.succeed(&["unit", "show", scrapped], "")?;
    ensure!(story.contains("scrapped") && story.contains("burnt") && story.contains("Ana"), "{story}");
    rig.succeed(&["ledger", "verify"], "")?;
    revoked(&rig, &[voided, scrapped], &[reworked, reprinted])
}

/// The list of void certificates, as OpenSSL sees it.
fn revoked(rig: &Rig, void: &[&String], good: &[&String]) -> Result<()> {
    let list = rig.path().join("void.crl");
    rig.succeed(&["ca", "crl", "--pin-fd", "0", "--out", &list.display().to_string()], USER_PIN)?;
    let certificates = rig.data_path().join("ca");
    let issuing = certificates.join("issuing.pem");
    let output = Command::new("openssl")
        .args(["crl", "-noout", "-text", "-in"])
        .arg(&list)
        .arg("-CAfile")
        .arg(&issuing)
        .output()?;
    let told = text(&output);
    ensure!(output.status.success() && told.contains("verify OK"), "{told}");
    for uid in void {
        ensure!(told.to_lowercase().contains(uid.trim_start_matches('0')), "{uid} is not in {told}");
    }
    let chain = rig.path().join("chain.pem");
    fs::write(&chain, fs::read_to_string(&issuing)? + &fs::read_to_string(certificates.join("root.pem"))?)?;
    for (uid, wanted) in void.iter().map(|uid| (uid, false)).chain(good.iter().map(|uid| (uid, true))) {
        let file = rig.path().join("leaf.der");
        fs::write(&file, certificate(rig, uid)?)?;
        let output = Command::new("openssl")
            .args(["verify", "-crl_check", "-CAfile"])
            .arg(&chain)
            .arg("-CRLfile")
            .arg(&list)
            .arg(&file)
            .output()?;
        let told = text(&output);
        ensure!(output.status.success() == wanted, "{uid}: {told}");
        ensure!(wanted || told.contains("revoked"), "{uid}: {told}");
    }
    Ok(())
}

/// A module's certificate, DER, from its story.
fn certificate(rig: &Rig, uid: &str) -> Result<Vec<u8>> {
    use base64::Engine as _;

    let story: Value = serde_json::from_str(&rig.succeed(&["unit", "show", uid, "--json"], "")?)?;
    let issued =
        story.as_array().context("a story")?.iter().find(|event| event["kind"] == "certificate-issued");
    let der = issued.and_then(|event| event["payload"]["certificate"].as_str()).context("a certificate")?;
    Ok(base64::engine::general_purpose::STANDARD.decode(der)?)
}

/// Somebody erases a part that has a certificate already. It comes back blank and makes a new key, but it
/// is the same silicon.
#[test]
fn a_module_that_lost_its_key_is_known_again_and_its_old_certificate_is_void() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    // Killed when the certificate is on record and before the module has it.
    let trace = rig.path().join("trace");
    let mut whole = rig.start_frail(1, &trace, Some(first_number(&rig)?))?;
    whole.wait(LIMIT)?;
    let modules: Value = serde_json::from_str(&rig.succeed(&["unit", "list", "--json"], "")?)?;
    ensure!(modules[0]["state"] == "issued", "{modules:#?}");
    let old = modules[0]["uid"].as_str().context("a UID")?.to_owned();

    erase(&rig)?;
    let end = run(&rig)?;
    ensure!(end["code"] == "M-108", "{end:#?}");
    let new = end["uid"].as_str().context("a UID")?.to_owned();
    ensure!(new != old, "the same UID again");
    let story = rig.succeed(&["unit", "show", &old], "")?;
    ensure!(story.contains("void") && story.contains("another identity"), "{story}");
    let end = run(&rig)?;
    ensure!(end["code"] == "M-107", "nobody has looked yet: {end:#?}");
    unit(&rig, "rework", &new, "erased by mistake")?;
    ensure!(pass(&rig)? == new, "another module");
    let (_, entries, _) = batch(&rig, "batch", None)?;
    ensure!(entry(&entries, &old)?["state"] == "void" && entry(&entries, &new)?["state"] == "passed");
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

/// The number of the boundary before the certificate is sent, found in a run of another module.
fn first_number(rig: &Rig) -> Result<u64> {
    let other = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    other.open_order(&Order::default())?;
    other.bench()?.put_fresh("1")?;
    let trace = rig.path().join("other-trace");
    other.start_frail(1, &trace, None)?.wait(LIMIT)?;
    let boundaries = Boundary::read_all(&trace)?;
    let sent = boundaries.into_iter().find(|it| it.phase == "before" && it.operation == "CERTIFICATE");
    Ok(sent.context("the certificate was never sent")?.number)
}

/// Erases the whole flash of the part in slot 1, as any debugger can.
fn erase(rig: &Rig) -> Result<()> {
    let station = config::Station::load(&rig.config())?;
    let order = config::Order::load(&rig.path().join("order.toml"))?;
    let selector: probe_rs::probe::DebugProbeSelector = station.slots[0].probe.parse()?;
    let mut probe = probe_rs::probe::list::Lister::new().open(selector)?;
    probe.select_protocol(probe_rs::probe::WireProtocol::Swd)?;
    let mut session = probe.attach(order.product.chip.target.as_str(), probe_rs::Permissions::new())?;
    let mut core = session.core(0)?;
    core.reset_and_halt(LIMIT)?;
    // NVMC.CONFIG: erase; NVMC.ERASEALL (nRF51 Series Reference Manual, chapter "NVMC").
    core.write_word_32(0x4001_E504, 2)?;
    core.write_word_32(0x4001_E50C, 1)?;
    core.write_word_32(0x4001_E504, 0)?;
    ensure!(core.read_word_32(0)? == u32::MAX, "the flash is not erased");
    Ok(())
}

#[test]
fn the_record_can_be_vouched_for_copied_and_carried_away() -> Result<()> {
    let (rig, modules) = passed(1)?;
    // The line had it vouched for when it stopped.
    let kept = newest(&rig.data_path().join("checkpoints"))?;
    let verified = rig.succeed(&["ledger", "verify", "--checkpoint", &kept.display().to_string()], "")?;
    ensure!(verified.contains("1 checkpoints"), "{verified}");
    openssl_verifies(&rig, &kept)?;

    let copy = rig.path().join("copy.sqlite").display().to_string();
    rig.succeed(&["ledger", "backup", &copy], "")?;
    let output = rig.station(&["ledger", "backup", &copy], "")?;
    ensure!(output.status.code() == Some(3), "a backup was written over: {}", text(&output));

    // Against a checkpoint made later, the copy shows as what it is: an older state.
    rig.open_order(&Order { quantity: 1, ..Order::default() })?;
    let later = rig.path().join("later.json").display().to_string();
    fs::write(&later, rig.succeed(&["ledger", "checkpoint", "--pin-fd", "0"], USER_PIN)?)?;
    rig.succeed(&["ledger", "verify", "--checkpoint", &later], "")?;
    let output = rig.station(&["ledger", "verify", "--file", &copy, "--checkpoint", &later], "")?;
    ensure!(output.status.code() == Some(3) && text(&output).contains("cut off"), "{}", text(&output));
    let junk = rig.path().join("junk.json").display().to_string();
    fs::write(&junk, "{}")?;
    let output = rig.station(&["ledger", "verify", "--checkpoint", &junk], "")?;
    ensure!(text(&output).contains("F-513"), "{}", text(&output));

    let all = rig.succeed(&["ledger", "export"], "")?;
    let events = all.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    ensure!(events[0]["kind"] == "ledger-created" && all.contains(&modules[0].1), "{all}");
    let rest = rig.succeed(&["ledger", "export", "--since", &(events.len() - 1).to_string()], "")?;
    ensure!(rest.lines().count() == 2, "{rest}");
    Ok(())
}

/// The last file of a directory, by the time it was written.
fn newest(directory: &Path) -> Result<PathBuf> {
    let mut files = fs::read_dir(directory)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    files.sort_by_key(|file| fs::metadata(file).and_then(|data| data.modified()).ok());
    files.pop().context("no checkpoint was kept")
}

/// A checkpoint is judged by nothing but its own bytes, the manifest key's certificate, and OpenSSL.
fn openssl_verifies(rig: &Rig, kept: &Path) -> Result<()> {
    let kept: Value = serde_json::from_slice(&fs::read(kept)?)?;
    let bytes = |field: &str| hex::decode(kept[field].as_str().unwrap_or_default());
    let upto = kept["upto"].as_u64().context("a place")?;
    let message = [
        b"station-ledger-checkpoint-v1\0".to_vec(),
        bytes("ledger")?,
        upto.to_be_bytes().into(),
        bytes("hash")?,
    ]
    .concat();
    let signature = p256::ecdsa::Signature::from_slice(&bytes("signature")?)?;
    let file = |name: &str| rig.path().join(name);
    fs::write(file("message"), message)?;
    fs::write(file("signature"), signature.to_der().as_bytes())?;
    let key = Command::new("openssl")
        .args(["x509", "-pubkey", "-noout", "-in"])
        .arg(rig.data_path().join("ca/manifest.pem"))
        .output()?;
    fs::write(file("key.pem"), key.stdout)?;
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(file("key.pem"))
        .arg("-signature")
        .arg(file("signature"))
        .arg(file("message"))
        .output()?;
    ensure!(output.status.success(), "{}", text(&output));
    Ok(())
}

#[test]
fn nothing_is_issued_by_a_clock_that_is_wrong() -> Result<()> {
    let (rig, _) = passed(1)?;
    rig.open_order(&Order { id: "WO-2".into(), ..Order::default() })?;
    rig.bench()?.put_fresh("1")?;
    let day = 86_400;

    // Behind the ledger: nothing begins, and somebody who knows better has to say so.
    let output = rig.run_by_clock(-day)?;
    ensure!(output.status.code() == Some(3) && text(&output).contains("S-901"), "{}", text(&output));
    let accept = ["--operator", "Ana", "ledger", "accept-clock", "--reason", "the clock was ahead"];
    let output = rig.station(&accept, "")?;
    ensure!(text(&output).contains("S-904"), "nothing was to accept: {}", text(&output));

    // Before the CA there was nothing to sign with.
    let output = rig.station_by_clock(-day, &accept, "")?;
    ensure!(output.status.success(), "{}", text(&output));
    let output = rig.run_by_clock(-day)?;
    ensure!(text(&output).contains("S-901") && !text(&output).contains("PASS"), "{}", text(&output));

    // Back at the right time, the same module passes.
    let output = rig.run_by_clock(0)?;
    ensure!(output.status.success() && text(&output).contains("PASS"), "{}", text(&output));
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

#[test]
fn a_certificate_made_by_a_clock_that_was_ahead_does_not_pass() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order::default())?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    bench.fault("1", Fault::PrinterOff)?;
    let ahead = 3 * 366 * 86_400;
    let output = rig.run_by_clock(ahead)?;
    ensure!(text(&output).contains("F-521"), "{}", text(&output));
    bench.clear("1")?;

    let accept = ["--operator", "Ana", "ledger", "accept-clock", "--reason", "it was three years ahead"];
    rig.succeed(&accept, "")?;
    let end = run(&rig)?;
    ensure!(end["code"] == "F-515", "{end:#?}");
    let uid = end["uid"].as_str().context("a UID")?.to_owned();
    // It is void for ever; other modules, and the customer's batches, go on.
    unit(&rig, "void", &uid, "certified by a wrong clock")?;
    bench.take("1")?;
    bench.put_fresh("1")?;
    let good = pass(&rig)?;
    let (_, entries, _) = batch(&rig, "batch", None)?;
    ensure!(entry(&entries, &uid)?["state"] == "void" && entry(&entries, &good)?["state"] == "passed");
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn a_module_of_another_order_is_left_alone() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    let (first, second) = (Order::default(), Order { id: "WO-2".into(), ..Order::default() });
    rig.open_order(&first)?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    bench.fault("1", Fault::PrinterOff)?;
    ensure!(run(&rig)?["code"] == "F-521");
    bench.clear("1")?;
    rig.open_order(&second)?;
    let end = run(&rig)?;
    ensure!(end["code"] == "F-514" && end["step"] == "greet", "{end:#?}");
    rig.open_order(&first)?;
    pass(&rig)?;
    rig.succeed(&["ledger", "verify"], "").map(drop)
}
