//! What has happened since the host last asked.

use wire::EventNumber;

/// Events kept for the host; when more happen, the oldest go.
pub const CAPACITY: usize = 8;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub number: EventNumber,
    /// The topic index, the hint code or 0.
    pub parameter: u16,
}

/// The queue, first in first out.
#[derive(Clone, Debug, Default)]
pub struct Events {
    ring: [Option<Event>; CAPACITY],
    /// Where the oldest is.
    first: usize,
    count: usize,
}

impl Events {
    /// Adds an event.
    pub fn push(&mut self, number: EventNumber, parameter: u16) {
        self.ring[(self.first + self.count) % CAPACITY] = Some(Event { number, parameter });
        if self.count == CAPACITY {
            self.first = (self.first + 1) % CAPACITY;
        } else {
            self.count += 1;
        }
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<Event> {
        let event = self.ring[self.first].take()?;
        self.first = (self.first + 1) % CAPACITY;
        self.count -= 1;
        Some(event)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    extern crate std;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn a_full_queue_drops_its_oldest(actions in proptest::collection::vec(any::<Option<u16>>(), 0..64)) {
            let mut events = Events::default();
            let mut model = VecDeque::new();
            for action in actions {
                if let Some(parameter) = action {
                    events.push(EventNumber::Connect, parameter);
                    model.push_back(Event { number: EventNumber::Connect, parameter });
                    if model.len() > CAPACITY {
                        model.pop_front();
                    }
                } else {
                    prop_assert_eq!(events.pop(), model.pop_front());
                }
            }
        }
    }
}
