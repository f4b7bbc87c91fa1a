//! Tests of the ledger as a whole.

mod append;
mod at_rest;
mod authority;
mod backup;
mod clock;
mod concurrency;
mod crash;
mod fixture;
mod hand;
mod open;
mod queries;
mod random_orders;
mod signing;
mod tamper;
mod vouching;
