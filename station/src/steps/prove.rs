//! Prove: the module signs a fresh challenge, and its standard settings are as they must leave.

use wire::factory::{CHALLENGE_LENGTH, Proof, Request, proof_message};

use super::issue::Birth;
use super::reading::{self, Question};
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::ModuleProved;
use crate::pki::Signature;
use crate::random;

/// Has the module prove that it holds the certified key, and reads its standard settings. In every run:
/// a certificate is public, so that nothing else tells a module that came back from a copy of it.
///
/// # Errors
/// The proof does not verify, or a setting is wrong.
pub async fn run(context: &Context<'_>, birth: &Birth) -> StepResult<()> {
    check_settings(context, birth).await?;
    let challenge: [u8; CHALLENGE_LENGTH] =
        random::bytes().map_err(|error| Fault::new(FaultCode::Bug, format!("no challenge: {error}")))?;
    let link = &context.slot.link;
    let proof = reading::read_anew(link, Question::Factory(Request::Prove(challenge)), |answer| {
        let proof: Proof = answer.parse(str::parse).map_err(|error| Fault::of(&error))?;
        verify(birth, &challenge, &proof).map(|()| proof)
    })
    .await?;
    context.record(ModuleProved { run: context.run, uid: birth.uid, challenge, signature: proof.0 }).await?;
    Ok(Step::Done(()))
}

fn verify(birth: &Birth, challenge: &[u8; CHALLENGE_LENGTH], proof: &Proof) -> Result<(), Fault> {
    let wrong = |what: &str| Fault::new(FaultCode::ProofWrong, format!("{}: {what}", birth.uid));
    let signature = Signature::from_slice(&proof.0).map_err(|_| wrong("the answer is no signature"))?;
    birth
        .certificate
        .public_key()
        .verify(&proof_message(&birth.uid, challenge), &signature)
        .map_err(|_| wrong("the signature does not verify"))
}

/// What an ExpressLink host reads first: name, endpoint, connection state.
async fn check_settings(context: &Context<'_>, birth: &Birth) -> Result<(), Fault> {
    let thing_name = birth.uid.uuid_text();
    let expected = [
        ("CONF?", "ThingName", thing_name.as_str()),
        ("CONF?", "Endpoint", context.line.order.product.endpoint.as_str()),
        ("CONNECT?", "", "0 0 DISCONNECTED STAGING"),
    ];
    for (command, parameter, value) in expected {
        let link = &context.slot.link;
        reading::read(link, Question::Standard(command, parameter), |answer| {
            if answer.detail == value {
                return Ok(());
            }
            let what = format!("{command} {parameter} is {:?}, expected {value:?}", answer.detail);
            Err(Fault::new(FaultCode::StandardReadings, what))
        })
        .await?;
    }
    Ok(())
}
