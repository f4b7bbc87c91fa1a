//! The thread that owns a blocking device.
//!
//! Debug probes, serial ports and HSMs are driven by libraries that block, and some of them panic
//! or hang when a cable is pulled. Each device therefore lives on a thread of its own. Callers send
//! it work and wait with a deadline; what goes wrong in there costs one call:
//!
//! - a **panic** is caught at the thread's edge, the device is dropped and opened anew next time;
//! - a call past its **deadline** is given up: its thread is left behind and ends by itself when
//!   the blocking call returns, while the next call opens the device on a new thread;
//! - an **error** leaves the device open, unless the caller [closes](Owner::close) it.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::boundary;

type Job<D, E> = Box<dyn FnOnce(&mut Slot<D, E>) + Send>;
type Open<D, E> = Arc<dyn Fn() -> Result<D, E> + Send + Sync>;

/// Why a call to a device gave no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// The device, or opening it, answered with an error.
    #[error(transparent)]
    Device(E),
    /// The deadline passed; the device's thread was given up.
    #[error("{device}: {operation} took longer than {} ms", deadline.as_millis())]
    Overdue {
        /// Which device.
        device: String,
        /// What was asked of it.
        operation: &'static str,
        /// How long it had.
        deadline: Duration,
    },
    /// The device's driver panicked.
    #[error("{device}: the driver panicked during {operation}: {message}")]
    Panicked {
        /// Which device.
        device: String,
        /// What was asked of it.
        operation: &'static str,
        /// What the panic said.
        message: String,
    },
    /// No thread could be started for the device.
    #[error("{device}: cannot start its thread")]
    NoThread {
        /// Which device.
        device: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

/// A handle on a device and its thread. Clones share the device.
pub struct Owner<D, E> {
    shared: Arc<Shared<D, E>>,
}

struct Shared<D, E> {
    name: String,
    open: Open<D, E>,
    worker: Mutex<Option<mpsc::Sender<Job<D, E>>>>,
}

/// What the thread holds: the device, once opened, and how to open it.
struct Slot<D, E> {
    device: Option<D>,
    open: Open<D, E>,
}

impl<D: 'static, E: Send + 'static> Owner<D, E> {
    /// A device that is opened, on its own thread, at the first call.
    pub fn new(name: impl Into<String>, open: impl Fn() -> Result<D, E> + Send + Sync + 'static) -> Self {
        Self {
            shared: Arc::new(Shared { name: name.into(), open: Arc::new(open), worker: Mutex::new(None) }),
        }
    }

    /// Runs `job` with the device and waits for its result, at most `deadline` from now, opening
    /// the device included.
    ///
    /// # Errors
    /// What the job or the opening answered; a passed deadline; a panic in either.
    pub async fn call<T: Send + 'static>(
        &self,
        operation: &'static str,
        deadline: Duration,
        job: impl FnOnce(&mut D) -> Result<T, E> + Send + 'static,
    ) -> Result<T, CallError<E>> {
        let (reply, answer) = oneshot::channel();
        boundary::before(&self.shared.name, operation);
        self.submit(Box::new(move |slot| {
            let outcome = catch_unwind(AssertUnwindSafe(|| slot.run(job)));
            if outcome.is_err() {
                slot.drop_device();
            }
            // A caller that gave up waiting has no use for the result.
            let _ = reply.send(outcome);
        }))?;
        let answered = tokio::time::timeout(deadline, answer).await;
        boundary::after(&self.shared.name, operation);
        match answered {
            Ok(Ok(Ok(result))) => result.map_err(CallError::Device),
            Ok(Ok(Err(panic))) => {
                Err(CallError::Panicked { device: self.name(), operation, message: panic_message(&*panic) })
            }
            Ok(Err(_)) => {
                self.abandon();
                Err(CallError::Panicked {
                    device: self.name(),
                    operation,
                    message: "its thread ended".into(),
                })
            }
            Err(_) => {
                self.abandon();
                Err(CallError::Overdue { device: self.name(), operation, deadline })
            }
        }
    }

    /// Closes the device once the calls before this one are done; the next call opens it anew.
    pub fn close(&self) {
        self.abandon();
    }

    fn name(&self) -> String {
        self.shared.name.clone()
    }

    fn worker(&self) -> MutexGuard<'_, Option<mpsc::Sender<Job<D, E>>>> {
        // The value is only ever replaced whole, so a poisoned lock holds no half-made state.
        self.shared.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the thread: it ends after its last job.
    fn abandon(&self) {
        *self.worker() = None;
    }

    fn submit(&self, job: Job<D, E>) -> Result<(), CallError<E>> {
        let mut worker = self.worker();
        let job = match worker.as_ref() {
            Some(sender) => match sender.send(job) {
                Ok(()) => return Ok(()),
                Err(mpsc::SendError(job)) => job,
            },
            None => job,
        };
        let (sender, jobs) = mpsc::channel::<Job<D, E>>();
        let open = Arc::clone(&self.shared.open);
        std::thread::Builder::new()
            .name(self.name())
            .spawn(move || {
                // Made here, so that a device which must not change threads never does.
                let mut slot = Slot { device: None, open };
                for job in jobs {
                    job(&mut slot);
                }
                slot.drop_device();
            })
            .map_err(|source| CallError::NoThread { device: self.name(), source })?;
        // The receiver lives on the thread that was just started.
        let _ = sender.send(job);
        *worker = Some(sender);
        Ok(())
    }
}

impl<D, E> Slot<D, E> {
    fn run<T>(&mut self, job: impl FnOnce(&mut D) -> Result<T, E>) -> Result<T, E> {
        let device = match self.device.take() {
            Some(device) => device,
            None => (self.open)()?,
        };
        job(self.device.insert(device))
    }

    /// Drops the device; a driver that panics even then is ignored, the device is gone either way.
    fn drop_device(&mut self) {
        let device = self.device.take();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(device)));
    }
}

impl<D, E> Clone for Owner<D, E> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<D, E> fmt::Debug for Owner<D, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("name", &self.shared.name).finish_non_exhaustive()
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SOON: Duration = Duration::from_secs(5);

    fn counting_owner() -> (Owner<usize, String>, Arc<AtomicUsize>) {
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        (Owner::new("test", move || Ok(counter.fetch_add(1, Ordering::SeqCst) + 1)), opened)
    }

    #[tokio::test]
    async fn the_device_is_opened_once() {
        let (owner, opened) = counting_owner();
        for _ in 0..3 {
            assert_eq!(owner.call("read", SOON, |device| Ok(*device)).await.unwrap(), 1);
        }
        assert_eq!(opened.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_panic_costs_one_call() {
        let (owner, _) = counting_owner();
        let error = owner.call::<()>("break", SOON, |_| panic!("pulled out")).await.unwrap_err();
        assert!(matches!(error, CallError::Panicked { ref message, .. } if message == "pulled out"));
        assert_eq!(owner.call("read", SOON, |device| Ok(*device)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn an_overdue_call_is_given_up() {
        let (owner, _) = counting_owner();
        let (hold, released) = mpsc::channel::<()>();
        let error = owner
            .call("hang", Duration::from_millis(20), move |_| {
                let _ = released.recv();
                Ok(())
            })
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Overdue { .. }));
        assert_eq!(owner.call("read", SOON, |device| Ok(*device)).await.unwrap(), 2);
        drop(hold);
    }

    #[tokio::test]
    async fn a_device_that_cannot_be_opened_is_tried_again() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&tries);
        let owner: Owner<(), String> = Owner::new("test", move || {
            if counter.fetch_add(1, Ordering::SeqCst) == 0 { Err("absent".into()) } else { Ok(()) }
        });
        assert!(matches!(owner.call("a", SOON, |()| Ok(())).await, Err(CallError::Device(_))));
        assert!(owner.call("b", SOON, |()| Ok(())).await.is_ok());
    }
}
