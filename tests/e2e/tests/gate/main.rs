//! What the gate before the HSM promises, and what the HSM's own log tells of it.
//!
//! | file | what is tried |
//! |---|---|
//! | `leave` | for how many certificates and how long: the order's quota, the officer's opening |
//! | `policy` | when, for which keys, and for how long a CA lives |
//! | `audit` | the HSM's log against the ledger: it agrees, a stranger signs, lines are missing, a signature is lost |
//! | `line` | one module after the other, and what holds whatever happened |
//! | `stranger` | somebody else who has the PIN |

mod audit;
mod leave;
mod line;
mod policy;
mod stranger;
