//! Faults by their names on the command line.

use std::{fmt::Display, str::FromStr};

use anyhow::Context;
use clap::ValueEnum;
use virtual_bench::fault::Fault;

/// What goes wrong, and the arguments it takes.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    /// The probe's connection breaks after [BYTES] of memory writes
    ProbeVanishes,
    /// The probe answers nothing after [BYTES] of memory writes
    ProbeStalls,
    /// The probe's answers are longer than registers
    ProbeBabbles,
    /// The part identifies itself as an nRF52832
    WrongChip,
    /// A bit of the flash is broken
    FlashReadsBackWrong,
    /// The module is reset at the command WORD after [BYTES] of its reply
    ModuleReboots,
    /// The module says nothing
    UartSilent,
    /// The module talks noise
    UartGarbage,
    /// Byte NUMBER of what the module says [after the command WORD] is lost
    UartDrops,
    /// Byte NUMBER of what the module says [after the command WORD] comes twice
    UartRepeats,
    /// Byte NUMBER of what the module says [after the command WORD] comes changed
    UartCorrupts,
    /// Each byte of what the module says comes alone, MILLISECONDS after the one before
    UartSplits,
    /// BYTES of noise come before the module's next words [after the command WORD]
    UartFloods,
    /// The printer refuses connections
    PrinterOff,
    /// The printer has no paper
    PaperOut,
    /// The printer's head is open
    HeadOpen,
    /// The printer hangs up after [BYTES] of a label
    LabelCut,
    /// The scanner refuses connections
    ScannerOff,
    /// The scanner reads another label, which says TEXT
    ScannerReads,
    /// The scanner answers twice
    ScannerReadsTwice,
    /// Everything works again
    Clear,
}

impl Kind {
    /// The fault with its arguments; none if everything is to work again.
    pub(super) fn with(self, arguments: Vec<String>) -> anyhow::Result<Option<Fault>> {
        let mut arguments = Arguments(arguments.into_iter());
        let fault = match self {
            Self::ProbeVanishes => Some(Fault::ProbeVanishes { after_bytes: arguments.number_or_zero()? }),
            Self::ProbeStalls => Some(Fault::ProbeStalls { after_bytes: arguments.number_or_zero()? }),
            Self::ProbeBabbles => Some(Fault::ProbeBabbles),
            Self::WrongChip => Some(Fault::WrongChip),
            Self::FlashReadsBackWrong => Some(Fault::FlashReadsBackWrong),
            Self::ModuleReboots => {
                let command = arguments.next("the command's word")?;
                Some(Fault::ModuleReboots { command, after_bytes: arguments.number_or_zero()? })
            }
            Self::UartSilent => Some(Fault::UartSilent),
            Self::UartGarbage => Some(Fault::UartGarbage),
            Self::UartDrops => Some(Fault::UartDrops {
                byte: arguments.next("the byte's number")?,
                command: arguments.next_if_any(),
            }),
            Self::UartRepeats => Some(Fault::UartRepeats {
                byte: arguments.next("the byte's number")?,
                command: arguments.next_if_any(),
            }),
            Self::UartCorrupts => Some(Fault::UartCorrupts {
                byte: arguments.next("the byte's number")?,
                command: arguments.next_if_any(),
            }),
            Self::UartSplits => Some(Fault::UartSplits { pause_ms: arguments.next("the pause")? }),
            Self::UartFloods => Some(Fault::UartFloods {
                bytes: arguments.next("how many bytes")?,
                command: arguments.next_if_any(),
            }),
            Self::PrinterOff => Some(Fault::PrinterOff),
            Self::PaperOut => Some(Fault::PaperOut),
            Self::HeadOpen => Some(Fault::HeadOpen),
            Self::LabelCut => Some(Fault::LabelCut { after_bytes: arguments.number_or_zero()? }),
            Self::ScannerOff => Some(Fault::ScannerOff),
            Self::ScannerReads => Some(Fault::ScannerReads { text: arguments.next("the text to read")? }),
            Self::ScannerReadsTwice => Some(Fault::ScannerReadsTwice),
            Self::Clear => None,
        };
        arguments.end()?;
        Ok(fault)
    }
}

/// What stands on the command line behind a fault's name.
struct Arguments(std::vec::IntoIter<String>);

impl Arguments {
    fn next<T: FromStr<Err: Display>>(&mut self, what: &str) -> anyhow::Result<T> {
        let text = self.0.next().with_context(|| format!("{what} is missing"))?;
        text.parse().map_err(|error| anyhow::anyhow!("{what}: {text:?}: {error}"))
    }

    fn number_or_zero(&mut self) -> anyhow::Result<u64> {
        if self.0.as_slice().is_empty() { Ok(0) } else { self.next("how many bytes") }
    }

    fn next_if_any(&mut self) -> Option<String> {
        self.0.next()
    }

    fn end(mut self) -> anyhow::Result<()> {
        match self.0.next() {
            Some(text) => anyhow::bail!("this fault takes no argument {text:?}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> anyhow::Result<Option<Fault>> {
        let mut words = line.split(' ').map(str::to_owned);
        let kind = words.next().unwrap();
        Kind::from_str(&kind, false).map_err(anyhow::Error::msg)?.with(words.collect())
    }

    #[test]
    fn faults_have_the_names_that_the_control_socket_knows() {
        let reboots = Fault::ModuleReboots { command: "KEYGEN".to_owned(), after_bytes: 3 };
        assert_eq!(fault("module-reboots KEYGEN 3").unwrap(), Some(reboots));
        assert_eq!(fault("label-cut").unwrap(), Some(Fault::LabelCut { after_bytes: 0 }));
        assert_eq!(fault("clear").unwrap(), None);
        for kind in Kind::value_variants() {
            let name = kind.to_possible_value().unwrap().get_name().to_owned();
            let Some(fault) = kind.with(vec![]).or_else(|_| kind.with(vec!["7".to_owned()])).unwrap() else {
                continue;
            };
            assert_eq!(serde_json::to_value(fault).unwrap()["kind"], name.as_str());
        }
    }

    #[test]
    fn arguments_that_are_missing_wrong_or_too_many_are_refused() {
        for line in [
            "uart-drops",
            "uart-drops x",
            "uart-drops 1 CSR 2",
            "paper-out now",
            "clear all",
            "module-reboots",
        ] {
            assert!(fault(line).is_err(), "{line}");
        }
    }
}
