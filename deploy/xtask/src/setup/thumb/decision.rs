//! What to do next about a compiler for the module's chip: a pure function of what is there and what was tried.

use std::path::PathBuf;

use super::Compiler;

/// A compiler on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rustc {
    pub(super) path: PathBuf,
    /// The 95 of 1.95.0.
    pub(super) version: u32,
    /// Whether the sources of `core` lie where cargo looks for them.
    pub(super) sources: bool,
    /// Whether it brings the linker `rust-lld`.
    pub(super) linker: bool,
}

/// What is on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// The toolchain in use has a precompiled `core` for the chip.
    pub(super) precompiled: bool,
    /// The compiler in use.
    pub(super) own: Option<Rustc>,
    /// Debian's compiler.
    pub(super) debian: Option<Rustc>,
    /// LLVM's linker as a package of its own.
    pub(super) linker: Option<PathBuf>,
    pub(super) rustup: bool,
    /// The package lists offer what the fallback needs.
    pub(super) packages: bool,
}

/// What was tried in this set-up, and is not tried again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tried {
    pub(super) rustup: bool,
    pub(super) packages: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Use(Compiler),
    AskRustup,
    InstallPackages,
    GiveUp,
}

/// The workspace's `rust-version`.
const OLDEST: u32 = 95;

/// The next step. What is here and works comes before asking a server, so that only the first set-up can be slow.
pub(super) fn next(survey: &Survey, tried: Tried) -> Step {
    if survey.precompiled {
        return Step::Use(Compiler::Precompiled);
    }
    let mut compilers = survey.own.iter().chain(&survey.debian);
    if let Some(compiler) = compilers.find_map(|rustc| from_source(rustc, survey)) {
        return Step::Use(compiler);
    }
    if survey.rustup && !tried.rustup {
        return Step::AskRustup;
    }
    if survey.packages && !tried.packages {
        return Step::InstallPackages;
    }
    Step::GiveUp
}

fn from_source(rustc: &Rustc, survey: &Survey) -> Option<Compiler> {
    let linker = match (rustc.linker, &survey.linker) {
        (true, _) => None,
        (false, Some(linker)) => Some(linker.clone()),
        (false, None) => return None,
    };
    (rustc.sources && rustc.version >= OLDEST)
        .then(|| Compiler::FromSource { rustc: rustc.path.clone(), linker })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rustup_machine() -> Survey {
        let own = Rustc { path: "rustc".into(), version: 95, sources: false, linker: true };
        Survey { own: Some(own), rustup: true, packages: true, ..Survey::default() }
    }

    fn debian_compiler() -> Rustc {
        Rustc { path: "/usr/bin/rustc".into(), version: 96, sources: true, linker: false }
    }

    const NOTHING: Tried = Tried { rustup: false, packages: false };
    const RUSTUP: Tried = Tried { rustup: true, packages: false };
    const BOTH: Tried = Tried { rustup: true, packages: true };

    #[test]
    fn oldest_compiler_is_the_workspaces() {
        assert_eq!(env!("CARGO_PKG_RUST_VERSION"), format!("1.{OLDEST}"));
    }

    #[test]
    fn precompiled_core_is_used_whatever_else_there_is() {
        let survey = Survey { precompiled: true, debian: Some(debian_compiler()), ..rustup_machine() };
        assert_eq!(next(&survey, NOTHING), Step::Use(Compiler::Precompiled));
    }

    #[test]
    fn rustup_comes_first_then_debian_then_nothing() {
        assert_eq!(next(&rustup_machine(), NOTHING), Step::AskRustup);
        assert_eq!(next(&rustup_machine(), RUSTUP), Step::InstallPackages);
        assert_eq!(next(&rustup_machine(), BOTH), Step::GiveUp);
    }

    #[test]
    fn without_rustup_packages_are_the_first_try() {
        let survey = Survey { rustup: false, ..rustup_machine() };
        assert_eq!(next(&survey, NOTHING), Step::InstallPackages);
    }

    #[test]
    fn packages_nobody_offers_are_not_asked_for() {
        let survey = Survey { packages: false, ..rustup_machine() };
        assert_eq!(next(&survey, RUSTUP), Step::GiveUp);
    }

    #[test]
    fn installed_fallback_is_used_without_asking_a_server() {
        let linker = Some(PathBuf::from("/usr/bin/ld.lld"));
        let survey = Survey { debian: Some(debian_compiler()), linker: linker.clone(), ..rustup_machine() };
        let expected = Compiler::FromSource { rustc: "/usr/bin/rustc".into(), linker };
        assert_eq!(next(&survey, NOTHING), Step::Use(expected));
    }

    #[test]
    fn fallback_without_a_linker_is_completed() {
        let survey = Survey { debian: Some(debian_compiler()), ..rustup_machine() };
        assert_eq!(next(&survey, RUSTUP), Step::InstallPackages);
    }

    #[test]
    fn own_sources_need_no_second_compiler() {
        let own = Rustc { path: "rustc".into(), version: 95, sources: true, linker: true };
        let survey = Survey { own: Some(own), debian: Some(debian_compiler()), ..rustup_machine() };
        let expected = Compiler::FromSource { rustc: "rustc".into(), linker: None };
        assert_eq!(next(&survey, NOTHING), Step::Use(expected));
    }

    #[test]
    fn compiler_that_is_too_old_is_passed_over() {
        let old = Rustc { version: 85, ..debian_compiler() };
        let survey = Survey { debian: Some(old), linker: Some("/usr/bin/ld.lld".into()), ..rustup_machine() };
        assert_eq!(next(&survey, BOTH), Step::GiveUp);
    }
}
