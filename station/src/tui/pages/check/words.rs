//! What was found, in words.

use crate::check::{Detail, Part, Subject};
use crate::tui::model::Model;
use crate::tui::text::{self, Language, fill, number, percent};

/// What a thing is called.
pub(super) fn subject(language: Language, subject: &Subject) -> String {
    let text = language.check();
    let name = match subject {
        Subject::Settings => text.settings,
        Subject::Ledger => text.ledger,
        Subject::Clock => text.clock,
        Subject::Disk => text.disk,
        Subject::Order => text.order,
        Subject::Firmware => text.firmware,
        Subject::Label => text.label,
        Subject::Certificates => text.certificates,
        Subject::Hsm => text.hsm,
        Subject::HsmKey(label) => return fill(text.hsm_key, &[("label", label)]),
        Subject::Slot { slot, part } => {
            let part = match part {
                Part::Probe => text.probe,
                Part::SerialPort => text.serial_port,
                Part::Printer => text.printer,
                Part::Scanner => text.scanner,
            };
            return fill(text.of_slot, &[("slot", slot), ("part", part)]);
        }
    };
    name.to_owned()
}

/// What is well about a thing.
pub(super) fn detail(model: &Model, detail: &Detail) -> String {
    let (language, zone) = (model.language, &model.setting.zone);
    let text = language.check();
    let plain = match detail {
        Detail::File(file) => file,
        Detail::NoLedgerYet => text.no_ledger_yet,
        Detail::Time(time) => return text::second(language, zone, *time),
        Detail::Room(free) => {
            return fill(text.room, &[("percent", &percent(language, (*free).into()))]);
        }
        Detail::Order { id, quantity, product, customer } => {
            let quantity = number(language, (*quantity).into());
            let values =
                [("order", id.as_str()), ("n", &quantity), ("product", product), ("customer", customer)];
            return fill(text.order_for, &values);
        }
        Detail::Firmware { version, bytes } => {
            return fill(text.firmware_is, &[("version", version), ("n", &number(language, *bytes))]);
        }
        Detail::Label(payload) => return fill(text.label_is, &[("payload", payload)]),
        Detail::IssuingUntil(end) => {
            return fill(text.issuing_until, &[("time", &text::date(language, zone, *end))]);
        }
        Detail::Token { label, manufacturer, model, serial, .. } => {
            let values =
                [("label", label.as_str()), ("maker", manufacturer), ("model", model), ("serial", serial)];
            return fill(text.token, &values);
        }
        Detail::KeyFound | Detail::KeyUsed { count: None, limit: None } => text.key_found,
        Detail::KeyUsed { count: Some(count), limit: None } => {
            return fill(text.key_used, &[("n", &number(language, *count))]);
        }
        Detail::KeyUsed { count: Some(count), limit: Some(limit) } => {
            let (count, limit) = (number(language, *count), number(language, *limit));
            return fill(text.key_used_of, &[("n", &count), ("limit", &limit)]);
        }
        Detail::KeyUsed { count: None, limit: Some(limit) } => {
            return fill(text.key_limited, &[("limit", &number(language, *limit))]);
        }
        Detail::Seated => text.seated,
        Detail::NotSeated => text.not_seated,
        Detail::Opens => text.opens,
        Detail::Ready => text.ready,
        Detail::Answers => text.answers,
        Detail::CannotBeAsked => text.cannot_be_asked,
    };
    plain.to_owned()
}
