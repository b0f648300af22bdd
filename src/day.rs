//! The personal day: where one ends and the next begins is each person's own choice.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, UtcOffset};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{moment::Moment, text::TextProblem};

/// How long after midnight a person's day ends: 00:00 to 12:00. At 04:00, half past two in the
/// night still belongs to the day before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayEnd(u16);

impl DayEnd {
    const LATEST: u16 = 12 * 60;

    pub fn from_minutes(minutes: u16) -> Result<Self, TextProblem> {
        if minutes <= Self::LATEST { Ok(Self(minutes)) } else { Err(TextProblem::NotADayEnd) }
    }

    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let (hours, minutes) = text.trim().split_once(':').ok_or(TextProblem::NotADayEnd)?;
        let number = |part: &str| part.parse::<u16>().map_err(|_| TextProblem::NotADayEnd);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if hours > 12 || minutes > 59 {
            return Err(TextProblem::NotADayEnd);
        }
        Self::from_minutes(hours * 60 + minutes)
    }

    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for DayEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl PartialSchema for DayEnd {
    fn schema() -> RefOr<Schema> {
        let pattern = "^(0?[0-9]|1[01]):[0-5]?[0-9]$|^12:00?$";
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
    }
}

impl ToSchema for DayEnd {}

impl TryFrom<String> for DayEnd {
    type Error = TextProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DayEnd> for String {
    fn from(end: DayEnd) -> Self {
        end.to_string()
    }
}

/// The personal day an instant counts for. `offset` is the person's zone's at that very instant,
/// so the wall clock is what decides, also on the days when it jumps.
pub fn day_of(at: Moment, offset: UtcOffset, end: DayEnd) -> Date {
    (at.0.to_offset(offset) - Duration::minutes(i64::from(end.0))).date()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use time::macros::{date, datetime, offset};

    use super::*;

    #[test]
    fn half_past_two_counts_for_the_day_before_when_the_day_ends_at_four() {
        let at = Moment(datetime!(2026-03-10 02:30 +1));
        assert_eq!(day_of(at, offset!(+1), DayEnd::parse("04:00").unwrap()), date!(2026 - 03 - 09));
        assert_eq!(day_of(at, offset!(+1), DayEnd::default()), date!(2026 - 03 - 10));
    }

    #[test]
    fn the_new_day_begins_at_its_very_minute() {
        let end = DayEnd::parse("4:00").unwrap();
        assert_eq!(day_of(Moment(datetime!(2026-03-10 03:59:59 UTC)), UtcOffset::UTC, end), date!(2026 - 03 - 09));
        assert_eq!(day_of(Moment(datetime!(2026-03-10 04:00 UTC)), UtcOffset::UTC, end), date!(2026 - 03 - 10));
    }

    #[test]
    fn a_day_ends_between_midnight_and_noon() {
        assert_eq!(DayEnd::parse("12:00").unwrap().to_string(), "12:00");
        for wrong in ["12:01", "25:00", "4", "04:60", "-1:00", ""] {
            assert_eq!(DayEnd::parse(wrong), Err(TextProblem::NotADayEnd), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn where_clocks_change_no_day_is_lost_and_none_is_longer_than_by_that_hour(
            zone in -12..=13i32,
            forward in any::<bool>(),
            changes_at in 0..1440i64,
            end in 0..=720u16,
        ) {
            let begin = Moment(datetime!(2026-03-27 00:00 UTC));
            let change = begin.after(Duration::minutes(2 * 1440 + changes_at));
            let offset = |at: Moment| {
                let later = i32::from(at >= change) * if forward { 1 } else { -1 };
                UtcOffset::from_whole_seconds((zone + later) * 3600).unwrap()
            };
            let end = DayEnd::from_minutes(end).unwrap();
            let mut lengths = BTreeMap::<Date, i64>::new();
            for minute in 0..5 * 1440 {
                let at = begin.after(Duration::minutes(minute));
                *lengths.entry(day_of(at, offset(at), end)).or_default() += 1;
            }
            let days: Vec<Date> = lengths.keys().copied().collect();
            prop_assert!(days.windows(2).all(|pair| pair[0].next_day() == Some(pair[1])), "{days:?}");
            // The first and the last were not seen whole.
            for (day, minutes) in lengths.iter().skip(1).take(lengths.len() - 2) {
                prop_assert!((23 * 60..=25 * 60).contains(minutes), "{day}: {minutes}");
            }
        }
    }
}
