//! The way of a module, from its first words to its label.

use wire::Uid;

use super::{Applied, module_at_work, run_under_way};
use crate::ledger::id::Digest;
use crate::ledger::payload::{
    CertificateInstalled, DeviceRecognised, LabelPrinted, LabelScanned, ModuleIdentified, ModuleProved,
    ModuleSealed,
};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Certificate, Device, Label, Module, Run};
use crate::ledger::tables::Tables;

/// A UID belongs to one public key, a public key to one UID, and both to one module in one slot.
pub(super) fn identified(tables: &mut impl Tables, seq: i64, identified: &ModuleIdentified) -> Applied {
    let uid = identified.uid;
    let public_key = *Digest::of(&identified.public_key).as_bytes();
    let mut run = run_under_way(tables, identified.run)?;
    let found = tables.load::<Module>(uid.as_bytes())?;
    if run.module.is_some() && run.module != found.as_ref().map(|module| module.seq) {
        return Err(Refusal::RunOther { run: identified.run, uid }.into());
    }
    let module = if let Some(mut module) = found {
        if module.public_key != public_key {
            return Err(Refusal::UidTaken { uid }.into());
        }
        if module.voided.is_some() {
            return Err(Refusal::ModuleVoid { uid }.into());
        }
        if module.quarantined.is_some() {
            return Err(Refusal::ModuleQuarantined { uid }.into());
        }
        if let Some(other) = other_run_under_way(tables, &module, run.seq)? {
            return Err(Refusal::ModuleTwice { uid, slot: other.slot }.into());
        }
        module.run = run.seq;
        let seq = module.seq;
        tables.update(module)?;
        seq
    } else {
        if let Some(holder) = tables.key_holder(&public_key)? {
            return Err(Refusal::PublicKeyTaken { uid, holder: Uid::from_bytes(holder) }.into());
        }
        tables.insert(Module {
            uid: *uid.as_bytes(),
            seq,
            public_key,
            run: run.seq,
            order_id: None,
            installed: None,
            proved: None,
            sealed: None,
            printed: None,
            label: None,
            scanned: None,
            passed: None,
            voided: None,
            batch: None,
            due: false,
            quarantined: None,
            scrapped: None,
        })?;
        seq
    };
    run.module = Some(module);
    Ok(tables.update(run)?)
}

/// A part has one identity. It may get another when the one before is void.
pub(super) fn recognised(tables: &mut impl Tables, seq: i64, recognised: &DeviceRecognised) -> Applied {
    let uid = recognised.uid;
    let (_, module) = module_at_work(tables, recognised.run, &uid)?;
    let row = Device { id: recognised.device.as_str().to_owned(), uid: module.uid, seq };
    match tables.load::<Device>(&row.id)? {
        None => Ok(tables.insert(row)?),
        Some(known) if known.uid == module.uid => Ok(tables.update(row)?),
        Some(known) => {
            let holder = tables.load::<Module>(&known.uid)?;
            if holder.is_some_and(|holder| holder.voided.is_none()) {
                return Err(Refusal::DeviceTaken { uid, holder: Uid::from_bytes(known.uid) }.into());
            }
            Ok(tables.update(row)?)
        }
    }
}

pub(super) fn installed(tables: &mut impl Tables, seq: i64, installed: &CertificateInstalled) -> Applied {
    let uid = installed.uid;
    let (_, mut module) = module_at_work(tables, installed.run, &uid)?;
    let certificate = tables.load::<Certificate>(&module.seq)?;
    if certificate.is_none_or(|certificate| certificate.issued.is_none()) {
        return Err(Refusal::Premature { uid, event: "installed", missing: "issued" }.into());
    }
    module.installed = Some(seq);
    Ok(tables.update(module)?)
}

pub(super) fn proved(tables: &mut impl Tables, seq: i64, proved: &ModuleProved) -> Applied {
    let uid = proved.uid;
    let (_, mut module) = module_at_work(tables, proved.run, &uid)?;
    if module.installed.is_none() {
        return Err(Refusal::Premature { uid, event: "proved", missing: "installed" }.into());
    }
    module.proved = Some(seq);
    Ok(tables.update(module)?)
}

pub(super) fn sealed(tables: &mut impl Tables, seq: i64, sealed: &ModuleSealed) -> Applied {
    let uid = sealed.uid;
    let (_, mut module) = module_at_work(tables, sealed.run, &uid)?;
    if module.proved.is_none() {
        return Err(Refusal::Premature { uid, event: "sealed", missing: "proved" }.into());
    }
    module.sealed = Some(seq);
    Ok(tables.update(module)?)
}

/// The text on a label belongs to one module. Printed again, it is still the same label's text.
pub(super) fn printed(tables: &mut impl Tables, seq: i64, printed: &LabelPrinted) -> Applied {
    let uid = printed.uid;
    let (_, mut module) = module_at_work(tables, printed.run, &uid)?;
    if module.sealed.is_none() {
        return Err(Refusal::Premature { uid, event: "labelled", missing: "sealed" }.into());
    }
    let label = match tables.load::<Label>(&printed.payload)? {
        Some(label) if label.uid == module.uid => label.seq,
        Some(label) => {
            return Err(Refusal::LabelTaken { uid, holder: Uid::from_bytes(label.uid) }.into());
        }
        None => {
            tables.insert(Label { payload: printed.payload.clone(), seq, uid: module.uid })?;
            seq
        }
    };
    module.printed = Some(seq);
    module.label = Some(label);
    Ok(tables.update(module)?)
}

pub(super) fn scanned(tables: &mut impl Tables, seq: i64, scanned: &LabelScanned) -> Applied {
    let uid = scanned.uid;
    let (_, mut module) = module_at_work(tables, scanned.run, &uid)?;
    if module.printed.is_none() {
        return Err(Refusal::Premature { uid, event: "scanned", missing: "labelled" }.into());
    }
    let label = tables.load::<Label>(&scanned.payload)?;
    if label.is_none_or(|label| Some(label.seq) != module.label) {
        return Err(Refusal::LabelOther { uid }.into());
    }
    module.scanned = Some(seq);
    Ok(tables.update(module)?)
}

/// The run under way, other than `run`, that the module is in.
fn other_run_under_way(
    tables: &mut impl Tables,
    module: &Module,
    run: i64,
) -> Result<Option<Run>, rusqlite::Error> {
    if module.run == run {
        return Ok(None);
    }
    Ok(tables.load::<Run>(&module.run)?.filter(|other| other.ended.is_none()))
}
