//! The fault catalogue in Latin American Spanish.

use super::{FaultText, translation};
use crate::fault::FaultCode;

const QUARANTINE: &str = "Ponga el módulo en la bandeja de cuarentena.";
const REWORK: &str = "Ponga el módulo en la caja de reproceso.";
const RESEAT: &str = "Saque el módulo y vuelva a ponerlo.";
const OR_REWORK: &str = "Si falla otra vez, póngalo en la caja de reproceso.";
const THEN_RESEAT: &str = "Luego vuelva a poner el módulo.";
const CLAMP: &str = "Baje la prensa hasta el tope.";
const ENGINEER: &str = "Llame al ingeniero.";
const OFFICER: &str = "Llame al responsable de claves.";
const OFFICER_OPENS: &str = "Llame al responsable de claves: él puede abrir la CA de nuevo.";
const CHECK: &str = "Ejecute `station check`.";
const MEND: &str = "Corrija lo que indica.";
const HSM_CABLE: &str = "Revise que el HSM esté conectado.";
const SET_CLOCK: &str = "Ponga en hora el reloj de la estación.";
const RESTART: &str = "Inicie de nuevo el programa de la estación.";

translation! {
    ModuleLifecycle: "El estado del módulo es incorrecto" => QUARANTINE;
    ModuleSelfTest: "El módulo no pasó su autoprueba" => REWORK;
    ModuleKeyGeneration: "El módulo no pudo crear su clave" => REWORK;
    ModuleRefused: "El módulo rechazó un comando" => RESEAT, OR_REWORK;
    ModuleUnknown: "El registro no conoce este módulo" => QUARANTINE;
    ModuleQuarantined: "El módulo está en cuarentena" => QUARANTINE;
    IdentityLost: "El módulo perdió su identidad" => QUARANTINE;
    RequestMalformed: "La solicitud del módulo está mal formada" => QUARANTINE;
    RequestSignature: "La firma de la solicitud es incorrecta" => QUARANTINE;
    RequestCurve: "La clave del módulo es de otro tipo" => QUARANTINE;
    UidTaken: "Otro módulo ya tiene este UID" => QUARANTINE;
    PublicKeyTaken: "Otro módulo ya tiene esta clave" =>
        QUARANTINE, "Llame al ingeniero: dos módulos con una clave, es tema de seguridad.";
    CertificateVoided: "El certificado del módulo está anulado" => QUARANTINE;
    KeyWeak: "La clave del módulo es débil" =>
        QUARANTINE, "Llame al ingeniero: el generador de azar puede estar dañado.";
    CertificateRefused: "El módulo rechazó su certificado" => REWORK;
    CertificateReadBack: "El módulo tiene otro certificado" => QUARANTINE;
    ProofWrong: "El módulo no pudo demostrar su clave" => QUARANTINE;
    StandardReadings: "Configuración del módulo incorrecta" => REWORK;
    SealRefused: "El módulo no quedó sellado" => REWORK;
    SealOpen: "El módulo sellado sigue abierto" => QUARANTINE;

    LinkSilent: "El módulo no responde" =>
        CLAMP, RESEAT, "Si sigue sin responder, póngalo en la caja de reproceso.";
    LinkGarbage: "El módulo responde algo sin sentido" => RESEAT, OR_REWORK;
    LinkOpen: "No se puede abrir el puerto serial" =>
        "Revise que el cable serial de este puesto esté conectado.", CHECK;
    LinkLost: "El puerto serial se desconectó" => "Revise el cable serial de este puesto.", THEN_RESEAT;

    ProbeMissing: "La sonda no está" => "Revise que la sonda de este puesto esté conectada.", THEN_RESEAT;
    ProbeLost: "La sonda se desconectó" => "Revise el cable de la sonda.", RESEAT;
    ModuleMissing: "No hay módulo puesto" => "Ponga un módulo en el puesto.", CLAMP;
    WrongChip: "Este es otro chip" => QUARANTINE, "Revise que el carrete de la línea sea el correcto.";
    FlashFailed: "No se pudo grabar el firmware" => RESEAT, OR_REWORK;
    FlashVerify: "El firmware grabado no coincide" => REWORK;
    DebugPortLocked: "El puerto de depuración está bloqueado" => QUARANTINE;
    ProbeSlow: "La sonda no responde" =>
        "Desconecte la sonda de este puesto y conéctela de nuevo.", THEN_RESEAT;
    ProbeCrashed: "Falló el controlador de la sonda" => RESEAT;

    HsmModuleFile: "Falta el software del HSM" => ENGINEER, CHECK;
    HsmTokenMissing: "Falta el token del HSM" => HSM_CABLE, CHECK;
    HsmPinWrong: "El HSM rechazó el PIN" => "Inicie de nuevo el programa de la estación con el PIN correcto.";
    HsmPinLocked: "El PIN del HSM está bloqueado" => OFFICER;
    HsmKeyAbsent: "Falta una clave en el HSM" => OFFICER, CHECK;
    HsmKeyAmbiguous: "Dos claves del HSM se llaman igual" => OFFICER;
    HsmSign: "El HSM no pudo firmar" => RESEAT, "Si pasa otra vez, llame al ingeniero.";
    HsmLost: "El HSM se desconectó" => HSM_CABLE, THEN_RESEAT;
    HsmSignatureWrong: "La firma del HSM no es válida" => OFFICER;
    AuthorityMissing: "Todavía no hay CA" => OFFICER, "Ejecute `station ca init`.";
    AuthorityMismatch: "La CA no corresponde a su clave" => OFFICER;
    HsmPinMissing: "No se dio el PIN" => "Inicie de nuevo el programa de la estación y dé el PIN.";
    AuthorityExists: "Ya hay una CA" => "Use la CA que ya existe: `station ca show`.";
    HsmSessions: "Las sesiones del HSM están ocupadas" =>
        "Cierre los otros programas que usan el HSM.", "Luego inicie de nuevo el programa de la estación.";
    HsmFull: "El HSM está lleno" => OFFICER;
    HsmTokenOther: "Está conectado otro HSM" =>
        "Conecte el HSM que estaba antes.", "Si el cambio es a propósito, inicie de nuevo el programa.";
    HsmOfficerLoggedIn: "El HSM está en mantenimiento" =>
        "Espere a que el responsable de claves salga del HSM.", THEN_RESEAT;
    HsmClock: "El reloj del HSM está mal" => OFFICER;
    HsmCertificateOther: "Un certificado del HSM no corresponde" => OFFICER;
    HsmUsageLimit: "El HSM llegó a su propio límite" => OFFICER;
    AuthorityClosed: "La CA está cerrada" => OFFICER_OPENS, THEN_RESEAT;
    AuthoritySpent: "La CA ya firmó todo para lo que se abrió" => OFFICER_OPENS, THEN_RESEAT;
    OrderCertificates: "La orden no admite más certificados" =>
        "Llame al ingeniero: fallaron demasiados módulos de esta orden.";
    OutsideHours: "La CA no firma a esta hora" => "Vuelva a poner el módulo en horas de trabajo.";
    KeyPurpose: "La clave es para otra cosa" => OFFICER;
    SignatureUnknown: "El HSM firmó algo desconocido" =>
        "Pare la línea.", "Llame al responsable de claves: otro puede usar la clave de la CA.";
    AuthorityEnds: "La CA vence demasiado pronto" =>
        "Llame al responsable de claves: hay que reemplazar la CA.";
    HsmSlow: "El HSM no responde" => HSM_CABLE, THEN_RESEAT;

    Configuration: "La configuración de la estación está mal" => CHECK, MEND;
    ProductFile: "El archivo del producto está mal" => CHECK, MEND;
    OrderFile: "El archivo de la orden está mal" =>
        "Corrija lo que indica el mensaje.", "Luego ejecute otra vez `station order open`.";
    FirmwareMissing: "Falta el archivo del firmware" => ENGINEER, CHECK;
    FirmwareFormat: "El archivo no es una imagen de firmware" => ENGINEER, CHECK;
    FirmwareSize: "El firmware no cabe en el chip" => ENGINEER, CHECK;
    FirmwareDigest: "Este no es el firmware liberado" => ENGINEER, CHECK;
    OrderMissing: "No hay una orden abierta" => "Ejecute `station order open FILE`.";
    OrderComplete: "La orden está completa" =>
        "Cierre el lote: `station batch close`.", "Abra la orden siguiente.";
    BatchState: "No se puede hacer el lote" => "Haga lo que dice el mensaje.";
    FileWrite: "No se pudo escribir un archivo" => "Revise el disco.", "Luego intente otra vez.";
    OperatorMissing: "Nadie dio su nombre" => "Repita el comando con `--operator NAME`.";
    CheckpointFile: "No se puede leer el archivo a comparar" =>
        "Dé un punto de control de `station ledger checkpoint`.", "Con --ca, dé el certificado raíz como PEM.";
    OrderOther: "Este módulo es de otra orden" => "Devuelva el módulo con los de su orden.";
    CertificateEarly: "La fecha del certificado es futura" =>
        QUARANTINE, "Llame al ingeniero: el reloj estaba mal cuando se certificó.";
    PrinterOff: "La impresora no responde" => "Encienda la impresora y revise su cable.", THEN_RESEAT;
    PrinterPaper: "La impresora no tiene etiquetas" =>
        "Ponga un rollo nuevo de etiquetas en la impresora.", THEN_RESEAT;
    PrinterOpen: "La impresora está abierta" => "Cierre el cabezal de la impresora.", THEN_RESEAT;
    PrinterPaused: "La impresora está en pausa" => "Presione la tecla de pausa de la impresora.", THEN_RESEAT;
    PrinterAnswer: "La impresora responde algo sin sentido" => "Apague y encienda la impresora.", CHECK;
    LabelContent: "No se puede hacer la etiqueta" => ENGINEER, CHECK;
    ScannerOff: "El escáner no responde" => "Revise el cable del escáner.", THEN_RESEAT;
    ScannerNoRead: "El escáner no lee ninguna etiqueta" =>
        "Pegue la etiqueta bien lisa en el módulo.", THEN_RESEAT;
    ScannerOtherLabel: "Esta etiqueta es de otro módulo" =>
        "Despegue la etiqueta.", "Ponga el módulo y la etiqueta en la bandeja de cuarentena.";
    ModuleFinished: "Este módulo ya está terminado" => "Devuelva el módulo con los terminados.";

    ModuleAtWork: "El módulo está en curso en un puesto" =>
        "Espere a que termine su ciclo.", "Después hágalo otra vez, si aún hace falta.";
    RecordingFile: "La grabación no se puede reproducir" =>
        "Dé un archivo de la carpeta `recordings`.", "Si ya lo es, cópielo de nuevo: no está completo.",
        "Una antigua, reprodúzcala con la versión que la escribió.";
    LedgerOpen: "No se puede abrir el registro" => ENGINEER, CHECK;
    LedgerWrite: "No se puede escribir en el registro" => "Revise que el disco no esté lleno.", RESTART;
    LedgerBroken: "El registro fue modificado" => ENGINEER, "Deje el archivo del registro como está.";
    LedgerLocked: "Otra estación está usando este registro" =>
        "Espere a que pare la línea, o párela.", "Luego repita el comando.";
    LedgerRefused: "El registro rechazó una entrada" => ENGINEER;
    LedgerVersion: "El registro es de una versión más nueva" =>
        "Instale el programa más nuevo de la estación.";

    Bug: "El programa encontró un error propio" => ENGINEER;
    ClockBehind: "El reloj de la estación está mal" =>
        SET_CLOCK, "Si está bien, llame al ingeniero: `station ledger accept-clock`.", RESTART;
    ClockJumped: "El reloj de la estación dio un salto" => SET_CLOCK, RESTART;
    ClockFine: "El reloj no va atrás del registro" => "Inicie el programa de la estación.";
    Interrupted: "El trabajo se detuvo" => "Vuelva a poner el módulo.";
}
