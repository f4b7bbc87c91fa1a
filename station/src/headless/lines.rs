//! What happened, in words.

use crate::engine::Event;
use crate::fault::{Chain, FaultCode, Verdict};

/// The lines that tell an event. None for what only a bar shows.
pub(super) fn of(event: &Event) -> Vec<String> {
    match event {
        Event::SlotWaiting { slot } => vec![format!("slot {slot:<3} waiting for a module")],
        Event::SlotTrouble { slot, code, chain } => trouble(&format!("slot {slot:<3}"), *code, chain),
        Event::SlotRecovered { slot } => vec![format!("slot {slot:<3} recovered")],
        Event::RunStarted { slot, run } => vec![format!("slot {slot:<3} run {run}: module seated")],
        Event::StepStarted { .. } | Event::Progress { .. } => Vec::new(),
        Event::StepEnded { slot, step, skipped, elapsed_ms, .. } => {
            let reason = skipped.as_deref().map(|reason| format!(", skipped: {reason}")).unwrap_or_default();
            vec![format!("slot {slot:<3}   {step:<10} {elapsed_ms:>6} ms{reason}")]
        }
        Event::RunEnded { slot, verdict, uid, step, code, chain, elapsed_ms, .. } => {
            let word = match verdict {
                Verdict::Pass => "PASS",
                Verdict::Fail => "FAIL",
                Verdict::Error => "ERROR",
            };
            let uid = uid.as_deref().unwrap_or("unknown module");
            let at = step.map(|step| format!(" at {step}")).unwrap_or_default();
            let mut lines = vec![format!("slot {slot:<3} {word} {uid}{at} after {elapsed_ms} ms")];
            if let (Some(code), Some(chain)) = (code, chain) {
                lines.extend(trouble("        ", *code, chain));
            }
            lines
        }
        Event::CheckpointMissed { code, chain } => trouble("checkpoint", *code, chain),
        Event::AuditMissed { code, chain } => trouble("HSM's log", *code, chain),
        Event::CheckpointMade => vec!["checkpoint made: the ledger is vouched for again".to_owned()],
        Event::AuditMade => vec!["HSM's log compared again: it agrees with the ledger".to_owned()],
        Event::LineStopped { code, chain } => trouble("line stopped", *code, chain),
    }
}

/// Code and title, what to do, and the causes.
fn trouble(place: &str, code: FaultCode, chain: &Chain) -> Vec<String> {
    let entry = code.entry();
    let mut lines = vec![format!("{place} {code} {}", entry.title)];
    lines.extend(entry.remedy.iter().map(|remedy| format!("           -> {remedy}")));
    lines.push(format!("           ({chain})"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_said_to_be() {
        let slot = "2".to_owned();
        assert_eq!(of(&Event::SlotRecovered { slot }), ["slot 2   recovered"]);
        assert_eq!(of(&Event::CheckpointMade), ["checkpoint made: the ledger is vouched for again"]);
        assert_eq!(of(&Event::AuditMade), ["HSM's log compared again: it agrees with the ledger"]);
    }

    #[test]
    fn a_fault_says_code_title_remedy_and_cause() {
        let lines =
            trouble("slot 2", FaultCode::ModuleMissing, &Chain::from_message("no debug port answers"));
        assert_eq!(
            lines,
            [
                "slot 2 P-303 No module is seated",
                "           -> Put a module into the slot.",
                "           -> Press the clamp down fully.",
                "           (no debug port answers)",
            ]
        );
    }
}
