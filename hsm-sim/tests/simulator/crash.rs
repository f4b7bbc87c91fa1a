//! A process that is killed in the middle of its writes.

use std::thread::sleep;
use std::time::{Duration, Instant};

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::support::{child, in_own_process, key_pair};

#[test]
fn a_killed_process_leaves_the_old_token_or_the_new() {
    in_own_process!(a_killed_process_leaves_the_old_token_or_the_new, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        key_pair(&session, "0", true);
        let mut last = 0;
        for round in 0..6 {
            let mut writer = child("crash::write_until_killed", &module.store).spawn().unwrap();
            // The writer is at it when the label has changed.
            let begin = Instant::now();
            while label(&session) == last {
                assert!(begin.elapsed() < Duration::from_mins(1), "the writer does not write");
                sleep(Duration::from_millis(1));
            }
            sleep(Duration::from_millis(7 * round));
            writer.kill().unwrap();
            writer.wait().unwrap();
            let reached = label(&session);
            assert!(reached > last);
            last = reached;
            // From the file alone, a token that works.
            session.logout().unwrap();
            session
                .login(
                    cryptoki::session::UserType::User,
                    Some(&crate::support::pin(crate::support::USER_PIN)),
                )
                .unwrap();
            session.sign(&Mechanism::Ecdsa, private_key(&session), &[7; 32]).unwrap();
        }
    });
}

#[test]
#[ignore = "a part of a_killed_process_leaves_the_old_token_or_the_new"]
fn write_until_killed() {
    in_own_process!(write_until_killed, |module| {
        let session = module.log_in(module.token_again());
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_mins(1) {
            let next = (label(&session) + 1).to_string();
            session.update_attributes(private_key(&session), &[Attribute::Label(next.into_bytes())]).unwrap();
        }
    });
}

fn private_key(session: &Session) -> ObjectHandle {
    let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap();
    assert_eq!(keys.len(), 1);
    keys[0]
}

/// The private key's label, a number that grows with each write.
fn label(session: &Session) -> u64 {
    match session.get_attributes(private_key(session), &[AttributeType::Label]).unwrap().remove(0) {
        Attribute::Label(label) => String::from_utf8(label).unwrap().parse().unwrap(),
        other => panic!("unexpected {other:?}"),
    }
}
