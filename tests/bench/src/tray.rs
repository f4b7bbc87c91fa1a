//! The modules the bench knows: blank ones from the reel, and those taken out of a slot.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{chip::Image, random::Random};

/// The label on a module: a picture, one byte a dot, 0 is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) dots: Vec<u8>,
    /// The picture's file.
    pub(crate) file: PathBuf,
}

/// What is known of one module.
#[derive(Debug)]
pub(crate) struct Module {
    /// What it keeps without power; none while it is in a slot, where its chip has it.
    pub(crate) image: Option<Image>,
    /// FICR.DEVICEID as a debugger reads it.
    pub(crate) device: u64,
    /// The label stuck on it last.
    pub(crate) label: Option<Label>,
    /// How many labels were stuck on it.
    pub(crate) labels: usize,
}

/// All modules, by name.
#[derive(Debug)]
pub(crate) struct Tray {
    modules: BTreeMap<String, Module>,
    random: Random,
}

impl Tray {
    pub(crate) fn new(random: Random) -> Self {
        Self { modules: BTreeMap::new(), random }
    }

    /// A new blank module. Names count up: `m0001`, `m0002`, ….
    pub(crate) fn fresh(&mut self) -> String {
        let name = format!("m{:04}", self.modules.len() + 1);
        let module =
            Module { image: Some(Image::blank()), device: self.random.next(), label: None, labels: 0 };
        self.modules.insert(name.clone(), module);
        name
    }

    pub(crate) fn module(&mut self, name: &str) -> Option<&mut Module> {
        self.modules.get_mut(name)
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = (&str, &Module)> {
        self.modules.iter().map(|(name, module)| (name.as_str(), module))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_modules_are_blank_and_differ() {
        let mut tray = Tray::new(Random::new(1, "tray"));
        let (first, second) = (tray.fresh(), tray.fresh());
        assert_eq!((first.as_str(), second.as_str()), ("m0001", "m0002"));
        assert_eq!(tray.module("m0001").unwrap().image, Some(Image::blank()));
        let devices: Vec<u64> = tray.modules().map(|(_, module)| module.device).collect();
        assert_ne!(devices[0], devices[1]);
        assert!(tray.module("m0003").is_none());
    }
}
