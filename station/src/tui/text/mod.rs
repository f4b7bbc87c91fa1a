//! Every sentence of the screen, in every language.
//!
//! | module | what it holds |
//! |---|---|
//! | [`faults`] | the fault catalogue: titles and what to do |

pub mod faults;

/// What the screen can be read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
    /// Spanish as it is spoken on the assembly lines of Latin America.
    Spanish,
    /// Vietnamese.
    Vietnamese,
}
