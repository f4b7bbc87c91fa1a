//! The moments at which something leaves the station's hands: for a device, or for the disk.
//!
//! Each is told to whoever listens to the log, before and after, under the target [`TARGET`]. A log
//! at that level shows what was asked of which device, and when the answer came; the tests that cut
//! the station short at every one of these moments count them.

/// The target under which boundaries are told, at level TRACE.
pub const TARGET: &str = "station::boundary";

/// Tells that `operation` is about to be asked of `device`.
pub fn before(device: &str, operation: &str) {
    tracing::trace!(target: TARGET, phase = "before", device, operation);
}

/// Tells that `device` has answered, in whatever way.
pub fn after(device: &str, operation: &str) {
    tracing::trace!(target: TARGET, phase = "after", device, operation);
}

/// Does some work, and tells when it begins and ends.
pub async fn across<T>(device: &str, operation: &str, work: impl Future<Output = T>) -> T {
    before(device, operation);
    let outcome = work.await;
    after(device, operation);
    outcome
}
