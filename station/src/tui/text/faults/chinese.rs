//! The fault catalogue in Simplified Chinese.

use super::{FaultText, translation};
use crate::fault::FaultCode;

const QUARANTINE: &str = "把模块放进隔离盘。";
const REWORK: &str = "把模块放进返修箱。";
const RESEAT: &str = "取出模块，重新放入。";
const OR_REWORK: &str = "如果再次失败，就放进返修箱。";
const THEN_RESEAT: &str = "然后重新放入模块。";
const CLAMP: &str = "把压扣按到底。";
const ENGINEER: &str = "呼叫工程师。";
const OFFICER: &str = "呼叫密钥管理员。";
const OFFICER_OPENS: &str = "呼叫密钥管理员，由其重新开启 CA。";
const CHECK: &str = "运行 `station check`。";
const MEND: &str = "改正它指出的问题。";
const HSM_CABLE: &str = "检查 HSM 是否插好。";
const SET_CLOCK: &str = "校准工站的时钟。";
const RESTART: &str = "重新启动工站程序。";

translation! {
    ModuleLifecycle: "模块的状态不对" => QUARANTINE;
    ModuleSelfTest: "模块自检失败" => REWORK;
    ModuleKeyGeneration: "模块无法生成密钥" => REWORK;
    ModuleRefused: "模块拒绝了命令" => RESEAT, OR_REWORK;
    ModuleUnknown: "台账里没有这个模块" => QUARANTINE;
    ModuleQuarantined: "模块处于隔离状态" => QUARANTINE;
    IdentityLost: "模块丢失了身份" => QUARANTINE;
    RequestMalformed: "模块的证书请求格式错误" => QUARANTINE;
    RequestSignature: "证书请求的签名错误" => QUARANTINE;
    RequestCurve: "模块的密钥类型不对" => QUARANTINE;
    UidTaken: "另一个模块已有这个 UID" => QUARANTINE;
    PublicKeyTaken: "另一个模块已有这个密钥" => QUARANTINE, "呼叫工程师：两个模块用同一个密钥，是安全问题。";
    CertificateVoided: "模块的证书已作废" => QUARANTINE;
    KeyWeak: "模块的密钥太弱" => QUARANTINE, "呼叫工程师：随机数发生器可能已损坏。";
    CertificateRefused: "模块拒绝了它的证书" => REWORK;
    CertificateReadBack: "模块里是另一张证书" => QUARANTINE;
    ProofWrong: "模块无法证明它的密钥" => QUARANTINE;
    StandardReadings: "模块的设置不对" => REWORK;
    SealRefused: "模块没有封存" => REWORK;
    SealOpen: "封存后的模块仍可访问" => QUARANTINE;

    LinkSilent: "模块没有应答" => CLAMP, RESEAT, "如果仍没有应答，就放进返修箱。";
    LinkGarbage: "模块的应答无法识别" => RESEAT, OR_REWORK;
    LinkOpen: "串口打不开" => "检查本工位的串口线是否插好。", CHECK;
    LinkLost: "串口断开了" => "检查本工位的串口线。", THEN_RESEAT;

    ProbeMissing: "找不到烧录器" => "检查本工位的烧录器是否插好。", THEN_RESEAT;
    ProbeLost: "烧录器断开了" => "检查烧录器的线。", RESEAT;
    ModuleMissing: "工位里没有模块" => "把模块放进工位。", CLAMP;
    WrongChip: "芯片型号不对" => QUARANTINE, "检查产线上的料盘是否正确。";
    FlashFailed: "固件写入失败" => RESEAT, OR_REWORK;
    FlashVerify: "固件读回不一致" => REWORK;
    DebugPortLocked: "调试口已锁住" => QUARANTINE;
    ProbeSlow: "烧录器没有反应" => "把本工位的烧录器拔下再插上。", THEN_RESEAT;
    ProbeCrashed: "烧录器的驱动程序出错" => RESEAT;

    HsmModuleFile: "找不到 HSM 的软件" => ENGINEER, CHECK;
    HsmTokenMissing: "找不到 HSM 的令牌" => HSM_CABLE, CHECK;
    HsmPinWrong: "HSM 不接受这个 PIN" => "用正确的 PIN 重新启动工站程序。";
    HsmPinLocked: "HSM 的 PIN 已锁住" => OFFICER;
    HsmKeyAbsent: "HSM 里缺少一个密钥" => OFFICER, CHECK;
    HsmKeyAmbiguous: "HSM 里有两个同名的密钥" => OFFICER;
    HsmSign: "HSM 无法签名" => RESEAT, "如果再次发生，呼叫工程师。";
    HsmLost: "HSM 断开了" => HSM_CABLE, THEN_RESEAT;
    HsmSignatureWrong: "HSM 的签名验证不通过" => OFFICER;
    AuthorityMissing: "还没有 CA" => OFFICER, "运行 `station ca init`。";
    AuthorityMismatch: "CA 与它的密钥不符" => OFFICER;
    HsmPinMissing: "没有输入 PIN" => "重新启动工站程序，并输入 PIN。";
    AuthorityExists: "已经有 CA 了" => "使用现有的 CA：`station ca show`。";
    HsmSessions: "HSM 的会话已全部占用" => "关闭其他使用 HSM 的程序。", "然后重新启动工站程序。";
    HsmFull: "HSM 已满" => OFFICER;
    HsmTokenOther: "插的是另一台 HSM" => "插回原来的 HSM。", "如果是有意更换，重新启动工站程序。";
    HsmOfficerLoggedIn: "HSM 正在维护" => "等密钥管理员退出 HSM。", THEN_RESEAT;
    HsmClock: "HSM 的时钟不对" => OFFICER;
    HsmCertificateOther: "HSM 里有一张证书不符" => OFFICER;
    HsmUsageLimit: "HSM 达到了它自己的上限" => OFFICER;
    AuthorityClosed: "CA 已关闭" => OFFICER_OPENS, THEN_RESEAT;
    AuthoritySpent: "CA 开启的数量已用完" => OFFICER_OPENS, THEN_RESEAT;
    OrderCertificates: "工单不能再发证书" => "呼叫工程师：本工单失败的模块太多。";
    OutsideHours: "CA 在这个时间不签发" => "在工作时间内重新放入模块。";
    KeyPurpose: "密钥的用途不符" => OFFICER;
    SignatureUnknown: "HSM 签过来历不明的内容" => "停止产线。", "呼叫密钥管理员：可能有别人在用 CA 的密钥。";
    AuthorityEnds: "CA 的有效期不够长" => "呼叫密钥管理员：CA 必须更换。";
    HsmSlow: "HSM 没有反应" => HSM_CABLE, THEN_RESEAT;

    Configuration: "工站的设置有误" => CHECK, MEND;
    ProductFile: "产品文件有误" => CHECK, MEND;
    OrderFile: "工单文件有误" => "改正提示指出的问题。", "然后重新运行 `station order open`。";
    FirmwareMissing: "找不到固件文件" => ENGINEER, CHECK;
    FirmwareFormat: "固件文件不是固件映像" => ENGINEER, CHECK;
    FirmwareSize: "芯片放不下这个固件" => ENGINEER, CHECK;
    FirmwareDigest: "这不是已发布的固件" => ENGINEER, CHECK;
    OrderMissing: "没有打开的工单" => "运行 `station order open FILE`。";
    OrderComplete: "工单已完成" => "关闭批次：`station batch close`。", "打开下一个工单。";
    BatchState: "无法生成批次" => "按提示操作。";
    FileWrite: "文件无法写入" => "检查磁盘。", "然后再试一次。";
    OperatorMissing: "没有填写姓名" => "加上 `--operator NAME`，重新运行命令。";
    CheckpointFile: "无法读取用于比较的文件" =>
        "使用 `station ledger checkpoint` 输出的检查点。", "用 --ca 给出 PEM 格式的根证书。";
    OrderOther: "这个模块属于另一个工单" => "把模块放回它那个工单的模块里。";
    CertificateEarly: "证书的日期在将来" => QUARANTINE, "呼叫工程师：签发证书时，时钟不对。";
    PrinterOff: "打印机没有应答" => "打开打印机，检查它的线。", THEN_RESEAT;
    PrinterPaper: "打印机没有标签了" => "给打印机换一卷新标签。", THEN_RESEAT;
    PrinterOpen: "打印机没有合上" => "合上打印机的打印头。", THEN_RESEAT;
    PrinterPaused: "打印机已暂停" => "按打印机的暂停键。", THEN_RESEAT;
    PrinterAnswer: "打印机的应答无法识别" => "关闭打印机，再打开。", CHECK;
    LabelContent: "标签无法生成" => ENGINEER, CHECK;
    ScannerOff: "扫码器没有应答" => "检查扫码器的线。", THEN_RESEAT;
    ScannerNoRead: "扫码器读不到标签" => "把标签平整地贴在模块上。", THEN_RESEAT;
    ScannerOtherLabel: "这张标签属于另一个模块" => "撕下标签。", "把模块和标签放进隔离盘。";
    ModuleFinished: "这个模块已经完成" => "把模块放回成品盘。";

    ModuleAtWork: "模块正在工位中加工" => "等它的运行结束。", "如果还需要，再操作一次。";
    RecordingFile: "录制文件无法播放" =>
        "请使用 `recordings` 目录中的文件。", "若已如此，请重新复制：文件不完整。",
        "旧的录制请用写入它的版本播放。";
    LedgerOpen: "台账打不开" => ENGINEER, CHECK;
    LedgerWrite: "台账无法写入" => "检查磁盘是否已满。", RESTART;
    LedgerBroken: "台账被改动过" => ENGINEER, "台账文件保持原样，不要动。";
    LedgerLocked: "另一个工站程序正在用这个台账" => "等产线停下，或停止产线。", "然后重新运行命令。";
    LedgerRefused: "台账拒绝了一条记录" => ENGINEER;
    LedgerVersion: "台账来自更新的工站程序" => "安装更新的工站程序。";

    Bug: "工站程序发现自身有错" => ENGINEER;
    ClockBehind: "工站的时钟不对" =>
        SET_CLOCK, "如果时钟是对的，呼叫工程师：`station ledger accept-clock`。", RESTART;
    ClockJumped: "工站的时钟跳变了" => SET_CLOCK, RESTART;
    ClockFine: "时钟没有落后于台账" => "启动工站程序。";
    Interrupted: "加工被中止" => "重新放入模块。";
}
