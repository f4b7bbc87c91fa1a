//! What is to be made, from a file that was written and read beforehand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::config::reader::Reader;
use crate::config::{ConfigError, beside};
use crate::pki::Subject;
use crate::pki::authority::Role;

/// Stands before the common names of a rehearsal.
pub(super) const REHEARSAL: &str = "REHEARSAL ";
/// The longest common name that still has room for it: a certificate takes 64 characters.
const LONGEST_NAME: usize = 64 - REHEARSAL.len();
/// The tables of a file.
const ROOT: &str = "root-ca";
const MANIFEST: &str = "manifest";
const REVOCATION: &str = "revocation";
const ISSUING: &str = "issuing-ca";
/// A birth certificate lasts ten years and more, and must not outlive its issuer.
const SHORTEST_ISSUING_YEARS: u16 = 11;

/// What a ceremony is to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the ceremony is called, in the transcript.
    pub name: String,
    /// SHA-256 of the file it was read from; of one that was not, there is none.
    pub sha256: Option<[u8; 32]>,
    /// Who holds it; the operator, if not given.
    pub officer: Option<String>,
    /// Who watches. They are asked for their names if none is given.
    pub witnesses: Vec<String>,
    /// Where the root's key is.
    pub root: RootPlace,
    /// Whether what is made follows what is on record, and waits to be activated.
    pub successor: bool,
    /// Whether keys that are in the HSM already may be used, if nothing hangs on them.
    pub existing_keys: bool,
    /// The root, when it is made here.
    pub root_ca: Option<AuthorityPlan>,
    /// The signer of batch manifests.
    pub manifest: Option<AuthorityPlan>,
    /// A key of its own for lists of void certificates; the issuing CA signs them, if not given.
    pub revocation: Option<AuthorityPlan>,
    /// The issuing CA.
    pub issuing_ca: Option<AuthorityPlan>,
}

/// Where the root's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootPlace {
    /// In this HSM.
    Here,
    /// Elsewhere: requests are carried to it. Its certificate is in this file.
    Offline(PathBuf),
}

/// One key and its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityPlan {
    /// The key's label in the HSM.
    pub key: String,
    /// Whose the certificate is.
    pub subject: Subject,
    /// How many calendar years it lasts.
    pub years: u16,
}

/// As the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    Here,
    Offline,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with it.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader::open(file)?;
        let sha256 = std::fs::read(file)
            .map(|bytes| Sha256::digest(bytes).into())
            .map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        let name = reader.required::<String>("name");
        let officer = reader.optional::<String>("officer");
        let witnesses = reader.optional::<Vec<String>>("witnesses").unwrap_or_default();
        let place = reader.required::<Place>("root");
        let certificate = reader.optional::<PathBuf>("root-certificate");
        let successor = reader.optional::<bool>("successor").unwrap_or(false);
        let existing_keys = reader.optional::<bool>("existing-keys").unwrap_or(false);
        let root_ca = reader.optional_section("root-ca", |section| read(section, None));
        let manifest = reader.optional_section("manifest", |section| read(section, None));
        let issuing_ca = reader.optional_section("issuing-ca", |section| read(section, None));
        let of_issuing = issuing_ca.as_ref().map(|it| it.subject.clone());
        let revocation = reader.optional_section("revocation", |section| read(section, of_issuing));
        check_parts(&mut reader, place, successor);
        let root = match (place, certificate) {
            (Some(Place::Here), None) => Some(RootPlace::Here),
            (Some(Place::Offline), Some(certificate)) => Some(RootPlace::Offline(beside(file, certificate))),
            (Some(Place::Here), Some(_)) => {
                reader.problem("root-certificate", "is for a root that is offline");
                None
            }
            (Some(Place::Offline), None) => {
                reader.problem("root-certificate", "is missing: the offline root's certificate, as PEM");
                None
            }
            (None, _) => None,
        };
        let plan = name.zip(root).map(|(name, root)| Self {
            name,
            sha256: Some(sha256),
            officer,
            witnesses,
            root,
            successor,
            existing_keys,
            root_ca,
            manifest,
            revocation,
            issuing_ca,
        });
        if let Some(plan) = &plan {
            check_plan(&mut reader, plan);
        }
        reader.finish(file, plan)
    }

    /// The keys that the root certifies, in the order they are made: the issuing CA comes last, because with
    /// it on record a station may begin.
    pub fn certified(&self) -> impl Iterator<Item = (Role, &AuthorityPlan)> {
        [
            (Role::Manifest, self.manifest.as_ref()),
            (Role::Revocation, self.revocation.as_ref()),
            (Role::Issuing, self.issuing_ca.as_ref()),
        ]
        .into_iter()
        .filter_map(|(role, part)| Some((role, part?)))
    }

    /// Everything that is wrong with a plan that was not read from a file: the subjects, and what the parts
    /// have to do with each other.
    pub fn problems(&self) -> Vec<PlanProblem> {
        let mut problems = Vec::new();
        for (name, part) in self.parts() {
            let field = format!("{name}.common-name");
            let of_subject = subject_problems(&part.subject).into_iter();
            problems.extend(of_subject.map(|what| PlanProblem { field: field.clone(), what }));
        }
        problems.extend(self.contradictions());
        problems
    }

    /// What the parts have to do with each other.
    fn contradictions(&self) -> Vec<PlanProblem> {
        let mut problems = Vec::new();
        let mut problem = |field: String, what| problems.push(PlanProblem { field, what });
        if self.name.trim().is_empty() {
            problem("name".to_owned(), "is empty".to_owned());
        }
        let (mut keys, mut names) = (BTreeSet::new(), BTreeSet::new());
        let root = self.root_ca.as_ref().map(|root| root.years);
        for (name, part) in self.parts() {
            let AuthorityPlan { key, years, .. } = part;
            if !keys.insert(key) {
                problem(format!("{name}.key"), format!("{key} is the key of two certificates"));
            }
            if *years == 0 {
                problem(format!("{name}.years"), "must be 1 or more".to_owned());
            }
            // It is made after the root: in as many years it would end later.
            if let Some(root) = root
                && name != ROOT
                && *years >= root
            {
                problem(
                    format!("{name}.years"),
                    format!("must be fewer than the {root} of the root: {years}"),
                );
            }
            // Lists are in the issuing CA's name.
            if name != REVOCATION && !names.insert(&part.subject.common_name) {
                let what = format!("{:?} is that of two certificates", part.subject.common_name);
                problem(format!("{name}.common-name"), what);
            }
        }
        if let Some(issuing) = &self.issuing_ca
            && issuing.years < SHORTEST_ISSUING_YEARS
        {
            let what = format!(
                "must be {SHORTEST_ISSUING_YEARS} or more: a birth certificate lasts ten and must not outlive it"
            );
            problem(format!("{ISSUING}.years"), what);
        }
        problems
    }

    /// The parts with their names in a file.
    fn parts(&self) -> impl Iterator<Item = (&'static str, &AuthorityPlan)> {
        [
            (ROOT, self.root_ca.as_ref()),
            (MANIFEST, self.manifest.as_ref()),
            (REVOCATION, self.revocation.as_ref()),
            (ISSUING, self.issuing_ca.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, part)| Some((name, part?)))
    }

    /// The same plan with names that nobody takes for real ones.
    pub(super) fn rehearsed(&self) -> Self {
        let mut plan = self.clone();
        let parts = [&mut plan.root_ca, &mut plan.manifest, &mut plan.revocation, &mut plan.issuing_ca];
        for part in parts.into_iter().flatten() {
            part.subject.common_name.insert_str(0, REHEARSAL);
        }
        plan
    }
}

fn read(section: &mut Reader, default: Option<Subject>) -> Option<AuthorityPlan> {
    let key = section.required::<String>("key");
    let years = section.required::<u16>("years");
    let subject = subject(section, default);
    if key.as_ref().is_some_and(|key| key.trim().is_empty()) {
        section.problem("key", "is empty");
    }
    Some(AuthorityPlan { key: key?, subject: subject?, years: years? })
}

/// A subject; that of the issuing CA, where there is one and none is given.
fn subject(section: &mut Reader, default: Option<Subject>) -> Option<Subject> {
    const PARTS: [&str; 4] = ["common-name", "organization", "organizational-unit", "country"];
    if let Some(default) = default {
        if PARTS.iter().any(|part| section.has(part)) {
            section.problem("common-name", "is the issuing CA's: the lists are in its name");
        }
        return Some(default);
    }
    let common_name = section.required::<String>("common-name");
    let subject = Subject {
        organization: section.optional("organization"),
        organizational_unit: section.optional("organizational-unit"),
        country: section.optional("country"),
        common_name: common_name?,
    };
    for problem in subject_problems(&subject) {
        section.problem("common-name", &problem);
    }
    Some(subject)
}

fn subject_problems(subject: &Subject) -> Vec<String> {
    let mut problems: Vec<String> = subject.problems().iter().map(ToString::to_string).collect();
    if subject.common_name.chars().count() > LONGEST_NAME {
        problems.push(format!(
            "is longer than {LONGEST_NAME} characters, and a rehearsal puts {REHEARSAL:?} before it"
        ));
    }
    problems
}

/// Which tables have to be there, and which must not.
fn check_parts(reader: &mut Reader, place: Option<Place>, successor: bool) {
    if place == Some(Place::Here) && !successor {
        if !reader.has("root-ca") {
            reader.problem("root-ca", "is missing");
        }
    } else if place.is_some() && reader.has("root-ca") {
        reader.problem("root-ca", "is not made here: the root is offline, or on record");
    }
    if successor {
        if !["manifest", "revocation", "issuing-ca"].iter().any(|part| reader.has(part)) {
            reader.problem("successor", "needs an issuing-ca, a manifest or a revocation");
        }
    } else {
        for part in ["manifest", "issuing-ca"] {
            if !reader.has(part) {
                reader.problem(part, "is missing");
            }
        }
    }
}

/// Something that is wrong with a plan, whatever it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProblem {
    /// Which field, as a file would name it: `issuing-ca.years`.
    pub field: String,
    /// What is wrong with it.
    pub what: String,
}

/// What the parts have to do with each other.
fn check_plan(reader: &mut Reader, plan: &Plan) {
    for PlanProblem { field, what } in plan.contradictions() {
        reader.problem(&field, &what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn examples() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/ceremony")
    }

    fn problems(change: impl Fn(String) -> String) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plan.toml");
        let text = fs::read_to_string(examples().join("first.toml")).expect("an example");
        fs::write(&file, change(text)).expect("written");
        match Plan::load(&file) {
            Err(ConfigError::Problems { problems, .. }) => problems,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_examples_are_plans() {
        let load = |name: &str| Plan::load(&examples().join(name)).expect(name);
        let first = load("first.toml");
        assert_eq!(first.root, RootPlace::Here);
        let roles: Vec<Role> = first.certified().map(|(role, _)| role).collect();
        assert_eq!(roles, [Role::Manifest, Role::Issuing]);
        let offline = load("offline-root.toml");
        assert_eq!(offline.root, RootPlace::Offline(examples().join("root.pem")));
        // Lists are in the issuing CA's name.
        let subject = |part: &Option<AuthorityPlan>| part.as_ref().map(|part| part.subject.clone());
        assert_eq!(subject(&offline.revocation), subject(&offline.issuing_ca));
        assert!(load("successor.toml").successor);
    }

    #[test]
    fn what_contradicts_itself_is_told_all_at_once() {
        let found = problems(|text| {
            text.replace("years = 25", "years = 35")
                .replace("key = \"manifest\"", "key = \"issuing\"")
                .replace("Batch Manifests 1", "Root CA")
        });
        assert_eq!(found.len(), 4, "{found:#?}");
        let found = problems(|text| text.replace("root = \"here\"", "root = \"offline\""));
        assert_eq!(found.len(), 2, "{found:#?}");
        let found = problems(|text| text.replace("[issuing-ca]", "successor = true\n[ca]"));
        assert!(found.iter().any(|problem| problem.starts_with("issuing-ca")), "{found:#?}");
        let found = problems(|text| text.replace("years = 25", "years = 10"));
        assert_eq!(found.len(), 1, "{found:#?}");
        // In as many years as the root, what is made after it would end after it.
        let found = problems(|text| text.replace("years = 25", "years = 30"));
        assert_eq!(found.len(), 2, "{found:#?}");
        let found = problems(|text| text.replace("Root CA", &"x".repeat(40)));
        assert_eq!(found.len(), 1, "{found:#?}");
    }
}
