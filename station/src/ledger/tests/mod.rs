//! Tests of the ledger as a whole.

mod append;
mod concurrency;
mod crash;
mod fixture;
mod open;
mod queries;
mod random_orders;
mod tamper;
