//! The objects in memory under their handles.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cryptoki_sys as ck;

use crate::object::{Object, ObjectId};
use crate::refusal::Answer;
use crate::store::document::{Document, ObjectRecord};
use crate::store::seal::MasterKey;

/// All objects that the present login can see.
pub(crate) struct Contents {
    entries: BTreeMap<ck::CK_OBJECT_HANDLE, Entry>,
    next_handle: Arc<AtomicUsize>,
}

/// An object and where it comes from.
pub(crate) struct Entry {
    /// The object.
    pub(crate) object: Arc<Object>,
    /// What it lives as long as.
    pub(crate) origin: Origin,
}

/// What an object lives as long as.
pub(crate) enum Origin {
    /// The token; with the record it was read from.
    Token(ObjectRecord),
    /// This session.
    Session(ck::CK_SESSION_HANDLE),
}

impl Contents {
    /// Nothing yet; handles come from `next_handle`, which never gives one twice.
    pub(crate) fn new(next_handle: Arc<AtomicUsize>) -> Self {
        Self { entries: BTreeMap::new(), next_handle }
    }

    /// The object with this handle.
    pub(crate) fn entry(&self, handle: ck::CK_OBJECT_HANDLE) -> Option<&Entry> {
        self.entries.get(&handle)
    }

    /// All objects, oldest handle first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ck::CK_OBJECT_HANDLE, &Entry)> {
        self.entries.iter().map(|(handle, entry)| (*handle, entry))
    }

    /// The handle of a token object.
    pub(crate) fn handle(&self, id: ObjectId) -> Option<ck::CK_OBJECT_HANDLE> {
        self.iter().find(|(_, entry)| entry.object.id == id).map(|(handle, _)| handle)
    }

    /// Takes in an object of a session.
    pub(crate) fn insert(&mut self, object: Object, session: ck::CK_SESSION_HANDLE) -> ck::CK_OBJECT_HANDLE {
        self.put(Entry { object: Arc::new(object), origin: Origin::Session(session) })
    }

    /// Puts another object under a handle, for one that was changed.
    pub(crate) fn replace(&mut self, handle: ck::CK_OBJECT_HANDLE, object: Object) {
        if let Some(entry) = self.entries.get_mut(&handle) {
            entry.object = Arc::new(object);
        }
    }

    /// Forgets one object.
    pub(crate) fn remove(&mut self, handle: ck::CK_OBJECT_HANDLE) {
        self.entries.remove(&handle);
    }

    /// Forgets the objects of a session.
    pub(crate) fn remove_session(&mut self, session: ck::CK_SESSION_HANDLE) {
        self.entries.retain(|_, entry| !matches!(entry.origin, Origin::Session(owner) if owner == session));
    }

    /// Forgets everything private. Those on the token get new handles when they are seen again.
    pub(crate) fn remove_private(&mut self) {
        self.entries.retain(|_, entry| !entry.object.description.private);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Brings the token objects in step with `document`. Without the master key, private ones stay unseen.
    /// An object that changed keeps its handle.
    pub(crate) fn sync(&mut self, document: &Document, master: Option<&MasterKey>) -> Answer<()> {
        let stored: BTreeMap<ObjectId, &ObjectRecord> =
            document.objects.iter().map(|record| (record.id(), record)).collect();
        let mut known = BTreeMap::new();
        self.entries.retain(|handle, entry| {
            let on_token = matches!(entry.origin, Origin::Token(_));
            if on_token {
                known.insert(entry.object.id, *handle);
            }
            !on_token || stored.contains_key(&entry.object.id)
        });
        for record in &document.objects {
            let handle = known.get(&record.id()).copied();
            if handle.is_some_and(|handle| self.holds(handle, record)) {
                continue;
            }
            let Some(object) = record.open(&document.serial, master)? else { continue };
            let entry = Entry { object: Arc::new(object), origin: Origin::Token(record.clone()) };
            match handle {
                Some(handle) => drop(self.entries.insert(handle, entry)),
                None => drop(self.put(entry)),
            }
        }
        Ok(())
    }

    fn holds(&self, handle: ck::CK_OBJECT_HANDLE, record: &ObjectRecord) -> bool {
        self.entry(handle).is_some_and(|entry| matches!(&entry.origin, Origin::Token(held) if held == record))
    }

    fn put(&mut self, entry: Entry) -> ck::CK_OBJECT_HANDLE {
        // A counter that starts at 1 and wraps after centuries; 0 is no handle.
        let handle = self.next_handle.fetch_add(1, Ordering::Relaxed) as ck::CK_OBJECT_HANDLE;
        self.entries.insert(handle, entry);
        handle
    }
}
