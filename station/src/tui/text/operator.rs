//! What the page `operator` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
    /// Who is signed in, and for how long.
    present,
    /// Nobody is signed in.
    nobody,
    /// What is to be typed or scanned.
    question,
    /// How to sign in, where badges are known.
    hint_badge,
    /// How to sign in, where a name is enough.
    hint_name,
    /// How a shift changes.
    hint_change,
    /// What signing out does.
    hint_out,
    /// A badge or a name that may not sign in here.
    unknown,
    /// A text that is no name.
    not_a_name,
    /// What was asked for could not be put on record.
    not_recorded,
    /// What to do next: nobody is signed in, and badges are known.
    next_sign_in,
    /// What to do next: nobody is signed in, and a name is enough.
    next_sign_in_name,
    /// What a key does: sign out.
    key_sign_out,
}

pub(super) const ENGLISH: Sentences = Sentences {
    heading: "Operator",
    present: "✔ {operator} is signed in, for {time}",
    nobody: "◆ Nobody is signed in. The line takes up no module.",
    question: "Badge or name:",
    hint_badge: "Scan your badge, or type your name and press Enter.",
    hint_name: "Type your name and press Enter.",
    hint_change: "At a change of shift the next one simply signs in; modules at work go on.",
    hint_out: "F8 signs out: modules at work are finished, and no further one is taken up.",
    unknown: "Nobody here has this badge or this name. Nobody was signed in.",
    not_a_name: "This is no name: it takes 1 to {n} letters. Nobody was signed in.",
    not_recorded: "It could not be recorded: {code} {title}",
    next_sign_in: "Nobody is signed in. Press F7 and scan your badge or type your name.",
    next_sign_in_name: "Nobody is signed in. Press F7 and type your name.",
    key_sign_out: "sign out",
};

pub(super) const CHINESE: Sentences = Sentences {
    heading: "操作员",
    present: "✔ {operator} 已登录，已有 {time}",
    nobody: "◆ 无人登录，产线不接收模块。",
    question: "工牌或姓名：",
    hint_badge: "请扫描工牌，或输入姓名后按 Enter。",
    hint_name: "请输入姓名后按 Enter。",
    hint_change: "换班时，接班人直接登录即可；正在生产的模块不受影响。",
    hint_out: "按 F8 退出登录：正在生产的模块会做完，不再接收新模块。",
    unknown: "本站没有此工牌或姓名，未登录。",
    not_a_name: "这不是姓名：应为 1 至 {n} 个字符，未登录。",
    not_recorded: "未能写入记录：{code} {title}",
    next_sign_in: "无人登录。请按 F7，然后扫描工牌或输入姓名。",
    next_sign_in_name: "无人登录。请按 F7，然后输入姓名。",
    key_sign_out: "退出登录",
};

pub(super) const SPANISH: Sentences = Sentences {
    heading: "Operador",
    present: "✔ Sesión de {operator}, desde hace {time}",
    nobody: "◆ No hay nadie en sesión. La línea no admite módulos.",
    question: "Credencial o nombre:",
    hint_badge: "Escanee su credencial, o escriba su nombre y presione Enter.",
    hint_name: "Escriba su nombre y presione Enter.",
    hint_change: "En el cambio de turno basta con que entre el siguiente; los módulos en curso siguen.",
    hint_out: "F8 cierra la sesión: se terminan los módulos en curso y no se admite ninguno más.",
    unknown: "Nadie aquí tiene esa credencial o ese nombre. No se abrió ninguna sesión.",
    not_a_name: "No es un nombre: debe tener de 1 a {n} letras. No se abrió ninguna sesión.",
    not_recorded: "No se pudo registrar: {code} {title}",
    next_sign_in: "Nadie en sesión. Presione F7 y escanee su credencial o escriba su nombre.",
    next_sign_in_name: "Nadie en sesión. Presione F7 y escriba su nombre.",
    key_sign_out: "cerrar sesión",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    heading: "Nhân viên",
    present: "✔ {operator} đang trong ca, đã {time}",
    nobody: "◆ Chưa ai đăng nhập. Dây chuyền không nhận mô-đun.",
    question: "Thẻ hoặc tên:",
    hint_badge: "Hãy quét thẻ, hoặc gõ tên rồi nhấn Enter.",
    hint_name: "Hãy gõ tên rồi nhấn Enter.",
    hint_change: "Khi giao ca, người sau chỉ cần đăng nhập; mô-đun đang làm vẫn chạy tiếp.",
    hint_out: "F8 để đăng xuất: làm xong các mô-đun đang chạy, không nhận thêm mô-đun mới.",
    unknown: "Ở đây không ai có thẻ hoặc tên này. Chưa đăng nhập.",
    not_a_name: "Đây không phải tên: cần từ 1 đến {n} ký tự. Chưa đăng nhập.",
    not_recorded: "Không ghi lại được: {code} {title}",
    next_sign_in: "Chưa ai đăng nhập. Nhấn F7 rồi quét thẻ hoặc gõ tên.",
    next_sign_in_name: "Chưa ai đăng nhập. Nhấn F7 rồi gõ tên.",
    key_sign_out: "đăng xuất",
};
