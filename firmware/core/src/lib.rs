//! The module's firmware, independent of the chip.
