//! The texts people type: parsed once at the edge, bounded, and never checked again.
//!
//! A text that exists is trimmed, within its bound, and free of characters that hide or reorder
//! what is shown (controls, zero-width and bidirectional marks).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::letter;

/// Why a text is not taken; the words stand beside its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextProblem {
    #[error("this is needed")]
    Empty,
    #[error("at least {0} characters, please")]
    TooShort(usize),
    #[error("at most {0} characters, please")]
    TooLong(usize),
    #[error("it has characters that cannot be seen: type it again without them")]
    Hidden,
    #[error("this does not look like an email address")]
    NotAnEmail,
    #[error("only a to z, 0 to 9, dot, dash and underscore, and it begins with a letter or a digit")]
    NotAHandle,
    #[error("this is not a time zone's name, like Europe/Lisbon")]
    NotAZone,
    #[error("this is not a time of day, like 22:00")]
    NotATimeOfDay,
    #[error("this is none of the choices")]
    NotAChoice,
    #[error("this is not an emoji")]
    NotAnEmoji,
    #[error("this is not a time between 00:00 and 12:00")]
    NotADayEnd,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($least:literal..=$most:literal) = $parse:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// How long it may be.
            pub const MOST: usize = $most;

            pub fn parse(text: &str) -> Result<Self, TextProblem> {
                let parse: fn(&str, usize, usize) -> Result<String, TextProblem> = $parse;
                parse(text, $least, $most).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextProblem;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String);
                text.min_length(Some($least)).max_length(Some($most)).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

texts! {
    /// What a person is called.
    Name(1..=60) = line;
    /// The unique short name after the `@`; lower case.
    Handle(2..=30) = handle;
    /// Where mail reaches a person; lower case, since nobody remembers how they typed it.
    Email(3..=254) = email;
    /// A secret. It prints as dots.
    Password(10..=200) = |text, least, most| length(text, least, most).map(|()| text.to_owned());
    /// A line that says what somebody is up to.
    StatusText(1..=80) = line;
    /// A department's name.
    SectorName(1..=60) = line;
    /// What the people who host it call their FocusHive.
    HouseName(1..=60) = line;
    /// A device or program, as shown in the list of sessions.
    Label(1..=80) = |text, least, most| line(&cut(text, most), least, most);
    /// The name of a time zone in the IANA database.
    Zone(1..=64) = zone;
    /// What a hive is called.
    HiveName(1..=60) = line;
    /// What a hive is for, in a line.
    Purpose(1..=200) = line;
    /// What the people of a hive agree to.
    RulesText(1..=2000) = lines;
    /// Why somebody was asked to stay out, for those who keep order.
    Reason(1..=120) = line;
    /// What a hive calls a rhythm of its own.
    RhythmName(1..=40) = line;
    /// What somebody is working on.
    Goal(1..=120) = line;
    /// What somebody writes in chat: a subset of Markdown.
    Body(1..=2000) = lines;
    /// What stands in a composer; it may yet be too long to send.
    DraftText(1..=8000) = lines;
    /// What an announcement is headed by.
    Title(1..=100) = line;
    /// What an announcement says.
    Notice(1..=2000) = lines;
    /// One emoji, as people see one.
    Emoji(1..=12) = emoji;
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

shown!(Name Handle Email StatusText SectorName HouseName Label Zone HiveName Purpose RulesText Reason RhythmName Goal Body DraftText Title Notice Emoji);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••••••")
    }
}

impl Body {
    /// How much of it is quoted.
    pub const EXCERPT: usize = 140;

    /// Its beginning, in one line.
    pub fn excerpt(&self) -> String {
        self.0.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(Self::EXCERPT).collect()
    }
}

impl Handle {
    /// Words that call many people at once, and so are nobody's name.
    pub fn is_everybodys(&self) -> bool {
        matches!(self.as_str(), "hive" | "here")
    }
}

impl Zone {
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

impl Name {
    /// Up to two letters that stand for a person without a picture.
    pub fn initials(&self) -> String {
        let mut words = self.0.split_whitespace();
        let first = words.next().unwrap_or_default();
        let letters: String = match words.next_back() {
            Some(last) => first.chars().take(1).chain(last.chars().take(1)).collect(),
            None => first.chars().take(2).collect(),
        };
        letter::raise(&letters)
    }
}

/// For an optional text in a form: a field left blank says nothing.
pub fn blank_is_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String>,
    T::Error: fmt::Display,
{
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    T::try_from(text).map(Some).map_err(serde::de::Error::custom)
}

/// For an optional number in a form: a field left blank says nothing.
pub fn number_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Number(u16),
        Text(String),
    }
    match Option::<Typed>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Typed::Number(number)) => Ok(Some(number)),
        Some(Typed::Text(text)) if text.trim().is_empty() => Ok(None),
        Some(Typed::Text(text)) => text.trim().parse().map(Some).map_err(serde::de::Error::custom),
    }
}

fn line(text: &str, least: usize, most: usize) -> Result<String, TextProblem> {
    let text = text.trim();
    length(text, least, most)?;
    if text.chars().any(hides) { Err(TextProblem::Hidden) } else { Ok(text.to_owned()) }
}

/// Several lines. Controls are left out rather than refused, since they come along with what is
/// pasted; marks of direction stay, since whole languages need them.
fn lines(text: &str, least: usize, most: usize) -> Result<String, TextProblem> {
    let kept =
        |c: char| c == '\n' || c == '\t' || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}'));
    let text: String = text.replace("\r\n", "\n").chars().filter(|c| kept(*c)).collect();
    let text = text.trim_matches('\n').trim_end();
    if least > 0 && text.trim().is_empty() {
        return Err(TextProblem::Empty);
    }
    length(text, least, most)?;
    Ok(text.to_owned())
}

/// Up to what a family with skin tones takes. Letters, digits and spaces are no emoji; keycaps are.
fn emoji(text: &str, least: usize, most: usize) -> Result<String, TextProblem> {
    let plain = |c: char| c.is_alphabetic() || c.is_whitespace() || c.is_control() || "<>&\"'".contains(c);
    let keycap = text.ends_with('\u{20E3}');
    let fits = (least..=most).contains(&text.chars().count()) && !text.chars().any(plain);
    if fits && (keycap || !text.is_ascii()) { Ok(text.to_owned()) } else { Err(TextProblem::NotAnEmoji) }
}

fn length(text: &str, least: usize, most: usize) -> Result<(), TextProblem> {
    match text.chars().count() {
        0 if least > 0 => Err(TextProblem::Empty),
        n if n < least => Err(TextProblem::TooShort(least)),
        n if n > most => Err(TextProblem::TooLong(most)),
        _ => Ok(()),
    }
}

/// Characters that are not seen, or that change how their neighbours are seen.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200C}' | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| !hides(*c)).take(most).collect()
}

fn handle(text: &str, least: usize, most: usize) -> Result<String, TextProblem> {
    let text = line(text.trim().trim_start_matches('@'), least, most)?.to_ascii_lowercase();
    let fits = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if fits && begins { Ok(text) } else { Err(TextProblem::NotAHandle) }
}

/// Deliberately loose: only mail that arrives proves an address. RFC 5321 bounds the lengths.
fn email(text: &str, _least: usize, most: usize) -> Result<String, TextProblem> {
    let text = letter::fold(&line(text, 1, most)?);
    let Some((local, domain)) = text.rsplit_once('@') else { return Err(TextProblem::NotAnEmail) };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>(),;:\"\\".contains(c));
    let dotted = !domain.starts_with(['.', '-']) && !domain.ends_with(['.', '-']) && !domain.contains("..");
    if plain(local) && local.len() <= 64 && plain(domain) && dotted && !local.contains('@') {
        Ok(text)
    } else {
        Err(TextProblem::NotAnEmail)
    }
}

/// The shape only; whether the zone exists is known where the zone database is.
fn zone(text: &str, _least: usize, most: usize) -> Result<String, TextProblem> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && text.len() <= most && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(TextProblem::NotAZone)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(Name::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(Name::parse("   "), Err(TextProblem::Empty));
        assert_eq!(Name::parse(&"a".repeat(61)), Err(TextProblem::TooLong(60)));
    }

    #[test]
    fn a_name_shows_what_it_says() {
        for hidden in ["a\u{202E}b", "a\0b", "a\u{200B}b", "a\nb", "a\u{FEFF}b"] {
            assert_eq!(Name::parse(hidden), Err(TextProblem::Hidden), "{hidden:?}");
        }
    }

    #[test]
    fn names_of_every_script_and_joined_emoji_are_welcome() {
        for name in ["Zoë", "李小龍", "محمد", "Bj👩\u{200D}💻rn", "O’Neil <b>"] {
            assert!(Name::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        assert_eq!(Name::parse("Ada King Lovelace").unwrap().initials(), "AL");
        assert_eq!(Name::parse("bob").unwrap().initials(), "BO");
    }

    #[test]
    fn an_address_is_lower_case_and_has_one_at() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
        for wrong in ["ada", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b..c", "<a@b>"] {
            assert_eq!(Email::parse(wrong), Err(TextProblem::NotAnEmail), "{wrong}");
        }
    }

    #[test]
    fn a_handle_forgives_the_at_sign_and_capitals() {
        assert_eq!(Handle::parse("@Ada.L").unwrap().as_str(), "ada.l");
        assert_eq!(Handle::parse("-ada"), Err(TextProblem::NotAHandle));
        assert_eq!(Handle::parse("a b"), Err(TextProblem::NotAHandle));
    }

    #[test]
    fn a_message_keeps_its_lines_and_loses_its_controls() {
        assert_eq!(Body::parse("\r\n  a\0b\r\n\tc \n").unwrap().as_str(), "  ab\n\tc");
        assert_eq!(Body::parse(" \n "), Err(TextProblem::Empty));
        assert_eq!(Body::parse(&"a".repeat(2001)), Err(TextProblem::TooLong(2000)));
        assert!(Body::parse("سلام\u{200C}ها").is_ok());
    }

    #[test]
    fn an_emoji_is_one_and_no_word() {
        for emoji in ["👍", "👩🏽\u{200D}💻", "❤\u{FE0F}", "3\u{FE0F}\u{20E3}", "🇵🇹"] {
            assert!(Emoji::parse(emoji).is_ok(), "{emoji}");
        }
        for word in ["", "a", "ok", "1", "<b>", " ", "👍 👍", ":)"] {
            assert!(Emoji::parse(word).is_err(), "{word}");
        }
    }

    #[test]
    fn a_password_is_kept_as_typed_and_never_printed() {
        let password = Password::parse("  correct horse  ").unwrap();
        assert_eq!(password.as_str(), "  correct horse  ");
        assert!(!format!("{password:?}").contains("horse"));
        assert_eq!(Password::parse("short"), Err(TextProblem::TooShort(10)));
    }

    proptest! {
        #[test]
        fn a_text_that_was_taken_is_taken_again_unchanged(text in ".*") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
