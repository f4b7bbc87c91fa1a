//! What to do about a problem. The library says what is wrong; advice belongs to the tool.

use batch::Problem;

/// One piece of advice; many problems share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Advice {
    /// Always the first.
    DoNotUse,
    /// The file changed on its way.
    FetchAgain,
    /// Someone unpacked and packed the file.
    UseOriginal,
    /// The wrong CA, or a file of somebody else.
    CheckCa,
    /// The file is newer than the program.
    Update,
    /// The file is as the vendor made it, and wrong.
    TellVendor,
    /// Secrets are out.
    ProtectCodes,
    /// A batch is missing between.
    FindBatchBefore,
}

impl Advice {
    /// The advice in words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::DoNotUse => "Register no module of this batch until the file verifies.",
            Self::FetchAgain => {
                "Fetch the file from the vendor again. If it is the same, send him this list and ask for the original."
            }
            Self::UseOriginal => {
                "Use the file as it came from the vendor, not one that was unpacked and packed again."
            }
            Self::CheckCa => {
                "Check that --ca is the CA certificate the vendor gave you, up to his root. If it is, this file is not his: keep it and call him."
            }
            Self::Update => "Get a newer version of this program.",
            Self::TellVendor => "Send the vendor this list: he has to correct the batch and sign it again.",
            Self::ProtectCodes => {
                "Treat the modules named as known to everyone who has seen the file: keep it secret and call the vendor."
            }
            Self::FindBatchBefore => {
                "Check that --previous is the batch right before this one. If it is, a batch is missing: ask the vendor."
            }
        }
    }
}

/// The advice for a list of problems: each piece once, the most urgent first.
pub(crate) fn all(problems: &[Problem]) -> Vec<Advice> {
    if problems.is_empty() {
        return Vec::new();
    }
    let damaged = problems.iter().any(|problem| blame(problem) == Blame::Transport);
    let mut advice: Vec<Advice> = problems
        .iter()
        .map(|problem| match blame(problem) {
            Blame::Transport => Advice::FetchAgain,
            // In a damaged file the vendor's part may be right; that shows only when it is whole.
            Blame::Content if damaged => Advice::FetchAgain,
            Blame::Content => Advice::TellVendor,
            Blame::Known(advice) => advice,
        })
        .chain([Advice::DoNotUse])
        .collect();
    advice.sort_unstable();
    advice.dedup();
    advice
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// The bytes are not those that were signed.
    Transport,
    /// What was signed is wrong, if it is what was signed.
    Content,
    /// One cause only.
    Known(Advice),
}

fn blame(problem: &Problem) -> Blame {
    match problem {
        Problem::ArchiveUnreadable { .. }
        | Problem::ArchiveTooLarge { .. }
        | Problem::FileNameUnsafe { .. }
        | Problem::FileRepeated { .. }
        | Problem::FileAdded { .. }
        | Problem::FileMissing { .. }
        | Problem::FileChanged { .. }
        | Problem::FilesReordered
        | Problem::SignatureInvalid
        | Problem::SignatureForm => Blame::Transport,
        Problem::ArchiveRepacked | Problem::FilePacking { .. } => Blame::Known(Advice::UseOriginal),
        Problem::SignerOther { .. }
        | Problem::SignerUnfit { .. }
        | Problem::SignerUntrusted { .. }
        | Problem::IssuerUntrusted { .. } => Blame::Known(Advice::CheckCa),
        Problem::FormatUnknown { .. } => Blame::Known(Advice::Update),
        Problem::Disclosure { .. } => Blame::Known(Advice::ProtectCodes),
        Problem::NotTheSuccessor { .. } => Blame::Known(Advice::FindBatchBefore),
        Problem::FileMalformed { .. }
        | Problem::FileList
        | Problem::IssuerOther
        | Problem::NotAnIssuer { .. }
        | Problem::EntryMalformed { .. }
        | Problem::EntriesTooMany { .. }
        | Problem::EntryMissing { .. }
        | Problem::EntryAdded { .. }
        | Problem::EntryChanged { .. }
        | Problem::EntryRepeated { .. }
        | Problem::EntriesReordered { .. }
        | Problem::EntryFlavour { .. }
        | Problem::MerkleRoot
        | Problem::Counts { .. }
        | Problem::WithdrawnFirst { .. }
        | Problem::Shared { .. }
        | Problem::SealedLate { .. }
        | Problem::NoteLate { .. }
        | Problem::CertificateMissing { .. }
        | Problem::CertificateAdded { .. }
        | Problem::CertificateChanged { .. }
        | Problem::CertificateRepeated { .. }
        | Problem::CertificatesReordered
        | Problem::CertificateForeign { .. }
        | Problem::CertificateUnfit { .. }
        | Problem::CertificateDiffers { .. }
        | Problem::FileDiffers { .. }
        | Problem::Sequence { .. } => Blame::Content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_file_needs_no_advice() {
        assert_eq!(all(&[]), []);
    }

    #[test]
    fn the_vendor_is_blamed_only_for_what_he_signed() {
        let wrong = Problem::MerkleRoot;
        let damage = Problem::FileChanged { name: "entries.ndjson".into() };
        assert_eq!(all(&[wrong]), [Advice::DoNotUse, Advice::TellVendor]);
        assert_eq!(all(&[Problem::MerkleRoot, damage]), [Advice::DoNotUse, Advice::FetchAgain]);
    }
}
