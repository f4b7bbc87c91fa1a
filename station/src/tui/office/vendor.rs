//! What the page `vendor` asks for.

use tokio::sync::oneshot;

use super::{Clerk, Office};
use crate::fault::{Chain, Coded as _, Fault, FaultCode};
use crate::gate::{AuthorityError, Closed, Issuer, Leave};
use crate::hsm::{HsmError, Pin, State};
use crate::ledger::{AuthorityRecord, AuthorityRole, LedgerError, OrderProgress, Reader};
use crate::operator::Operator;
use crate::pki::CertificateError;
use crate::tui::keypad::Untyped;
use crate::tui::msg::Msg;
use crate::tui::pages::Told as Page;
use crate::tui::pages::vendor::{Ask, Audit, Ca, Known, Opened, Standing, Token, Told, Vouched};

impl Clerk {
    pub(super) fn vendor(&self, ask: Ask) {
        let office = self.office.clone();
        let inbox = self.inbox.clone();
        let say = move |told| {
            // A screen that is gone need not be told.
            let _ = inbox.send(Msg::Page(Page::Vendor(told)));
        };
        match ask {
            Ask::Look => {
                let broken = {
                    let say = say.clone();
                    move |fault| {
                        say(Told::Unknown(fault));
                        // With it the page's question is answered.
                        Page::Vendor(Told::Token(None))
                    }
                };
                let work = async move {
                    say(office.look().await);
                    Page::Vendor(Told::Token(office.token().await))
                };
                self.tell(work, broken);
            }
            Ask::Open { officer, leave } => {
                // Before the next key is read: see `Keypad::enter`.
                let typed = self.keypad.ask({
                    let say = say.clone();
                    move |count| say(Told::Typed(count))
                });
                let work = async move {
                    let told = office.open(&officer, leave, typed, &say).await;
                    // What may be done next hangs on how things stand now.
                    say(office.look().await);
                    Page::Vendor(told)
                };
                self.tell(work, broken_off);
            }
            Ask::Forget => self.keypad.forget(),
            Ask::Close => {
                // Whoever asks for it, though somebody else may be there by the time it is on record.
                let ledger = office.ledger.with_operator(&office.ledger.operator());
                let work = async move {
                    let closed = office.authority.close(&ledger).await;
                    say(office.look().await);
                    Page::Vendor(closed.map_or_else(|error| refused(&error.into()), |()| Told::Closed))
                };
                self.tell(work, broken_off);
            }
        }
    }
}

impl Office {
    /// Waits for the PIN and opens the CA with it.
    async fn open(
        &self,
        officer: &Operator,
        leave: Leave,
        typed: oneshot::Receiver<Result<Pin, Untyped>>,
        say: impl Fn(Told),
    ) -> Told {
        let pin = match typed.await {
            Ok(Ok(pin)) => pin,
            Ok(Err(Untyped::TimedOut)) => return Told::NotTyped,
            Ok(Err(Untyped::NoPin(error))) => return refused(&HsmError::from(error).into()),
            // A scan is none. Whoever is asked anew is not told that the question of before was taken back.
            Ok(Err(Untyped::Cancelled | Untyped::CutOff | Untyped::Gone | Untyped::Scanned)) | Err(_) => {
                return Told::NotGiven;
            }
        };
        say(Told::Opening);
        let ledger = self.ledger.with_operator(officer.as_str());
        match self.authority.reopen(&ledger, pin, leave).await {
            Ok(_) => Told::Opened,
            Err(error) => refused(&error),
        }
    }

    /// How things stand.
    async fn look(&self) -> Told {
        self.known().await.map_or_else(Told::Unknown, |known| Told::Known(Box::new(known)))
    }

    /// What ledger and station know of the CA.
    async fn known(&self) -> Result<Known, Fault> {
        let issuer = self.authority.issuer();
        let (own, order) = (issuer.digest(), self.order.clone());
        let read = move |reader: &Reader| {
            let waiting = |record: &AuthorityRecord| record.activated.is_none() && record.sha256 != own;
            let successor = reader.authorities(AuthorityRole::Issuing)?.into_iter().rfind(waiting);
            Ok::<_, LedgerError>((successor, reader.order_progress(&order)?, reader.last_vouched()?))
        };
        let (successor, progress, vouched) = self.ledger.query(read).await?;
        let successor = successor.map(Issuer::try_from).transpose();
        let successor =
            successor.map_err(|error: CertificateError| Fault::because(FaultCode::LedgerBroken, &error))?;
        let opening = self.authority.opening();
        let (certificates, reserved) = progress
            .map_or((None, 0), |OrderProgress { certificates, reserved, .. }| (certificates, reserved));
        Ok(Known {
            issuing: ca(issuer),
            successor: successor.as_ref().map(ca),
            opening: Opened {
                until: opening.until(),
                most: opening.most(),
                signed: opening.signed(),
                standing: match opening.left() {
                    _ if opening.is_spent() => Standing::Spent,
                    Ok(_) | Err(Closed::Spent { .. }) => Standing::Open,
                    Err(Closed::Never | Closed::Time { .. }) => Standing::Closed,
                },
            },
            certificates,
            reserved,
            audit: match &self.audit {
                None => Audit::NoLog,
                Some(watch) => watch.last().map_or(Audit::NotYet, |checked| Audit::Compared {
                    at: checked.at,
                    fault: checked.fault,
                }),
            },
            checkpoint: vouched.map(|(at, checkpoint)| Vouched { upto: checkpoint.upto.number(), at }),
        })
    }

    /// What the HSM says of itself, if it is there to be asked.
    async fn token(&self) -> Option<Token> {
        let hsm = self.desk.hsm();
        if !matches!(hsm.state(), State::Ready { .. }) {
            return None;
        }
        let details = hsm.open().await.ok()?;
        // An HSM that does not count is as good here as one that does not say.
        let usage = hsm.usage(&self.authority.issuer().key).await.ok().flatten();
        Some(Token {
            label: details.label,
            manufacturer: details.manufacturer,
            model: details.model,
            serial: details.serial,
            tries: details.tries,
            usage,
        })
    }
}

fn ca(issuer: &Issuer) -> Ca {
    Ca {
        name: issuer.certificate.subject().to_string(),
        not_after: issuer.certificate.not_after(),
        key: issuer.key.clone(),
        sha256: issuer.digest().to_string(),
    }
}

/// Opening or closing broke off.
const fn broken_off(fault: Fault) -> Page {
    Page::Vendor(Told::Refused { fault, tries: None })
}

fn refused(error: &AuthorityError) -> Told {
    let tries = match error {
        AuthorityError::Hsm(error) => error.tries(),
        AuthorityError::Ledger(_) | AuthorityError::Key(_) | AuthorityError::Over => None,
    };
    tracing::warn!("the CA: {} {}", error.code(), Chain::of(error));
    Told::Refused { fault: Fault::of(error), tries }
}
