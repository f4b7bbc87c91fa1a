//! What the page `unit` says, in every language. It says the most of all pages, so each language has a file.

mod chinese;
mod english;
mod spanish;
mod vietnamese;

pub(super) use chinese::CHINESE;
pub(super) use english::ENGLISH;
pub(super) use spanish::SPANISH;
pub(super) use vietnamese::VIETNAMESE;

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
    /// What can be typed.
    hint,
    /// Before what is typed.
    search,
    /// Too few digits are typed.
    too_short,
    /// Something is being looked for.
    searching,
    /// Nothing was found.
    unknown,
    /// So many modules were found.
    found,
    /// More modules were found than are shown.
    found_more,
    /// A run has the module.
    standing_at_work,
    /// The module has come so far.
    standing_in_work,
    /// The module passed and is in no batch.
    standing_passed,
    /// The module is in a batch without a file.
    standing_batched,
    /// The module is in a batch with a file.
    standing_exported,
    /// The module is set apart.
    standing_quarantined,
    /// A module in a slot is to be worked anew, though its run has ended.
    standing_reworked,
    /// The module is void.
    standing_void,
    /// The module is scrapped.
    standing_scrapped,
    /// What may be done: a run has it.
    advice_at_work,
    /// What may be done: it waits.
    advice_in_work,
    /// What may be done: it passed.
    advice_passed,
    /// What may be done: it ships.
    advice_batched,
    /// What may be done: it is set apart.
    advice_quarantined,
    /// What may be done: it is void.
    advice_void,
    /// What may be done: it is gone.
    advice_scrapped,
    /// It is known.
    state_identified,
    /// Its certificate is fixed.
    state_reserved,
    /// Its certificate is signed.
    state_issued,
    /// It holds its certificate.
    state_installed,
    /// It proved its key.
    state_proved,
    /// It is sealed.
    state_sealed,
    /// Its label is printed.
    state_labelled,
    /// Its label was read.
    state_scanned,
    /// When the page was read from the ledger.
    read,
    /// The section of what happened.
    section_story,
    /// The section of the certificate.
    section_certificate,
    /// The section of the label.
    section_label,
    /// A run began.
    event_run,
    /// The module told its UID and key.
    event_identified,
    /// The part was read.
    event_recognised,
    /// The certificate's bytes were fixed.
    event_reserved,
    /// The certificate was signed.
    event_issued,
    /// The certificate was installed.
    event_installed,
    /// The module proved its key.
    event_proved,
    /// The module was sealed.
    event_sealed,
    /// The label was printed.
    event_printed,
    /// The label was read.
    event_scanned,
    /// A step ended.
    event_step,
    /// A step was skipped.
    event_skipped,
    /// The module passed.
    event_passed,
    /// The module was set apart.
    event_quarantined,
    /// The module is in a batch as good.
    event_batched,
    /// The module is in a batch as void.
    event_batched_void,
    /// The module is in a batch as taken back.
    event_batched_withdrawn,
    /// A file was made of its batch.
    event_exported,
    /// The module has no certificate.
    no_certificate,
    /// The certificate is not void.
    certificate_good,
    /// The certificate is void.
    certificate_void,
    /// Whose certificate it is.
    fact_subject,
    /// Its serial number.
    fact_serial,
    /// From when it is valid.
    fact_from,
    /// Until when it is valid.
    fact_until,
    /// Who signed it.
    fact_issuer,
    /// The identifier of its key.
    fact_key,
    /// Its digest.
    fact_sha256,
    /// The module has no label.
    no_label,
    /// The label's code does not fit.
    no_room,
    /// What a key does: make void.
    deed_void,
    /// What a key does: scrap.
    deed_scrap,
    /// What a key does: rework.
    deed_rework,
    /// What a key does: print the label.
    deed_reprint,
    /// What a key does: take back from a customer.
    deed_return,
    /// A deed wants its reason.
    ask_reason,
    /// How a reason is given, or the deed called off.
    how_reason,
    /// How a deed that has its reason is called off.
    call_off,
    /// What is typed is no reason.
    no_reason,
    /// A deed is being done.
    doing,
    /// The module is void.
    done_void,
    /// The module is scrapped.
    done_scrap,
    /// The module may run again.
    done_rework,
    /// The label is printed.
    done_reprint,
    /// The module came back.
    done_return,
    /// The order of a reworked module is complete.
    no_place,
    /// A deed was not done.
    refused,
    /// What a key does: down.
    key_down,
    /// What a key does: up.
    key_up,
    /// What a key does: the section before.
    key_left,
    /// What a key does: the next section.
    key_right,
}
