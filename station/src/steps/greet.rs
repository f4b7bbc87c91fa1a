//! Greet: who is the module, and how far has it come?

use wire::Uid;
use wire::factory::{Info, Lifecycle, Request};

use super::reading;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::ModuleState;
use crate::link::{Answer, ExchangeError};
use crate::probe::{DeviceId, Flashed, Part};

/// What the module said of itself, and the ledger did not contradict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// How far the module has come.
    pub lifecycle: Lifecycle,
    /// Its UID; none while blank.
    pub uid: Option<Uid>,
    /// Which part it runs on, by what the debugger read; none behind a locked debug port.
    pub device: Option<DeviceId>,
}

/// A module that was just reset needs a moment before it listens.
const ATTEMPTS: usize = 3;

/// Asks the module for its state and compares it with the ledger.
///
/// # Errors
/// The module is silent, speaks another protocol, runs other firmware, is of another kind, is
/// already finished, is void, or says something of itself that the ledger contradicts.
pub async fn run(context: &Context<'_>, part: Part) -> StepResult<Greeting> {
    let answer = ask(context).await.map_err(|error| Fault::of(&error))?;
    let info = answer.parse(Info::parse).map_err(|error| Fault::of(&error))?;
    if info.uid.is_some() {
        // A module that has a name is judged by it, and the line has no checksum.
        let again = ask(context).await.map_err(|error| Fault::of(&error))?;
        if again != answer {
            return Err(reading::two_answers(&answer, &again));
        }
    }
    let product = &context.line.order.product;
    if info.protocol != wire::PROTOCOL_VERSION {
        return Err(wrong(format!("it speaks factory protocol {}", info.protocol)));
    }
    if info.chip != product.chip.name {
        return Err(Fault::new(FaultCode::WrongChip, format!("the module says it is a {}", info.chip)));
    }
    if info.version != product.firmware.version {
        let (found, wanted) = (info.version, &product.firmware.version);
        return Err(wrong(format!("it runs firmware {found}, the product names {wanted}")));
    }
    if part.flashed == Flashed::Locked && info.lifecycle != Lifecycle::Sealed {
        let what = format!("the debug port is locked, but the module is {}", info.lifecycle);
        return Err(Fault::new(FaultCode::DebugPortLocked, what));
    }
    if let Some(uid) = info.uid {
        compare_with_ledger(context, info.lifecycle, uid).await?;
    }
    Ok(Step::Done(Greeting { lifecycle: info.lifecycle, uid: info.uid, device: part.device }))
}

/// Asks until the module answers, a few times at most.
pub(super) async fn ask(context: &Context<'_>) -> Result<Answer, ExchangeError> {
    let mut attempt = 1;
    loop {
        match context.slot.link.factory(Request::Info).await {
            Err(error) if attempt < ATTEMPTS && matches!(error, ExchangeError::Link(_)) => attempt += 1,
            result => return result,
        }
    }
}

async fn compare_with_ledger(context: &Context<'_>, lifecycle: Lifecycle, uid: Uid) -> Result<(), Fault> {
    let module = context.ask(move |ledger| ledger.module(&uid)).await?;
    let Some(module) = module else {
        // A key that the ledger has not seen is fine while nothing was signed for it.
        return if lifecycle <= Lifecycle::Keyed {
            Ok(())
        } else {
            Err(Fault::new(FaultCode::ModuleUnknown, format!("{uid} says it is {lifecycle}")))
        };
    };
    context.identified(uid);
    if module.quarantined {
        return Err(Fault::new(FaultCode::ModuleQuarantined, format!("{uid} was set apart")));
    }
    if let Some(order) = module.order.filter(|order| order.as_str() != context.line.order.id)
        && module.state < ModuleState::Passed
    {
        return Err(Fault::new(FaultCode::OrderOther, format!("{uid} belongs to order {order}")));
    }
    match module.state {
        ModuleState::Passed => Err(Fault::new(FaultCode::ModuleFinished, format!("{uid} has passed"))),
        ModuleState::Void => Err(Fault::new(FaultCode::CertificateVoided, format!("{uid} is void"))),
        state if lifecycle >= Lifecycle::Certified && state < ModuleState::Issued => {
            Err(wrong(format!("{uid} says it is {lifecycle}, but no certificate was issued for it")))
        }
        state if lifecycle == Lifecycle::Sealed && state < ModuleState::Proved => {
            Err(wrong(format!("{uid} is sealed, but was never proved")))
        }
        state if lifecycle < Lifecycle::Sealed && state >= ModuleState::Sealed => {
            Err(wrong(format!("{uid} says it is {lifecycle}, but was sealed")))
        }
        state if lifecycle < Lifecycle::Certified && state >= ModuleState::Installed => {
            Err(wrong(format!("{uid} says it is {lifecycle}, but held its certificate")))
        }
        _ => Ok(()),
    }
}

fn wrong(what: String) -> Fault {
    Fault::new(FaultCode::ModuleLifecycle, what)
}
