//! Which sentences there are, and when each is said. A name in braces stands for a value.

/// Makes a table of sentences: a struct called `Sentences`, whose fields are the sentences.
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What is said, in one language.
        #[derive(Debug)]
        pub(in crate::tui) struct Sentences {
            $($(#[$doc])* pub(in crate::tui) $name: &'static str,)+
        }

        impl Sentences {
            /// Every sentence, with its name.
            #[cfg(test)]
            pub(in crate::tui) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

pub(in crate::tui) use sentences;

sentences! {
    /// The language, in itself.
    language,
    /// The flow in which certificates are registered before the sale.
    flow_pre_registration,
    /// The flow in which end users claim their module.
    flow_late_binding,
    /// The order, in the header.
    order,
    /// Who works here, in the header.
    operator,
    /// Modules that passed, of those that are to pass.
    done_of,
    /// Share of verdicts on modules that are PASS, for the order.
    yield_of,
    /// Share of modules that passed at their first run, in this shift.
    first_pass,
    /// Modules per hour, in the last hour and in the shift.
    rate,
    /// When the order will be complete.
    end_at,
    /// Seconds.
    time_seconds,
    /// Minutes.
    time_minutes,
    /// Hours and minutes.
    time_hours_minutes,
    /// Hours.
    time_hours,
    /// Days.
    time_days,
    /// How long ago something was.
    ago,
    /// A slot, by its name.
    slot,
    /// A slot of which nothing was heard yet.
    state_unheard,
    /// A slot that waits for a module.
    state_empty,
    /// An empty slot of a line that takes up no further module.
    state_idle,
    /// A slot that cannot work.
    state_trouble,
    /// A run that is about to begin its first step.
    state_starting,
    /// A slot whose module waits for its label to be stuck and scanned.
    state_scan,
    /// A slot waits for its label, and another one goes before it that has the same scanner.
    state_scan_later,
    /// The language's own words beside PASS.
    pass_word,
    /// The language's own words beside FAIL.
    fail_word,
    /// The language's own words beside ERROR.
    error_word,
    /// What to do with a module that passed.
    take_out,
    /// What to do with a module that may be tried again.
    take_out_retry,
    /// What to do with a module that is to be reworked.
    take_out_rework,
    /// What to do with a module that is set apart.
    take_out_quarantine,
    /// What to do with a module that was finished before.
    take_out_finished,
    /// What to do when the station is to be mended first.
    take_out_stop,
    /// A step, and its place among the steps.
    step_of,
    /// How the run before ended.
    last,
    /// The step that writes the firmware.
    step_flash,
    /// The step that asks the module who it is.
    step_greet,
    /// The step in which the module tests itself.
    step_self_test,
    /// The step in which the module makes its key.
    step_keygen,
    /// The step that issues the certificate.
    step_issue,
    /// The step that gives the module its certificate.
    step_install,
    /// The step in which the module proves its key.
    step_prove,
    /// The step that locks the module for ever.
    step_seal,
    /// The step that prints the label.
    step_label,
    /// The step that reads the label back.
    step_scan,
    /// The step that puts the pass on record.
    step_pass,
    /// What to do next: the line has stopped.
    next_line_stopped,
    /// What to do next: a label waits to be scanned.
    next_scan,
    /// What to do next: a module passed.
    next_take_out,
    /// What to do next: a module may be tried again.
    next_retry,
    /// What to do next: a module is to be reworked.
    next_rework,
    /// What to do next: a module is to be set apart.
    next_quarantine,
    /// What to do next: a module was finished before.
    next_finished,
    /// What to do next: a slot or its devices are to be mended.
    next_mend,
    /// What to do next: a slot is empty.
    next_put_in,
    /// What to do next: all slots are at work.
    next_nothing,
    /// What to do next: nothing was heard of the slots yet.
    next_unheard,
    /// What to do next: the line was told to stop.
    next_stopping,
    /// What to do next: the line was told to stop, and nothing is under way.
    next_stopping_idle,
    /// What to do next: the line has ended.
    next_ended,
    /// What to do next: the order is complete.
    next_complete,
    /// What to do next: nothing more comes from the line.
    next_deaf,
    /// What to do next: the CA is closed, and no module could be certified.
    next_closed,
    /// Slots for which there is no room.
    more_slots,
    /// The light of the HSM.
    light_hsm,
    /// The light of the printers.
    light_printer,
    /// The light of the scanners.
    light_scanner,
    /// The light of the ledger.
    light_ledger,
    /// The light of the clock.
    light_clock,
    /// The light of the disk.
    light_disk,
    /// The light of the last export.
    light_export,
    /// A device of which nothing was heard yet.
    light_unheard,
    /// A device of which nothing was heard for long.
    light_silent,
    /// The HSM, when it is closed.
    light_closed,
    /// Room on the disk.
    light_free,
    /// No batch was exported yet.
    light_never,
    /// How long a device has been in trouble.
    light_for,
    /// Whose fault it is: the line's.
    fault_of_line,
    /// Heading above the remedy.
    what_to_do,
    /// Heading above what becomes of the module.
    what_becomes,
    /// What becomes of a module that may be tried again.
    becomes_retry,
    /// What becomes of a module that is to be reworked.
    becomes_rework,
    /// What becomes of a module that is set apart.
    becomes_quarantine,
    /// What becomes of a module that was finished before.
    becomes_finished,
    /// What becomes of a module when the station is to be mended.
    becomes_stop,
    /// The module can be tried again by key.
    retry_hint,
    /// Heading of the engineer's part.
    engineer_heading,
    /// Heading above the chain of causes.
    engineer_causes,
    /// Heading above the facts.
    engineer_facts,
    /// Heading above what passed over the serial line.
    engineer_transcript,
    /// There is no transcript.
    transcript_missing,
    /// The number of a run.
    fact_run,
    /// A step.
    fact_step,
    /// The UID of a module.
    fact_uid,
    /// How long a run took.
    fact_took,
    /// What is not known.
    fact_unknown,
    /// Heading of the keys.
    help_heading,
    /// How help is left.
    help_any_key,
    /// A bell that rings.
    bell_on,
    /// A bell that does not ring.
    bell_off,
    /// What a key does: what was noted has been seen.
    key_acknowledge,
    /// What a key does: back to all slots.
    key_back,
    /// What a key does: the bell at a fault.
    key_bell_fail,
    /// What a key does: the bell at a pass.
    key_bell_pass,
    /// What a key does: check everything again.
    key_check_again,
    /// What a key does: the engineer's part.
    key_engineer,
    /// What a key does: the fault.
    key_fault,
    /// What a key does: help.
    key_help,
    /// What a key does: the next language.
    key_language,
    /// What a key does: the next slot.
    key_next,
    /// What a key does: the slot before.
    key_previous,
    /// What a key does: write down what the screen was told.
    key_record,
    /// What a key does: draw anew.
    key_repaint,
    /// What a key does: try the module again.
    key_retry,
    /// What a key does: further down.
    key_scroll_down,
    /// What a key does: further up.
    key_scroll_up,
    /// What a key does: much further down.
    key_scroll_far_down,
    /// What a key does: much further up.
    key_scroll_far_up,
    /// What a key does: stop the line, then leave.
    key_stop,
    /// What a key does: open the page of all slots.
    key_page_line,
    /// What a key does: open the page of modules.
    key_page_unit,
    /// What a key does: open the page of batches.
    key_page_batches,
    /// What a key does: open the page of the CA and the HSM.
    key_page_vendor,
    /// What a key does: open the page of the check.
    key_page_check,
    /// What a key does: open the page of who works here.
    key_page_operator,
    /// A key whose deed cannot be undone was pressed once.
    once_more,
}
