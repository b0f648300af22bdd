//! The summary: what stayed unread, by mail, at times one chose.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quiet::minutes;
use crate::text::TextProblem;

/// On which days one wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Days {
    #[default]
    Never,
    EveryDay,
    Workdays,
    Mondays,
}

impl Days {
    pub const ALL: [Self; 4] = [Self::Never, Self::EveryDay, Self::Workdays, Self::Mondays];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::EveryDay => "every_day",
            Self::Workdays => "workdays",
            Self::Mondays => "mondays",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::EveryDay => "Every day",
            Self::Workdays => "From Monday to Friday",
            Self::Mondays => "On Mondays",
        }
    }

    /// Whether this day is one of them; Monday is zero.
    pub const fn has(self, day: u8) -> bool {
        match self {
            Self::Never => false,
            Self::EveryDay => true,
            Self::Workdays => day < 5,
            Self::Mondays => day == 0,
        }
    }
}

/// How somebody wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    pub days: Days,
    /// In minutes after midnight, by the clock on the wall.
    pub at: u16,
    /// For how long something was unread before it is in there.
    pub after_hours: u16,
}

impl Default for Summary {
    fn default() -> Self {
        Self { days: Days::Never, at: 8 * 60, after_hours: 4 }
    }
}

impl Summary {
    /// How long something may stay unread at most before it is in there.
    pub const MOST_HOURS: u16 = 168;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookSummary {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSummary {
    pub days: Days,
    /// `08:00`.
    pub at: String,
    pub after_hours: u16,
}

impl SetSummary {
    /// Or which field is wrong, and how.
    pub fn summary(&self) -> Result<Summary, (&'static str, TextProblem)> {
        let at = minutes(&self.at).map_err(|problem| ("at", problem))?;
        if !(1..=Summary::MOST_HOURS).contains(&self.after_hours) {
            return Err(("after_hours", TextProblem::NotAChoice));
        }
        Ok(Summary { days: self.days, at, after_hours: self.after_hours })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_is_said_beside_its_field() {
        let ask = |at: &str, after_hours| SetSummary { days: Days::EveryDay, at: at.to_owned(), after_hours };
        assert_eq!(ask("7:30", 1).summary().unwrap().at, 450);
        assert_eq!(ask("24:00", 1).summary(), Err(("at", TextProblem::NotATimeOfDay)));
        assert_eq!(ask("07:30", 0).summary(), Err(("after_hours", TextProblem::NotAChoice)));
        assert_eq!(ask("07:30", 169).summary(), Err(("after_hours", TextProblem::NotAChoice)));
    }

    #[test]
    fn days_are_those_that_are_named() {
        let of = |days: Days| (0..7).filter(|day| days.has(*day)).collect::<Vec<_>>();
        assert_eq!(of(Days::Never), Vec::<u8>::new());
        assert_eq!(of(Days::Workdays), [0, 1, 2, 3, 4]);
        assert_eq!(of(Days::Mondays), [0]);
        assert_eq!(of(Days::EveryDay).len(), 7);
    }
}
