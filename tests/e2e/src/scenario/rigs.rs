//! Rigs that scenarios take turns on, since each takes seconds to set up.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::Rig;

/// Rigs of one slot that nobody uses now. They end with it.
#[derive(Debug, Default)]
pub struct Rigs {
    free: Mutex<Vec<Rig>>,
}

impl Rigs {
    /// Works with a rig: a free one, or a new one if there is none. One on which work failed is not used
    /// again, whatever state it is in.
    ///
    /// # Errors
    /// There is no rig to be had, or the work fails.
    pub fn with_one<T>(&self, work: impl FnOnce(&Rig) -> Result<T>) -> Result<T> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let rig = match free {
            Some(rig) => rig,
            None => Rig::new(1)?,
        };
        let done = work(&rig)?;
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(rig);
        Ok(done)
    }
}
