//! What the page `check` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
    /// Nothing was looked at yet.
    never,
    /// The check begins.
    begins,
    /// What is being looked at.
    looking_at,
    /// When it was last done.
    done,
    /// When it was broken off.
    broken_off,
    /// Nothing is wrong.
    all_well,
    /// So many things are wrong.
    wrong_things,
    /// Mark of a thing that is well.
    well,
    /// Mark of a thing of which there is little left.
    little,
    /// Mark of a device that a run is using.
    at_work,
    /// Mark of a thing that is wrong.
    wrong,
    /// The settings of the station.
    settings,
    /// The ledger.
    ledger,
    /// The clock.
    clock,
    /// The disk.
    disk,
    /// The order.
    order,
    /// The firmware.
    firmware,
    /// The label.
    label,
    /// The vendor's certificates.
    certificates,
    /// The HSM.
    hsm,
    /// A key in the HSM.
    hsm_key,
    /// A device of a slot.
    of_slot,
    /// The debug probe.
    probe,
    /// The serial port.
    serial_port,
    /// The label printer.
    printer,
    /// The code reader.
    scanner,
    /// There is no ledger, and need not be.
    no_ledger_yet,
    /// How much room is left.
    room,
    /// What the order is for.
    order_for,
    /// Version and size of the firmware.
    firmware_is,
    /// What a label says.
    label_is,
    /// When the issuing CA's certificate ends.
    issuing_until,
    /// What the token says of itself.
    token,
    /// A key is there.
    key_found,
    /// A key is there, and was used so often.
    key_used,
    /// A key is there, and was used so often of so many times.
    key_used_of,
    /// A key is there, and may be used so often.
    key_limited,
    /// A module is in the slot.
    seated,
    /// No module is in the slot.
    not_seated,
    /// The port can be opened.
    opens,
    /// The printer is ready.
    ready,
    /// The device answers.
    answers,
    /// Only its use tells whether the device is there.
    cannot_be_asked,
}

pub(super) const ENGLISH: Sentences = Sentences {
    heading: "Check",
    never: "nothing was looked at yet",
    begins: "begins",
    looking_at: "looking at: {subject}",
    done: "done {time} ago",
    broken_off: "broken off {time} ago: what follows is not all",
    all_well: "all is well",
    wrong_things: "wrong: {n}",
    well: "ok",
    little: "little",
    at_work: "at work",
    wrong: "WRONG",
    settings: "settings",
    ledger: "ledger",
    clock: "clock",
    disk: "disk",
    order: "order",
    firmware: "firmware",
    label: "label",
    certificates: "certificates",
    hsm: "HSM",
    hsm_key: "HSM key {label}",
    of_slot: "slot {slot} {part}",
    probe: "probe",
    serial_port: "serial port",
    printer: "printer",
    scanner: "scanner",
    no_ledger_yet: "none yet; the first command makes one",
    room: "{percent} free",
    order_for: "{order}: {n} × {product} for {customer}",
    firmware_is: "version {version}, {n} bytes of flash",
    label_is: "such as {payload}",
    issuing_until: "issuing CA until {time}",
    token: "token {label}: {maker} {model}, serial number {serial}",
    key_found: "found",
    key_used: "found; signatures made: {n}",
    key_used_of: "found; signatures made: {n} of {limit}",
    key_limited: "found; signatures allowed: {limit}",
    seated: "a module is in the slot",
    not_seated: "no module is in the slot",
    opens: "opens",
    ready: "ready",
    answers: "answers",
    cannot_be_asked: "cannot be asked: scan something",
};

pub(super) const CHINESE: Sentences = Sentences {
    heading: "检查",
    never: "尚未检查",
    begins: "开始检查",
    looking_at: "正在检查：{subject}",
    done: "{time}前完成",
    broken_off: "{time}前中断：以下结果不完整",
    all_well: "一切正常",
    wrong_things: "有问题：{n} 项",
    well: "正常",
    little: "不足",
    at_work: "工作中",
    wrong: "有误",
    settings: "设置",
    ledger: "台账",
    clock: "时钟",
    disk: "磁盘",
    order: "工单",
    firmware: "固件",
    label: "标签",
    certificates: "证书",
    hsm: "HSM",
    hsm_key: "HSM 密钥 {label}",
    of_slot: "工位 {slot} {part}",
    probe: "烧录器",
    serial_port: "串口",
    printer: "打印机",
    scanner: "扫码器",
    no_ledger_yet: "还没有；第一条命令会建立",
    room: "剩余 {percent}",
    order_for: "{order}：{customer} 的 {product} × {n}",
    firmware_is: "版本 {version}，占闪存 {n} 字节",
    label_is: "例如 {payload}",
    issuing_until: "签发 CA 有效期至 {time}",
    token: "令牌 {label}：{maker} {model}，序列号 {serial}",
    key_found: "已找到",
    key_used: "已找到；已签名 {n} 次",
    key_used_of: "已找到；已签名 {n} 次，上限 {limit} 次",
    key_limited: "已找到；允许签名 {limit} 次",
    seated: "工位里有模块",
    not_seated: "工位里没有模块",
    opens: "可以打开",
    ready: "就绪",
    answers: "有应答",
    cannot_be_asked: "无法询问，请扫描试试",
};

pub(super) const SPANISH: Sentences = Sentences {
    heading: "Comprobación",
    never: "aún no se ha revisado nada",
    begins: "comienza",
    looking_at: "revisando: {subject}",
    done: "hecha hace {time}",
    broken_off: "interrumpida hace {time}: lo que sigue no es todo",
    all_well: "todo está bien",
    wrong_things: "mal: {n}",
    well: "bien",
    little: "poco",
    at_work: "ocupado",
    wrong: "MAL",
    settings: "configuración",
    ledger: "registro",
    clock: "reloj",
    disk: "disco",
    order: "orden",
    firmware: "firmware",
    label: "etiqueta",
    certificates: "certificados",
    hsm: "HSM",
    hsm_key: "clave {label} del HSM",
    of_slot: "puesto {slot}: {part}",
    probe: "sonda",
    serial_port: "puerto serial",
    printer: "impresora",
    scanner: "escáner",
    no_ledger_yet: "aún no hay; el primer comando lo crea",
    room: "{percent} libre",
    order_for: "{order}: {n} × {product} para {customer}",
    firmware_is: "versión {version}, {n} bytes de flash",
    label_is: "por ejemplo {payload}",
    issuing_until: "CA emisora hasta {time}",
    token: "token {label}: {maker} {model}, número de serie {serial}",
    key_found: "encontrada",
    key_used: "encontrada; firmas hechas: {n}",
    key_used_of: "encontrada; firmas hechas: {n} de {limit}",
    key_limited: "encontrada; firmas permitidas: {limit}",
    seated: "hay un módulo en el puesto",
    not_seated: "no hay módulo en el puesto",
    opens: "se abre",
    ready: "lista",
    answers: "responde",
    cannot_be_asked: "no se puede consultar: escanee algo",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    heading: "Kiểm tra",
    never: "chưa kiểm tra gì",
    begins: "bắt đầu",
    looking_at: "đang kiểm tra: {subject}",
    done: "xong {time} trước",
    broken_off: "bị ngắt {time} trước: kết quả dưới đây chưa đủ",
    all_well: "mọi thứ đều tốt",
    wrong_things: "lỗi: {n}",
    well: "tốt",
    little: "ít",
    at_work: "đang chạy",
    wrong: "LỖI",
    settings: "cấu hình",
    ledger: "nhật ký",
    clock: "đồng hồ",
    disk: "ổ đĩa",
    order: "đơn hàng",
    firmware: "firmware",
    label: "nhãn",
    certificates: "chứng thư",
    hsm: "HSM",
    hsm_key: "khóa {label} trong HSM",
    of_slot: "vị trí {slot}: {part}",
    probe: "mạch nạp",
    serial_port: "cổng nối tiếp",
    printer: "máy in",
    scanner: "máy quét",
    no_ledger_yet: "chưa có; lệnh đầu tiên sẽ tạo",
    room: "còn trống {percent}",
    order_for: "{order}: {n} × {product} cho {customer}",
    firmware_is: "phiên bản {version}, {n} byte bộ nhớ flash",
    label_is: "ví dụ {payload}",
    issuing_until: "CA cấp chứng thư đến {time}",
    token: "token {label}: {maker} {model}, số sê-ri {serial}",
    key_found: "đã tìm thấy",
    key_used: "đã tìm thấy; đã ký {n} lần",
    key_used_of: "đã tìm thấy; đã ký {n} trên {limit} lần",
    key_limited: "đã tìm thấy; được ký {limit} lần",
    seated: "có mô-đun trong vị trí",
    not_seated: "không có mô-đun trong vị trí",
    opens: "mở được",
    ready: "sẵn sàng",
    answers: "có trả lời",
    cannot_be_asked: "không hỏi được: hãy quét thử",
};
