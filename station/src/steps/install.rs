//! Install: the module gets its certificate, and it is read back by the standard command.

use wire::ErrorNumber;
use wire::factory::{Lifecycle, Request};

use super::greet::Greeting;
use super::issue::Birth;
use super::reading::{self, Question};
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::CertificateInstalled;
use crate::pki::Certificate;

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
    let pem = birth.certificate.pem();
    match context.slot.link.factory(Request::Certificate(pem.as_bytes())).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_refusal(ErrorNumber::InvalidCertificate) => {
            Err(Fault::because(FaultCode::CertificateRefused, &error))
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn read_back(context: &Context<'_>, birth: &Birth) -> Result<(), Fault> {
    let link = &context.slot.link;
    reading::read(link, Question::Standard("CONF?", "Certificate pem"), |answer| {
        let held = Certificate::from_pem(&answer.body)
            .map_err(|error| Fault::because(FaultCode::CertificateReadBack, &error))?;
        if held.der() == birth.certificate.der() {
            return Ok(());
        }
        let what = format!("{} holds another certificate than the ledger", birth.uid);
        Err(Fault::new(FaultCode::CertificateReadBack, what))
    })
    .await
}
