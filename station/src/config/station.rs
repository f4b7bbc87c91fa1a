//! `station.toml`: the station and its devices.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::reader::Reader;
use super::scanner::ScannerPlace;
use super::screen::Screen;
use super::{ConfigError, beside};
use crate::hsm::{Settings, UsageAttributes};
use crate::operator::Badges;
use crate::scanner::SHORTEST_TYPED;
use crate::tcp::Address;

/// The station: its name, its slots and its HSM.
#[derive(Clone, Debug)]
pub struct Station {
    /// What the ledger and the batches call this station.
    pub name: String,
    /// Where ledger, labels, transcripts and batches are kept.
    pub data: PathBuf,
    /// The HSM and its keys.
    pub hsm: Hsm,
    /// One or more slots, each with a name of its own.
    pub slots: Vec<Slot>,
    /// How long an operator has to stick the label and hold it to the scanner.
    pub scan_wait: Duration,
    /// What the operator's screen begins with.
    pub screen: Screen,
    /// Who may work here, by their badges; whoever gives a name, if there are none.
    pub operators: Badges,
}

/// Where the HSM is and what its keys are called.
#[derive(Clone, Debug)]
pub struct Hsm {
    /// The PKCS#11 module, a shared library.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// Label of the root's key.
    pub root_key: String,
    /// Label of the key that signs birth certificates.
    pub issuing_key: String,
    /// Label of the key that signs batch manifests.
    pub manifest_key: String,
    /// How it is used.
    pub settings: Settings,
    /// Where its own log of signatures is, if it keeps one that a program can read.
    pub audit: Option<AuditLog>,
}

/// The HSM's own log of its signatures, which is compared with the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuditLog {
    /// The file, in one of the forms that [`audit`](crate::audit) knows.
    pub log: PathBuf,
    /// Key labels, each with what the log calls the key, where that is another: on a YubiHSM the number
    /// of the object, such as `0x0064`.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Whether the file is fetched from the HSM now and then, and so may lack its last signatures. One that
    /// the HSM writes by itself lacks none.
    #[serde(default)]
    pub fetched: bool,
}

/// One nest of the fixture and its devices.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What the operator calls it.
    pub name: String,
    /// probe-rs selector: `VID:PID` or `VID:PID:SERIAL`.
    pub probe: String,
    /// Serial port, 115200 8N1.
    pub port: PathBuf,
    /// Label printer. Slots may share one.
    pub printer: Address,
    /// Code reader.
    pub scanner: ScannerPlace,
}

impl Station {
    /// Reads `station.toml`.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with it.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader::open(file)?;
        let name = reader.required::<String>("name");
        let data = reader.required::<PathBuf>("data");
        let wait = reader.optional::<u64>("scan-wait-seconds").unwrap_or(30);
        let screen =
            reader.optional_section("screen", |section| Some(Screen::read(section))).unwrap_or_default();
        let operators = reader.optional::<Badges>("operators").unwrap_or_default();
        let hsm = reader.section("hsm", |section| Hsm::read(section, file));
        let slots = reader.sections("slot", |section| Slot::read(section, file));
        if let Some(name) = &name
            && name.trim().is_empty()
        {
            reader.problem("name", "is empty");
        }
        if let Some(slots) = &slots {
            check_slots(&mut reader, slots);
            check_badges(&mut reader, &operators, slots);
        }
        let station = (|| {
            Some(Self {
                name: name?,
                data: beside(file, data?),
                hsm: hsm?,
                slots: slots?,
                scan_wait: Duration::from_secs(wait),
                screen,
                operators,
            })
        })();
        reader.finish(file, station)
    }
}

impl Hsm {
    fn read(section: &mut Reader, file: &Path) -> Option<Self> {
        let module = section.required::<PathBuf>("module");
        let token = section.required::<String>("token");
        let root_key = section.required::<String>("root-key");
        let issuing_key = section.required::<String>("issuing-key");
        let manifest_key = section.required::<String>("manifest-key");
        let keys = [&root_key, &issuing_key, &manifest_key];
        let distinct: BTreeSet<_> = keys.iter().filter_map(|key| key.as_deref()).collect();
        if distinct.len() < keys.iter().filter(|key| key.is_some()).count() {
            section.problem(
                "issuing-key",
                "root-key, issuing-key and manifest-key must be three different keys",
            );
        }
        let settings = settings(section);
        let audit = section.optional::<AuditLog>("audit");
        Some(Self {
            module: beside(file, module?),
            token: token?,
            root_key: root_key?,
            issuing_key: issuing_key?,
            manifest_key: manifest_key?,
            settings: settings?,
            audit: audit.map(|audit| AuditLog { log: beside(file, &audit.log), ..audit }),
        })
    }
}

/// How the HSM is used: `sessions`, `keep-alive-s`, `usage-count-attribute` and
/// `usage-limit-attribute`, each of which may be left out.
fn settings(section: &mut Reader) -> Option<Settings> {
    let default = Settings::default();
    let sessions = match section.optional::<i64>("sessions") {
        None => Some(default.sessions),
        Some(number) => {
            let sessions = u8::try_from(number).ok().filter(|number| *number <= 64).and_then(NonZeroU8::new);
            if sessions.is_none() {
                section.problem("sessions", "must be 1 to 64");
            }
            sessions
        }
    };
    let keep_alive = match section.optional::<u64>("keep-alive-s") {
        None => Some(default.keep_alive),
        Some(0) => {
            section.problem("keep-alive-s", "must be at least 1");
            None
        }
        Some(seconds) => Some(Duration::from_secs(seconds)),
    };
    let usage = UsageAttributes {
        count: vendor_attribute(section, "usage-count-attribute"),
        limit: vendor_attribute(section, "usage-limit-attribute"),
    };
    Some(Settings { sessions: sessions?, keep_alive: keep_alive?, usage, ..default })
}

/// The number of an attribute that a vendor has added (PKCS#11 2.40 base, section 2.1).
fn vendor_attribute(section: &mut Reader, key: &str) -> Option<u64> {
    const VENDOR_DEFINED: u64 = 0x8000_0000;
    let number = section.optional::<u64>(key)?;
    if number < VENDOR_DEFINED {
        section.problem(key, "must be 0x80000000 or more, where vendors' attributes begin");
    }
    Some(number)
}

impl Slot {
    fn read(section: &mut Reader, file: &Path) -> Option<Self> {
        let name = section.required::<String>("name");
        let probe = section.required::<String>("probe");
        let port = section.required::<PathBuf>("port");
        let printer = section.required::<Address>("printer");
        let scanner = section.required::<ScannerPlace>("scanner");
        if let Some(selector) = &probe
            && let Err(error) = selector.parse::<probe_rs::probe::DebugProbeSelector>()
        {
            section.problem("probe", &error.to_string());
        }
        Some(Self {
            name: name?,
            probe: probe?,
            port: beside(file, port?),
            printer: printer?,
            scanner: scanner?.beside(file),
        })
    }
}

/// Two slots must not share a name, a probe or a port. They may share a scanner, and then speak to it alike.
fn check_slots(reader: &mut Reader, slots: &[Slot]) {
    if slots.is_empty() {
        reader.problem("slot", "is missing: at least one slot is needed");
    }
    let mut duplicate = |what: &str, value: &dyn Fn(&Slot) -> String| {
        let mut seen = BTreeSet::new();
        for slot in slots {
            let value = value(slot);
            if !seen.insert(value.clone()) {
                reader.problem("slot", &format!("two slots have the {what} {value}"));
            }
        }
    };
    duplicate("name", &|slot| slot.name.clone());
    duplicate("probe", &|slot| slot.probe.clone());
    duplicate("port", &|slot| slot.port.display().to_string());
    let mut speeds = BTreeMap::new();
    for slot in slots {
        let ScannerPlace::Serial { port, baud } = &slot.scanner else { continue };
        if slots.iter().any(|other| other.port == *port) {
            reader.problem("slot.scanner", &format!("{} is the port of a slot's module", port.display()));
        }
        if *speeds.entry(port).or_insert(baud) != baud {
            reader.problem("slot.scanner", &format!("{} has two speeds", port.display()));
        }
    }
}

/// A scanner on the keyboard reads no badge that is too short to be told from typing. A code is named by nobody but
/// its badge: whose it is has to be enough.
fn check_badges(reader: &mut Reader, badges: &Badges, slots: &[Slot]) {
    if !slots.iter().any(|slot| slot.scanner == ScannerPlace::Keyboard) {
        return;
    }
    for name in badges.shorter_than(SHORTEST_TYPED) {
        let problem = format!(
            "the badge of {name} is too short for a scanner on the keyboard, which is told from typing by \
             {SHORTEST_TYPED} characters or more: give them a longer badge, or the slots another scanner"
        );
        reader.problem("operators", &problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Zone;
    use crate::config::ScanEnd;
    use crate::tui::text::Language;

    const HSM: &str = "name = \"s\"\ndata = \"d\"\n[[slot]]\nname = \"1\"\nprobe = \"1366:1015\"\n\
        port = \"/dev/ttyS0\"\nprinter = \"tcp://127.0.0.1:9100\"\nscanner = \"tcp://127.0.0.1:9101\"\n[hsm]\n\
        module = \"m.so\"\ntoken = \"t\"\nroot-key = \"r\"\nissuing-key = \"i\"\nmanifest-key = \"m\"\n";

    fn load(more: &str) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("station.toml");
        std::fs::write(&file, format!("{HSM}{more}")).expect("written");
        Station::load(&file).map(|station| station.hsm.settings)
    }

    #[test]
    fn how_the_hsm_is_used_may_be_left_out() {
        assert_eq!(load("").expect("settings"), Settings::default());
        let all = "sessions = 3\nkeep-alive-s = 7\nusage-count-attribute = 0x80000201\n\
                   usage-limit-attribute = 0x80000200\n";
        let settings = load(all).expect("settings");
        assert_eq!((settings.sessions.get(), settings.keep_alive), (3, Duration::from_secs(7)));
        let usage = UsageAttributes { count: Some(0x8000_0201), limit: Some(0x8000_0200) };
        assert_eq!(settings.usage, usage);
    }

    fn whole(more: &str) -> Result<Station, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("station.toml");
        std::fs::write(&file, format!("{HSM}{more}")).expect("written");
        Station::load(&file)
    }

    fn problems(more: &str) -> Vec<String> {
        match whole(more).expect_err("a problem") {
            ConfigError::Problems { problems, .. } => problems,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_screen_begins_as_the_settings_say_and_in_english_with_bells_if_they_say_nothing() {
        assert_eq!(whole("").expect("settings").screen, Screen::default());
        let all = "[screen]\nlanguage = \"vi\"\nbell-pass = false\nsign-out-minutes = 20\n\
                   scan-end = \"tab\"\ntime-zone = \"Europe/Madrid\"\n";
        let screen = whole(all).expect("settings").screen;
        assert_eq!(
            (screen.language, screen.bell_pass, screen.bell_fail),
            (Language::Vietnamese, false, true)
        );
        assert_eq!(screen.sign_out_after, Some(Duration::from_mins(20)));
        assert_eq!((screen.scan_end, screen.zone), (ScanEnd::Tab, Zone::named("Europe/Madrid").ok()));
        assert!(problems("[screen]\ntime-zone = \"Mars/Olympus\"\n")[0].contains("time-zone"));
        let wrong =
            problems("[screen]\nlanguage = \"tlh\"\nbell-pass = 1\nsign-out-minutes = 0\nbells = 2\n");
        for (key, problem) in ["language", "bell-pass", "sign-out-minutes", "bells"].iter().zip([1, 2, 0, 3])
        {
            assert!(wrong[problem].contains(key), "{key} in {wrong:?}");
        }
    }

    #[test]
    fn a_scanner_has_a_port_of_its_own_and_one_speed() {
        let with = |scanners: [&str; 2]| {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("station.toml");
            let first = HSM.replace("tcp://127.0.0.1:9101", scanners[0]);
            let second = format!(
                "[[slot]]\nname = \"2\"\nprobe = \"1366:1016\"\nport = \"/dev/ttyS1\"\n\
                 printer = \"tcp://127.0.0.1:9100\"\nscanner = \"{}\"\n",
                scanners[1]
            );
            std::fs::write(&file, first + &second).expect("written");
            Station::load(&file).map(|station| station.slots[1].scanner.clone())
        };
        let beside = with(["keyboard", "serial:scanner"]).expect("settings");
        assert!(matches!(beside, ScannerPlace::Serial { port, .. } if port.is_absolute()));
        assert!(with(["serial:/dev/ttyACM0", "serial:/dev/ttyACM0"]).is_ok());
        assert!(with(["serial:/dev/ttyACM0", "serial:/dev/ttyACM0?baud=1200"]).is_err());
        assert!(with(["keyboard", "serial:/dev/ttyS0"]).is_err());
        assert!(with(["keyboard", "a scanner"]).is_err());
    }

    #[test]
    fn badges_have_names_that_can_stand_on_record() {
        let station = whole("[operators]\n\"0042\" = \"Ánh Nguyễn\"\n").expect("settings");
        assert!(!station.operators.is_empty());
        assert!(whole("").expect("settings").operators.is_empty());
        assert!(problems("[operators]\n\"0042\" = \"\"\n")[0].contains("operators"));
    }

    #[test]
    fn a_badge_is_long_enough_for_a_scanner_on_the_keyboard() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("station.toml");
        let with = |scanner: &str, code: &str| {
            let settings = HSM.replace("tcp://127.0.0.1:9101", scanner);
            let badges = format!("[operators]\n\"10000042\" = \"Ana\"\n\"{code}\" = \"Bo\"\n");
            std::fs::write(&file, settings + &badges).expect("written");
            Station::load(&file)
        };
        for short in ["00420", " 00420  "] {
            let Err(ConfigError::Problems { problems, .. }) = with("keyboard", short) else {
                panic!("{short} can be read")
            };
            let [problem] = &problems[..] else { panic!("{problems:?}") };
            assert!(problem.contains("operators: the badge of Bo") && problem.contains('6'), "{problem}");
            assert!(!problem.contains(short.trim()), "the code is told: {problem}");
            assert!(with("serial:/dev/ttyACM0", short).is_ok() && with("tcp://10.0.0.7:9101", short).is_ok());
        }
        assert!(with("keyboard", "004207").is_ok());
    }

    #[test]
    fn what_an_hsm_cannot_be_used_like_is_said_all_at_once() {
        let wrong = "sessions = 65\nkeep-alive-s = 0\nusage-count-attribute = 3\n";
        let error = load(wrong).expect_err("three problems");
        let ConfigError::Problems { problems, .. } = error else { panic!("{error:?}") };
        let named: Vec<_> = problems.iter().filter_map(|problem| problem.split(':').next()).collect();
        assert_eq!(named, ["hsm.sessions", "hsm.keep-alive-s", "hsm.usage-count-attribute"]);
        assert!(load("sessions = 0\n").is_err());
    }
}
