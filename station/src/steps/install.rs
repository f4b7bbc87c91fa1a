//! Install: the module gets its certificate, and it is read back by the standard command.

use der::DecodePem as _;
use der::Encode as _;
use wire::factory::{Lifecycle, Request};
use wire::{ErrorNumber, Uid};
use x509_cert::Certificate;

use super::greet::Greeting;
use super::issue::Birth;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::CertificateInstalled;
use crate::pki::birth;

/// Sends the certificate unless the module has it, and compares what the module then holds.
///
/// # Errors
/// The module refused the certificate, or holds another one.
pub async fn run(context: &Context<'_>, greeting: &Greeting, birth: &Birth) -> StepResult<()> {
    let sent = greeting.lifecycle < Lifecycle::Certified;
    if sent {
        send(context, birth).await?;
    }
    read_back(context, birth).await?;
    if greeting.lifecycle < Lifecycle::Sealed {
        context.record(CertificateInstalled { run: context.run, uid: birth.uid }).await?;
    }
    Ok(if sent { Step::Done(()) } else { Step::Skipped((), "the module has its certificate already") })
}

async fn send(context: &Context<'_>, birth: &Birth) -> Result<(), Fault> {
    let pem = birth::to_pem(&birth.certificate).map_err(|error| Fault::of(&error))?;
    match context.slot.link.factory(Request::Certificate(pem.as_bytes())).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_refusal(ErrorNumber::InvalidCertificate) => {
            Err(Fault { code: FaultCode::CertificateRefused, ..Fault::of(&error) })
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn read_back(context: &Context<'_>, birth: &Birth) -> Result<(), Fault> {
    let answer = context
        .slot
        .link
        .standard("CONF?", "Certificate pem")
        .await
        .map_err(|error| Fault::of(&error))?;
    let held = Certificate::from_pem(&answer.body)
        .and_then(|certificate| certificate.to_der())
        .map_err(|error| differs(birth.uid, format!("what was read back is no certificate: {error}")))?;
    if held == birth.certificate {
        Ok(())
    } else {
        Err(differs(birth.uid, "the module holds another certificate than the ledger".to_owned()))
    }
}

fn differs(uid: Uid, what: String) -> Fault {
    Fault::new(FaultCode::CertificateReadBack, format!("{uid}: {what}"))
}
