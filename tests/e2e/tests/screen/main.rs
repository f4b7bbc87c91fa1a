//! `station run` before a person: the real program in a terminal, from the PIN to the end, however it ends.
//!
//! | module | what it holds |
//! |---|---|
//! | `person` | who sits before the station, and the line that they work at |
//! | `modules` | modules that pass, that fail, that are tried again |
//! | `slots` | eight slots, with trouble in some |
//! | `pages` | the pages beside the line, and the keys |
//! | `shifts` | who works at the line |
//! | `scanner` | a hand scanner that is a keyboard |
//! | `sizes` | terminals of any size, and without colours |
//! | `ends` | every way in which it ends |
//! | `blows` | ends that nobody asked for: panics, SIGKILL, a terminal that is closed |
//! | `without` | no terminal, or half of one |

mod blows;
mod ends;
mod modules;
mod pages;
mod person;
mod scanner;
mod shifts;
mod sizes;
mod slots;
mod without;
