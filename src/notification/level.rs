//! How loud something may be, and which choice says so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Kind;
use crate::{id::HiveId, text::TextProblem};

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Off,
    /// It waits in the bell, and makes no sound.
    InBell,
    /// It makes a sound, and reaches devices that are closed.
    Interrupt,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Off, Self::InBell, Self::Interrupt];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::InBell => "in_bell",
            Self::Interrupt => "interrupt",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::InBell => "In the bell",
            Self::Interrupt => "Interrupt",
        }
    }

    /// One step quieter.
    pub const fn less(self) -> Self {
        match self {
            Self::Interrupt => Self::InBell,
            Self::InBell | Self::Off => Self::Off,
        }
    }
}

impl TryFrom<String> for Level {
    type Error = TextProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or(TextProblem::NotAChoice)
    }
}

/// Which choice decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Nobody chose: it is how FocusHive comes.
    Default,
    /// Chosen for this kind, wherever it comes from.
    Yours,
    /// Chosen for this kind in this hive.
    Hive,
}

impl Rule {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Yours => "yours",
            Self::Hive => "hive",
        }
    }
}

/// Why something came, in a sentence.
pub fn reason(kind: Kind, level: Level, rule: Rule) -> String {
    let said = match level {
        Level::Off => "is off",
        Level::InBell => "waits in the bell",
        Level::Interrupt => "interrupts",
    };
    let by = match rule {
        Rule::Default => "as FocusHive comes",
        Rule::Yours => "as you chose",
        Rule::Hive => "as you chose for this hive",
    };
    format!("“{}” {said}, {by}.", kind.words())
}

/// What somebody chose: for a kind everywhere, or in one hive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(pub Vec<(Option<HiveId>, Kind, Level)>);

impl Choices {
    /// The nearest choice counts: of the hive, of the kind, and then how FocusHive comes.
    pub fn level(&self, kind: Kind, hive: Option<HiveId>) -> (Level, Rule) {
        if let Some(level) = hive.and_then(|hive| self.chosen(kind, Some(hive))) {
            return (level, Rule::Hive);
        }
        match self.chosen(kind, None) {
            Some(level) => (level, Rule::Yours),
            None => (kind.default_level(), Rule::Default),
        }
    }

    /// What was chosen right there.
    pub fn chosen(&self, kind: Kind, hive: Option<HiveId>) -> Option<Level> {
        self.0.iter().find(|(place, of, _)| *place == hive && *of == kind).map(|(_, _, level)| *level)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_nearest_choice_counts() {
        let (library, attic) = (HiveId(Uuid::from_u128(1)), HiveId(Uuid::from_u128(2)));
        let choices = Choices(vec![(None, Kind::Mention, Level::InBell), (Some(library), Kind::Mention, Level::Off)]);
        assert_eq!(choices.level(Kind::Mention, Some(library)), (Level::Off, Rule::Hive));
        assert_eq!(choices.level(Kind::Mention, Some(attic)), (Level::InBell, Rule::Yours));
        assert_eq!(choices.level(Kind::Reply, Some(library)), (Level::Interrupt, Rule::Default));
    }

    #[test]
    fn less_of_it_ends_in_silence() {
        assert_eq!(Level::Interrupt.less(), Level::InBell);
        assert_eq!(Level::Interrupt.less().less().less(), Level::Off);
    }
}
