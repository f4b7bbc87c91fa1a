//! What stays said until somebody has seen it, in every language; and what is said of recordings.

use super::sentences;

sentences! {
    /// A checkpoint of the ledger could not be signed.
    checkpoint_missed,
    /// The HSM's own log could not be compared with the ledger.
    audit_missed,
    /// Where a recording was put.
    recorded,
    /// A recording could not be written.
    not_recorded,
    /// Nothing more comes from the line, and it has not said how it ended.
    deaf,
    /// What a recording that is played says of itself: which message, how many, how fast.
    playing,
    /// The same, while it stands still.
    paused,
    /// The keys while a recording is played.
    replay_keys,
}

pub(super) const ENGLISH: Sentences = Sentences {
    checkpoint_missed: "Checkpoint not signed, {n}×, {time} ago: {code} {title}",
    audit_missed: "HSM's log not compared, {n}×, {time} ago: {code} {title}",
    recorded: "Recorded: {file}",
    not_recorded: "Not recorded: {code} {title}",
    deaf: "The line has said nothing more for {time}: what is shown may no longer be so",
    playing: "Recording: {k} of {n}, speed ×{speed}",
    paused: "Recording: {k} of {n}, paused",
    replay_keys: "Space: pause · ← →: step · Q: leave",
};

pub(super) const CHINESE: Sentences = Sentences {
    checkpoint_missed: "检查点未能签署，{n} 次，{time}前：{code} {title}",
    audit_missed: "HSM 日志未能比对，{n} 次，{time}前：{code} {title}",
    recorded: "已保存录制：{file}",
    not_recorded: "录制未能保存：{code} {title}",
    deaf: "产线已有 {time}没有消息：画面内容可能已经过时",
    playing: "录制回放：第 {k} 条，共 {n} 条，速度 ×{speed}",
    paused: "录制回放：第 {k} 条，共 {n} 条，已暂停",
    replay_keys: "空格：暂停 · ← →：单步 · Q：退出",
};

pub(super) const SPANISH: Sentences = Sentences {
    checkpoint_missed: "Punto de control sin firmar, {n}×, hace {time}: {code} {title}",
    audit_missed: "Log del HSM sin comparar, {n}×, hace {time}: {code} {title}",
    recorded: "Grabación guardada: {file}",
    not_recorded: "Grabación no guardada: {code} {title}",
    deaf: "La línea no dice nada más desde hace {time}: lo que se ve puede no ser actual",
    playing: "Grabación: {k} de {n}, ×{speed}",
    paused: "Grabación: {k} de {n}, en pausa",
    replay_keys: "Espacio: pausa · ← →: paso · Q: salir",
};

pub(super) const VIETNAMESE: Sentences = Sentences {
    checkpoint_missed: "Điểm kiểm chưa được ký, {n} lần, {time} trước: {code} {title}",
    audit_missed: "Nhật ký HSM chưa được đối chiếu, {n} lần, {time} trước: {code} {title}",
    recorded: "Đã ghi hình: {file}",
    not_recorded: "Không ghi hình được: {code} {title}",
    deaf: "Dây chuyền im lặng đã {time}: nội dung trên màn hình có thể không còn đúng",
    playing: "Bản ghi: {k} trên {n}, tốc độ ×{speed}",
    paused: "Bản ghi: {k} trên {n}, tạm dừng",
    replay_keys: "Cách: dừng · ← →: bước · Q: thoát",
};
