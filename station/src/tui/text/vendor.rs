//! What the page `vendor` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
    /// What a key does: have the officer open the CA.
    key_open,
    /// What a key does: close the CA.
    key_close,
    /// Heading: for how long and how many the CA is open.
    section_opening,
    /// Heading: the CA that issues.
    section_ca,
    /// Heading: the HSM.
    section_hsm,
    /// Heading: what vouches for the record.
    section_record,
    /// Whether the CA is open.
    row_state,
    /// The certificates of this opening.
    row_certificates,
    /// The certificates of the order.
    row_order,
    /// The name of the CA.
    row_name,
    /// Until when the CA's certificate is valid.
    row_valid,
    /// The label of the CA's key.
    row_key,
    /// The fingerprint of the CA's certificate.
    row_sha256,
    /// The CA that will take its place.
    row_successor,
    /// The label of the HSM's token.
    row_token,
    /// Who made the HSM, and which model it is.
    row_model,
    /// The HSM's serial number.
    row_serial,
    /// The HSM's sessions.
    row_sessions,
    /// The tries at the PIN that remain.
    row_pin,
    /// How much the CA's key was used.
    row_usage,
    /// The last comparison with the HSM's own log.
    row_log,
    /// The last checkpoint of the ledger.
    row_checkpoint,
    /// The CA is open.
    state_open,
    /// The CA has issued all it was opened for.
    state_spent,
    /// The CA is closed.
    state_closed,
    /// Certificates of an opening for a number.
    certificates_of,
    /// Certificates of an opening without a number.
    certificates_unlimited,
    /// Certificates of an order with a quota.
    order_of,
    /// Certificates of an order without a quota.
    order_unlimited,
    /// The CA that is announced.
    successor,
    /// Open sessions, of how many.
    sessions_of,
    /// The HSM is closed.
    sessions_closed,
    /// The HSM counts no wrong PIN.
    tries_not_low,
    /// The HSM counts a wrong PIN.
    tries_low,
    /// The next wrong PIN locks the HSM.
    tries_last,
    /// The PIN is locked.
    tries_none,
    /// How often the key was used, of how often it may be.
    usage_of,
    /// How often the key was used.
    usage_count,
    /// The HSM does not tell how often the key was used.
    usage_none,
    /// There is no log to compare with.
    log_none,
    /// Log and ledger were not compared yet.
    log_not_yet,
    /// Log and ledger agree.
    log_agrees,
    /// The ledger was never vouched for.
    checkpoint_none,
    /// Up to which event the ledger was vouched for, and when.
    checkpoint_at,
    /// Question: the officer's name.
    ask_officer,
    /// Question: for how many hours.
    ask_hours,
    /// Question: for how many certificates.
    ask_certificates,
    /// No name was given, or none that can stand on record.
    wrong_officer,
    /// No such number of hours.
    wrong_hours,
    /// No such number of certificates.
    wrong_certificates,
    /// How the form is filled in.
    form_hint,
    /// The keys are not the PIN's yet.
    pin_wait,
    /// Question: the PIN.
    pin,
    /// How the PIN is typed.
    pin_hint,
    /// The HSM is being opened.
    opening,
    /// The CA is being closed.
    closing,
    /// The CA was opened.
    last_opened,
    /// The CA was closed.
    last_closed,
    /// The officer did not give the PIN.
    last_not_given,
    /// Nobody typed the PIN for too long.
    last_not_typed,
    /// What to do when the PIN was not the right one.
    try_again,
    /// Something that the HSM said a while ago.
    as_of,
    /// How long ago ledger and station said what is shown.
    known_old,
}

pub(super) const ENGLISH: Sentences = Sentences {
    heading: "CA and HSM",
    key_open: "open the CA",
    key_close: "close the CA",
    section_opening: "Opening",
    section_ca: "Issuing CA",
    section_hsm: "HSM",
    section_record: "Audit",
    row_state: "state",
    row_certificates: "this opening",
    row_order: "order",
    row_name: "name",
    row_valid: "valid until",
    row_key: "key",
    row_sha256: "SHA-256",
    row_successor: "successor",
    row_token: "token",
    row_model: "model",
    row_serial: "serial",
    row_sessions: "sessions",
    row_pin: "PIN",
    row_usage: "key used",
    row_log: "HSM's log",
    row_checkpoint: "checkpoint",
    state_open: "● OPEN until {until}, for {left} more",
    state_spent: "▲ SPENT: all certificates of this opening are issued",
    state_closed: "■ CLOSED: no certificate is issued until the officer opens it",
    certificates_of: "{signed} of {most} certificates issued, {left} left",
    certificates_unlimited: "{signed} certificates issued; no limit but the order's",
    order_of: "{used} of {most} certificates used, {left} left",
    order_unlimited: "{used} certificates used; the order sets no limit",
    successor: "{name}, until {until}, key {key}",
    sessions_of: "● {open} of {of} open",
    sessions_closed: "■ closed, and the PIN is wiped",
    tries_not_low: "no wrong PIN counted",
    tries_low: "a wrong PIN was given since the last right one",
    tries_last: "one try left before it locks; it is not made here",
    tries_none: "no try left: it is locked",
    usage_of: "{used} of {limit} times",
    usage_count: "{used} times",
    usage_none: "the HSM does not count",
    log_none: "the settings name none",
    log_not_yet: "not compared yet",
    log_agrees: "● agrees with the ledger, {ago}",
    checkpoint_none: "none yet",
    checkpoint_at: "up to event {event}, {ago}",
    ask_officer: "Officer's name:",
    ask_hours: "Open for how many hours:",
    ask_certificates: "For how many certificates:",
    wrong_officer: "Somebody has to answer for it: type a name of 1 to {n} letters.",
    wrong_hours: "More than 0 and at most 168 hours, such as 8 or 0.5.",
    wrong_certificates: "A whole number from 1; nothing, for as many as there may be.",
    form_hint: "Enter goes on, ↑ goes back, Esc gives up. Then the PIN is asked for.",
    pin_wait: "Wait before typing the PIN…",
    pin: "PIN of the HSM:",
    pin_hint: "It is shown nowhere and kept nowhere. Enter opens the CA, Esc gives up, and so does a minute without a key.",
    opening: "The HSM is asked…",
    closing: "The CA is being closed…",
    last_opened: "● The CA is open, and that is on record.",
    last_closed: "■ The CA is closed, the PIN is wiped, and that is on record.",
    last_not_given: "▲ The PIN was not given. Nothing was opened.",
    last_not_typed: "▲ Nobody has typed for a minute. Nothing was opened.",
    try_again: "▶ The CA stays closed. Press O to try again with the right PIN.",
    as_of: "{value}, as of {ago}",
    known_old: "What is shown is as of {ago}: there was no newer answer.",
};

pub(super) const CHINESE: Sentences = Sentences {
    heading: "CA 与 HSM",
    key_open: "开启 CA",
    key_close: "关闭 CA",
    section_opening: "开启情况",
    section_ca: "签发 CA",
    section_hsm: "HSM",
    section_record: "审计",
    row_state: "状态",
    row_certificates: "本次开启",
    row_order: "工单",
    row_name: "名称",
    row_valid: "有效期至",
    row_key: "密钥",
    row_sha256: "SHA-256",
    row_successor: "后继 CA",
    row_token: "令牌",
    row_model: "型号",
    row_serial: "序列号",
    row_sessions: "会话",
    row_pin: "PIN",
    row_usage: "密钥用量",
    row_log: "HSM 日志",
    row_checkpoint: "检查点",
    state_open: "● 开启至 {until}，还剩 {left}",
    state_spent: "▲ 用完：本次开启的证书已全部签发",
    state_closed: "■ 关闭：密钥管理员开启之前不签发证书",
    certificates_of: "证书已签发 {signed}，共 {most}，剩余 {left}",
    certificates_unlimited: "证书已签发 {signed}；只受工单限制",
    order_of: "证书已用 {used}，共 {most}，剩余 {left}",
    order_unlimited: "证书已用 {used}；工单不设上限",
    successor: "{name}，有效期至 {until}，密钥 {key}",
    sessions_of: "● 已打开 {open}，共 {of}",
    sessions_closed: "■ 已关闭，PIN 已清除",
    tries_not_low: "没有输错记录",
    tries_low: "上次正确输入后又输错过",
    tries_last: "再错一次就会锁住；这里不再尝试",
    tries_none: "已无尝试机会：已锁住",
    usage_of: "{used} 次，上限 {limit} 次",
    usage_count: "{used} 次",
    usage_none: "HSM 不计数",
    log_none: "设置中没有指定",
    log_not_yet: "尚未比对",
    log_agrees: "● 与台账一致，{ago}",
    checkpoint_none: "还没有",
    checkpoint_at: "到第 {event} 号事件，{ago}",
    ask_officer: "密钥管理员姓名：",
    ask_hours: "开启多少小时：",
    ask_certificates: "签发多少张证书：",
    wrong_officer: "必须有人负责：请输入姓名，1 至 {n} 个字符。",
    wrong_hours: "大于 0、不超过 168 小时，例如 8 或 0.5。",
    wrong_certificates: "从 1 开始的整数；留空表示不另设上限。",
    form_hint: "Enter 继续，↑ 返回，Esc 放弃。然后输入 PIN。",
    pin_wait: "请稍候再输入 PIN……",
    pin: "HSM 的 PIN：",
    pin_hint: "PIN 不显示，也不保存。Enter 开启 CA，Esc 放弃；一分钟没有按键也会放弃。",
    opening: "正在询问 HSM……",
    closing: "正在关闭 CA……",
    last_opened: "● CA 已开启，并已记录。",
    last_closed: "■ CA 已关闭，PIN 已清除，并已记录。",
    last_not_given: "▲ 没有输入 PIN，没有开启。",
    last_not_typed: "▲ 一分钟没有按键，没有开启。",
    try_again: "▶ CA 仍然关闭。按 O，用正确的 PIN 重试。",
    as_of: "{value}（{ago}的数据）",
    known_old: "以下是{ago}的数据，此后没有新的应答。",
};

pub(super) const SPANISH: Sentences = Sentences {
    heading: "CA y HSM",
    key_open: "abrir la CA",
    key_close: "cerrar la CA",
    section_opening: "Apertura",
    section_ca: "CA emisora",
    section_hsm: "HSM",
    section_record: "Auditoría",
    row_state: "estado",
    row_certificates: "esta apertura",
    row_order: "orden",
    row_name: "nombre",
    row_valid: "vence",
    row_key: "clave",
    row_sha256: "SHA-256",
    row_successor: "sucesora",
    row_token: "token",
    row_model: "modelo",
    row_serial: "n.º de serie",
    row_sessions: "sesiones",
    row_pin: "PIN",
    row_usage: "uso de clave",
    row_log: "log del HSM",
    row_checkpoint: "punto de control",
    state_open: "● ABIERTA hasta {until}, quedan {left}",
    state_spent: "▲ AGOTADA: ya se emitieron todos los certificados de esta apertura",
    state_closed: "■ CERRADA: sin certificados hasta que la abra el responsable de claves",
    certificates_of: "{signed} de {most} certificados emitidos, quedan {left}",
    certificates_unlimited: "{signed} certificados emitidos; sin más límite que el de la orden",
    order_of: "{used} de {most} certificados usados, quedan {left}",
    order_unlimited: "{used} certificados usados; la orden no fija límite",
    successor: "{name}, hasta {until}, clave {key}",
    sessions_of: "● {open} de {of} abiertas",
    sessions_closed: "■ cerrado, y el PIN borrado",
    tries_not_low: "ningún PIN erróneo contado",
    tries_low: "hubo un PIN erróneo desde el último correcto",
    tries_last: "queda un intento antes del bloqueo; aquí no se hace",
    tries_none: "no queda ningún intento: está bloqueado",
    usage_of: "{used} de {limit} veces",
    usage_count: "{used} veces",
    usage_none: "el HSM no lleva la cuenta",
    log_none: "la configuración no indica ninguno",
    log_not_yet: "aún no se comparó",
    log_agrees: "● coincide con el registro, {ago}",
    checkpoint_none: "aún ninguno",
    checkpoint_at: "hasta el evento {event}, {ago}",
    ask_officer: "Nombre del responsable de claves:",
    ask_hours: "Horas de apertura:",
    ask_certificates: "Número de certificados:",
    wrong_officer: "Alguien tiene que responder por ello: escriba un nombre de 1 a {n} letras.",
    wrong_hours: "Más de 0 y como mucho 168 horas, por ejemplo 8 o 0,5.",
    wrong_certificates: "Un número entero desde 1; nada, para tantos como pueda haber.",
    form_hint: "Enter continúa, ↑ vuelve atrás, Esc abandona. Después se pide el PIN.",
    pin_wait: "Espere antes de escribir el PIN…",
    pin: "PIN del HSM:",
    pin_hint: "No se muestra ni se guarda. Enter abre la CA, Esc abandona, y también un minuto sin pulsar nada.",
    opening: "Se consulta al HSM…",
    closing: "Se cierra la CA…",
    last_opened: "● La CA está abierta, y consta en el registro.",
    last_closed: "■ La CA está cerrada, el PIN borrado, y consta en el registro.",
    last_not_given: "▲ No se dio el PIN. No se abrió nada.",
    last_not_typed: "▲ Nadie escribió durante un minuto. No se abrió nada.",
    try_again: "▶ La CA sigue cerrada. Presione O para intentarlo con el PIN correcto.",
    as_of: "{value}, según datos de {ago}",
    known_old: "Lo que se muestra es de {ago}: no hubo respuesta más reciente.",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    heading: "CA và HSM",
    key_open: "mở CA",
    key_close: "đóng CA",
    section_opening: "Lần mở",
    section_ca: "CA cấp chứng thư",
    section_hsm: "HSM",
    section_record: "Kiểm toán",
    row_state: "trạng thái",
    row_certificates: "lần mở này",
    row_order: "đơn hàng",
    row_name: "tên",
    row_valid: "hiệu lực đến",
    row_key: "khóa",
    row_sha256: "SHA-256",
    row_successor: "CA kế nhiệm",
    row_token: "token",
    row_model: "kiểu máy",
    row_serial: "số sê-ri",
    row_sessions: "phiên",
    row_pin: "mã PIN",
    row_usage: "khóa đã dùng",
    row_log: "nhật ký HSM",
    row_checkpoint: "điểm kiểm",
    state_open: "● MỞ đến {until}, còn {left}",
    state_spent: "▲ HẾT: đã cấp đủ số chứng thư của lần mở này",
    state_closed: "■ ĐÓNG: không cấp chứng thư cho đến khi người quản lý khóa mở",
    certificates_of: "đã cấp {signed} trên {most} chứng thư, còn {left}",
    certificates_unlimited: "đã cấp {signed} chứng thư; chỉ giới hạn theo đơn hàng",
    order_of: "đã dùng {used} trên {most} chứng thư, còn {left}",
    order_unlimited: "đã dùng {used} chứng thư; đơn hàng không giới hạn",
    successor: "{name}, đến {until}, khóa {key}",
    sessions_of: "● {open} trên {of} đang mở",
    sessions_closed: "■ đã đóng, mã PIN đã xóa",
    tries_not_low: "chưa ghi nhận mã PIN sai",
    tries_low: "đã có mã PIN sai kể từ lần đúng gần nhất",
    tries_last: "còn một lần thử trước khi khóa; không thử ở đây",
    tries_none: "hết lượt thử: đã bị khóa",
    usage_of: "{used} trên {limit} lần",
    usage_count: "{used} lần",
    usage_none: "HSM không đếm",
    log_none: "cấu hình không chỉ định",
    log_not_yet: "chưa đối chiếu",
    log_agrees: "● khớp với nhật ký, {ago}",
    checkpoint_none: "chưa có",
    checkpoint_at: "đến sự kiện {event}, {ago}",
    ask_officer: "Tên người quản lý khóa:",
    ask_hours: "Mở trong bao nhiêu giờ:",
    ask_certificates: "Cho bao nhiêu chứng thư:",
    wrong_officer: "Phải có người chịu trách nhiệm: hãy nhập tên, từ 1 đến {n} ký tự.",
    wrong_hours: "Lớn hơn 0 và không quá 168 giờ, ví dụ 8 hoặc 0,5.",
    wrong_certificates: "Số nguyên từ 1; để trống nếu không giới hạn thêm.",
    form_hint: "Enter để tiếp, ↑ để quay lại, Esc để bỏ. Sau đó nhập mã PIN.",
    pin_wait: "Chờ một chút rồi nhập mã PIN…",
    pin: "Mã PIN của HSM:",
    pin_hint: "Mã không hiện và không được lưu. Enter mở CA, Esc để bỏ; một phút không bấm phím cũng là bỏ.",
    opening: "Đang hỏi HSM…",
    closing: "Đang đóng CA…",
    last_opened: "● CA đã mở và đã được ghi lại.",
    last_closed: "■ CA đã đóng, mã PIN đã xóa và đã được ghi lại.",
    last_not_given: "▲ Chưa nhập mã PIN. Không mở gì cả.",
    last_not_typed: "▲ Một phút không ai bấm phím. Không mở gì cả.",
    try_again: "▶ CA vẫn đóng. Nhấn O để thử lại với mã PIN đúng.",
    as_of: "{value} (số liệu {ago})",
    known_old: "Số liệu dưới đây là của {ago}: từ đó chưa có trả lời mới.",
};
