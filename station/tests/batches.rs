//! Batches on a real module, see [`support`]: closed and exported from a ledger with certified modules, as the screen
//! does it on a running line, and compared with what the command line makes of the same ledger.

mod support;
mod vendor;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use batch::Header;
use libtest_mimic::{Failed, Trial};
use p256::ecdsa::SigningKey;
use station::batches::{BatchError, Packing, Stage, Wanted};
use station::clock::{Clock, FixedClock};
use station::config::{Flow, Order};
use station::fault::{Coded, FaultCode};
use station::files::Files;
use station::gate::{Authority, Desk, Gate, Issuer, Issuing, Leave, Policy};
use station::hsm::{Hsm, Pkcs11Hsm};
use station::ledger::{
    CertificateInstalled, Digest, Event, Fate, LabelPrinted, LabelScanned, Ledger, ModuleIdentified,
    ModuleProved, ModuleReturned, ModuleReworked, ModuleSealed, ModuleVoided, OrderOpened, RunId, RunPassed,
    RunStarted,
};
use station::pki::authority::PerRole;
use station::pki::{Certificate, CertificateProfile, PublicKey};
use station::{checkpoint, ledger, order};
use support::{USER_PIN, address, module, pin, wait};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use wire::Uid;

/// Before any clock by which this is run: the command line goes by the machine's.
const NOW: OffsetDateTime = datetime!(2025-01-02 6:00 UTC);
const STATION: &str = "line 1";
const TOKEN: &str = "batches";

fn main() -> ExitCode {
    support::run(1, |ignored| {
        [
            Trial::test(
                "a_batch_is_closed_once_and_its_file_holds",
                a_batch_is_closed_once_and_its_file_holds,
            ),
            Trial::test("the_command_line_makes_the_same_file", the_command_line_makes_the_same_file),
            Trial::test("progress_goes_from_none_to_all", progress_goes_from_none_to_all),
            Trial::test("two_at_once_close_one_batch", two_at_once_close_one_batch),
            Trial::test("what_is_done_by_hand_waits_for_the_batch", what_is_done_by_hand_waits_for_the_batch),
            Trial::test(
                "a_pass_that_overtakes_a_batch_has_it_made_up_anew_and_the_next_one_waits",
                a_pass_that_overtakes_a_batch_has_it_made_up_anew_and_the_next_one_waits,
            ),
            Trial::test("a_file_that_cannot_be_written_is_told", a_file_that_cannot_be_written_is_told),
            Trial::test("a_closed_hsm_signs_no_batch", a_closed_hsm_signs_no_batch),
        ]
        .map(|trial| trial.with_ignored_flag(ignored))
        .into()
    })
}

/// The keys of a vendor, on the token that all tests share.
struct Vendor {
    hsm: Arc<dyn Hsm>,
    certificates: PerRole<Certificate>,
}

static VENDOR: LazyLock<Vendor> = LazyLock::new(|| {
    let (hsm, certificates) = vendor::vendor(TOKEN, NOW);
    Vendor { hsm: Arc::new(hsm), certificates }
});

/// A ledger with the vendor's certificates and an open order.
struct House {
    packing: Packing,
    authority: Arc<Authority>,
    order: Order,
    folder: TempDir,
}

impl House {
    /// With so many modules that have passed.
    fn with(modules: u32) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(NOW));
        let files = Files::new(folder.path());
        let ledger = Ledger::open(&files.ledger(), Arc::clone(&clock), STATION.into())?;
        vendor::establish(&ledger, &VENDOR.certificates);
        let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
        let order = Order::load(&deploy.join("orders/pre-registration.toml"))?;
        wait(ledger.append(OrderOpened { certificates: None, ..order::opened(&order)? }))?;
        let desk = Desk::new(Arc::clone(&VENDOR.hsm), ledger);
        let issuer = Issuer { certificate: VENDOR.certificates.issuing.clone(), key: "issuing".to_owned() };
        let leave = Leave { time: "1".parse()?, certificates: None };
        let opened = Authority::open(desk.clone(), issuer, Arc::clone(&clock), leave);
        let authority = Arc::new(wait(opened)?);
        let packing = Packing { desk, files, station: STATION.to_owned(), clock };
        let house = Self { packing, authority, order, folder };
        for number in 1..=modules {
            house.pass(number)?;
        }
        Ok(house)
    }

    /// A module that passes; its certificate is signed in the HSM. Gives its UID.
    fn pass(&self, number: u32) -> Result<Uid, Failed> {
        let (run, uid, key) = self.identify("1", number)?;
        let issuing = Issuing {
            desk: self.packing.desk.clone(),
            gate: Gate::new(Policy::default(), Vec::new()),
            authority: Arc::clone(&self.authority),
            issuer: self.authority.issuer().clone(),
            profile: CertificateProfile::default(),
            clock: Arc::clone(&self.packing.clock),
        };
        wait(issuing.issue(run, uid, &key))?;
        self.finish(run, uid)?;
        Ok(uid)
    }

    /// The end of a run of a module that has its certificate, up to the pass.
    fn finish(&self, run: RunId, uid: Uid) -> Result<(), Failed> {
        self.go_on(run, uid)?;
        wait(self.packing.desk.ledger().append(RunPassed { run, uid }))?;
        Ok(())
    }

    /// All of it but the pass.
    fn go_on(&self, run: RunId, uid: Uid) -> Result<(), Failed> {
        let payload = uid.to_string();
        let rest: [Event; 5] = [
            CertificateInstalled { run, uid }.into(),
            ModuleProved { run, uid, challenge: [1; 32], signature: [2; 64] }.into(),
            ModuleSealed { run, uid }.into(),
            LabelPrinted { run, uid, payload: payload.clone() }.into(),
            LabelScanned { run, uid, payload }.into(),
        ];
        for event in rest {
            wait(self.packing.desk.ledger().append(event))?;
        }
        Ok(())
    }

    /// What makes the key of the module of a number.
    fn seed(number: u32) -> [u8; 32] {
        let mut seed = [0x5a; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        seed
    }

    fn uid(number: u32) -> Result<Uid, Failed> {
        Ok(Uid::from_random(Self::seed(number)[..16].try_into()?))
    }

    /// The module of a number, put into a slot and recognised: its run, and its UID.
    fn identify(&self, slot: &str, number: u32) -> Result<(RunId, Uid, PublicKey), Failed> {
        let ledger = self.packing.desk.ledger();
        let (seed, uid) = (Self::seed(number), Self::uid(number)?);
        let point = SigningKey::from_slice(&seed)?.verifying_key().to_sec1_point(false);
        let key = PublicKey::from_point(point.as_bytes())?;
        let order = self.order.id.as_str().into();
        let run = wait(ledger.append(RunStarted { slot: slot.into(), order }))?.run();
        let public_key = key.spki_der().to_vec();
        wait(ledger.append(ModuleIdentified { run, uid, public_key, firmware: "0.1.0".into() }))?;
        Ok((run, uid, key))
    }

    fn wanted(&self, flavour: Flow) -> Wanted {
        Wanted { batch: self.batch(1), flavour: Some(flavour), out: None }
    }

    fn batch(&self, sequence: u64) -> ledger::BatchId {
        ledger::BatchId::new(format!("{}-{sequence}", self.order.id))
    }
}

/// The header of a file in which a receiver finds nothing wrong. It has the digests of all else that is in it.
fn header(file: &Path) -> Result<Header, Failed> {
    let root = batch::Certificate::from_der(VENDOR.certificates.root.der())?;
    let report = batch::verify(&std::fs::read(file)?, &[root]);
    assert!(report.is_ok(), "{:?}", report.problems);
    Ok(report.header.ok_or("a header")?)
}

fn a_batch_is_closed_once_and_its_file_holds() -> Result<(), Failed> {
    let house = House::with(3)?;
    let packing = &house.packing;
    let voided = house.pass(4)?;
    wait(packing.desk.ledger().append(ModuleVoided { uid: voided, reason: "dropped".parse()? }))?;
    let closed = wait(packing.close(&house.order, |_| ()))?;
    assert_eq!((&closed.batch, closed.modules), (&house.batch(1), 4));
    let error = wait(packing.close(&house.order, |_| ())).expect_err("nothing waits any more");
    assert!(matches!(&error, BatchError::Empty { order } if order.as_str() == house.order.id), "{error:?}");
    assert_eq!(error.code(), FaultCode::BatchState);

    for flavour in [Flow::PreRegistration, Flow::LateBinding] {
        let exported = wait(packing.export(house.wanted(flavour), |_| ()))?;
        let name = format!("{}-{}.zip", closed.batch, flavour.name());
        assert_eq!(exported.file, packing.files.batch(&name));
        assert_eq!(exported.sha256, Digest::of(&std::fs::read(&exported.file)?));
        let header = header(&exported.file)?;
        assert_eq!((header.counts.passed, header.counts.void), (3, 1));
        let listed = packing.desk.ledger().reader()?.batches(9)?.remove(0);
        assert_eq!((listed.id, listed.modules), (closed.batch.clone(), 4));
        let file = &listed.exports[0];
        assert_eq!((file.flavour.as_str(), &file.file_name), (flavour.name(), &name));
        assert_eq!((file.sha256, file.exported), (exported.sha256, NOW));
    }
    wait(checkpoint::make(&packing.desk, &packing.files))?;
    ledger::verify(&packing.files.ledger())?;
    Ok(())
}

/// Both sign anew, so all but the signature is the same.
fn the_command_line_makes_the_same_file() -> Result<(), Failed> {
    let house = House::with(3)?;
    let House { packing, authority, order, folder } = house;
    let closed = wait(packing.close(&order, |_| ()))?;
    let wanted = Wanted { batch: closed.batch.clone(), flavour: None, out: None };
    let exported = wait(packing.export(wanted, |_| ()))?;
    // One program at a time writes to the ledger.
    drop((packing, authority));
    let settings = folder.path().join("station.toml");
    std::fs::write(&settings, settings_for(folder.path()))?;
    let out = folder.path().join("by-command.zip");
    let mut command = Command::new(env!("CARGO_BIN_EXE_station"));
    command.arg("--config").arg(&settings).args(["batch", "export", "--pin-fd", "0", "--out"]).arg(&out);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().ok_or("an input")?, USER_PIN.as_bytes())?;
    let output = child.wait_with_output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout)?, format!("{}\n", out.display()));
    assert_eq!(header(&exported.file)?, header(&out)?);
    Ok(())
}

fn settings_for(data: &Path) -> String {
    let (data, module) = (data.display(), module().unwrap_or_default());
    let module = module.display();
    format!(
        "name = {STATION:?}\ndata = \"{data}\"\n[[slot]]\nname = \"1\"\nprobe = \"1366:1015\"\n\
         port = \"/dev/ttyS0\"\nprinter = \"tcp://127.0.0.1:9100\"\nscanner = \"tcp://127.0.0.1:9101\"\n[hsm]\n\
         module = \"{module}\"\ntoken = {TOKEN:?}\nroot-key = \"root\"\nissuing-key = \"issuing\"\n\
         manifest-key = \"manifest\"\n"
    )
}

fn progress_goes_from_none_to_all() -> Result<(), Failed> {
    let house = House::with(4)?;
    let read: Vec<_> = (0..=4).map(|done| Stage::Reading { done, total: 4 }).collect();
    let stages = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&stages);
    let tell = move |stage| told.lock().expect("nobody panicked").push(stage);
    wait(house.packing.close(&house.order, tell.clone()))?;
    let told = std::mem::take(&mut *stages.lock().expect("nobody panicked"));
    assert_eq!(told, [&read[..], &[Stage::Checking]].concat());
    wait(house.packing.export(house.wanted(Flow::PreRegistration), tell))?;
    let told = std::mem::take(&mut *stages.lock().expect("nobody panicked"));
    assert_eq!(told, [&read[..], &[Stage::Checking, Stage::Signing, Stage::Writing]].concat());
    Ok(())
}

fn two_at_once_close_one_batch() -> Result<(), Failed> {
    let house = House::with(2)?;
    let (packing, order) = (&house.packing, &house.order);
    let both = async { tokio::join!(packing.close(order, |_| ()), packing.close(order, |_| ())) };
    let (one, other) = wait(both);
    let (good, bad): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 1), "{good:?} {bad:?}");
    for error in bad.into_iter().filter_map(Result::err) {
        assert!(matches!(error, BatchError::Empty { .. }), "{error:?}");
    }
    let batches = packing.desk.ledger().reader()?.batches(9)?;
    assert_eq!(batches.iter().map(|batch| batch.modules).collect::<Vec<_>>(), [2]);
    Ok(())
}

/// A module is voided while the batch it is in is read: the batch comes out as it was closed, and the next one
/// tells of it.
fn what_is_done_by_hand_waits_for_the_batch() -> Result<(), Failed> {
    let house = House::with(2)?;
    let uid = house.pass(3)?;
    let packing = house.packing.clone();
    let (begun, seen) = std::sync::mpsc::channel();
    let (order, ledger) = (house.order.clone(), packing.desk.ledger().clone());
    let closing = support::RUNTIME.spawn(async move {
        let tell = move |stage| {
            // Nobody listens any more once the first was heard.
            let _ = begun.send(stage);
        };
        packing.close(&order, tell).await
    });
    seen.recv()?;
    let voided = wait(ledger.append(ModuleVoided { uid, reason: "dropped".parse()? }))?;
    let closed = wait(closing)??;
    assert_eq!(closed.modules, 3);
    let record = ledger.reader()?.batch(&closed.batch)?.ok_or("the batch")?;
    assert!(record.seq < voided.seq, "it was closed first");
    let exported = wait(house.packing.export(house.wanted(Flow::PreRegistration), |_| ()))?;
    assert_eq!(header(&exported.file)?.counts.passed, 3);
    assert_eq!(ledger.reader()?.due(&house.order.id.as_str().into())?.void, 1);
    Ok(())
}

/// Two modules that the customer sent back are reworked, and in their slots while the batch that tells of their
/// return is made up. One passes during that, and the other while the batch is made up anew.
fn a_pass_that_overtakes_a_batch_has_it_made_up_anew_and_the_next_one_waits() -> Result<(), Failed> {
    let house = House::with(3)?;
    let (packing, ledger) = (house.packing.clone(), house.packing.desk.ledger().clone());
    wait(packing.close(&house.order, |_| ()))?;
    let mut passes = Vec::new();
    for (slot, number) in [("1", 1), ("2", 2)] {
        let uid = House::uid(number)?;
        wait(ledger.append(ModuleReturned { uid, reason: "scratched".parse()? }))?;
        wait(ledger.append(ModuleReworked { uid, reason: "polished".parse()? }))?;
        let (run, uid, _) = house.identify(slot, number)?;
        house.go_on(run, uid)?;
        passes.push(RunPassed { run, uid });
    }
    let [first, second] = <[_; 2]>::try_from(passes).map_err(|_| "two passes")?;
    let fates = |record: &ledger::BatchRecord| {
        record.entries.iter().map(|entry| (entry.uid, entry.fate)).collect::<Vec<_>>()
    };

    let waiting = Arc::new(Mutex::new((Some(first.clone()), Some(second.clone()), None)));
    let (told, writer) = (Arc::clone(&waiting), ledger.clone());
    let tell = move |stage| {
        if !matches!(stage, Stage::Reading { done: 0, .. }) {
            return;
        }
        let mut waiting = told.lock().expect("nobody panicked");
        if let Some(first) = waiting.0.take() {
            writer.append_blocking(first).expect("it passes at once");
        } else if let Some(second) = waiting.1.take() {
            let writer = writer.clone();
            waiting.2 = Some(support::RUNTIME.spawn(async move { writer.append(second).await }));
        }
    };
    let closed = wait(packing.close(&house.order, tell))?;
    let passing = waiting.lock().expect("nobody panicked").2.take().ok_or("it was made up twice")?;
    let receipt = wait(passing)??;
    let record = ledger.reader()?.batch(&closed.batch)?.ok_or("the batch")?;
    assert_eq!(fates(&record), [(first.uid, Fate::Passed), (second.uid, Fate::Withdrawn)]);
    assert!(record.seq < receipt.seq, "the second pass is not this batch's");
    let wanted = |batch: &ledger::BatchId| Wanted { batch: batch.clone(), flavour: None, out: None };
    let exported = wait(packing.export(wanted(&closed.batch), |_| ()))?;
    assert_eq!(header(&exported.file)?.counts.withdrawn, 1);

    let next = wait(packing.close(&house.order, |_| ()))?;
    let record = ledger.reader()?.batch(&next.batch)?.ok_or("the batch")?;
    assert_eq!(fates(&record), [(second.uid, Fate::Passed)]);
    let exported = wait(packing.export(wanted(&next.batch), |_| ()))?;
    assert_eq!(header(&exported.file)?.counts.passed, 1);
    ledger::verify(&packing.files.ledger())?;
    Ok(())
}

fn a_file_that_cannot_be_written_is_told() -> Result<(), Failed> {
    let house = House::with(1)?;
    wait(house.packing.close(&house.order, |_| ()))?;
    let blocked = house.folder.path().join("a-file");
    std::fs::write(&blocked, "")?;
    let path = blocked.join("batch.zip");
    let wanted = Wanted { out: Some(path.clone()), ..house.wanted(Flow::PreRegistration) };
    let error = wait(house.packing.export(wanted, |_| ())).expect_err("a file is no folder");
    assert!(matches!(&error, BatchError::File { path: named, .. } if *named == path), "{error:?}");
    assert_eq!(error.code(), FaultCode::FileWrite);
    Ok(())
}

fn a_closed_hsm_signs_no_batch() -> Result<(), Failed> {
    let house = House::with(1)?;
    let hsm = Pkcs11Hsm::new(address(TOKEN), Some(pin(USER_PIN)));
    wait(hsm.open())?;
    hsm.close();
    let desk = Desk::new(Arc::new(hsm), house.packing.desk.ledger().clone());
    let packing = Packing { desk, ..house.packing.clone() };
    let closed = wait(packing.close(&house.order, |_| ()))?;
    let unsealed = wait(checkpoint::make(&packing.desk, &packing.files)).expect_err("it is closed");
    assert_eq!(unsealed.code(), FaultCode::AuthorityClosed, "{unsealed:?}");
    let wanted = house.wanted(Flow::PreRegistration);
    let error = wait(packing.export(wanted, |_| ())).expect_err("it is closed");
    assert_eq!(error.code(), FaultCode::AuthorityClosed, "{error:?}");
    let files: Vec<PathBuf> = std::fs::read_dir(house.folder.path())?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    assert!(!files.contains(&house.folder.path().join("batches")), "{files:?}");
    assert_eq!(closed.modules, 1);
    Ok(())
}
