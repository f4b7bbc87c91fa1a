//! `station check`: every device and setting, all problems at once, each with what to do.

use std::sync::Arc;

use serde::Serialize;

use super::pin::PinSource;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::check::{self, Finding, Found, Scope, Seen, Teller};
use crate::engine::SlotDevices;
use crate::fault::{Fault, FaultCode};
use crate::hsm::Hsm;

/// A finding as the command prints it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// What was looked at.
    subject: String,
    /// What is well about it.
    detail: Option<String>,
    /// What is wrong with it.
    fault: Option<&'a Fault>,
}

impl<'a> From<&'a Finding> for Line<'a> {
    fn from(finding: &'a Finding) -> Self {
        let (detail, fault) = match &finding.found {
            Found::Well(detail) => (Some(detail.to_string()), None),
            Found::AtWork => (Some("at work".to_owned()), None),
            Found::Wrong(fault) => (None, Some(fault)),
        };
        Self { subject: finding.subject.to_string(), detail, fault }
    }
}

pub(super) async fn run(invocation: &Invocation, pin: &PinSource) -> Result<Outcome, Fault> {
    let mut findings = Vec::new();
    let mut listener = |seen| {
        if let Seen::Found(finding) = seen {
            findings.push(finding);
        }
    };
    let mut teller = Teller::new(&mut listener);
    if check::settings(&invocation.config, &mut teller).is_some() {
        let station = Station::load(invocation)?;
        look_at(&station, pin, &mut teller).await;
    }
    report(invocation, &findings)
}

async fn look_at(station: &Station, pin: &PinSource, teller: &mut Teller<'_>) {
    let scope = Scope { config: &station.config, files: &station.files, clock: &*station.clock };
    let keys = check::paper(&scope, teller);
    let hsm = async { Ok(Arc::new(pin.open(station).await?) as Arc<dyn Hsm>) };
    check::devices(&scope, hsm, keys, &SlotDevices::all(&station.config.slots), teller).await;
}

/// What to do about it, for somebody who has just run `station check`.
fn remedies(code: FaultCode) -> impl Iterator<Item = &'static str> {
    code.entry().remedy.iter().copied().filter(|remedy| *remedy != "Run `station check`.")
}

fn report(invocation: &Invocation, findings: &[Finding]) -> Result<Outcome, Fault> {
    let lines: Vec<Line<'_>> = findings.iter().map(Line::from).collect();
    if invocation.json {
        print::json(&lines)?;
    } else {
        for Line { subject, detail, fault } in &lines {
            match fault {
                None => {
                    print::line(format!("ok     {subject:<20} {}", detail.as_deref().unwrap_or_default()))?;
                }
                Some(fault) => {
                    print::line(format!("WRONG  {subject:<20} {fault}"))?;
                    for remedy in remedies(fault.code) {
                        print::line(format!("         -> {remedy}"))?;
                    }
                    print::line(format!("         ({})", fault.chain))?;
                }
            }
        }
    }
    let well = lines.iter().all(|line| line.fault.is_none());
    Ok(if well { Outcome::Well } else { Outcome::NotWell })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_do_what_they_have_just_done() {
        let left: Vec<_> = remedies(FaultCode::Configuration).collect();
        assert_eq!(left, ["Mend what it names."]);
        for code in FaultCode::ALL.iter().copied() {
            assert!(remedies(code).all(|remedy| !remedy.starts_with("Run `station check`")), "{code:?}");
        }
    }
}
