//! Ceremonies, from the plan to what a customer registers, with OpenSSL as the root that is elsewhere and as
//! the verifier of everything that comes of them.

mod life;
mod offline;
mod rehearsal;
mod rotation;
mod vault;
