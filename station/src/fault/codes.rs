//! Every fault code, what it means, and what to do.
//!
//! The list is append-only: a code that was once in a ledger keeps its meaning for ever.

use serde::{Deserialize, Serialize};

use super::Disposition;
use super::catalogue::{Entry, catalogue};

catalogue! {
    ModuleLifecycle = "M-101" {
        title: "The module is in the wrong state",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "What the module says of its lifecycle does not fit what the ledger knows of it, or does not change as a command should change it.",
    }

    ModuleSelfTest = "M-102" {
        title: "The module failed its self-test",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "The reply names the part that failed: FLASH, RAM, RNG or P256.",
    }

    ModuleKeyGeneration = "M-103" {
        title: "The module could not make its key",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "Mostly the health test of its random number generator.",
    }

    ModuleRefused = "M-104" {
        title: "The module refused a command",
        disposition: Rework,
        remedy: ["Take the module out and put it in again.", "If it fails again, put it into the rework bin."],
        note: "The error number of the reply stands in the chain.",
    }

    ModuleUnknown = "M-106" {
        title: "The ledger does not know this module",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "Certified or sealed elsewhere, or with another ledger.",
    }

    ModuleQuarantined = "M-107" {
        title: "The module is in quarantine",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "An earlier run set it apart, or a customer sent it back. `station unit show` tells why; `station unit rework` lets it go on.",
    }

    IdentityLost = "M-108" {
        title: "The module has lost its identity",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "The same part had another UID and key before; its flash was erased. The old certificate was voided, unless it had passed: then void it by hand, after a look. `station unit rework` of the new UID lets it go on.",
    }

    RequestMalformed = "M-111" {
        title: "The module's request is malformed",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "The PKCS#10 request does not parse, or its subject is not the UID.",
    }

    RequestSignature = "M-112" {
        title: "The request's signature is wrong",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "No proof that the module holds the private key.",
    }

    RequestCurve = "M-113" {
        title: "The module's key is of the wrong kind",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "Only P-256 is accepted.",
    }

    UidTaken = "M-114" {
        title: "Another module has this UID",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "The ledger knows the UID with another public key: a copied UID, or a key that was lost.",
    }

    PublicKeyTaken = "M-115" {
        title: "Another module has this key",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray.", "Call the engineer: two modules with one key are a security matter."],
        note: "The generator repeats itself, or a module was cloned.",
    }

    CertificateVoided = "M-116" {
        title: "The module's certificate is void",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "Void is final.",
    }

    KeyWeak = "M-117" {
        title: "The module's key is weak",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray.", "Call the engineer: the random number generator may be broken."],
        note: "The key is one that anybody can guess: of a small number, from a published example, or one of the vendor's own.",
    }

    CertificateRefused = "M-121" {
        title: "The module refused its certificate",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "ERR26; the module's reason stands in the chain.",
    }

    CertificateReadBack = "M-122" {
        title: "The module holds another certificate",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "What was read back differs from what the ledger holds.",
    }

    ProofWrong = "M-131" {
        title: "The module could not prove its key",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "The signature over the fresh challenge does not verify with the certified key.",
    }

    StandardReadings = "M-132" {
        title: "The module's settings are wrong",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "ThingName, Endpoint or the connection state differ from what the product expects.",
    }

    SealRefused = "M-141" {
        title: "The module did not seal",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "SEAL was refused.",
    }

    SealOpen = "M-142" {
        title: "The sealed module is still open",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "Factory commands are still accepted, or the debug port still reads memory.",
    }

    LinkSilent = "L-201" {
        title: "The module does not answer",
        disposition: Retry,
        remedy: ["Press the clamp down fully.", "Take the module out and put it in again.", "If it stays silent, put it into the rework bin."],
        note: "Wiring, baud rate, power, or firmware that does not start.",
    }

    LinkGarbage = "L-202" {
        title: "The module's answers make no sense",
        disposition: Retry,
        remedy: ["Take the module out and put it in again.", "If it fails again, put it into the rework bin."],
        note: "Bytes arrive, but no reply can be read from them, or not the one to this command. The transcript has them.",
    }

    LinkOpen = "L-203" {
        title: "The serial port cannot be opened",
        disposition: StopStation,
        remedy: ["Check that the serial cable of this slot is plugged in.", "Run `station check`."],
        note: "Missing device file, no permission, or in use by another program.",
    }

    LinkLost = "L-204" {
        title: "The serial port went away",
        disposition: StopStation,
        remedy: ["Check the serial cable of this slot.", "Then put the module in again."],
        note: "An I/O error in the middle of the work.",
    }

    ProbeMissing = "P-301" {
        title: "The debug probe is not there",
        disposition: StopStation,
        remedy: ["Check that the probe of this slot is plugged in.", "Then put the module in again."],
        note: "probe-rs could not open the selector in the configuration.",
    }

    ProbeLost = "P-302" {
        title: "The debug probe went away",
        disposition: Retry,
        remedy: ["Check the probe's cable.", "Take the module out and put it in again."],
        note: "The connection broke in the middle of an operation.",
    }

    ModuleMissing = "P-303" {
        title: "No module is seated",
        disposition: Retry,
        remedy: ["Put a module into the slot.", "Press the clamp down fully."],
        note: "The probe works, but nothing answers on SWD.",
    }

    WrongChip = "P-304" {
        title: "This is another chip",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray.", "Check that the right reel is on the line."],
        note: "Identification registers differ from what the product names.",
    }

    FlashFailed = "P-305" {
        title: "The firmware could not be written",
        disposition: Rework,
        remedy: ["Take the module out and put it in again.", "If it fails again, put it into the rework bin."],
        note: "Erase or program failed; see the chain.",
    }

    FlashVerify = "P-306" {
        title: "The firmware reads back wrong",
        disposition: Rework,
        remedy: ["Put the module into the rework bin."],
        note: "Verification after programming found a difference.",
    }

    DebugPortLocked = "P-307" {
        title: "The debug port is locked",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray."],
        note: "Read-back protection is set although the module is not one that the ledger knows as sealed.",
    }

    ProbeSlow = "P-308" {
        title: "The debug probe does not respond",
        disposition: StopStation,
        remedy: ["Unplug the probe of this slot and plug it in again.", "Then put the module in again."],
        note: "The deadline of the operation passed; its thread was given up.",
    }

    ProbeCrashed = "P-309" {
        title: "The probe's driver failed",
        disposition: Retry,
        remedy: ["Take the module out and put it in again."],
        note: "probe-rs panicked; the panic was caught at the edge of the probe's thread.",
    }

    HsmModuleFile = "H-401" {
        title: "The HSM's software is not there",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "The PKCS#11 module file is missing or cannot be loaded.",
    }

    HsmTokenMissing = "H-402" {
        title: "The HSM's token is not there",
        disposition: StopStation,
        remedy: ["Check that the HSM is plugged in.", "Run `station check`."],
        note: "No slot holds a token with the configured label.",
    }

    HsmPinWrong = "H-403" {
        title: "The HSM refused the PIN",
        disposition: StopStation,
        remedy: ["Start the station again with the right PIN."],
        note: "Tried once and not again, because further tries could lock the token.",
    }

    HsmPinLocked = "H-404" {
        title: "The HSM's PIN is locked",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "Too many wrong PINs.",
    }

    HsmKeyAbsent = "H-405" {
        title: "A key is missing in the HSM",
        disposition: StopStation,
        remedy: ["Call the security officer.", "Run `station check`."],
        note: "No key has the configured label; `station ca init` makes the keys.",
    }

    HsmKeyAmbiguous = "H-406" {
        title: "Two keys in the HSM have one name",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "Keys are found by label, so a label must be unique.",
    }

    HsmSign = "H-407" {
        title: "The HSM could not sign",
        disposition: Retry,
        remedy: ["Take the module out and put it in again.", "If it happens again, call the engineer."],
        note: "The return value of the HSM stands in the chain. The reserved certificate is signed at the next try.",
    }

    HsmLost = "H-408" {
        title: "The HSM went away",
        disposition: StopStation,
        remedy: ["Check that the HSM is plugged in.", "Then put the module in again."],
        note: "Session, token or device lost, and not to be had back at once.",
    }

    HsmSignatureWrong = "H-409" {
        title: "The HSM's signature does not verify",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "The signature does not fit the issuing CA's certificate: wrong key, or a broken HSM.",
    }

    AuthorityMissing = "H-410" {
        title: "There is no CA yet",
        disposition: StopStation,
        remedy: ["Call the security officer.", "Run `station ca init`."],
        note: "The ledger holds no issuing CA.",
    }

    AuthorityMismatch = "H-411" {
        title: "The CA does not fit its key",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "The key in the HSM is not the one in the CA's certificate, or a certificate that came back from the root is not what was asked for.",
    }

    HsmPinMissing = "H-412" {
        title: "No PIN was given",
        disposition: StopStation,
        remedy: ["Start the station again and give the PIN."],
        note: "Neither a prompt, nor a file descriptor, nor a credential.",
    }

    AuthorityExists = "H-414" {
        title: "There is a CA already",
        disposition: StopStation,
        remedy: ["Use the CA there is: `station ca show`."],
        note: "Modules already made hang on it; a second one is a successor: `station ca ceremony` with `successor = true` and another name.",
    }

    HsmSessions = "H-415" {
        title: "All sessions of the HSM are taken",
        disposition: StopStation,
        remedy: ["Close other programs that use the HSM.", "Then start the station again."],
        note: "The token allows so many sessions and no more; a program that crashed may hold some until they time out.",
    }

    HsmFull = "H-416" {
        title: "The HSM is full",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "No room for another object, or for another session's memory. Keys and certificates that nobody needs can be deleted with the vendor's tool.",
    }

    HsmTokenOther = "H-417" {
        title: "Another HSM is plugged in",
        disposition: StopStation,
        remedy: ["Plug in the HSM that was there before.", "If it was replaced on purpose, start the station again."],
        note: "A token with the same label and another serial number came back. Its keys are not asked for anything.",
    }

    HsmOfficerLoggedIn = "H-418" {
        title: "The HSM is being administered",
        disposition: StopStation,
        remedy: ["Wait until the security officer has logged out of the HSM.", "Then put the module in again."],
        note: "The security officer or another user is logged in; PKCS#11 allows one of them at a time in a process, and some HSMs one at all.",
    }

    HsmClock = "H-419" {
        title: "The HSM's clock is wrong",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "The token has a clock, and it differs from the station's by more than five minutes. One of them would put wrong dates on record.",
    }

    HsmCertificateOther = "H-420" {
        title: "A certificate in the HSM does not fit",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "The token holds a certificate under a key's label that is of another key, or is not the one the ledger holds.",
    }

    HsmUsageLimit = "H-421" {
        title: "The HSM's own limit is reached",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "The key has made all signatures that the HSM allows it.",
    }

    AuthorityClosed = "H-422" {
        title: "The CA is closed",
        disposition: StopStation,
        remedy: ["Call the security officer, who can open the CA again.", "Then put the module in again."],
        note: "Nobody has opened the CA yet, or the time is over for which the officer opened it. The PIN is not in memory.",
    }

    AuthoritySpent = "H-423" {
        title: "The CA has signed all it was opened for",
        disposition: StopStation,
        remedy: ["Call the security officer, who can open the CA again.", "Then put the module in again."],
        note: "The officer opened the CA for so many certificates, and all of them are issued.",
    }

    OrderCertificates = "H-424" {
        title: "The order may have no more certificates",
        disposition: StopStation,
        remedy: ["Call the engineer: too many modules of this order failed."],
        note: "The order's quota of certificates (its quantity and its spares) is used up. `station order quota` raises it, with a name and a reason.",
    }

    OutsideHours = "H-425" {
        title: "The CA does not sign at this hour",
        disposition: StopStation,
        remedy: ["Put the module in again during working hours."],
        note: "The product's policy names the hours in which certificates are issued.",
    }

    KeyPurpose = "H-426" {
        title: "The key is for something else",
        disposition: StopStation,
        remedy: ["Call the security officer."],
        note: "What was to be signed is not what the key's certificate is for. Nothing was signed.",
    }

    SignatureUnknown = "H-427" {
        title: "The HSM signed something unknown",
        disposition: StopStation,
        remedy: ["Stop the line.", "Call the security officer: somebody else may use the CA's key."],
        note: "The HSM's audit log and the ledger do not tell the same story; `station hsm audit` says where they differ.",
    }

    AuthorityEnds = "H-428" {
        title: "The CA ends too soon",
        disposition: StopStation,
        remedy: ["Call the security officer: the CA must be replaced."],
        note: "A birth certificate of today would outlive the issuing CA. `station ca ceremony` makes its successor.",
    }

    HsmSlow = "H-413" {
        title: "The HSM does not respond",
        disposition: StopStation,
        remedy: ["Check that the HSM is plugged in.", "Then put the module in again."],
        note: "The deadline of the operation passed.",
    }

    Configuration = "F-501" {
        title: "The station's settings are wrong",
        disposition: StopStation,
        remedy: ["Run `station check`.", "Mend what it names."],
        note: "Every problem is in the chain.",
    }

    ProductFile = "F-502" {
        title: "The product file is wrong",
        disposition: StopStation,
        remedy: ["Run `station check`.", "Mend what it names."],
        note: "Every problem is in the chain.",
    }

    OrderFile = "F-503" {
        title: "The order file is wrong",
        disposition: StopStation,
        remedy: ["Mend what the message names.", "Then run `station order open` again."],
        note: "Every problem is in the chain.",
    }

    FirmwareMissing = "F-504" {
        title: "The firmware file is not there",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "The product names a file that cannot be read.",
    }

    FirmwareFormat = "F-505" {
        title: "The firmware file is not an image",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "Not an ELF file for this chip.",
    }

    FirmwareSize = "F-506" {
        title: "The firmware does not fit the chip",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "A segment lies outside the flash the product allows.",
    }

    FirmwareDigest = "F-507" {
        title: "This is not the released firmware",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "The SHA-256 of the file differs from the one in the product.",
    }

    OrderMissing = "F-508" {
        title: "No order is open",
        disposition: StopStation,
        remedy: ["Run `station order open FILE`."],
        note: "",
    }

    OrderComplete = "F-509" {
        title: "The order is complete",
        disposition: StopStation,
        remedy: ["Close the batch: `station batch close`.", "Open the next order."],
        note: "The quantity of the order has passed.",
    }

    BatchState = "F-510" {
        title: "The batch cannot be made",
        disposition: StopStation,
        remedy: ["Do what the message says."],
        note: "Nothing to put in, not closed, or not found.",
    }

    FileWrite = "F-511" {
        title: "A file could not be written",
        disposition: StopStation,
        remedy: ["Check the disk.", "Then try again."],
        note: "Labels, transcripts and exports are files beside the ledger.",
    }

    OperatorMissing = "F-512" {
        title: "Nobody has given a name",
        disposition: StopStation,
        remedy: ["Give the command again with `--operator NAME`."],
        note: "What people do to modules is recorded with their name and their reason.",
    }

    CheckpointFile = "F-513" {
        title: "The file to compare with cannot be read",
        disposition: StopStation,
        remedy: ["Give a checkpoint that `station ledger checkpoint` printed.", "With --ca, give the root's certificate as PEM."],
        note: "A checkpoint is JSON with ledger, upto, hash, signer and signature.",
    }

    OrderOther = "F-514" {
        title: "This module belongs to another order",
        disposition: Retry,
        remedy: ["Put the module back to those of its order."],
        note: "Its certificate was made for an order that is not the open one. It goes on when that order is opened again.",
    }

    CertificateEarly = "F-515" {
        title: "The certificate is dated in the future",
        disposition: Quarantine,
        remedy: ["Put the module into the quarantine tray.", "Call the engineer: the clock was wrong when it was certified."],
        note: "A UID has one certificate, so this one cannot be mended: void the module, or wait until its certificate is valid.",
    }

    PrinterOff = "F-521" {
        title: "The printer does not answer",
        disposition: Retry,
        remedy: ["Switch the printer on and check its cable.", "Then put the module in again."],
        note: "TCP connect, write or status timed out.",
    }

    PrinterPaper = "F-522" {
        title: "The printer has no labels",
        disposition: Retry,
        remedy: ["Put a new roll of labels into the printer.", "Then put the module in again."],
        note: "Paper-out flag of the host status.",
    }

    PrinterOpen = "F-523" {
        title: "The printer is open",
        disposition: Retry,
        remedy: ["Close the printer's head.", "Then put the module in again."],
        note: "Head-up flag of the host status.",
    }

    PrinterPaused = "F-524" {
        title: "The printer is paused",
        disposition: Retry,
        remedy: ["Press the pause key of the printer.", "Then put the module in again."],
        note: "Pause flag of the host status.",
    }

    PrinterAnswer = "F-525" {
        title: "The printer's answer makes no sense",
        disposition: StopStation,
        remedy: ["Switch the printer off and on.", "Run `station check`."],
        note: "Not the three lines of a host status.",
    }

    LabelContent = "F-526" {
        title: "The label cannot be made",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "The payload does not fit the QR code, or the text does not fit the stock.",
    }

    ScannerOff = "F-531" {
        title: "The scanner does not answer",
        disposition: Retry,
        remedy: ["Check the scanner's cable.", "Then put the module in again."],
        note: "",
    }

    ScannerNoRead = "F-532" {
        title: "The scanner reads no label",
        disposition: Retry,
        remedy: ["Stick the label flat onto the module.", "Then put the module in again."],
        note: "",
    }

    ScannerOtherLabel = "F-533" {
        title: "This label belongs to another module",
        disposition: Quarantine,
        remedy: ["Take the label off.", "Put module and label into the quarantine tray."],
        note: "The payload read differs from the one printed for this UID.",
    }

    ModuleFinished = "F-541" {
        title: "This module is already finished",
        disposition: Finished,
        remedy: ["Put the module back to the finished ones."],
        note: "The ledger holds a PASS for this UID. Nothing was changed.",
    }

    ModuleAtWork = "F-542" {
        title: "The module is at work in a slot",
        disposition: Retry,
        remedy: ["Wait until its run has ended.", "Then do it again, if it is still to be done."],
        note: "What people do to a module would disturb the run that has it. Nothing was recorded. Refused where it would have been written, so a run that began meanwhile counts too.",
    }

    RecordingFile = "F-519" {
        title: "The recording cannot be played",
        disposition: StopStation,
        remedy: ["Give a file from the directory `recordings`.", "If it is one, fetch it again: it is not whole.", "Play an old one with the version that wrote it."],
        note: "Not a recording, cut, too long, or of another format: the chain says which. It is played by the version of the program that wrote it.",
    }

    LedgerOpen = "R-601" {
        title: "The ledger cannot be opened",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Run `station check`."],
        note: "Missing directory, no permission, or not a ledger.",
    }

    LedgerWrite = "R-602" {
        title: "The ledger cannot be written",
        disposition: StopStation,
        remedy: ["Check that the disk is not full.", "Start the station again."],
        note: "After one failure every further write is refused, so that nothing goes on without a record.",
    }

    LedgerBroken = "R-603" {
        title: "The ledger has been changed",
        disposition: StopStation,
        remedy: ["Call the engineer.", "Keep the ledger file as it is."],
        note: "The chain of hashes, or a projection, does not fit the events.",
    }

    LedgerLocked = "R-604" {
        title: "Another station uses this ledger",
        disposition: StopStation,
        remedy: ["Wait until the line has stopped, or stop it.", "Then give the command again."],
        note: "One program at a time writes to a ledger: while `station run` works, commands that record something have to wait. Reading (`unit show`, `ledger verify`, `backup`, `export`) goes on.",
    }

    LedgerRefused = "R-605" {
        title: "The ledger refused a record",
        disposition: StopStation,
        remedy: ["Call the engineer."],
        note: "An entry that would break the ledger's rules, such as a second certificate for one UID.",
    }

    LedgerVersion = "R-606" {
        title: "The ledger is from a newer station",
        disposition: StopStation,
        remedy: ["Install the newer station program."],
        note: "Its schema version is higher than this program knows.",
    }

    Bug = "S-900" {
        title: "The station found a mistake in itself",
        disposition: StopStation,
        remedy: ["Call the engineer."],
        note: "A broken invariant or a caught panic.",
    }

    ClockBehind = "S-901" {
        title: "The station's clock is wrong",
        disposition: StopStation,
        remedy: ["Set the clock of the station.", "If it is right, call the engineer: `station ledger accept-clock`.", "Start the station again."],
        note: "Behind the ledger's last event, or outside the CA's validity. If the clock is right and the ledger was ahead: `station ledger accept-clock`.",
    }

    ClockJumped = "S-903" {
        title: "The station's clock has jumped",
        disposition: StopStation,
        remedy: ["Set the clock of the station.", "Start the station again."],
        note: "Time of day and time that passed have drifted apart since the last record; the chain says by how much. A machine that was put to sleep shows this too.",
    }

    ClockFine = "S-904" {
        title: "The clock is not behind the ledger",
        disposition: StopStation,
        remedy: ["Start the station."],
        note: "There is nothing to accept: records go on by themselves.",
    }

    Interrupted = "S-902" {
        title: "The run was stopped",
        disposition: Retry,
        remedy: ["Put the module in again."],
        note: "By the operator or by the end of the program; the run can be taken up again.",
    }
}
