//! Modules in a real ledger, with real certificates, and a printer that answers as one does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wire::Uid;

use super::{carry_out, find, listed, told};
use crate::clock::FixedClock;
use crate::config::Order;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{
    AuthorityEstablished, AuthorityRole, BatchClosed, BatchEntry, BatchExported, CertificateInstalled,
    CertificateIssued, CertificateReserved, DeedKind, Digest, Event, Fate, LabelPrinted, LabelScanned,
    Ledger, ModuleIdentified, ModuleProved, ModuleSealed, OrderId, RunFaulted, RunId, RunPassed, RunStarted,
    StepFinished, StepOutcome, UidPart,
};
use crate::module::Done;
use crate::order;
use crate::pki::testing::{HIGH, LOW, THEN, Testing};
use crate::printer::tcp::Patience;
use crate::printer::{Printer, Status, TcpPrinter, Trouble, status::tests::answer};
use crate::tcp::script::{Act, Device};
use crate::tui::pages::unit::dossier::{Label, Standing, What};
use crate::tui::pages::unit::{Dossier, Reach, Search, Told};
use crate::tui::story;

/// A ledger with an order of the examples.
struct Fixture {
    ledger: Ledger,
    vendor: Testing,
    order: Order,
    _directory: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        Self::with_quantity(100).await
    }

    async fn with_quantity(quantity: u32) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(FixedClock::new(THEN));
        let ledger = Ledger::open(&directory.path().join("ledger.db"), clock, "line 1".into());
        let ledger = ledger.expect("a ledger").with_operator("Ana");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/orders/late-binding.toml");
        let order = Order { quantity, ..Order::load(&file).expect("an example") };
        // It waits for its keys by a runtime of its own.
        let vendor = tokio::task::spawn_blocking(Testing::new).await.expect("a vendor");
        let fixture = Self { ledger, vendor, order, _directory: directory };
        let certificate = fixture.vendor.certificates.issuing.der().to_vec();
        let role = AuthorityRole::Issuing;
        fixture.append(AuthorityEstablished { role, key_label: "issuing".into(), certificate }).await;
        fixture.append(order::opened(&fixture.order).expect("JSON")).await;
        fixture
    }

    async fn append(&self, event: impl Into<Event> + Send) -> crate::ledger::Receipt {
        self.ledger.append(event).await.expect("taken")
    }

    async fn start(&self, slot: &str) -> RunId {
        self.append(RunStarted { slot: slot.into(), order: self.order.id.as_str().into() }).await.run()
    }

    fn payload(uid: Uid) -> String {
        format!("https://claim.example/{uid}")
    }

    /// A module is put in, and comes as far as its UID; its key is the one of this seed.
    async fn identify(&self, slot: &str, uid: Uid, seed: u8) -> RunId {
        let run = self.start(slot).await;
        let public_key = self.vendor.birth(uid, seed).public_key().spki_der().to_vec();
        self.append(ModuleIdentified { run, uid, public_key, firmware: "1.0.0".into() }).await;
        run
    }

    /// The bytes of its certificate are fixed.
    async fn reserve(&self, run: RunId, uid: Uid, seed: u8) {
        let issuer = Digest::of(self.vendor.certificates.issuing.der());
        let tbs = self.vendor.birth(uid, seed).to_be_signed().to_vec();
        self.append(CertificateReserved { run, uid, issuer, tbs }).await;
    }

    /// The module in the slot fell silent.
    async fn silent(&self, run: RunId, uid: Uid) {
        let fault = Fault::new(FaultCode::LinkSilent, "no answer");
        self.append(RunFaulted::new(run, Some(uid), Some("greet".into()), fault)).await;
    }

    /// A whole run, to the pass.
    async fn pass(&self, uid: Uid, seed: u8) {
        let run = self.identify("1", uid, seed).await;
        self.reserve(run, uid, seed).await;
        let certificate = self.vendor.birth(uid, seed);
        self.append(CertificateIssued { run, uid, certificate: certificate.der().to_vec() }).await;
        self.append(CertificateInstalled { run, uid }).await;
        self.finish(run, uid).await;
    }

    /// A run of a module that has its certificate already.
    async fn pass_again(&self, uid: Uid, seed: u8) {
        let run = self.identify("1", uid, seed).await;
        self.finish(run, uid).await;
    }

    /// The end of a run, with the certificate in the module.
    async fn finish(&self, run: RunId, uid: Uid) {
        self.append(ModuleProved { run, uid, challenge: [1; 32], signature: [2; 64] }).await;
        self.append(ModuleSealed { run, uid }).await;
        self.append(LabelPrinted { run, uid, payload: Self::payload(uid) }).await;
        self.append(LabelScanned { run, uid, payload: Self::payload(uid) }).await;
        let outcome = StepOutcome::Skipped { reason: "it is sealed".into() };
        self.append(StepFinished { run, step: "flash".into(), outcome, elapsed_ms: 3 }).await;
        self.append(RunPassed { run, uid }).await;
    }

    async fn find(&self, text: &str) -> Told {
        find(&self.ledger, text.parse().expect("something to look for"), THEN).await
    }

    async fn dossier(&self, text: &str) -> Dossier {
        match self.find(text).await {
            Told::Module { dossier, .. } => *dossier,
            other => panic!("{text}: {other:?}"),
        }
    }

    async fn deed(&self, uid: Uid, deed: DeedKind, printer: Option<Arc<dyn Printer>>) -> Told {
        let reason = "because".parse().expect("a reason");
        told(uid, deed, carry_out(&self.ledger, printer, uid, deed, reason).await)
    }
}

/// The code of what was not done.
fn refused(told: Told) -> FaultCode {
    match told {
        Told::Refused { fault, .. } => fault.code,
        other => panic!("not refused: {other:?}"),
    }
}

fn done(uid: Uid, deed: DeedKind) -> Told {
    Told::Done { uid, deed, no_place_in: None }
}

/// A printer that is in this state when it is asked, and then prints.
async fn printer(status: Status) -> (Arc<dyn Printer>, Device) {
    const ASK: Act = Act::Await(b"~HS\r\n");
    let tell = |status| Act::Send(answer(status));
    let script = vec![ASK, tell(status), Act::Await(b"^XZ"), ASK, tell(Status::default()), Act::Hang];
    let device = Device::start(vec![script]).await;
    let patience = Patience {
        answer: Duration::from_secs(30),
        label: Duration::from_mins(1),
        poll: Duration::from_millis(5),
    };
    (Arc::new(TcpPrinter::new(device.address(), patience)), device)
}

#[tokio::test]
async fn a_module_is_found_by_uid_by_label_and_by_the_groups_that_a_person_reads() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    let digits = HIGH.to_string();
    let groups: Vec<_> = (0..8).map(|at| &digits[4 * at..4 * at + 4]).collect();
    for text in [
        digits.clone(),
        digits.to_uppercase(),
        HIGH.uuid_text().to_string(),
        groups.join(" "),
        Fixture::payload(HIGH),
        // Another order's form of a label names the module too.
        format!("https://elsewhere.example/?m={}", HIGH.uuid_text()),
    ] {
        assert_eq!(fixture.dossier(&text).await.uid, HIGH, "{text}");
    }
    for text in [LOW.to_string(), Fixture::payload(LOW), "no label".to_owned()] {
        assert!(matches!(fixture.find(&text).await, Told::Unknown { .. }), "{text}");
    }
}

#[tokio::test]
async fn a_part_of_a_uid_lists_modules_first_those_that_begin_so() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    fixture.identify("2", LOW, 8).await;
    let hits = |told: Told| match told {
        Told::Hits { reach, hits, more: false, .. } => {
            (reach, hits.into_iter().map(|hit| (hit.uid, hit.standing)).collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    let low = (LOW, Standing::AtWork { slot: "2".into() });
    assert_eq!(hits(fixture.find("0000").await), (Reach::Anywhere, vec![low.clone()]));
    assert_eq!(hits(fixture.find("4fff").await), (Reach::Anywhere, vec![(HIGH, Standing::Passed)]));
    let part: UidPart = "4fff".parse().expect("a part");
    let search = Search::Part(part.clone());
    let beginning = listed(&fixture.ledger, search, part, Reach::Beginning).await;
    assert_eq!(hits(beginning), (Reach::Beginning, vec![]));
    assert_eq!(hits(fixture.find("123456").await), (Reach::Anywhere, vec![]));
}

#[tokio::test]
async fn a_dossier_tells_story_certificate_and_label() {
    let fixture = Fixture::new().await;
    fixture.pass(LOW, 9).await;
    let dossier = fixture.dossier(&LOW.to_string()).await;
    assert_eq!(dossier.standing, Standing::Passed);
    assert_eq!(dossier.order.as_deref(), Some(fixture.order.id.as_str()));
    assert_eq!(dossier.void, None);
    let what: Vec<_> = dossier.story.iter().map(|happened| &happened.what).collect();
    assert!(matches!(what.as_slice(), [What::RunStarted { .. }, What::Identified { .. }, .., What::Passed]));
    assert_eq!(what.len(), 11);
    assert!(dossier.story.iter().all(|happened| happened.operator == "Ana" && happened.time == THEN));

    let certificate = dossier.certificate.expect("a certificate");
    assert_eq!(certificate.serial, LOW.to_string(), "zeros at the front are told");
    assert!(certificate.subject.contains(LOW.uuid_text().as_str()), "{}", certificate.subject);
    assert!(certificate.issuer.contains("TEST Issuing"), "{}", certificate.issuer);
    assert_eq!(certificate.sha256, hex::encode(fixture.vendor.birth(LOW, 9).sha256()));
    assert!(certificate.not_after > certificate.not_before + time::Duration::days(3650));
    let Label::Drawn { payload, lines, code } = dossier.label else { panic!("{:?}", dossier.label) };
    assert_eq!(payload, Fixture::payload(LOW));
    assert!(lines.concat().replace(' ', "").contains(&LOW.to_string()), "{lines:?}");
    assert!(code.len() > 10);

    fixture.pass(HIGH, 8).await;
    let certificate = fixture.dossier(&HIGH.to_string()).await.certificate.expect("a certificate");
    assert_eq!(certificate.serial, HIGH.to_string(), "no zeros for a number with its top bit set");
}

#[tokio::test]
async fn a_module_stands_as_its_batch_does() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    fixture
        .append(BatchClosed {
            batch: "B-1".into(),
            order: fixture.order.id.as_str().into(),
            sequence: 1,
            previous: None,
            created: THEN,
            digest: Digest::of(b"batch"),
            entries: vec![BatchEntry { uid: HIGH, fate: Fate::Passed }],
        })
        .await;
    let standing = async || fixture.dossier(&HIGH.to_string()).await.standing;
    assert_eq!(standing().await, Standing::Batched { batch: "B-1".into() });
    let (flavour, file_name) = ("late-binding".into(), "B-1.zip".into());
    fixture
        .append(BatchExported { batch: "B-1".into(), flavour, file_name, sha256: Digest::of(b"zip") })
        .await;
    assert_eq!(standing().await, Standing::Exported { batch: "B-1".into() });
    assert_eq!(fixture.deed(HIGH, DeedKind::Return, None).await, done(HIGH, DeedKind::Return));
    assert_eq!(standing().await, Standing::Quarantined);
    assert_eq!(fixture.deed(HIGH, DeedKind::Rework, None).await, done(HIGH, DeedKind::Rework));
    assert!(matches!(standing().await, Standing::InWork(_)));
}

#[tokio::test]
async fn without_a_screen_the_story_is_told_in_a_line_an_event_and_of_this_module_alone() {
    let fixture = Fixture::new().await;
    fixture.pass(LOW, 9).await;
    fixture.pass(HIGH, 8).await;
    let closed = |batch: &str, sequence, uids: &[Uid]| BatchClosed {
        batch: batch.into(),
        order: fixture.order.id.as_str().into(),
        sequence,
        previous: None,
        created: THEN,
        digest: Digest::of(b"batch"),
        entries: uids.iter().map(|uid| BatchEntry { uid: *uid, fate: Fate::Passed }).collect(),
    };
    fixture.append(closed("B-1", 1, &[LOW, HIGH])).await;
    assert_eq!(fixture.deed(LOW, DeedKind::Void, None).await, done(LOW, DeedKind::Void));
    let story = fixture.ledger.query(move |reader| reader.story(&LOW)).await.expect("a story");
    let events = story.len();
    let lines: Vec<_> = story.into_iter().filter_map(|stored| story::line(LOW, stored)).collect();
    assert_eq!(lines.len(), events, "{lines:?}");
    for line in &lines {
        assert!(
            !line.is_empty() && !line.contains(['\n', '{']) && !line.contains(&HIGH.to_string()),
            "{line}"
        );
    }
    assert_eq!(lines[events - 2..], ["In batch B-1", "Void for ever: because"]);

    // The same batch says nothing of a module that is not in it.
    let event = fixture.ledger.query(|reader| reader.story(&HIGH)).await.expect("a story").pop();
    let closed = event.expect("the batch");
    assert!(story::line(Uid::from_random([7; 16]), closed).is_none());
}

#[tokio::test]
async fn void_is_recorded_with_who_and_why_and_is_final() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    assert_eq!(fixture.deed(HIGH, DeedKind::Void, None).await, done(HIGH, DeedKind::Void));
    let dossier = fixture.dossier(&HIGH.to_string()).await;
    assert_eq!((dossier.standing, dossier.may), (Standing::Void, vec![DeedKind::Scrap]));
    let void = dossier.void.expect("void");
    assert_eq!((void.since, void.reason.as_str()), (THEN, "because"));
    let last = dossier.story.last().expect("a story");
    assert_eq!(last.what, What::Deed { deed: DeedKind::Void, reason: "because".into() });
    for deed in [DeedKind::Void, DeedKind::Rework, DeedKind::Return] {
        assert_eq!(refused(fixture.deed(HIGH, deed, None).await), FaultCode::CertificateVoided);
    }
    assert_eq!(fixture.deed(HIGH, DeedKind::Scrap, None).await, done(HIGH, DeedKind::Scrap));
    let dossier = fixture.dossier(&HIGH.to_string()).await;
    assert_eq!((dossier.standing, dossier.may), (Standing::Scrapped, vec![]));
    assert_eq!(dossier.void.map(|void| void.since), Some(THEN));
}

#[tokio::test]
async fn what_is_offered_is_what_the_ledger_takes() {
    for deed in DeedKind::ALL {
        let fixture = Fixture::new().await;
        fixture.pass(HIGH, 9).await;
        let run = fixture.identify("1", LOW, 8).await;
        fixture.silent(run, LOW).await;
        for uid in [HIGH, LOW] {
            let offered = fixture.dossier(&uid.to_string()).await.may.contains(&deed);
            let (printer, _device) = printer(Status::default()).await;
            let told = fixture.deed(uid, deed, Some(printer)).await;
            // A rework that changes nothing is taken, and need not be offered.
            let idle = deed == DeedKind::Rework && uid == LOW;
            assert_eq!(matches!(told, Told::Done { .. }), offered || idle, "{deed:?} of {uid}: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_label_is_recorded_and_then_printed_as_it_was() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    let (printer, device) = printer(Status::default()).await;
    assert_eq!(fixture.deed(HIGH, DeedKind::Reprint, Some(printer)).await, done(HIGH, DeedKind::Reprint));
    let received = device.played().await;
    assert!(received.contains(&Fixture::payload(HIGH)), "{received}");
    let last = fixture.dossier(&HIGH.to_string()).await.story.pop().expect("a story");
    assert_eq!(last.what, What::Deed { deed: DeedKind::Reprint, reason: "because".into() });
}

#[tokio::test]
async fn a_label_that_is_not_printed_is_told_and_stays_on_record() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    let status = Status { paper_out: true, ..Status::default() };
    assert_eq!(status.trouble(), Some(Trouble::PaperOut));
    let (printer, _device) = printer(status).await;
    let told = fixture.deed(HIGH, DeedKind::Reprint, Some(printer)).await;
    assert_eq!(refused(told), FaultCode::PrinterPaper);
    let last = fixture.dossier(&HIGH.to_string()).await.story.pop().expect("a story");
    assert!(matches!(last.what, What::Deed { deed: DeedKind::Reprint, .. }), "{last:?}");
    assert_eq!(refused(fixture.deed(HIGH, DeedKind::Reprint, None).await), FaultCode::Configuration);
}

#[tokio::test]
async fn nothing_is_done_namelessly_or_to_a_module_that_a_run_has_or_that_nobody_knows() {
    let fixture = Fixture::new().await;
    fixture.pass(HIGH, 9).await;
    let nobody = fixture.ledger.with_operator(" ");
    let reason = || "because".parse().expect("a reason");
    let refusal = carry_out(&nobody, None, HIGH, DeedKind::Void, reason()).await.expect_err("it is nameless");
    assert_eq!(refusal.code, FaultCode::OperatorMissing);
    assert_eq!(fixture.dossier(&HIGH.to_string()).await.standing, Standing::Passed);

    fixture.identify("2", LOW, 8).await;
    assert_eq!(refused(fixture.deed(LOW, DeedKind::Void, None).await), FaultCode::ModuleAtWork);
    let dossier = fixture.dossier(&LOW.to_string()).await;
    assert_eq!((dossier.standing, dossier.may), (Standing::AtWork { slot: "2".into() }, vec![]));

    let stranger = Uid::from_random([7; 16]);
    assert_eq!(refused(fixture.deed(stranger, DeedKind::Void, None).await), FaultCode::ModuleUnknown);
}

#[tokio::test]
async fn a_module_that_is_let_onto_a_complete_line_is_told_to_have_no_place() {
    let fixture = Fixture::with_quantity(1).await;
    let run = fixture.identify("2", LOW, 8).await;
    fixture.reserve(run, LOW, 8).await;
    fixture.silent(run, LOW).await;
    fixture.pass(HIGH, 9).await;
    let order = fixture.order.id.clone();
    let told = fixture.deed(LOW, DeedKind::Rework, None).await;
    assert_eq!(told, Told::Done { uid: LOW, deed: DeedKind::Rework, no_place_in: Some(order) });
    let told = fixture.deed(HIGH, DeedKind::Rework, None).await;
    assert_eq!(told, done(HIGH, DeedKind::Rework), "it makes its own place");
}

/// What somebody asks for while a batch is made up, after it was asked for and before it is done: `meanwhile`.
async fn while_a_batch_is_made_up(
    fixture: &Fixture,
    (uid, deed): (Uid, DeedKind),
    meanwhile: impl Future<Output = ()>,
) -> Result<Done, Fault> {
    let being_made_up = fixture.ledger.hold_batches().await;
    let reason = "because".parse().expect("a reason");
    let mut deed = Box::pin(carry_out(&fixture.ledger, None, uid, deed, reason));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(deed.as_mut().poll(&mut context).is_pending(), "it waits for the batch");
    meanwhile.await;
    drop(being_made_up);
    deed.await
}

#[tokio::test]
async fn a_deed_that_waited_is_refused_when_a_run_has_the_module_by_then() {
    let fixture = Fixture::new().await;
    let run = fixture.identify("1", LOW, 8).await;
    fixture.silent(run, LOW).await;
    for deed in [DeedKind::Void, DeedKind::Scrap, DeedKind::Rework] {
        let put_in = async {
            fixture.identify("2", LOW, 8).await;
        };
        let refusal =
            while_a_batch_is_made_up(&fixture, (LOW, deed), put_in).await.expect_err("it is at work");
        assert_eq!(refusal.code, FaultCode::ModuleAtWork, "{deed:?}");
        let standing = fixture.dossier(&LOW.to_string()).await.standing;
        assert_eq!(standing, Standing::AtWork { slot: "2".into() }, "the run goes on");
    }
    // It can, and nothing keeps anybody from the deed then.
    let run = fixture.identify("2", LOW, 8).await;
    fixture.reserve(run, LOW, 8).await;
    fixture.silent(run, LOW).await;
    assert_eq!(fixture.deed(LOW, DeedKind::Void, None).await, done(LOW, DeedKind::Void));
}

#[tokio::test]
async fn a_pass_that_comes_while_a_deed_waits_is_taken_back_by_it_and_the_order_lacks_one_more() {
    let fixture = Fixture::new().await;
    let order = OrderId::from(fixture.order.id.as_str());
    fixture.identify("1", HIGH, 9).await;
    let passes = async { fixture.pass(HIGH, 9).await };
    let voided =
        while_a_batch_is_made_up(&fixture, (HIGH, DeedKind::Void), passes).await.expect("it is done");
    assert_eq!(voided.taken_back, Some(order.clone()));

    // Each pass is taken back once.
    let run = fixture.identify("1", LOW, 8).await;
    fixture.silent(run, LOW).await;
    let deed = async |deed| {
        let reason = "because".parse().expect("a reason");
        carry_out(&fixture.ledger, None, LOW, deed, reason).await.expect("it is done").taken_back
    };
    assert_eq!(deed(DeedKind::Rework).await, None, "it had not passed");
    fixture.pass(LOW, 8).await;
    assert_eq!(deed(DeedKind::Return).await, Some(order.clone()));
    assert_eq!(deed(DeedKind::Rework).await, None);
    fixture.pass_again(LOW, 8).await;
    assert_eq!(deed(DeedKind::Rework).await, Some(order));
    assert_eq!(deed(DeedKind::Scrap).await, None);
}
