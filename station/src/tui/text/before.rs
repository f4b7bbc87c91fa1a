//! What is said of the CA before the screen is there, in every language.

use super::{Language, sentences};

sentences! {
    /// The question for the officer's name.
    officer,
    /// The same, where the CA may be left closed.
    officer_or_none,
    /// A text that is no name.
    not_a_name,
    /// The question for the PIN.
    pin,
    /// The same, where the CA may be left closed.
    pin_or_none,
    /// The CA is left closed.
    closed,
}

/// One of these sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Who opens the CA? Nobody, if it may be left closed and nothing is typed.
    Officer {
        /// Whether the CA may be left closed.
        or_none: bool,
    },
    /// This is no name. Has the value `n`: how many characters one may have.
    NotAName,
    /// What is the PIN of the HSM?
    Pin {
        /// Whether the CA may be left closed.
        or_none: bool,
    },
    /// The CA is left closed.
    Closed,
}

impl Before {
    /// The sentence in a language.
    pub(crate) const fn says(self, language: Language) -> &'static str {
        let text = language.before();
        match self {
            Self::Officer { or_none: false } => text.officer,
            Self::Officer { or_none: true } => text.officer_or_none,
            Self::NotAName => text.not_a_name,
            Self::Pin { or_none: false } => text.pin,
            Self::Pin { or_none: true } => text.pin_or_none,
            Self::Closed => text.closed,
        }
    }
}

pub(super) const ENGLISH: Sentences = Sentences {
    officer: "Name of whoever opens the CA:",
    officer_or_none: "Name of whoever opens the CA (Enter alone leaves it closed):",
    not_a_name: "This is no name: it takes 1 to {n} letters.",
    pin: "PIN of the HSM: ",
    pin_or_none: "PIN of the HSM (Enter alone leaves the CA closed): ",
    closed: "The CA stays closed until the security officer opens it on the page F5.",
};

pub(super) const CHINESE: Sentences = Sentences {
    officer: "由谁开启 CA？请输入姓名：",
    officer_or_none: "由谁开启 CA？请输入姓名（只按 Enter 则保持关闭）：",
    not_a_name: "这不是姓名：应为 1 到 {n} 个字。",
    pin: "HSM 的 PIN：",
    pin_or_none: "HSM 的 PIN（只按 Enter 则 CA 保持关闭）：",
    closed: "CA 保持关闭，直到密钥管理员在 F5 页面开启。",
};

pub(super) const SPANISH: Sentences = Sentences {
    officer: "Nombre de quien abre la CA:",
    officer_or_none: "Nombre de quien abre la CA (solo Enter la deja cerrada):",
    not_a_name: "Esto no es un nombre: lleva de 1 a {n} letras.",
    pin: "PIN del HSM: ",
    pin_or_none: "PIN del HSM (solo Enter deja la CA cerrada): ",
    closed: "La CA queda cerrada hasta que el responsable de claves la abra en la página F5.",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    officer: "Tên của người mở CA:",
    officer_or_none: "Tên của người mở CA (chỉ nhấn Enter thì CA vẫn đóng):",
    not_a_name: "Đây không phải là tên: cần từ 1 đến {n} chữ.",
    pin: "PIN của HSM: ",
    pin_or_none: "PIN của HSM (chỉ nhấn Enter thì CA vẫn đóng): ",
    closed: "CA vẫn đóng cho đến khi người quản lý khóa mở ở trang F5.",
};
