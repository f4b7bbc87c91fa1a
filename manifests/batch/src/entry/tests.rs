use proptest::prelude::*;

use super::*;
use crate::limits;
use crate::note::{Note, NoteEvent};

fn passed(id: Id) -> Record {
    let time = |text: &str| text.parse().unwrap();
    Record {
        id,
        fate: Fate::Passed(PassedFacts {
            certificate: Digest::of(b"certificate"),
            firmware: Firmware { sha256: Digest::of(b"image"), version: "1.0.0".into() },
            not_after: time("2037-01-01T00:00:00Z"),
            not_before: time("2026-01-01T00:00:00Z"),
            sealed_at: time("2026-01-02T00:00:00Z"),
            spki: Digest::of(b"key"),
        }),
        notes: Notes::default(),
    }
}

fn note(at: &str, event: NoteEvent) -> Note {
    Note { at: at.parse().unwrap(), event, reason: "solder bridge".into() }
}

fn line(record: &Record) -> String {
    String::from_utf8(record.to_line().unwrap()).unwrap()
}

#[test]
fn every_kind_of_record_reads_back() {
    let uid = Uid::from_bytes([0xab; 16]);
    let reason = || "solder bridge".to_owned();
    let certificate = Some(Digest::of(b"certificate"));
    let notes: Notes =
        [note("2026-01-01T00:00:00Z", NoteEvent::Rework), note("2026-01-02T00:00:00Z", NoteEvent::Void)]
            .into_iter()
            .collect();
    for id in [Id::Uid(uid), Id::Digest(Digest::of_uid(uid))] {
        for fate in [
            passed(id).fate,
            Fate::Void { reason: reason(), certificate: None },
            Fate::Void { reason: reason(), certificate },
            Fate::Withdrawn { reason: reason(), certificate: None },
            Fate::Withdrawn { reason: reason(), certificate },
        ] {
            for notes in [Notes::default(), notes.clone()] {
                let record = Record { id, fate: fate.clone(), notes };
                assert_eq!(Record::from_line(&record.to_line().unwrap()).unwrap(), record);
            }
        }
    }
}

#[test]
fn a_line_of_another_shape_is_refused() {
    let line = line(&passed(Id::Uid(Uid::from_bytes([1; 16]))));
    assert!(Record::from_line(line.as_bytes()).is_ok());
    for other in [
        line.replace("passed", "void"),
        line.replace("passed", "withdrawn"),
        line.replace("passed", "returned"),
        line.replace("01010101-", "02010101-"),
        line.replace(r#","state""#, r#", "state""#),
        line.replace(r#""state""#, r#""reason":"x","state""#),
        line.replace(r#""state""#, r#""extra":1,"state""#),
        line.replace(r#""sealed_at""#, r#""notes":[],"sealed_at""#),
        line.replace(r#""sealed_at""#, r#""notes":null,"sealed_at""#),
        line.replace(r#""uid":"#, r#""uid_sha256":"#),
        format!("{line} "),
        String::new(),
    ] {
        assert_ne!(other, line);
        assert!(Record::from_line(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn a_reason_is_a_line() {
    let id = Id::Uid(Uid::from_bytes([1; 16]));
    for (reason, is_good) in [("x", true), ("", false), ("two\nlines", false), (&"x".repeat(201), false)] {
        for fate in [
            Fate::Void { reason: reason.to_owned(), certificate: None },
            Fate::Withdrawn { reason: reason.to_owned(), certificate: None },
        ] {
            let record = Record { id, fate, notes: Notes::default() };
            assert_eq!(Record::from_line(&record.to_line().unwrap()).is_ok(), is_good, "{reason}");
        }
    }
}

#[test]
fn notes_of_another_shape_are_refused() {
    let earlier = note("2026-01-01T00:00:00Z", NoteEvent::Return);
    let later = note("2026-01-02T00:00:00Z", NoteEvent::Reprint);
    let record =
        Record { notes: [earlier, later].into_iter().collect(), ..passed(Id::Uid(Uid::from_bytes([1; 16]))) };
    let line = line(&record);
    assert!(Record::from_line(line.as_bytes()).is_ok());
    for (from, to) in [
        (r#""at":"2026-01-01T00:00:00Z""#, r#""at":"2026-01-03T00:00:00Z""#),
        (r#""at":"2026-01-01T00:00:00Z""#, r#""at":"2026-01-01T00:00:00.0Z""#),
        (r#""event":"return""#, r#""event":"Return""#),
        (r#""event":"return""#, r#""event":"mend""#),
        (r#""event":"return","#, ""),
        (r#""event":"return""#, r#""by":"Ann","event":"return""#),
        ("solder bridge", ""),
        ("solder bridge", r"two\nlines"),
    ] {
        let other = line.replacen(from, to, 1);
        assert_ne!(other, line);
        assert!(Record::from_line(other.as_bytes()).is_err(), "{other}");
    }
}

fn any_note() -> impl Strategy<Value = Note> {
    let event = prop::sample::select(vec![
        NoteEvent::Reprint,
        NoteEvent::Return,
        NoteEvent::Rework,
        NoteEvent::Scrap,
        NoteEvent::Void,
    ]);
    (0..4_000_000_000u64, event, "\\PC{1,200}").prop_map(|(seconds, event, reason)| Note {
        at: Timestamp::from_unix_seconds(seconds).unwrap(),
        event,
        reason,
    })
}

proptest! {
    #[test]
    fn any_notes_read_back_and_have_one_spelling(given in prop::collection::vec(any_note(), 0..40)) {
        let notes: Notes = given.iter().cloned().collect();
        prop_assert_eq!(notes.iter().count(), given.len().min(limits::NOTES));
        let record = Record { notes, ..passed(Id::Uid(Uid::from_bytes([1; 16]))) };
        let line = record.to_line().unwrap();
        prop_assert_eq!(Record::from_line(&line).unwrap(), record);
        // Canonical: the maps of serde_json sort their members.
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        prop_assert_eq!(serde_json::to_vec(&value).unwrap(), line);
    }
}
