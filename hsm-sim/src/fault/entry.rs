//! One fault of a script: which calls it strikes, and what it does to them.

use std::num::NonZeroU64;
use std::time::Duration;

use serde::Deserialize;

use super::function::Function;
use crate::refusal::Refusal;

/// A fault. Two that say the same are the same, which is how one is found again in a script that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Entry")]
pub(crate) struct Fault {
    /// The function it strikes.
    pub(super) function: Function,
    /// The first call it strikes, counted from 1.
    first: u64,
    /// How many calls it strikes; `None` for all from the first on.
    times: Option<NonZeroU64>,
    /// What it does.
    pub(crate) effect: Effect,
}

/// What becomes of a call that is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It is not carried out, and answers this.
    Answer(Refusal),
    /// It is carried out, and answers this all the same.
    AnswerAfterwards(Refusal),
    /// It is carried out after this time.
    Delay(Duration),
    /// It does not return while the fault is in the script.
    Hang,
    /// Nobody is logged in any more; then it is carried out.
    LogOut,
    /// Tokens are gone; then it is carried out.
    RemoveToken(Removal),
    /// All sessions are closed; then it is carried out.
    DropSessions,
    /// It is carried out, and its signature has a bit flipped.
    WrongSignature,
}

/// Which tokens leave, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    /// The slot whose token leaves; `None` for those of all slots.
    pub(crate) slot: Option<u8>,
    /// After how many further calls, of any function, they are back; `None` for when the fault is lifted. They are back then as well.
    pub(crate) away_for: Option<NonZeroU64>,
}

impl Fault {
    /// Whether it strikes the call of this number.
    pub(super) fn strikes(&self, call: u64) -> bool {
        let last = self.times.map_or(u64::MAX, |times| self.first.saturating_add(times.get() - 1));
        (self.first..=last).contains(&call)
    }
}

/// A fault as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key in the file, and all but one must be absent"
)]
struct Entry {
    function: Function,
    #[serde(default = "one")]
    call: u64,
    #[serde(default = "one")]
    times: u64,
    answer: Option<String>,
    #[serde(default)]
    carried_out: bool,
    delay_ms: Option<u64>,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    log_out: bool,
    #[serde(default)]
    remove_token: bool,
    slot: Option<u8>,
    away_for: Option<NonZeroU64>,
    #[serde(default)]
    drop_sessions: bool,
    #[serde(default)]
    wrong_signature: bool,
}

impl TryFrom<Entry> for Fault {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        if entry.call == 0 {
            return Err("calls are counted from 1".to_owned());
        }
        let effect = entry.effect()?;
        if effect == Effect::WrongSignature && !entry.function.gives_signature() {
            return Err("only C_Sign and C_SignFinal give signatures that could be wrong".to_owned());
        }
        Ok(Self { function: entry.function, first: entry.call, times: NonZeroU64::new(entry.times), effect })
    }
}

impl Entry {
    /// The one effect.
    fn effect(&self) -> Result<Effect, String> {
        if self.carried_out && self.answer.is_none() {
            return Err("carried-out goes with an answer".to_owned());
        }
        if (self.slot.is_some() || self.away_for.is_some()) && !self.remove_token {
            return Err("slot and away-for go with remove-token".to_owned());
        }
        let answer = match &self.answer {
            Some(name) => {
                let refusal =
                    Refusal::from_name(name).ok_or_else(|| format!("{name} is never answered here"))?;
                Some(if self.carried_out {
                    Effect::AnswerAfterwards(refusal)
                } else {
                    Effect::Answer(refusal)
                })
            }
            None => None,
        };
        let effects = [
            answer,
            self.delay_ms.map(|delay| Effect::Delay(Duration::from_millis(delay))),
            self.hang.then_some(Effect::Hang),
            self.log_out.then_some(Effect::LogOut),
            self.remove_token
                .then_some(Effect::RemoveToken(Removal { slot: self.slot, away_for: self.away_for })),
            self.drop_sessions.then_some(Effect::DropSessions),
            self.wrong_signature.then_some(Effect::WrongSignature),
        ];
        let mut effects = effects.into_iter().flatten();
        match (effects.next(), effects.next()) {
            (Some(effect), None) => Ok(effect),
            (None, _) => Err("a fault without an effect".to_owned()),
            (Some(_), Some(_)) => Err("a fault with more than one effect; write two".to_owned()),
        }
    }
}

fn one() -> u64 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Fault, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn every_effect_has_its_key() {
        let sign = |effect: &str| parse(&format!("function = \"C_Sign\"\n{effect}")).unwrap().effect;
        assert_eq!(sign("answer = \"CKR_DEVICE_ERROR\""), Effect::Answer(Refusal::DeviceError));
        assert_eq!(
            sign("answer = \"CKR_FUNCTION_FAILED\"\ncarried-out = true"),
            Effect::AnswerAfterwards(Refusal::FunctionFailed)
        );
        assert_eq!(sign("delay-ms = 80"), Effect::Delay(Duration::from_millis(80)));
        assert_eq!(sign("hang = true"), Effect::Hang);
        assert_eq!(sign("log-out = true"), Effect::LogOut);
        assert_eq!(sign("remove-token = true"), Effect::RemoveToken(Removal { slot: None, away_for: None }));
        assert_eq!(
            sign("remove-token = true\nslot = 1\naway-for = 5"),
            Effect::RemoveToken(Removal { slot: Some(1), away_for: NonZeroU64::new(5) })
        );
        assert_eq!(sign("drop-sessions = true"), Effect::DropSessions);
        assert_eq!(sign("wrong-signature = true"), Effect::WrongSignature);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "function = \"C_Sign\"",
            "function = \"C_Sign\"\nhang = false",
            "function = \"C_Sign\"\nhang = true\nlog-out = true",
            "function = \"C_Sign\"\nhang = true\ncarried-out = true",
            "function = \"C_Sign\"\nhang = true\ncall = 0",
            "function = \"C_Sign\"\nhang = true\nslot = 0",
            "function = \"C_Sign\"\nhang = true\naway-for = 3",
            "function = \"C_Sign\"\nremove-token = true\naway-for = 0",
            "function = \"C_Sign\"\nanswer = \"CKR_OK\"",
            "function = \"C_Sign\"\nanswer = \"CKR_DEVICE_EROR\"",
            "function = \"C_Encrypt\"\nhang = true",
            "function = \"C_SignInit\"\nwrong-signature = true",
            "hang = true",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn calls_are_counted_from_the_first_to_the_last() {
        let struck = |text: &str| {
            let fault = parse(&format!("function = \"C_Sign\"\nhang = true\n{text}")).unwrap();
            (1..=5).filter(|call| fault.strikes(*call)).collect::<Vec<u64>>()
        };
        assert_eq!(struck(""), [1]);
        assert_eq!(struck("call = 3"), [3]);
        assert_eq!(struck("call = 2\ntimes = 3"), [2, 3, 4]);
        assert_eq!(struck("call = 4\ntimes = 0"), [4, 5]);
    }
}
