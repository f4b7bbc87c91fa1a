//! What the page `batches` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
    /// How many modules wait for a batch.
    due,
    /// What becomes of them, if not all of them passed: behind how many there are.
    due_parts,
    /// No module waits.
    due_none,
    /// The ledger has not answered yet.
    unheard,
    /// No batch was closed yet.
    none,
    /// Heading of a column: the batch.
    column_batch,
    /// Heading of a column: the order.
    column_order,
    /// Heading of a column: whom it ships to.
    column_customer,
    /// Heading of a column: how many modules are in it.
    column_modules,
    /// Heading of a column: when it was closed.
    column_closed,
    /// Heading of a column: when it was exported.
    column_exported,
    /// Heading of a column: what the file discloses.
    column_flavour,
    /// A batch that was not exported.
    never,
    /// Heading above the files of a batch.
    files,
    /// There is no file of it.
    files_none,
    /// A batch is being closed.
    work_closing,
    /// The HSM vouches for the ledger.
    work_vouching,
    /// A file is being made.
    work_exporting,
    /// Nothing was heard of the work yet.
    stage_begins,
    /// Modules are read from the ledger.
    stage_reading,
    /// The manifest is put together and checked.
    stage_checking,
    /// The HSM is asked for the signature.
    stage_signing,
    /// The file is written.
    stage_writing,
    /// What goes on beside the work.
    meanwhile,
    /// The program ends after the work.
    leaves_after,
    /// A batch is closed.
    closed,
    /// The HSM has signed a checkpoint of the ledger.
    vouched,
    /// The HSM has not signed a checkpoint of the ledger.
    not_vouched,
    /// What becomes of a checkpoint that was not signed.
    checkpoint_later,
    /// What to do when the trouble is over.
    again,
    /// A file is made.
    exported,
    /// What a key does: close a batch.
    key_close,
    /// What a key does: make the file.
    key_export,
    /// What a key does: make the file in the other flavour.
    key_export_other,
}

pub(super) const ENGLISH: Sentences = Sentences {
    heading: "Batches",
    due: "Waiting for a batch, order {order}: {n}",
    due_parts: " (passed {passed}, void {void}, came back {withdrawn})",
    due_none: "No module of order {order} waits for a batch.",
    unheard: "The ledger has not answered yet.",
    none: "No batch was closed yet.",
    column_batch: "Batch",
    column_order: "Order",
    column_customer: "Customer",
    column_modules: "Modules",
    column_closed: "Closed",
    column_exported: "Exported",
    column_flavour: "Form",
    never: "▲ not yet",
    files: "Files of {batch}",
    files_none: "There is none yet. E makes it.",
    work_closing: "Closing a batch",
    work_vouching: "The HSM signs a checkpoint of the ledger",
    work_exporting: "Exporting {batch}, {flavour}",
    stage_begins: "begins",
    stage_reading: "modules read: {done} of {total}",
    stage_checking: "checked as the customer will check it",
    stage_signing: "the HSM signs",
    stage_writing: "the file is written",
    meanwhile: "The line goes on. The next one can begin when this is done.",
    leaves_after: "The program ends when this is done.",
    closed: "Batch {batch} is closed. Modules in it: {n}. E makes its file.",
    vouched: "The HSM has signed a checkpoint of the ledger.",
    not_vouched: "The batch is closed all the same; the checkpoint is not signed:",
    checkpoint_later: "The next checkpoint is made by itself.",
    again: "Begin once more.",
    exported: "Batch {batch} is exported, {flavour}:",
    key_close: "close a batch",
    key_export: "export",
    key_export_other: "export in the other form",
};

pub(super) const CHINESE: Sentences = Sentences {
    heading: "批次",
    due: "工单 {order} 等待组成批次的模块：{n}",
    due_parts: "（合格 {passed}，作废 {void}，退回 {withdrawn}）",
    due_none: "工单 {order} 没有等待组成批次的模块。",
    unheard: "台账尚未应答。",
    none: "还没有关闭过批次。",
    column_batch: "批次",
    column_order: "工单",
    column_customer: "客户",
    column_modules: "模块数",
    column_closed: "关闭时间",
    column_exported: "导出时间",
    column_flavour: "形式",
    never: "▲ 尚未导出",
    files: "{batch} 的文件",
    files_none: "还没有文件。按 E 生成。",
    work_closing: "正在关闭批次",
    work_vouching: "HSM 正在签署台账检查点",
    work_exporting: "正在导出 {batch}（{flavour}）",
    stage_begins: "开始",
    stage_reading: "已读取模块 {done} / {total}",
    stage_checking: "按客户的方式检查",
    stage_signing: "HSM 正在签名",
    stage_writing: "正在写入文件",
    meanwhile: "产线继续运行。完成后才能开始下一项。",
    leaves_after: "完成后程序退出。",
    closed: "批次 {batch} 已关闭，共 {n} 个模块。按 E 生成文件。",
    vouched: "HSM 已签署台账检查点。",
    not_vouched: "批次仍已关闭，但检查点未能签署：",
    checkpoint_later: "下一个检查点会自动签署。",
    again: "重新开始此操作。",
    exported: "批次 {batch} 已导出（{flavour}）：",
    key_close: "关闭批次",
    key_export: "导出",
    key_export_other: "以另一种形式导出",
};

pub(super) const SPANISH: Sentences = Sentences {
    heading: "Lotes",
    due: "Esperan un lote, orden {order}: {n}",
    due_parts: " (aptos {passed}, anulados {void}, devueltos {withdrawn})",
    due_none: "Ningún módulo de la orden {order} espera un lote.",
    unheard: "El registro aún no ha respondido.",
    none: "Todavía no se ha cerrado ningún lote.",
    column_batch: "Lote",
    column_order: "Orden",
    column_customer: "Cliente",
    column_modules: "Módulos",
    column_closed: "Cerrado",
    column_exported: "Exportado",
    column_flavour: "Forma",
    never: "▲ aún no",
    files: "Archivos de {batch}",
    files_none: "Todavía no hay ninguno. E lo crea.",
    work_closing: "Se cierra un lote",
    work_vouching: "El HSM firma un punto de control del registro",
    work_exporting: "Se exporta {batch}, {flavour}",
    stage_begins: "comienza",
    stage_reading: "módulos leídos: {done} de {total}",
    stage_checking: "se comprueba como lo hará el cliente",
    stage_signing: "el HSM firma",
    stage_writing: "se escribe el archivo",
    meanwhile: "La línea sigue. Al terminar se puede empezar otra cosa.",
    leaves_after: "El programa termina después de esto.",
    closed: "El lote {batch} está cerrado. Módulos: {n}. E crea su archivo.",
    vouched: "El HSM ha firmado un punto de control del registro.",
    not_vouched: "El lote está cerrado de todos modos; el punto de control no se firmó:",
    checkpoint_later: "El próximo punto de control se firma solo.",
    again: "Empiece de nuevo.",
    exported: "El lote {batch} está exportado, {flavour}:",
    key_close: "cerrar un lote",
    key_export: "exportar",
    key_export_other: "exportar en la otra forma",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    heading: "Lô",
    due: "Mô-đun chờ vào lô, đơn {order}: {n}",
    due_parts: " (đạt {passed}, đã hủy {void}, bị trả về {withdrawn})",
    due_none: "Đơn {order} không có mô-đun nào chờ vào lô.",
    unheard: "Nhật ký chưa trả lời.",
    none: "Chưa đóng lô nào.",
    column_batch: "Lô",
    column_order: "Đơn",
    column_customer: "Khách hàng",
    column_modules: "Mô-đun",
    column_closed: "Đóng lúc",
    column_exported: "Xuất lúc",
    column_flavour: "Dạng",
    never: "▲ chưa xuất",
    files: "Tệp của {batch}",
    files_none: "Chưa có tệp. Nhấn E để tạo.",
    work_closing: "Đang đóng lô",
    work_vouching: "HSM đang ký một điểm kiểm của nhật ký",
    work_exporting: "Đang xuất {batch}, {flavour}",
    stage_begins: "bắt đầu",
    stage_reading: "đã đọc {done} / {total} mô-đun",
    stage_checking: "kiểm tra như khách hàng sẽ kiểm tra",
    stage_signing: "HSM đang ký",
    stage_writing: "đang ghi tệp",
    meanwhile: "Dây chuyền vẫn chạy. Xong việc này mới bắt đầu việc khác.",
    leaves_after: "Xong việc này chương trình sẽ thoát.",
    closed: "Đã đóng lô {batch}, gồm {n} mô-đun. Nhấn E để tạo tệp.",
    vouched: "HSM đã ký một điểm kiểm của nhật ký.",
    not_vouched: "Lô vẫn đã đóng, nhưng điểm kiểm chưa được ký:",
    checkpoint_later: "Điểm kiểm kế tiếp sẽ được ký tự động.",
    again: "Hãy bắt đầu lại.",
    exported: "Đã xuất lô {batch}, {flavour}:",
    key_close: "đóng lô",
    key_export: "xuất",
    key_export_other: "xuất ở dạng kia",
};
