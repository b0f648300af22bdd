//! What is asked of a hive.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Access, Rank, SEATS, SLOWEST_SECONDS};
use crate::{
    fault::Fault,
    id::{HiveId, InviteId, Key, UserId},
    invite::Lasts,
    moment::Moment,
    text::{Goal, HiveName, Purpose, Reason, RulesText, blank_is_none, number_or_none},
    user::Person,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    pub key: Key,
    pub name: HiveName,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub purpose: Option<Purpose>,
    #[serde(default)]
    pub access: Access,
}

/// The hives one can see, those one belongs to first; no more than [`MOST_LISTED`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Only hives whose name or purpose has this in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find: Option<String>,
}

pub const MOST_LISTED: u8 = 200;

/// People who are in a hive of one's own, by what their name or handle has in it; no more than [`COMPANIONS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindPeople {
    pub find: String,
}

pub const COMPANIONS: u8 = 10;

/// Somebody one shares a hive with, and which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Companion {
    pub person: Person,
    pub hive: HiveId,
    pub name: HiveName,
}

/// Names one hive; most requests are no more than that.
macro_rules! asks_of_a_hive {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            pub hive: HiveId,
        }
    )*};
}

asks_of_a_hive! {
    Look;
    /// Becomes a member.
    Join;
    /// Stops being a member.
    Leave;
    /// Gives the seat up.
    Exit;
    /// Makes it read-only, for the time being.
    Archive;
    Reopen;
    ListMembers;
    /// Those who are kept out, for those who may let them in again.
    ListBans;
    /// The links that still let somebody in.
    ListLinks;
}

/// Takes a seat: one is here now. Entering twice is one seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enter {
    pub hive: HiveId,
    /// For how long nobody has touched this device; left out, somebody does now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub hive: HiveId,
    pub name: HiveName,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub purpose: Option<Purpose>,
    pub access: Access,
    #[serde(default, deserialize_with = "number_or_none")]
    #[schema(minimum = 2, maximum = 1000)]
    pub seats: Option<u16>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3600)]
    pub slow_seconds: u16,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub rules: Option<RulesText>,
}

impl Set {
    pub fn check(&self) -> Result<(), Fault> {
        let mut problems = crate::fault::Problems::default();
        if self.seats.is_some_and(|seats| !SEATS.contains(&seats)) {
            problems.note("seats", format!("from {} to {}, or empty for no limit", SEATS.start(), SEATS.end()));
        }
        if self.slow_seconds > SLOWEST_SECONDS {
            problems.note("slow_seconds", format!("at most {SLOWEST_SECONDS} seconds"));
        }
        problems.none()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRank {
    pub hive: HiveId,
    pub user: UserId,
    pub rank: Rank,
}

/// For how long a mute or a ban lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    TenMinutes,
    Hour,
    Day,
    Week,
    /// Until it is lifted.
    Open,
}

impl Measure {
    pub const ALL: [Self; 5] = [Self::TenMinutes, Self::Hour, Self::Day, Self::Week, Self::Open];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenMinutes => "ten_minutes",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Open => "open",
        }
    }

    /// When it ends by itself; nothing if it does not. That is told from the end alone: no other
    /// measure reaches as far as an open one did that began with the time of computers.
    pub fn end(until: Moment) -> Option<Moment> {
        let open = Self::Open.until(Moment(time::OffsetDateTime::UNIX_EPOCH));
        (until < open).then_some(until)
    }

    pub fn until(self, now: Moment) -> Moment {
        now.after(match self {
            Self::TenMinutes => time::Duration::minutes(10),
            Self::Hour => time::Duration::HOUR,
            Self::Day => time::Duration::DAY,
            Self::Week => time::Duration::WEEK,
            Self::Open => time::Duration::days(36_500),
        })
    }
}

/// They read on, and write nothing for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    pub hive: HiveId,
    pub user: UserId,
    pub lasts: Measure,
}

/// They are out, and cannot come back in for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    pub hive: HiveId,
    pub user: UserId,
    pub lasts: Measure,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub why: Option<Reason>,
}

/// Ends a mute or a ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pardon {
    pub hive: HiveId,
    pub user: UserId,
}

/// They are out; they may join again as anybody may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kick {
    pub hive: HiveId,
    pub user: UserId,
}

/// A link that makes whoever opens it a member of the hive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    pub hive: HiveId,
    pub rank: Rank,
    pub lasts: Lasts,
    #[schema(minimum = 1, maximum = 1000)]
    pub max_uses: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteLink {
    pub link: String,
}

/// Nobody comes in by this link any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithdrawLink)]
pub struct Withdraw {
    pub hive: HiveId,
    pub invite: InviteId,
}

/// Comes in by a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    pub hive: HiveId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRules {
    pub hive: HiveId,
    pub version: u32,
}

/// What one is working on, beside one's name; blank takes it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetGoal {
    pub hive: HiveId,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub goal: Option<Goal>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_measure_has_no_end() {
        let now = Moment(time::macros::datetime!(2026-01-05 10:00 UTC));
        for lasts in Measure::ALL {
            let until = lasts.until(now);
            assert_eq!(Measure::end(until), (lasts != Measure::Open).then_some(until), "{lasts:?}");
        }
    }

    #[test]
    fn a_form_may_leave_the_seats_blank() {
        let set = |seats: &str| {
            serde_json::from_str::<Set>(&format!(
                r#"{{"hive":"00000000-0000-0000-0000-000000000007","name":"Library","access":"public","seats":{seats}}}"#
            ))
        };
        assert_eq!(set("\"\"").unwrap().seats, None);
        assert_eq!(set("\"12\"").unwrap().seats, Some(12));
        assert!(set("1").unwrap().check().is_err());
        assert!(set("\"many\"").is_err());
    }
}
