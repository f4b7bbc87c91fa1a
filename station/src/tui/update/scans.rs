//! What a hand scanner read: whose it is.

use std::time::Duration;

use crate::scanner::{Hand, Reading};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::pages::{self, operator};

/// A label or a badge was read. The same one twice in a row is one.
pub(super) fn scanned(model: &mut Model, reading: &Reading) -> Vec<Effect> {
    /// A hand that means it takes longer to scan the same code again.
    const TWICE: Duration = Duration::from_secs(2);
    let text = reading.text.as_str();
    let now = model.now;
    operator::stirred(model);
    if model.scanned.as_ref().is_some_and(|(last, then)| last == text && now.since(*then) < TWICE) {
        return Vec::new();
    }
    model.scanned = Some((text.to_owned(), now));
    model.help = false;
    (model.armed, model.refused) = (None, None);
    let slot = model.to_scan(reading).map(|slot| slot.name.clone());
    let give = |model: &mut Model, slot: String| {
        model.given = Some((text.to_owned(), slot.clone()));
        vec![Effect::Scanned { slot, text: text.to_owned() }, Effect::Draw]
    };
    let beside_keys = matches!(reading.by, Hand::Serial(_)) && pages::is_typed_on(model);
    if pages::vendor::is_typing(model) || beside_keys {
        // Nothing is turned under the hands of the officer, and nothing typed for them. Whoever has scanned sees
        // that, too.
        let slot = slot.filter(|_| !model.setting.operators.has_badge(text));
        return slot.map_or_else(Vec::new, |slot| give(model, slot));
    }
    // A badge is never the label of a module: read as one, it would stand in the ledger, and the module in
    // quarantine.
    if model.setting.operators.has_badge(text) {
        return pages::badge_shown(model, text);
    }
    // Its time is short, whatever somebody looks at meanwhile.
    if let Some(slot) = slot.filter(|_| !pages::is_asked_for(model, text)) {
        return give(model, slot);
    }
    pages::scanned(model, text).unwrap_or_else(|| pages::looked_up(model, text))
}
