//! `station ca ceremony --rehearse`.

use std::sync::Arc;

use super::ceremony::{Arguments, keep_transcript, officer};
use crate::ceremony::{Ending, Plan, Rehearsal, Transcript, rehearse};
use crate::cli::station::Station;
use crate::cli::{Invocation, Outcome, print};
use crate::fault::Fault;

pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    arguments: &Arguments,
) -> Result<Outcome, Fault> {
    let plan = Plan::load(&arguments.plan).map_err(|error| Fault::of(&error))?;
    let rehearsal = Rehearsal {
        plan: &plan,
        operator: officer(invocation, &plan)?,
        module: station.config.hsm.module.clone(),
        token: &station.config.hsm.token,
        data: &station.config.data,
        clock: Arc::clone(&station.clock),
        person: arguments.person(),
    };
    let mut transcript = Transcript::new(&plan.name, true);
    let outcome = rehearse(&rehearsal, &mut transcript).await;
    keep_transcript(station, arguments.transcript.as_deref(), "rehearsal-", &transcript).await?;
    let (ending, token) = outcome.map_err(|error| Fault::of(&error))?;
    print::line(format!("The token {token} can be deleted with the HSM's own tool; nobody has its PINs."))?;
    match ending {
        Ending::Complete(_) => Ok(Outcome::Well),
        Ending::Requests(_) | Ending::Stopped(_) => Ok(Outcome::NotWell),
    }
}
