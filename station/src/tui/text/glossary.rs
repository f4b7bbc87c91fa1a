//! One word for one thing, the one that is used beside the line.
//!
//! The table is what the tests hold the sentences and the fault catalogue to. CA, HSM, PIN and UID stay what
//! they are. The security officer is called the keeper of the keys everywhere: word for word it would be the
//! guard at the gate, or whoever looks after safety.

use super::Language;

/// English, and the same in Chinese, Spanish and Vietnamese: what a sentence has in it, in small letters,
/// whose English has the English. Of words that are bent, what stays.
const WORDS: &[(&str, [&str; 3])] = &[
    ("batch", ["批次", "lote", "lô"]),
    ("certificate", ["证书", "certificado", "chứng thư"]),
    ("checkpoint", ["检查点", "punto de control", "điểm kiểm"]),
    ("clamp", ["压扣", "prensa", "kẹp"]),
    ("customer", ["客户", "cliente", "khách"]),
    ("debug port", ["调试口", "puerto de depuración", "cổng gỡ lỗi"]),
    ("disk", ["磁盘", "disco", "ổ đĩa"]),
    ("engineer", ["工程师", "ingeniero", "kỹ sư"]),
    ("finished ones", ["成品盘", "terminados", "thành phẩm"]),
    ("hsm's log", ["hsm 日志", "log del hsm", "nhật ký hsm"]),
    ("issuing ca", ["签发 ca", "ca emisora", "ca cấp chứng thư"]),
    ("label", ["标签", "etiqueta", "nhãn"]),
    ("ledger", ["台账", "registro", "nhật ký"]),
    ("module", ["模块", "módulo", "mô-đun"]),
    ("order", ["工单", "orden", "đơn"]),
    ("printer", ["打印机", "impresora", "máy in"]),
    ("probe", ["烧录器", "sonda", "mạch nạp"]),
    ("quarantine tray", ["隔离盘", "bandeja de cuarentena", "khay cách ly"]),
    ("rework bin", ["返修箱", "caja de reproceso", "thùng sửa lại"]),
    ("scanner", ["扫码器", "escáner", "máy quét"]),
    ("sealed", ["封存", "sellad", "niêm phong"]),
    ("security officer", ["密钥管理员", "responsable de claves", "người quản lý khóa"]),
    ("serial port", ["串口", "puerto serial", "cổng nối tiếp"]),
    ("slot", ["工位", "puesto", "vị trí"]),
    ("station", ["工站", "estación", "trạm"]),
    ("the line", ["产线", "línea", "dây chuyền"]),
    ("void", ["作废", "anul", "hủy"]),
];

/// Sentences that say it without naming it, since what is meant stands beside them: their names or their codes,
/// and the English word that they do without.
const UNNAMED: &[(&str, &str)] = &[
    ("H-417", "station"),
    ("R-606", "station"),
    ("S-900", "station"),
    ("deed_return", "customer"),
    ("fail_word", "module"),
    ("key_retry", "module"),
    ("retry_hint", "module"),
    ("take_out_quarantine", "quarantine tray"),
    ("take_out_rework", "rework bin"),
];

/// What in a sentence is against the glossary. `name` is what it is called where it stands.
pub(super) fn against(language: Language, name: &str, english: &str, sentence: &str) -> Vec<String> {
    let place = match language {
        Language::English => return Vec::new(),
        Language::Chinese => 0,
        Language::Spanish => 1,
        Language::Vietnamese => 2,
    };
    let (prose, own) = (prose(english), sentence.to_lowercase());
    let named = WORDS.iter().filter(|(word, _)| prose.contains(word) && !UNNAMED.contains(&(name, *word)));
    let missing = named.filter(|(_, words)| !own.contains(words[place]));
    missing.map(|(word, words)| format!("{name}: {} for {word} is not in {sentence}", words[place])).collect()
}

/// A sentence without commands, which are not translated, and without the names of its values.
fn prose(sentence: &str) -> String {
    let prose: String = sentence.split('`').step_by(2).collect();
    let prose = prose.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
    prose.collect::<String>().to_lowercase()
}
