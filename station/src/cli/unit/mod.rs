//! `station unit …`.

mod deeds;
mod show;

use clap::Subcommand;
use wire::Uid;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::Fault;
use crate::ledger::{ModuleFilter, ModuleRecord};
use crate::module::Deed;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List modules, the last seen first.
    List {
        /// Only those of this order.
        #[arg(long)]
        order: Option<String>,
        /// At most so many.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Tell the whole story of one module.
    Show {
        /// Its UID: 32 hexadecimal digits, or a UUID.
        #[arg(value_parser = uid)]
        uid: Uid,
    },
    /// Make its certificate void, for ever.
    Void(deeds::Arguments),
    /// Record that the hardware is destroyed; its certificate is void with it.
    Scrap(deeds::Arguments),
    /// Let it onto the line again, with the identity it has: ends a quarantine, takes back a pass.
    Rework(deeds::Arguments),
    /// Record that the customer sent it back: its pass no longer counts, and it is in quarantine.
    Return(deeds::Arguments),
    /// Print its label once more.
    Reprint(deeds::Reprint),
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::List { order, limit } => list(invocation, &station, order, limit),
        Command::Show { uid } => show::run(invocation, &station, uid),
        Command::Void(arguments) => deeds::run(invocation, &station, arguments, Deed::Void).await,
        Command::Scrap(arguments) => deeds::run(invocation, &station, arguments, Deed::Scrap).await,
        Command::Rework(arguments) => deeds::run(invocation, &station, arguments, Deed::Rework).await,
        Command::Return(arguments) => deeds::run(invocation, &station, arguments, Deed::Return).await,
        Command::Reprint(arguments) => deeds::reprint(invocation, &station, arguments).await,
    }
}

fn list(
    invocation: &Invocation,
    station: &Station,
    order: Option<String>,
    limit: Option<u32>,
) -> Result<Outcome, Fault> {
    let filter = ModuleFilter { order: order.map(Into::into), limit, ..ModuleFilter::default() };
    let modules = station.reader()?.modules(&filter).map_err(|error| Fault::of(&error))?;
    if invocation.json {
        print::json(&modules)?;
    } else {
        for module in modules {
            let state = state(&module);
            let order = module.order.map(|order| order.to_string()).unwrap_or_default();
            let label = module.label.unwrap_or_default();
            print::line(format!("{}  {state:<10}  {order:<12}  {label}", module.uid))?;
        }
    }
    Ok(Outcome::Well)
}

/// What a module is, in a word.
fn state(module: &ModuleRecord) -> &'static str {
    match module {
        ModuleRecord { scrapped: true, .. } => "scrapped",
        ModuleRecord { quarantined: true, .. } => "quarantine",
        ModuleRecord { state, .. } => state.name(),
    }
}

/// A UID as it is typed.
fn uid(text: &str) -> Result<Uid, NotAUid> {
    text.trim().parse().map_err(|_| NotAUid)
}

/// A text that is no UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a UID has 32 hexadecimal digits, with or without the hyphens of a UUID: `station unit list` names all modules"
)]
struct NotAUid;

#[cfg(test)]
mod tests {
    use crate::cli::Arguments;
    use clap::Parser as _;
    use clap::error::ErrorKind;

    const UID: &str = "000102030405460788090a0b0c0d0eff";

    fn parse(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["station", "unit"], words].concat())
    }

    #[test]
    fn what_is_no_uid_is_no_command() {
        for text in ["00", "", "+0", "000102030405460788090a0b0c0d0egg", &UID[1..]] {
            for words in [&["show", text][..], &["void", text, "--reason", "dropped"]] {
                let error = parse(words).expect_err("no UID");
                assert_eq!((error.kind(), error.exit_code()), (ErrorKind::ValueValidation, 2), "{text}");
                assert!(error.to_string().contains("32 hexadecimal digits"), "{error}");
            }
        }
        for text in [UID, " 000102030405460788090a0b0c0d0eff\n", "00010203-0405-4607-8809-0a0b0c0d0eff"] {
            assert!(parse(&["show", text]).is_ok() && parse(&["scrap", text, "--reason", "x"]).is_ok());
        }
    }
}
