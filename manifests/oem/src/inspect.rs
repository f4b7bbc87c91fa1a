//! `oem inspect`: what a batch file says of itself.

use std::io::Write;

use crate::cli::InspectOptions;
use crate::outcome::Outcome;
use crate::{Error, input, output};

/// Shows the header and the entries. A file whose header cannot be read counts as a problem.
pub(crate) fn run(options: &InspectOptions, out: &mut impl Write) -> Result<Outcome, Error> {
    let bytes = input::manifest(&options.manifest)?;
    let report = batch::verify(&bytes, &[]);
    let mut lines = Vec::new();
    let outcome = if let Some(header) = &report.header {
        lines.push("Not checked; `oem verify` tells whether this is true.".to_owned());
        lines.extend(output::summary(header));
        lines.extend(report.records.iter().flat_map(output::entry));
        Outcome::Good
    } else {
        lines.push("This file cannot be shown:".to_owned());
        lines.extend(report.problems.iter().map(|problem| format!("  {problem}")));
        Outcome::Problems
    };
    for line in lines {
        writeln!(out, "{}", output::plain(&line)).map_err(Error::Output)?;
    }
    Ok(outcome)
}
