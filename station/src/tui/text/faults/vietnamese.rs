//! The fault catalogue in Vietnamese.

use super::{FaultText, translation};
use crate::fault::FaultCode;

const QUARANTINE: &str = "Đặt mô-đun vào khay cách ly.";
const REWORK: &str = "Đặt mô-đun vào thùng sửa lại.";
const RESEAT: &str = "Lấy mô-đun ra rồi đặt lại.";
const OR_REWORK: &str = "Nếu vẫn lỗi, đặt vào thùng sửa lại.";
const THEN_RESEAT: &str = "Sau đó đặt lại mô-đun.";
const CLAMP: &str = "Nhấn kẹp xuống hết cỡ.";
const ENGINEER: &str = "Gọi kỹ sư.";
const OFFICER: &str = "Gọi người quản lý khóa.";
const OFFICER_OPENS: &str = "Gọi người quản lý khóa để mở lại CA.";
const CHECK: &str = "Chạy `station check`.";
const MEND: &str = "Sửa những gì nó báo.";
const HSM_CABLE: &str = "Kiểm tra HSM đã cắm chưa.";
const SET_CLOCK: &str = "Chỉnh lại đồng hồ của trạm.";
const RESTART: &str = "Khởi động lại chương trình trạm.";

translation! {
    ModuleLifecycle: "Trạng thái của mô-đun không đúng" => QUARANTINE;
    ModuleSelfTest: "Mô-đun tự kiểm tra không đạt" => REWORK;
    ModuleKeyGeneration: "Mô-đun không tạo được khóa" => REWORK;
    ModuleRefused: "Mô-đun từ chối một lệnh" => RESEAT, OR_REWORK;
    ModuleUnknown: "Nhật ký không có mô-đun này" => QUARANTINE;
    ModuleQuarantined: "Mô-đun đang bị cách ly" => QUARANTINE;
    IdentityLost: "Mô-đun đã mất danh tính" => QUARANTINE;
    RequestMalformed: "Yêu cầu của mô-đun sai định dạng" => QUARANTINE;
    RequestSignature: "Chữ ký của yêu cầu bị sai" => QUARANTINE;
    RequestCurve: "Khóa của mô-đun sai loại" => QUARANTINE;
    UidTaken: "Mô-đun khác đã có UID này" => QUARANTINE;
    PublicKeyTaken: "Mô-đun khác đã có khóa này" =>
        QUARANTINE, "Gọi kỹ sư: hai mô-đun chung một khóa là lỗi bảo mật.";
    CertificateVoided: "Chứng thư của mô-đun đã bị hủy" => QUARANTINE;
    KeyWeak: "Khóa của mô-đun quá yếu" => QUARANTINE, "Gọi kỹ sư: bộ tạo số ngẫu nhiên có thể đã hỏng.";
    CertificateRefused: "Mô-đun từ chối chứng thư của nó" => REWORK;
    CertificateReadBack: "Trong mô-đun là chứng thư khác" => QUARANTINE;
    ProofWrong: "Mô-đun không chứng minh được khóa" => QUARANTINE;
    StandardReadings: "Cấu hình của mô-đun không đúng" => REWORK;
    SealRefused: "Mô-đun chưa được niêm phong" => REWORK;
    SealOpen: "Mô-đun đã niêm phong nhưng vẫn mở" => QUARANTINE;

    LinkSilent: "Mô-đun không trả lời" => CLAMP, RESEAT, "Nếu vẫn không trả lời, đặt vào thùng sửa lại.";
    LinkGarbage: "Không hiểu trả lời của mô-đun" => RESEAT, OR_REWORK;
    LinkOpen: "Không mở được cổng nối tiếp" => "Kiểm tra cáp nối tiếp của vị trí này đã cắm chưa.", CHECK;
    LinkLost: "Mất cổng nối tiếp" => "Kiểm tra cáp nối tiếp của vị trí này.", THEN_RESEAT;

    ProbeMissing: "Không thấy mạch nạp" => "Kiểm tra mạch nạp của vị trí này đã cắm chưa.", THEN_RESEAT;
    ProbeLost: "Mất kết nối với mạch nạp" => "Kiểm tra cáp của mạch nạp.", RESEAT;
    ModuleMissing: "Chưa có mô-đun ở vị trí này" => "Đặt mô-đun vào vị trí.", CLAMP;
    WrongChip: "Đây là loại chip khác" => QUARANTINE, "Kiểm tra cuộn linh kiện trên dây chuyền có đúng không.";
    FlashFailed: "Không ghi được firmware" => RESEAT, OR_REWORK;
    FlashVerify: "Firmware đọc lại bị sai" => REWORK;
    DebugPortLocked: "Cổng gỡ lỗi đã bị khóa" => QUARANTINE;
    ProbeSlow: "Mạch nạp không phản hồi" => "Rút mạch nạp của vị trí này ra rồi cắm lại.", THEN_RESEAT;
    ProbeCrashed: "Trình điều khiển mạch nạp bị lỗi" => RESEAT;

    HsmModuleFile: "Không thấy phần mềm của HSM" => ENGINEER, CHECK;
    HsmTokenMissing: "Không thấy token của HSM" => HSM_CABLE, CHECK;
    HsmPinWrong: "HSM không nhận mã PIN" => "Khởi động lại chương trình trạm với mã PIN đúng.";
    HsmPinLocked: "Mã PIN của HSM đã bị khóa" => OFFICER;
    HsmKeyAbsent: "Trong HSM thiếu một khóa" => OFFICER, CHECK;
    HsmKeyAmbiguous: "Trong HSM có hai khóa trùng tên" => OFFICER;
    HsmSign: "HSM không ký được" => RESEAT, "Nếu bị lại, gọi kỹ sư.";
    HsmLost: "Mất kết nối với HSM" => HSM_CABLE, THEN_RESEAT;
    HsmSignatureWrong: "Chữ ký của HSM không hợp lệ" => OFFICER;
    AuthorityMissing: "Chưa có CA" => OFFICER, "Chạy `station ca init`.";
    AuthorityMismatch: "CA không khớp với khóa của nó" => OFFICER;
    HsmPinMissing: "Chưa nhập mã PIN" => "Khởi động lại chương trình trạm và nhập mã PIN.";
    AuthorityExists: "Đã có CA rồi" => "Dùng CA đang có: `station ca show`.";
    HsmSessions: "Mọi phiên của HSM đều đang bận" =>
        "Đóng các chương trình khác đang dùng HSM.", "Sau đó khởi động lại chương trình trạm.";
    HsmFull: "HSM đã đầy" => OFFICER;
    HsmTokenOther: "Đang cắm một HSM khác" =>
        "Cắm lại HSM lúc trước.", "Nếu cố ý thay, khởi động lại chương trình trạm.";
    HsmOfficerLoggedIn: "HSM đang được bảo trì" => "Chờ người quản lý khóa thoát khỏi HSM.", THEN_RESEAT;
    HsmClock: "Đồng hồ của HSM bị sai" => OFFICER;
    HsmCertificateOther: "Một chứng thư trong HSM không khớp" => OFFICER;
    HsmUsageLimit: "HSM đã đến giới hạn của nó" => OFFICER;
    AuthorityClosed: "CA đã đóng" => OFFICER_OPENS, THEN_RESEAT;
    AuthoritySpent: "CA đã dùng hết số lượng được mở" => OFFICER_OPENS, THEN_RESEAT;
    OrderCertificates: "Đơn hàng đã hết chứng thư" => "Gọi kỹ sư: quá nhiều mô-đun của đơn này bị lỗi.";
    OutsideHours: "CA không ký vào giờ này" => "Đặt lại mô-đun trong giờ làm việc.";
    KeyPurpose: "Khóa này dùng cho việc khác" => OFFICER;
    SignatureUnknown: "HSM đã ký nội dung không rõ" =>
        "Dừng dây chuyền.", "Gọi người quản lý khóa: có thể người khác đang dùng khóa của CA.";
    AuthorityEnds: "CA hết hạn quá sớm" => "Gọi người quản lý khóa: phải thay CA.";
    HsmSlow: "HSM không phản hồi" => HSM_CABLE, THEN_RESEAT;

    Configuration: "Cấu hình của trạm bị sai" => CHECK, MEND;
    ProductFile: "Tệp sản phẩm bị sai" => CHECK, MEND;
    OrderFile: "Tệp đơn hàng bị sai" =>
        "Sửa những gì thông báo nêu ra.", "Sau đó chạy lại `station order open`.";
    FirmwareMissing: "Không thấy tệp firmware" => ENGINEER, CHECK;
    FirmwareFormat: "Tệp firmware không đúng định dạng" => ENGINEER, CHECK;
    FirmwareSize: "Firmware không vừa với chip" => ENGINEER, CHECK;
    FirmwareDigest: "Đây không phải firmware phát hành" => ENGINEER, CHECK;
    OrderMissing: "Chưa mở đơn hàng nào" => "Chạy `station order open FILE`.";
    OrderComplete: "Đơn hàng đã đủ" => "Đóng lô: `station batch close`.", "Mở đơn hàng tiếp theo.";
    BatchState: "Không tạo được lô" => "Làm theo thông báo.";
    FileWrite: "Không ghi được tệp" => "Kiểm tra ổ đĩa.", "Sau đó thử lại.";
    OperatorMissing: "Chưa nhập tên người làm" => "Chạy lại lệnh với `--operator NAME`.";
    CheckpointFile: "Không đọc được tệp để so sánh" =>
        "Dùng điểm kiểm do `station ledger checkpoint` in ra.", "Với --ca, đưa chứng thư gốc dạng PEM.";
    OrderOther: "Mô-đun này thuộc đơn hàng khác" => "Trả mô-đun về chỗ hàng của đơn đó.";
    CertificateEarly: "Ngày của chứng thư ở tương lai" =>
        QUARANTINE, "Gọi kỹ sư: đồng hồ bị sai lúc cấp chứng thư.";
    PrinterOff: "Máy in không trả lời" => "Bật máy in và kiểm tra cáp.", THEN_RESEAT;
    PrinterPaper: "Máy in hết nhãn" => "Lắp cuộn nhãn mới vào máy in.", THEN_RESEAT;
    PrinterOpen: "Máy in đang mở" => "Đóng đầu in của máy in.", THEN_RESEAT;
    PrinterPaused: "Máy in đang tạm dừng" => "Nhấn phím tạm dừng của máy in.", THEN_RESEAT;
    PrinterAnswer: "Không hiểu trả lời của máy in" => "Tắt máy in rồi bật lại.", CHECK;
    LabelContent: "Không tạo được nhãn" => ENGINEER, CHECK;
    ScannerOff: "Máy quét không trả lời" => "Kiểm tra cáp của máy quét.", THEN_RESEAT;
    ScannerNoRead: "Máy quét không đọc được nhãn" => "Dán nhãn phẳng lên mô-đun.", THEN_RESEAT;
    ScannerOtherLabel: "Nhãn này của mô-đun khác" => "Bóc nhãn ra.", "Đặt mô-đun và nhãn vào khay cách ly.";
    ModuleFinished: "Mô-đun này đã làm xong" => "Trả mô-đun về khay thành phẩm.";

    ModuleAtWork: "Mô-đun đang chạy ở một vị trí" =>
        "Chờ đến khi lượt của nó kết thúc.", "Sau đó làm lại, nếu vẫn còn cần.";
    RecordingFile: "Không phát lại được bản ghi" =>
        "Dùng một tệp trong thư mục `recordings`.", "Nếu đúng là nó, hãy chép lại: tệp không đầy đủ.",
        "Bản ghi cũ thì phát bằng phiên bản đã ghi nó.";
    LedgerOpen: "Không mở được nhật ký" => ENGINEER, CHECK;
    LedgerWrite: "Không ghi được vào nhật ký" => "Kiểm tra ổ đĩa có bị đầy không.", RESTART;
    LedgerBroken: "Nhật ký đã bị thay đổi" => ENGINEER, "Giữ nguyên tệp nhật ký.";
    LedgerLocked: "Trạm khác đang dùng nhật ký này" =>
        "Chờ dây chuyền dừng, hoặc dừng dây chuyền.", "Sau đó chạy lại lệnh.";
    LedgerRefused: "Nhật ký từ chối một mục" => ENGINEER;
    LedgerVersion: "Nhật ký của chương trình mới hơn" => "Cài chương trình trạm mới hơn.";

    Bug: "Chương trình trạm tự phát hiện lỗi" => ENGINEER;
    ClockBehind: "Đồng hồ của trạm bị sai" =>
        SET_CLOCK, "Nếu đồng hồ đúng, gọi kỹ sư: `station ledger accept-clock`.", RESTART;
    ClockJumped: "Đồng hồ của trạm bị nhảy" => SET_CLOCK, RESTART;
    ClockFine: "Đồng hồ không chậm hơn nhật ký" => "Khởi động chương trình trạm.";
    Interrupted: "Lượt làm đã bị dừng" => "Đặt lại mô-đun.";
}
