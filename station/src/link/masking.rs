//! Hides what nobody has to read in a transcript.
//!
//! The factory's protocol carries no secret: the module's private key never leaves it, and certificates,
//! requests and proofs are for everybody. But a module may be of another make, and say or be told what it
//! should not. So private keys, and values of settings that are called like secrets, are hidden before a
//! transcript is kept or shown.

/// What stands for something that is hidden.
const MASK: &str = "•••";

/// Settings whose name has one of these in it are secret, whatever the case of its letters and whatever stands
/// between them that is no letter.
const SECRET: [&str; 9] =
    ["passphrase", "password", "secret", "private", "token", "passwd", "psk", "credential", "apikey"];

/// A transcript without its secrets. What has been masked once stays as it is.
pub fn mask(transcript: &str) -> String {
    let mut masked = String::with_capacity(transcript.len());
    let mut hidden = Hidden::Nothing;
    for line in transcript.lines() {
        masked.push_str(&hidden.line(line));
        masked.push('\n');
    }
    masked
}

/// What of the next line is hidden, by what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hidden {
    Nothing,
    /// A secret setting was asked for: this is the answer.
    Answer,
    /// These are the further lines of that answer, up to the next question.
    Rest,
    /// A private key has begun.
    Key,
}

impl Hidden {
    fn line(&mut self, line: &str) -> String {
        let (mark, said) = line.split_at_checked(2).unwrap_or(("", line));
        if *self == Self::Key {
            *self = if ends_key(said) { Self::Nothing } else { Self::Key };
            return format!("{mark}{MASK}");
        }
        if let Some(begin) = begin_of_key(said) {
            let rest = &said[begin..];
            *self = if ends_key(rest) { Self::Nothing } else { Self::Key };
            return format!("{mark}{}{MASK}", &said[..begin]);
        }
        if matches!(self, Self::Answer | Self::Rest) && mark != "> " {
            // What the station notes is not the module's.
            if mark == "! " {
                return line.to_owned();
            }
            let status = if *self == Self::Answer { status(said) } else { None };
            *self = Self::Rest;
            // Half of a character may be a mark as well as half of a secret.
            let mark = if mark == "< " { mark } else { "" };
            return status.map_or_else(|| format!("{mark}{MASK}"), |status| format!("{mark}{status} {MASK}"));
        }
        *self = Self::Nothing;
        match setting(said) {
            Some((name, Some(value_at))) if is_secret(name) => {
                format!("{mark}{}{MASK}", &said[..value_at])
            }
            Some((name, None)) if is_secret(name) => {
                *self = Self::Answer;
                line.to_owned()
            }
            _ => line.to_owned(),
        }
    }
}

/// Where the text of a private key begins (RFC 7468, sections 10 and 11, and what is older).
fn begin_of_key(said: &str) -> Option<usize> {
    said.match_indices("-----BEGIN ").map(|(at, _)| at).find(|at| {
        let label = said[*at..].trim_start_matches("-----BEGIN ");
        label.split("-----").next().is_some_and(|label| label.ends_with("PRIVATE KEY"))
    })
}

fn ends_key(said: &str) -> bool {
    said.contains("PRIVATE KEY-----") && said.contains("-----END ")
}

/// How the module says that an answer is there, or none: `OK`, with the number of lines that follow, or `ERR` with
/// that of the error.
fn status(said: &str) -> Option<&str> {
    let word = said.split(' ').next()?;
    let number = word.strip_prefix("OK").or_else(|| word.strip_prefix("ERR"))?;
    // No answer has so many lines, and no error such a number: more digits may be the secret.
    (number.len() <= 3 && number.bytes().all(|digit| digit.is_ascii_digit())).then_some(word)
}

/// The name of the setting that a line is about, and where its value begins, if the line has one:
/// `AT+CONF Name=value`, `AT+CONF? Name`.
fn setting(said: &str) -> Option<(&str, Option<usize>)> {
    let command = said.get(..7).filter(|start| start.eq_ignore_ascii_case("AT+CONF"))?;
    let rest = &said[command.len()..];
    let name_at = said.len() - rest.trim_start_matches(['?', ' ']).len();
    let name = &said[name_at..];
    match name.split_once('=') {
        Some((name, _)) => Some((name, Some(name_at + name.len() + 1))),
        None => Some((name, None)),
    }
}

fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    name == "pin" || SECRET.iter().any(|secret| name.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_called_like_a_secret_is_hidden_and_so_is_its_answer() {
        let said = "> AT+CONF Passphrase=hunter2\n< OK\n> AT+CONF? Passphrase\n< OK hunter2\n> AT\n< OK\n";
        let shown = "> AT+CONF Passphrase=•••\n< OK\n> AT+CONF? Passphrase\n< OK •••\n> AT\n< OK\n";
        assert_eq!(mask(said), shown);
        assert_eq!(mask("> at+conf wifiPASSWORD=x\\Ay\n"), "> at+conf wifiPASSWORD=•••\n");
        assert_eq!(mask("> AT+CONF PIN=1234\n"), "> AT+CONF PIN=•••\n");
    }

    #[test]
    fn an_answer_is_hidden_to_its_end_whatever_is_noted_meanwhile() {
        let said = "> AT+CONF? WifiPsk\n! no answer within 5000 ms\n< OK2 one\n< OK two\n! late\n< three\nfour\n> AT\n< OK five\n";
        let shown = "> AT+CONF? WifiPsk\n! no answer within 5000 ms\n< OK2 •••\n< •••\n! late\n< •••\n•••\n> AT\n< OK five\n";
        assert_eq!(mask(said), shown);
        assert_eq!(mask(shown), shown);
        for name in ["psk", "Credential2", "ApiKey", "api_key", "X-API-Key"] {
            assert_eq!(mask(&format!("> AT+CONF {name}=x\n")), format!("> AT+CONF {name}=•••\n"));
            assert_eq!(
                mask(&format!("> AT+CONF? {name}\n< ERR7 x\n")),
                format!("> AT+CONF? {name}\n< ERR7 •••\n")
            );
            assert_eq!(
                mask(&format!("> AT+CONF? {name}\n< OK1234\n")),
                format!("> AT+CONF? {name}\n< •••\n")
            );
        }
    }

    #[test]
    fn a_private_key_is_hidden_on_one_line_and_on_many() {
        let on_one = "> AT+DIAG KEY -----BEGIN PRIVATE KEY-----\\AMIGH\\A-----END PRIVATE KEY-----\n< OK\n";
        assert_eq!(mask(on_one), "> AT+DIAG KEY •••\n< OK\n");
        let on_many =
            "< OK3 pem\n< -----BEGIN EC PRIVATE KEY-----\n< MHcC\n< -----END EC PRIVATE KEY-----\n< after\n";
        assert_eq!(mask(on_many), "< OK3 pem\n< •••\n< •••\n< •••\n< after\n");
        let cut = "< -----BEGIN PRIVATE KEY-----\n< MIGH\n";
        assert_eq!(mask(cut), "< •••\n< •••\n", "one that breaks off is hidden to the end");
    }

    #[test]
    fn what_everybody_may_read_stays() {
        let said = "> AT+CONF? Certificate pem\n< OK2 pem\n< -----BEGIN CERTIFICATE-----\n< MIIB\n\
                    < -----END CERTIFICATE-----\n> AT+CONF? ThingName\n< OK 00a1\n! no answer within 5000 ms\n";
        assert_eq!(mask(said), said);
    }

    proptest! {
        #[test]
        fn no_secret_is_left_and_masking_twice_is_masking_once(
            before in "([><!] [ -~]{0,20}\n){0,3}",
            name in "[A-Z]?[a-z]{0,3}(Passphrase|PASSWORD|Secret|privateKey|Token)[0-9]?",
            secret in "[!-~]{12,30}",
        ) {
            let said = format!("{before}> AT+CONF {name}={secret}\n> AT+CONF? {name}\n< OK {secret}\n");
            let masked = mask(&said);
            prop_assert!(!masked.contains(&secret) || before.contains(&secret), "{}", masked);
            prop_assert_eq!(mask(&masked), masked);
        }

        #[test]
        fn any_text_can_be_masked(text in ".{0,200}") {
            mask(&text);
        }
    }
}
