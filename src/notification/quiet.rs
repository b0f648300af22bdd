//! When the bell keeps silent: while one focuses, in hours one set, and for as long as one says.

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};

use crate::{moment::Moment, text::TextProblem};

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;

/// How many windows a week may have.
pub const MOST_WINDOWS: usize = 28;

/// Why the bell is silent right now, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quiet {
    pub why: Why,
    /// Unknown where it ends when somebody says so: at a clock that counts up.
    pub until: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Focus,
    Hours,
    Snooze,
}

/// Some hours of one day; those that end before they begin go on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Monday is zero.
    #[schema(maximum = 6)]
    pub day: u8,
    /// In minutes after midnight, by the clock on the wall.
    pub from: u16,
    pub to: u16,
}

impl Window {
    fn minutes(self) -> u16 {
        let span = (self.to + DAY - self.from) % DAY;
        if span == 0 { DAY } else { span }
    }

    /// How much of it is left at a minute of the week, if it is on.
    fn left(self, minute: u16) -> Option<u16> {
        let into = (minute + WEEK - (u16::from(self.day) * DAY + self.from)) % WEEK;
        (into < self.minutes()).then(|| self.minutes() - into)
    }
}

/// `22:00`, in minutes after midnight.
pub(super) fn minutes(text: &str) -> Result<u16, TextProblem> {
    let (hours, minutes) = text.trim().split_once(':').ok_or(TextProblem::NotATimeOfDay)?;
    let number = |part: &str| part.parse::<u16>().map_err(|_| TextProblem::NotATimeOfDay);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours < 24 && minutes < 60 { Ok(hours * 60 + minutes) } else { Err(TextProblem::NotATimeOfDay) }
}

/// The quiet hours of a week, by the clock on the wall where one is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Window>", into = "Vec<Window>")]
pub struct Schedule(Vec<Window>);

impl Schedule {
    pub fn new(mut windows: Vec<Window>) -> Result<Self, TextProblem> {
        let fits = |window: &Window| window.day < 7 && window.from < DAY && window.to <= DAY;
        if windows.len() > MOST_WINDOWS || !windows.iter().all(fits) {
            return Err(TextProblem::NotAChoice);
        }
        windows.sort_unstable();
        windows.dedup();
        Ok(Self(windows))
    }

    pub fn windows(&self) -> &[Window] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many minutes on the wall it stays quiet, at this minute of this day (Monday is zero).
    /// Windows that touch are one; a week that is quiet all through has no end.
    pub fn quiet_for(&self, day: u8, minute: u16) -> Option<u16> {
        let now = u16::from(day) * DAY + minute;
        let mut quiet = 0;
        while quiet < WEEK {
            let at = (now + quiet) % WEEK;
            match self.0.iter().filter_map(|window| window.left(at)).max() {
                Some(left) => quiet += left,
                None => break,
            }
        }
        (quiet > 0).then(|| quiet.min(WEEK))
    }
}

impl PartialSchema for Schedule {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Window::schema()).max_items(Some(MOST_WINDOWS)).into()
    }
}

impl ToSchema for Schedule {}

impl TryFrom<Vec<Window>> for Schedule {
    type Error = TextProblem;

    fn try_from(windows: Vec<Window>) -> Result<Self, Self::Error> {
        Self::new(windows)
    }
}

impl From<Schedule> for Vec<Window> {
    fn from(schedule: Schedule) -> Self {
        schedule.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(windows: &[(u8, u16, u16)]) -> Schedule {
        Schedule::new(windows.iter().map(|(day, from, to)| Window { day: *day, from: *from, to: *to }).collect())
            .unwrap()
    }

    #[test]
    fn a_night_goes_on_into_the_next_day() {
        let nights = schedule(&[(6, 22 * 60, 7 * 60)]);
        assert_eq!(nights.quiet_for(6, 22 * 60), Some(9 * 60));
        assert_eq!(nights.quiet_for(0, 6 * 60 + 59), Some(1));
        assert_eq!(nights.quiet_for(0, 7 * 60), None);
        assert_eq!(nights.quiet_for(0, 23 * 60), None);
    }

    #[test]
    fn windows_that_touch_are_one() {
        let day = schedule(&[(1, 8 * 60, 12 * 60), (1, 12 * 60, 14 * 60)]);
        assert_eq!(day.quiet_for(1, 9 * 60), Some(5 * 60));
    }

    #[test]
    fn a_quiet_week_ends_after_a_week() {
        let always = schedule(&(0..7).map(|day| (day, 0, 0)).collect::<Vec<_>>());
        assert_eq!(always.quiet_for(3, 700), Some(WEEK));
    }

    #[test]
    fn what_is_no_hour_is_refused() {
        assert!(Schedule::new(vec![Window { day: 7, from: 0, to: 60 }]).is_err());
        assert!(Schedule::new(vec![Window { day: 0, from: DAY, to: 60 }]).is_err());
    }

    proptest! {
        #[test]
        fn when_it_ends_it_is_not_quiet(
            windows in proptest::collection::vec((0..7_u8, 0..DAY, 0..=DAY), 0..6),
            day in 0..7_u8,
            minute in 0..DAY,
        ) {
            let schedule = schedule(&windows);
            if let Some(quiet) = schedule.quiet_for(day, minute).filter(|quiet| *quiet < WEEK) {
                let end = (u16::from(day) * DAY + minute + quiet) % WEEK;
                prop_assert_eq!(schedule.quiet_for(u8::try_from(end / DAY).unwrap(), end % DAY), None);
            }
        }
    }
}
