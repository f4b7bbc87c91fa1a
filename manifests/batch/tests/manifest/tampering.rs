//! Each kind of tampering is called by its name.

use batch::header::Counts;
use batch::problem::Problem;
use batch::{Digest, Id, Module, Report, Uid, verify, verify_successor};

use crate::archive::{Files, edit_lines, file, pack, unpack};
use crate::pki::{self, Template};

fn check(files: &Files) -> Report {
    verify(&pack(files), &pki::trust())
}

/// The problems of a pre-registration manifest after `edit`.
fn problems(edit: impl FnOnce(&mut Files)) -> Vec<Problem> {
    let mut files = unpack(&pki::sign(&pki::pre_registration()).bytes);
    edit(&mut files);
    check(&files).problems
}

/// The UIDs of the batch in the order of its entries.
fn sorted() -> Vec<Uid> {
    let mut uids = pki::uids();
    uids.sort();
    uids
}

fn id(index: usize) -> Id {
    Id::Uid(sorted()[index])
}

/// The problem of a header that counts `header` passed and void modules where there are `entries`.
fn counts(header: [u32; 2], entries: [u32; 2]) -> Problem {
    let counts = |[passed, void]: [u32; 2]| Counts { passed, void, withdrawn: 0 };
    Problem::Counts { header: counts(header), entries: counts(entries) }
}

fn changed(name: &str) -> Problem {
    Problem::FileChanged { name: name.into() }
}

#[test]
fn an_unchanged_manifest_is_good() {
    assert_eq!(problems(|_| {}), []);
}

#[test]
fn a_missing_entry() {
    let found = problems(|files| edit_lines(files, "entries.ndjson", |lines| drop(lines.remove(0))));
    let id = id(0);
    assert_eq!(
        found[..4],
        [
            changed("entries.ndjson"),
            counts([3, 1], [2, 1]),
            Problem::MerkleRoot,
            Problem::EntryMissing { id: id.to_string() }
        ]
    );
    // Its certificate now belongs to nobody.
    let sha256 = Template::birth(sorted()[0]).issue().sha256();
    assert_eq!(found[4..], [Problem::CertificateAdded { sha256 }]);
}

#[test]
fn an_added_entry() {
    let other: Uid = "80000000000040008000000000000001".parse().unwrap();
    let found = problems(|files| {
        edit_lines(files, "entries.ndjson", |lines| {
            let line = lines[2]
                .replace(&sorted()[2].to_string(), &other.to_string())
                .replace(&sorted()[2].thing_name(), &other.thing_name());
            lines.insert(3, line);
        });
    });
    assert!(found.contains(&Problem::EntryAdded { id: Id::Uid(other) }), "{found:?}");
    assert!(found.contains(&Problem::Shared { id: Id::Uid(other), what: "key" }));
    assert!(found.contains(&counts([3, 1], [4, 1])));
}

#[test]
fn a_changed_entry() {
    let found = problems(|files| {
        edit_lines(files, "entries.ndjson", |lines| lines[2] = lines[2].replace("1.4.2", "1.4.3"));
    });
    assert_eq!(
        found[..3],
        [changed("entries.ndjson"), Problem::MerkleRoot, Problem::EntryChanged { id: id(2) }]
    );
}

#[test]
fn a_repeated_entry() {
    let found = problems(|files| {
        edit_lines(files, "entries.ndjson", |lines| lines.insert(1, lines[0].clone()));
    });
    assert!(found.contains(&Problem::EntryRepeated { id: id(0) }), "{found:?}");
    assert!(!found.iter().any(|problem| matches!(problem, Problem::EntryAdded { .. })));
}

#[test]
fn reordered_entries() {
    let found = problems(|files| edit_lines(files, "entries.ndjson", |lines| lines.swap(0, 1)));
    assert_eq!(
        found[..3],
        [changed("entries.ndjson"), Problem::EntriesReordered { id: id(0) }, Problem::MerkleRoot]
    );
}

#[test]
fn an_entry_that_is_none() {
    let found =
        problems(|files| edit_lines(files, "entries.ndjson", |lines| lines[1] = "{\"uid\":1}\n".into()));
    assert!(found.iter().any(|problem| matches!(problem, Problem::EntryMalformed { line: 2, .. })));
    assert!(found.contains(&Problem::EntryMissing { id: id(1).to_string() }));
}

#[test]
fn a_void_module_declared_good() {
    let found = problems(|files| {
        edit_lines(files, "entries.ndjson", |lines| {
            let void = lines.iter().position(|line| line.contains("\"void\"")).unwrap();
            lines.remove(void);
        });
    });
    assert!(found.contains(&counts([3, 1], [3, 0])));
}

#[test]
fn a_withdrawn_module_declared_void() {
    let mut files = unpack(&pki::sign(&pki::second(&pki::pre_registration())).bytes);
    edit_lines(&mut files, "entries.ndjson", |lines| {
        for line in lines {
            *line = line.replace("\"withdrawn\"", "\"void\"");
        }
    });
    let header = Counts { passed: 2, void: 0, withdrawn: 1 };
    let entries = Counts { void: 1, withdrawn: 0, ..header };
    assert!(check(&files).problems.contains(&Problem::Counts { header, entries }));
}

#[test]
fn a_note_that_is_left_out() {
    let found = problems(|files| {
        edit_lines(files, "entries.ndjson", |lines| {
            let noted = lines.iter_mut().find(|line| line.contains("\"notes\"")).unwrap();
            let (start, end) = (noted.find("\"notes\"").unwrap(), noted.rfind("\"reason\"").unwrap());
            noted.replace_range(start..end, "");
        });
    });
    assert_eq!(found, [changed("entries.ndjson"), Problem::MerkleRoot, Problem::EntryChanged { id: id(1) }]);
}

#[test]
fn a_missing_an_added_and_a_changed_file() {
    let found = problems(|files| {
        files.retain(|(name, _)| name != "aws/policy.json");
        files.push(("notes.txt".into(), b"hello".to_vec()));
        file(files, "README.md").push(b'!');
    });
    assert_eq!(
        found,
        [
            changed("README.md"),
            Problem::FileMissing { name: "aws/policy.json".into() },
            Problem::FileAdded { name: "notes.txt".into() },
        ]
    );
}

#[test]
fn reordered_files() {
    assert_eq!(problems(|files| files.swap(2, 3)), [Problem::FilesReordered]);
}

#[test]
fn a_missing_header_or_signature() {
    let found = problems(|files| drop(files.remove(0)));
    assert_eq!(found, [Problem::FileMissing { name: "header.json".into() }]);
    let found = problems(|files| drop(files.remove(1)));
    assert_eq!(found[0], Problem::FileMissing { name: "header.cms".into() });
}

#[test]
fn a_changed_header() {
    let found = problems(|files| {
        let header = file(files, "header.json");
        *header = String::from_utf8(header.clone()).unwrap().replace("\"void\":1", "\"void\":2").into();
    });
    assert_eq!(found, [Problem::SignatureInvalid, Problem::SignatureForm, counts([3, 2], [3, 1])]);
}

#[test]
fn a_header_of_another_format_is_not_guessed_at() {
    let found = problems(|files| {
        let header = file(files, "header.json");
        *header = String::from_utf8(header.clone()).unwrap().replace("\"format\":1", "\"format\":3").into();
    });
    assert_eq!(found, [Problem::SignatureInvalid, Problem::FormatUnknown { found: 3, known: 2 }]);
}

#[test]
fn a_header_in_another_spelling() {
    let found = problems(|files| file(files, "header.json").push(b'\n'));
    assert_eq!(found[0], Problem::SignatureInvalid);
    assert!(matches!(&found[1], Problem::FileMalformed { name, .. } if name == "header.json"));
}

#[test]
fn certificates_that_are_missing_repeated_reordered_or_swapped() {
    let edit = |edit: fn(&mut Vec<String>)| {
        problems(|files| {
            let content = file(files, "certificates.pem");
            let end = "-----END CERTIFICATE-----\n";
            let text = String::from_utf8(content.clone()).unwrap();
            let mut blocks: Vec<String> = text.split_inclusive(end).map(str::to_owned).collect();
            edit(&mut blocks);
            *content = blocks.concat().into_bytes();
        })
    };
    let change = changed("certificates.pem");
    // Of the sorted UIDs, the second is void.
    let missing = Problem::CertificateMissing { id: id(0) };
    assert_eq!(edit(|blocks| drop(blocks.remove(0))), [change.clone(), missing]);
    let repeated = Problem::CertificateRepeated { id: id(0) };
    assert_eq!(edit(|blocks| blocks.insert(0, blocks[0].clone())), [change.clone(), repeated]);
    assert_eq!(edit(|blocks| blocks.swap(0, 1)), [change.clone(), Problem::CertificatesReordered]);
    let renewed = |blocks: &mut Vec<String>| {
        let template = Template { not_after: "2046-01-01T00:00:00Z", ..Template::birth(sorted()[0]) };
        blocks[0] = template.issue().to_pem().unwrap();
    };
    assert_eq!(edit(renewed), [change, Problem::CertificateChanged { id: id(0) }]);
}

#[test]
fn a_manifest_of_another_vendor() {
    let other = Template { key: pki::key("other"), issuer_key: pki::key("other"), ..Template::root() };
    let bytes = pki::sign(&pki::pre_registration()).bytes;
    // A CA of the same name, but another key; and nobody trusted at all.
    for trust in [vec![other.issue()], Vec::new()] {
        let found = verify(&bytes, &trust).problems;
        assert!(
            matches!(found[..], [Problem::SignerUntrusted { .. }, Problem::IssuerUntrusted { .. }]),
            "{found:?}"
        );
    }
}

#[test]
fn trust_in_the_issuing_ca_alone_does_not_reach_a_signer_below_the_root() {
    let bytes = pki::sign(&pki::pre_registration()).bytes;
    let found = verify(&bytes, &[Template::issuing().issue()]).problems;
    assert!(matches!(found[..], [Problem::SignerUntrusted { .. }]), "{found:?}");
}

#[test]
fn a_signature_from_a_manifest_of_the_same_key_does_not_fit() {
    let other = unpack(&pki::sign(&pki::late_binding()).bytes);
    let found = problems(|files| {
        *file(files, "header.cms") = other[1].1.clone();
    });
    assert_eq!(found, [Problem::SignatureInvalid, Problem::SignatureForm]);
}

#[test]
fn the_next_batch_follows_the_one_before() {
    let first = pki::sign(&pki::pre_registration());
    let mut batch = pki::pre_registration();
    batch.modules = vec![Module::Passed(pki::passed("12345678123442348234123456781234".parse().unwrap()))];
    batch.sequence = 2;
    batch.previous = Some(first.header_sha256);
    let second = pki::sign(&batch);
    assert_eq!(verify_successor(&second.bytes, &pki::trust(), &first.bytes).problems, []);

    batch.previous = Some(Digest::of(b"another"));
    let stray = pki::sign(&batch);
    assert_eq!(verify(&stray.bytes, &pki::trust()).problems, []);
    let found = verify_successor(&stray.bytes, &pki::trust(), &first.bytes).problems;
    assert!(matches!(found[..], [Problem::NotTheSuccessor { .. }]), "{found:?}");
    let found = verify_successor(&first.bytes, &pki::trust(), &second.bytes).problems;
    assert!(matches!(found[..], [Problem::NotTheSuccessor { .. }]), "{found:?}");
}
