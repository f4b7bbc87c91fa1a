//! What a key is answered that can do nothing now, what is asked before the line is stopped, and how to see
//! more of a page, in every language.

use super::sentences;

sentences! {
    /// The line is about to be stopped by a second stroke: what becomes of the runs under way.
    stop_once_more,
    /// Goes before what is to be done while the line stops.
    stopping,
    /// The CA is about to be closed by a second stroke: who can open it again.
    close_once_more,
    /// There are so many more lines on the page than are seen.
    more_below,
    /// The module of this slot is not tried again: it is to be reworked.
    retry_rework,
    /// The module of this slot is not tried again: it is set apart.
    retry_quarantine,
    /// The module of this slot is not tried again: it was finished before.
    retry_finished,
    /// The module of this slot is not tried again before the station is mended.
    retry_station,
    /// There is nothing to try again: the module passed.
    retry_passed,
    /// There is nothing to try again: the slot is at work.
    retry_at_work,
    /// There is nothing to try again: the slot cannot work.
    retry_trouble,
    /// There is nothing to try again: no run has ended in this slot.
    retry_empty,
    /// There is nothing to try again: the fault on the page is of no slot.
    retry_of_line,
    /// Nothing is tried again: the line takes up no further module.
    retry_stopping,
    /// Nothing is tried again: nobody answers for it.
    retry_nobody,
    /// Nobody is in a fault.
    no_fault,
    /// Nobody else is in a fault.
    no_other_fault,
    /// Nothing was noted that somebody could have seen.
    nothing_noted,
    /// A check is under way.
    check_under_way,
    /// There is nobody to sign out.
    nobody_signed_in,
    /// The ledger has not said yet how the batches stand.
    batches_unknown,
    /// A batch is being closed or exported.
    batch_at_work,
    /// No module waits for a batch.
    batch_none_due,
    /// There is no batch to make a file of.
    batch_none,
    /// Nothing is known of the CA yet.
    ca_unknown,
    /// The CA is being opened or closed.
    ca_at_work,
    /// The CA is open.
    ca_open,
    /// The CA is closed.
    ca_closed,
    /// The line has ended, so that the CA is not opened.
    ca_line_ended,
    /// No module is shown to which something could be done.
    deed_no_module,
    /// What the key does cannot be done to a module that stands so.
    deed_not_now,
    /// What was asked for before is still being done.
    deed_at_work,
}

pub(super) const ENGLISH: Sentences = Sentences {
    stop_once_more: "Press {key} once more: stop. Runs under way are finished first, sealing too.",
    stopping: "Stopping.",
    close_once_more: "Press {key} once more: {deed}. Only the officer can open it again.",
    more_below: "▼ {n} more lines (↓, PgDn)",
    retry_rework: "Slot {slot}: not tried again. The module goes into the rework bin.",
    retry_quarantine: "Slot {slot}: not tried again. The module goes into the quarantine tray.",
    retry_finished: "Slot {slot}: not tried again. The module goes with the finished ones.",
    retry_station: "Slot {slot}: mend the station first, then put the module in again.",
    retry_passed: "Slot {slot}: the module passed; there is nothing to try again.",
    retry_at_work: "Slot {slot} is at work; there is nothing to try again yet.",
    retry_trouble: "Slot {slot} is in trouble; there is nothing to try again. Press F.",
    retry_empty: "Slot {slot}: no module has ended there; there is nothing to try again.",
    retry_of_line: "This fault is of no slot; there is nothing to try again.",
    retry_stopping: "Nothing is tried again: the line takes up no further module.",
    retry_nobody: "Nothing is tried again before somebody has signed in (F7).",
    no_fault: "There is no fault to show.",
    no_other_fault: "There is no other fault to show.",
    nothing_noted: "Nothing is noted that you could have seen.",
    check_under_way: "The check is under way already.",
    nobody_signed_in: "There is nobody to sign out.",
    batches_unknown: "Wait: the ledger has not said yet how the batches stand.",
    batch_at_work: "Wait: a batch is being closed or exported already.",
    batch_none_due: "No module waits for a batch.",
    batch_none: "There is no batch to export.",
    ca_unknown: "Wait: nothing is known of the CA yet.",
    ca_at_work: "Wait: the CA is being opened or closed.",
    ca_open: "The CA is open already.",
    ca_closed: "The CA is closed already.",
    ca_line_ended: "The line has ended; it needs no open CA.",
    deed_no_module: "Find the module first: scan its label or type its UID.",
    deed_not_now: "Not possible with this module as it stands: {deed}.",
    deed_at_work: "Wait: what was asked for before is still being done.",
};

pub(super) const CHINESE: Sentences = Sentences {
    stop_once_more: "再按一次 {key}：停止。进行中的模块会先做完，封存也会完成。",
    stopping: "正在停止。",
    close_once_more: "再按一次 {key}：{deed}。只有密钥管理员能再打开。",
    more_below: "▼ 还有 {n} 行（↓、PgDn）",
    retry_rework: "工位 {slot}：不再重试。模块放入返修箱。",
    retry_quarantine: "工位 {slot}：不再重试。模块放入隔离盘。",
    retry_finished: "工位 {slot}：不再重试。模块放入成品盘。",
    retry_station: "工位 {slot}：先修复工站，再重新放入模块。",
    retry_passed: "工位 {slot}：模块已合格，无需重试。",
    retry_at_work: "工位 {slot} 正在工作，还没有可重试的内容。",
    retry_trouble: "工位 {slot} 有故障，没有可重试的内容。请按 F。",
    retry_empty: "工位 {slot}：没有做完的模块，无需重试。",
    retry_of_line: "此故障不属于任何工位，没有可重试的内容。",
    retry_stopping: "不再重试：产线不再接收模块。",
    retry_nobody: "有人登录（F7）之后才能重试。",
    no_fault: "没有可显示的故障。",
    no_other_fault: "没有其他故障。",
    nothing_noted: "没有需要确认的提示。",
    check_under_way: "检查已在进行中。",
    nobody_signed_in: "没有人登录，无需退出。",
    batches_unknown: "请稍候：台账尚未给出批次情况。",
    batch_at_work: "请稍候：正在关闭或导出批次。",
    batch_none_due: "没有等待编入批次的模块。",
    batch_none: "没有可导出的批次。",
    ca_unknown: "请稍候：还没有 CA 的信息。",
    ca_at_work: "请稍候：正在开启或关闭 CA。",
    ca_open: "CA 已经开启。",
    ca_closed: "CA 已经关闭。",
    ca_line_ended: "产线已停止运行，无需开启 CA。",
    deed_no_module: "请先找到模块：扫描标签或输入 UID。",
    deed_not_now: "此模块目前的状态不允许：{deed}。",
    deed_at_work: "请稍候：上一项操作尚未完成。",
};

pub(super) const SPANISH: Sentences = Sentences {
    stop_once_more: "Presione {key} otra vez: parar. Antes se termina lo empezado, también el sellado.",
    stopping: "Parando.",
    close_once_more: "Presione {key} otra vez: {deed}. Solo el responsable de claves la reabre.",
    more_below: "▼ {n} líneas más (↓, PgDn)",
    retry_rework: "Puesto {slot}: no se reintenta. El módulo va a la caja de reproceso.",
    retry_quarantine: "Puesto {slot}: no se reintenta. El módulo va a la bandeja de cuarentena.",
    retry_finished: "Puesto {slot}: no se reintenta. El módulo va con los terminados.",
    retry_station: "Puesto {slot}: repare primero la estación y vuelva a poner el módulo.",
    retry_passed: "Puesto {slot}: el módulo es apto; no hay nada que reintentar.",
    retry_at_work: "El puesto {slot} está trabajando; aún no hay nada que reintentar.",
    retry_trouble: "El puesto {slot} tiene un fallo; no hay nada que reintentar. Presione F.",
    retry_empty: "Puesto {slot}: ningún módulo ha terminado; no hay nada que reintentar.",
    retry_of_line: "Este fallo no es de ningún puesto; no hay nada que reintentar.",
    retry_stopping: "No se reintenta: la línea ya no admite ningún módulo.",
    retry_nobody: "No se reintenta hasta que alguien inicie sesión (F7).",
    no_fault: "No hay ningún fallo que mostrar.",
    no_other_fault: "No hay ningún otro fallo.",
    nothing_noted: "No hay ningún aviso que dar por visto.",
    check_under_way: "La comprobación ya está en curso.",
    nobody_signed_in: "No hay ninguna sesión que cerrar.",
    batches_unknown: "Espere: el registro aún no ha dicho cómo están los lotes.",
    batch_at_work: "Espere: ya se está cerrando o exportando un lote.",
    batch_none_due: "Ningún módulo espera un lote.",
    batch_none: "No hay ningún lote que exportar.",
    ca_unknown: "Espere: aún no se sabe nada de la CA.",
    ca_at_work: "Espere: la CA se está abriendo o cerrando.",
    ca_open: "La CA ya está abierta.",
    ca_closed: "La CA ya está cerrada.",
    ca_line_ended: "La línea ha terminado; no necesita la CA abierta.",
    deed_no_module: "Busque primero el módulo: escanee su etiqueta o escriba su UID.",
    deed_not_now: "No es posible con este módulo en su estado actual: {deed}.",
    deed_at_work: "Espere: lo que se pidió antes aún no ha terminado.",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    stop_once_more: "Nhấn {key} lần nữa: dừng. Việc đang chạy sẽ được làm xong, kể cả niêm phong.",
    stopping: "Đang dừng.",
    close_once_more: "Nhấn {key} lần nữa: {deed}. Chỉ người quản lý khóa mở lại được.",
    more_below: "▼ còn {n} dòng (↓, PgDn)",
    retry_rework: "Vị trí {slot}: không thử lại. Bỏ mô-đun vào thùng sửa lại.",
    retry_quarantine: "Vị trí {slot}: không thử lại. Đặt mô-đun vào khay cách ly.",
    retry_finished: "Vị trí {slot}: không thử lại. Để mô-đun vào khay thành phẩm.",
    retry_station: "Vị trí {slot}: sửa trạm trước rồi đặt lại mô-đun.",
    retry_passed: "Vị trí {slot}: mô-đun đã đạt, không có gì để thử lại.",
    retry_at_work: "Vị trí {slot} đang làm việc, chưa có gì để thử lại.",
    retry_trouble: "Vị trí {slot} đang có lỗi, không có gì để thử lại. Nhấn F.",
    retry_empty: "Vị trí {slot}: chưa có mô-đun nào làm xong, không có gì để thử lại.",
    retry_of_line: "Lỗi này không thuộc vị trí nào, không có gì để thử lại.",
    retry_stopping: "Không thử lại: dây chuyền không nhận thêm mô-đun.",
    retry_nobody: "Phải có người đăng nhập (F7) mới thử lại được.",
    no_fault: "Không có lỗi nào để xem.",
    no_other_fault: "Không có lỗi nào khác.",
    nothing_noted: "Không có thông báo nào cần xác nhận.",
    check_under_way: "Đang kiểm tra rồi.",
    nobody_signed_in: "Không có ai để đăng xuất.",
    batches_unknown: "Chờ: nhật ký chưa cho biết tình trạng các lô.",
    batch_at_work: "Chờ: đang đóng hoặc xuất một lô.",
    batch_none_due: "Không có mô-đun nào chờ vào lô.",
    batch_none: "Không có lô nào để xuất.",
    ca_unknown: "Chờ: chưa biết gì về CA.",
    ca_at_work: "Chờ: CA đang được mở hoặc đóng.",
    ca_open: "CA đã mở rồi.",
    ca_closed: "CA đã đóng rồi.",
    ca_line_ended: "Dây chuyền đã kết thúc, không cần mở CA.",
    deed_no_module: "Tìm mô-đun trước: quét nhãn hoặc nhập UID.",
    deed_not_now: "Mô-đun này hiện không cho phép: {deed}.",
    deed_at_work: "Chờ: việc yêu cầu trước vẫn đang được làm.",
};
