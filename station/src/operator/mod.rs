//! Who works at the station.
//!
//! | file | what it holds |
//! |---|---|
//! | `name` | [`Operator`]: a name that can stand on record |
//! | `badges` | [`Badges`]: whose badge is whose |
//! | `attendance` | [`Attendance`]: who is signed in at a running line |

mod attendance;
mod badges;
mod name;

pub use attendance::Attendance;
pub use badges::{Badges, Unknown};
pub use name::{NotAName, Operator};
