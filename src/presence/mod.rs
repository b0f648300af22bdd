//! Who is here, and what they are at. What a person's devices say becomes one state, by a pure
//! function of facts and of now; lists of people change by differences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    id::{HiveId, UserId},
    moment::Moment,
    text::{Goal, TextProblem, blank_is_none},
    user::Person,
};

/// How often a device says that it is there, and how long that is good for: longer than the minute
/// to which browsers slow the timers of a hidden tab.
pub const BEAT: Duration = Duration::seconds(25);
pub const LEASE: Duration = Duration::seconds(75);

/// A seat in a running focus session outlives its lease by this.
pub const GRACE: Duration = Duration::seconds(120);

/// A connection that was closed, and not lost, is waited for this long: a page that is loaded anew is
/// back by then.
pub const RETURN: Duration = Duration::seconds(10);

/// What others see of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    Focusing {
        until: Moment,
    },
    OnBreak {
        until: Moment,
    },
    /// Finishing a thought beyond the end.
    Overtime {
        since: Moment,
    },
    /// At a clock that counts up.
    InFlow {
        since: Moment,
    },
    /// In a session that stands still, for all or for them.
    Paused,
    DoNotDisturb,
    Around,
    Away,
    /// Their connection is lost, and their seat is kept for a little.
    Reconnecting,
    Offline,
}

impl State {
    /// Whether they are at work right now, and not to be disturbed.
    pub const fn is_focus(self) -> bool {
        matches!(self, Self::Focusing { .. } | Self::Overtime { .. } | Self::InFlow { .. })
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Focusing { .. } => "focusing",
            Self::OnBreak { .. } => "on_break",
            Self::Overtime { .. } => "overtime",
            Self::InFlow { .. } => "in_flow",
            Self::Paused => "paused",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Around => "around",
            Self::Away => "away",
            Self::Reconnecting => "reconnecting",
            Self::Offline => "offline",
        }
    }

    /// In words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Focusing { .. } => "focusing",
            Self::OnBreak { .. } => "on break",
            Self::Overtime { .. } => "in overtime",
            Self::InFlow { .. } => "in flow",
            Self::Paused => "paused",
            Self::DoNotDisturb => "do not disturb",
            Self::Around => "around",
            Self::Away => "away",
            Self::Reconnecting => "reconnecting",
            Self::Offline => "offline",
        }
    }
}

/// What somebody chose by hand; it stands above what their devices say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
#[schema(as = PresenceChoice)]
pub enum Choice {
    Away,
    DoNotDisturb,
    Offline,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::Away, Self::DoNotDisturb, Self::Offline];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Offline => "offline",
        }
    }
}

impl TryFrom<String> for Choice {
    type Error = TextProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).ok_or(TextProblem::NotAChoice)
    }
}

/// What one device last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub active: bool,
    pub heard_at: Moment,
    /// How its connection ended, once it did.
    pub end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It said goodbye.
    Closed,
    /// It broke off, and may be back.
    Lost,
}

impl Device {
    pub const fn new(active: bool, heard_at: Moment) -> Self {
        Self { active, heard_at, end: None }
    }

    /// Whether it counts, outside of a session.
    pub fn is_there(self, now: Moment) -> bool {
        now.since(self.heard_at) <= if self.end == Some(End::Closed) { RETURN } else { LEASE }
    }
}

/// The part in a focus session that somebody has, if any; the timer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    Focus { until: Moment },
    Break { until: Moment },
    Overtime { since: Moment },
    Flow { since: Moment },
    Paused,
}

impl Session {
    /// At several clocks at once, the one that wants to be left alone most is shown.
    pub const fn over(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Focus { .. } => 4,
            Self::Flow { .. } => 3,
            Self::Overtime { .. } => 2,
            Self::Paused => 1,
            Self::Break { .. } => 0,
        }
    }
}

/// Everything a person's state follows from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub devices: Vec<Device>,
    pub choice: Option<Choice>,
    pub session: Option<Session>,
}

impl Facts {
    /// The most present of all devices counts, and what was chosen by hand more than any of them. A session
    /// was begun by hand, too, and counts more than both: only looking offline stands above it.
    pub fn state(&self, now: Moment) -> State {
        if self.choice == Some(Choice::Offline) {
            return State::Offline;
        }
        let Some(heard_at) = self.devices.iter().map(|device| device.heard_at).max() else { return State::Offline };
        let silent = now.since(heard_at);
        let Some(session) = self.session else {
            let there = self.devices.iter().any(|device| device.is_there(now));
            return if there { self.outside(now) } else { State::Offline };
        };
        if silent > LEASE + GRACE {
            return State::Offline;
        }
        if silent > GRACE {
            return State::Reconnecting;
        }
        match session {
            Session::Focus { until } => State::Focusing { until },
            Session::Break { until } => State::OnBreak { until },
            Session::Overtime { since } => State::Overtime { since },
            Session::Flow { since } => State::InFlow { since },
            Session::Paused => State::Paused,
        }
    }

    fn outside(&self, now: Moment) -> State {
        match self.choice {
            Some(Choice::DoNotDisturb) => State::DoNotDisturb,
            Some(Choice::Away) => State::Away,
            Some(Choice::Offline) => State::Offline,
            None if self.devices.iter().any(|device| device.active && device.is_there(now)) => State::Around,
            None => State::Away,
        }
    }
}

/// Somebody in a hive right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seat {
    pub person: Person,
    pub state: State,
    pub goal: Option<Goal>,
}

/// What changed among the people of a hive: who is there now, or differently, and who is not any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    pub here: Vec<Seat>,
    pub gone: Vec<UserId>,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.here.is_empty() && self.gone.is_empty()
    }

    /// From what was to what is.
    pub fn between(before: &BTreeMap<UserId, Seat>, after: &BTreeMap<UserId, Seat>) -> Self {
        let here = after.iter().filter(|(user, seat)| before.get(user) != Some(seat)).map(|(_, seat)| seat.clone());
        let gone = before.keys().filter(|user| !after.contains_key(user)).copied();
        Self { here: here.collect(), gone: gone.collect() }
    }

    /// Both in one: what somebody needs to know who heard neither.
    pub fn then(mut self, later: Self) -> Self {
        let changed = |user: &UserId| later.gone.contains(user) || later.here.iter().any(|s| s.person.id == *user);
        self.here.retain(|seat| !changed(&seat.person.id));
        self.gone.retain(|user| !changed(user));
        self.here.extend(later.here);
        self.gone.extend(later.gone);
        self
    }

    /// Brings a list up to date.
    pub fn apply(self, seats: &mut BTreeMap<UserId, Seat>) {
        for user in self.gone {
            seats.remove(&user);
        }
        for seat in self.here {
            seats.insert(seat.person.id, seat);
        }
    }
}

/// Says that this device is there, and whether somebody is looking at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Beat {
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

/// Chooses what others see, on every device; nothing leaves it to the devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetChoice {
    #[serde(default, deserialize_with = "blank_is_none")]
    pub choice: Option<Choice>,
}

/// Who is in a hive: the whole list, before the differences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSeats {
    pub hive: HiveId,
}

#[cfg(test)]
mod tests;
