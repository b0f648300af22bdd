//! The rhythm of a clock: how long its phases are, what begins by itself, and what falls on the hour.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use super::{Phase, in_millis, millis};
use crate::{
    fault::{Fault, Problems},
    moment::Moment,
};

/// Boundaries of an aligned rhythm fall on these: every half hour.
const GRID: i64 = 30 * 60;

/// Flow that nobody ends stops by itself: nobody is in flow for longer.
const FLOW_AT_MOST: Duration = Duration::hours(3);

/// The shortest and the longest break that flow earns.
const EARNED: (Duration, Duration) = (Duration::minutes(3), Duration::minutes(30));

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Counts down, round by round.
    #[default]
    Rounds,
    /// The same, and boundaries fall on the half hour.
    Aligned,
    /// Counts up until one stops, and the break is earned.
    Flow,
}

impl Style {
    pub const ALL: [Self; 3] = [Self::Rounds, Self::Aligned, Self::Flow];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rounds => "rounds",
            Self::Aligned => "aligned",
            Self::Flow => "flow",
        }
    }

    pub const fn focus(self) -> Phase {
        match self {
            Self::Rounds | Self::Aligned => Phase::Focus,
            Self::Flow => Phase::Flow,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    #[serde(default)]
    pub style: Style,
    #[schema(minimum = 1, maximum = 180)]
    pub focus_minutes: u16,
    #[schema(minimum = 1, maximum = 60)]
    pub short_minutes: u16,
    #[schema(minimum = 1, maximum = 120)]
    pub long_minutes: u16,
    /// Focus phases before the long break.
    #[schema(minimum = 1, maximum = 12)]
    pub rounds: u8,
    /// Of flow, one part in so many is earned as a break.
    #[schema(minimum = 2, maximum = 10)]
    pub flow_ratio: u8,
    #[serde(default)]
    pub auto_break: bool,
    #[serde(default)]
    pub auto_focus: bool,
}

impl Default for Rhythm {
    fn default() -> Self {
        Preset::Classic.rhythm()
    }
}

/// Rhythms that many know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Classic,
    Long,
    OnTheHalfHour,
    Flow,
}

impl Preset {
    pub const ALL: [Self; 4] = [Self::Classic, Self::Long, Self::OnTheHalfHour, Self::Flow];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Classic => "25 / 5, four rounds",
            Self::Long => "50 / 10",
            Self::OnTheHalfHour => "25 / 5 on the half hour",
            Self::Flow => "Flow: count up, earn the break",
        }
    }

    pub const fn rhythm(self) -> Rhythm {
        let classic = Rhythm {
            style: Style::Rounds,
            focus_minutes: 25,
            short_minutes: 5,
            long_minutes: 15,
            rounds: 4,
            flow_ratio: 5,
            auto_break: true,
            auto_focus: false,
        };
        match self {
            Self::Classic => classic,
            Self::Long => Rhythm { focus_minutes: 50, short_minutes: 10, long_minutes: 20, rounds: 3, ..classic },
            Self::OnTheHalfHour => Rhythm { style: Style::Aligned, auto_focus: true, ..classic },
            Self::Flow => Rhythm { style: Style::Flow, ..classic },
        }
    }
}

impl Rhythm {
    pub fn check(&self) -> Result<(), Fault> {
        let mut problems = Problems::default();
        let mut within = |field: &str, value: u16, most: u16| {
            if !(1..=most).contains(&value) {
                problems.note(field, format!("from 1 to {most}"));
            }
        };
        within("focus_minutes", self.focus_minutes, 180);
        within("short_minutes", self.short_minutes, 60);
        within("long_minutes", self.long_minutes, 120);
        within("rounds", self.rounds.into(), 12);
        if !(2..=10).contains(&self.flow_ratio) {
            problems.note("flow_ratio", "from 2 to 10");
        }
        let round = i64::from(self.focus_minutes) + i64::from(self.short_minutes);
        if self.style == Style::Aligned && round * 60 % GRID != 0 {
            problems.note("short_minutes", "focus and break together make 30, 60 or 90 minutes on the half hour");
        }
        problems.none()
    }

    /// In words, for people: `25 / 5, 4 rounds, then 15`.
    pub fn words(&self) -> String {
        let Self { focus_minutes, short_minutes, long_minutes, rounds, .. } = self;
        let grid = match self.style {
            Style::Flow => return format!("Flow, and one part in {} as a break", self.flow_ratio),
            Style::Rounds => "",
            Style::Aligned => " on the half hour",
        };
        match rounds {
            // Each break is the long one.
            0 | 1 => format!("{focus_minutes} / {long_minutes}{grid}"),
            rounds => format!("{focus_minutes} / {short_minutes}{grid}, {rounds} rounds, then {long_minutes}"),
        }
    }

    pub fn length(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Focus => Duration::minutes(self.focus_minutes.into()),
            Phase::Flow => FLOW_AT_MOST,
            Phase::ShortBreak => Duration::minutes(self.short_minutes.into()),
            Phase::LongBreak => Duration::minutes(self.long_minutes.into()),
        }
    }

    /// When a phase ends that begins now.
    pub(super) fn end_of(&self, phase: Phase, at: Moment, earned_ms: Option<u64>) -> Moment {
        let length = earned_ms.map_or_else(|| self.length(phase), millis);
        match (self.style, phase) {
            // The first one is shorter, or a break longer, so that the round ends on the grid.
            (Style::Aligned, Phase::Focus) => {
                let rest = self.length(Phase::ShortBreak);
                let end = next_on_grid(at.after(rest).after(Duration::MINUTE)).before(rest);
                let whole = at.after(length);
                // A round may be longer than one step of the grid.
                if on_grid(at) { whole } else { end }
            }
            (Style::Aligned, Phase::ShortBreak | Phase::LongBreak) => next_on_grid(at.after(length)),
            (Style::Rounds | Style::Flow, _) | (Style::Aligned, Phase::Flow) => at.after(length),
        }
    }

    /// The break that so much flow earns.
    pub(super) fn earned(&self, worked: Duration) -> u64 {
        in_millis((worked / i32::from(self.flow_ratio.max(1))).clamp(EARNED.0, EARNED.1))
    }
}

/// The first half hour at or after an instant. Half hours of UTC are half hours everywhere but in a
/// few zones that differ by a quarter.
fn next_on_grid(at: Moment) -> Moment {
    let seconds = at.0.unix_timestamp();
    let past = seconds.rem_euclid(GRID);
    let whole = past == 0 && at.0.nanosecond() == 0;
    let on = at.0.replace_nanosecond(0).unwrap_or(at.0);
    Moment(if whole { on } else { on + Duration::seconds(GRID - past) })
}

/// On the grid, but for less than a second.
fn on_grid(at: Moment) -> bool {
    at.0.unix_timestamp().rem_euclid(GRID) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_said_as_people_say_it() {
        let words = Preset::ALL.map(|preset| preset.rhythm().words());
        assert_eq!(
            words,
            [
                "25 / 5, 4 rounds, then 15",
                "50 / 10, 3 rounds, then 20",
                "25 / 5 on the half hour, 4 rounds, then 15",
                "Flow, and one part in 5 as a break",
            ]
        );
        assert_eq!(Rhythm { rounds: 1, ..Rhythm::default() }.words(), "25 / 15");
    }
}
