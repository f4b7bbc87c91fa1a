//! Starting QEMU such that it cannot outlive the bench.
//!
//! QEMU is the child of a small shell that waits on a pipe from the bench. However the bench ends, `kill -9`
//! included, the pipe closes, the shell's `read` returns and it kills QEMU. Parent-death signals would need
//! unsafe code, and fire when the spawning *thread* ends.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    net::{UnixListener, UnixStream},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

use super::EmulatorError;

/// `$@` is QEMU's command line. The shell gives up its standard error, so that the end of that stream is the
/// end of QEMU.
const KEEPER: &str = r#""$@" </dev/null & child=$!; exec 2>/dev/null; read -r _; kill -9 "$child"; wait"#;

/// The shell and, below it, QEMU. Dropping this closes the pipe and ends both.
#[derive(Debug)]
pub(super) struct Process {
    _keeper: Child,
}

/// The bench's ends of QEMU's sockets.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) gdb: UnixStream,
    pub(super) qmp: UnixStream,
    pub(super) bus: UnixStream,
    pub(super) serial: UnixStream,
}

/// Lets an instruction take 64 ns of the part's time, and that pass no faster than the host's: 15.6 million
/// instructions a second, what the part's 16 MHz come to. A sleeping core still costs nothing.
const CLOCKED: [&str; 2] = ["-icount", "shift=6,align=on,sleep=on"];

/// Starts QEMU with the core halted and waits, at most `patience` for each, until its sockets are connected.
/// A `clocked` core runs at the part's own speed instead of the host's.
pub(super) async fn start(
    program: &Path,
    directory: &Path,
    clocked: bool,
    patience: Duration,
) -> Result<(Process, Sockets), EmulatorError> {
    let gdb = listen(directory, "gdb")?;
    let qmp = listen(directory, "qmp")?;
    let bus = listen(directory, "qtest")?;
    let serial = listen(directory, "serial")?;

    let mut child = Command::new("sh")
        .args(["-c", KEEPER, "virtual-bench-keeper"])
        .arg(program)
        .args(["-M", "microbit", "-S", "-nodefaults", "-no-user-config", "-display", "none"])
        // A reset that the firmware asks for must stop the machine first: QEMU's own reset would wipe the
        // UICR before anybody could read it.
        .args(["-action", "reboot=shutdown,shutdown=pause"])
        .args(["-chardev", "socket,id=gdb,path=gdb.sock", "-gdb", "chardev:gdb"])
        .args(["-chardev", "socket,id=qmp,path=qmp.sock", "-mon", "chardev=qmp,mode=control"])
        .args(["-chardev", "socket,id=serial,path=serial.sock", "-serial", "chardev:serial"])
        .args(["-qtest", "unix:qtest.sock", "-qtest-log", "none"])
        .args(CLOCKED.iter().take(if clocked { CLOCKED.len() } else { 0 }))
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // Control-C at the terminal is for the bench, which then takes its modules down in order.
        .process_group(0)
        .spawn()
        .map_err(|source| EmulatorError::Start { program: program.display().to_string(), source })?;

    let accepted = async {
        let gdb = accept(gdb, "gdb", patience).await?;
        let qmp = accept(qmp, "qmp", patience).await?;
        let bus = accept(bus, "qtest", patience).await?;
        let serial = accept(serial, "serial", patience).await?;
        Ok(Sockets { gdb, qmp, bus, serial })
    };
    let mut stderr = child.stderr.take();
    let mut words = Vec::new();
    let outcome = tokio::select! {
        sockets = accepted => sockets,
        () = last_words(&mut stderr, &mut words) => Err("gdb"),
    };
    match outcome {
        Ok(sockets) => {
            // What QEMU says later, when the core locks up for one, has no reader; a full pipe would block it.
            tokio::spawn(async move { last_words(&mut stderr, &mut words).await });
            Ok((Process { _keeper: child }, sockets))
        }
        Err(socket) => {
            let stderr = String::from_utf8_lossy(&words).trim().to_owned();
            Err(EmulatorError::NoConnection { socket, stderr })
        }
    }
}

/// Reads what QEMU says until it ends.
async fn last_words(stderr: &mut Option<ChildStderr>, words: &mut Vec<u8>) {
    if let Some(stderr) = stderr {
        let _end = stderr.read_to_end(words).await;
    }
}

fn listen(directory: &Path, socket: &'static str) -> Result<Listener, EmulatorError> {
    let path = directory.join(format!("{socket}.sock"));
    let opened = remove_stale(&path).and_then(|()| UnixListener::bind(&path));
    let listener = opened.map_err(|source| EmulatorError::Listen { socket, source })?;
    Ok(Listener { listener, path })
}

fn remove_stale(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A listener whose file goes away with it: once QEMU is connected nobody else may be.
struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.path);
    }
}

async fn accept(
    listener: Listener,
    socket: &'static str,
    patience: Duration,
) -> Result<UnixStream, &'static str> {
    match timeout(patience, listener.listener.accept()).await {
        Ok(Ok((stream, _))) => Ok(stream),
        Ok(Err(_)) | Err(_) => Err(socket),
    }
}
