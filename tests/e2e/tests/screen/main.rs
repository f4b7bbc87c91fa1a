//! `station run` before a person: the real program in a terminal, from the PIN to the end, however it ends.
//!
//! | module | what it holds |
//! |---|---|
//! | `modules` | modules that pass, that fail, that are tried again |
//! | `slots` | eight slots, with trouble in some |
//! | `pages` | the pages beside the line, and the keys |
//! | `unit` | the page of one module: found, its label printed again, made void |
//! | `batches` | the page of batches: closed and exported while the line runs |
//! | `officer` | the page of the CA: closed and opened again, and where its PIN is |
//! | `left_closed` | a line whose CA is opened at the screen |
//! | `left_raw` | a terminal that another program has left raw |
//! | `cut_off` | the station ends while a PIN is typed, and the shell gets nothing of it |
//! | `shifts` | who works at the line |
//! | `scanner` | hand scanners: one that is a keyboard, one on a serial port |
//! | `sizes` | terminals of any size, and without colours |
//! | `replay` | what a screen was told, played again |
//! | `ends` | every way in which it ends |
//! | `blows` | ends that nobody asked for: panics, SIGKILL, a terminal that is closed |
//! | `killed` | the station is killed at what people do |
//! | `without` | no terminal, or half of one |
//!
//! Most begin with a [`Person`](e2e::Person) at a line; those about what comes before that have a terminal alone.

mod batches;
mod blows;
mod cut_off;
mod ends;
mod killed;
mod left_closed;
mod left_raw;
mod modules;
mod officer;
mod pages;
mod replay;
mod scanner;
mod shifts;
mod sizes;
mod slots;
mod unit;
mod without;
