//! Hives: rooms in which people focus together. Who finds one, who comes in, and what each rank may
//! do there.

use serde::{Deserialize, Serialize};

use crate::{
    fault::Fault,
    id::{HiveId, Key, UserId},
    invite::Lasts,
    moment::Moment,
    presence::Seat,
    text::{Goal, HiveName, Purpose, RulesText, blank_is_none},
    user::Person,
};

/// Who finds a hive, and who comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody in the house sees it, looks in, and joins.
    #[default]
    Public,
    /// Everybody sees it in the lobby; one joins by a link.
    Invite,
    /// To a stranger there is no such hive.
    Private,
}

impl Access {
    pub const ALL: [Self; 3] = [Self::Public, Self::Invite, Self::Private];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Invite => "invite",
            Self::Private => "private",
        }
    }
}

impl Access {
    /// Whether there is such a hive at all, to somebody of that rank or of none.
    pub const fn is_seen(self, rank: Option<Rank>) -> bool {
        rank.is_some() || !matches!(self, Self::Private)
    }

    /// Whether they may look in: read what was written, and see who is there.
    pub const fn is_open(self, rank: Option<Rank>) -> bool {
        rank.is_some() || matches!(self, Self::Public)
    }
}

/// What somebody is in one hive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Sits in, reads and reacts.
    Guest,
    Member,
    Host,
    Owner,
}

/// What a rank is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    React,
    Write,
    Pin,
    /// Removes what others wrote.
    Moderate,
    /// Mutes, removes and bans people.
    Remove,
    Invite,
    ChangeSettings,
    ChangeRanks,
    Archive,
}

impl Right {
    pub const ALL: [Self; 9] = [
        Self::React,
        Self::Write,
        Self::Pin,
        Self::Moderate,
        Self::Remove,
        Self::Invite,
        Self::ChangeSettings,
        Self::ChangeRanks,
        Self::Archive,
    ];
}

impl Rank {
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Host, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Host => "host",
            Self::Owner => "owner",
        }
    }

    /// The whole permission table of a hive.
    pub const fn may(self, right: Right) -> bool {
        match (right, self) {
            (Right::React, Self::Guest | Self::Member | Self::Host | Self::Owner) => true,
            (Right::Write | Right::Pin, Self::Member | Self::Host | Self::Owner) => true,
            (Right::Moderate | Right::Remove | Right::Invite | Right::ChangeSettings, Self::Host | Self::Owner) => true,
            (Right::ChangeRanks | Right::Archive, Self::Owner) => true,
            (Right::Write | Right::Pin, Self::Guest) => false,
            (
                Right::Moderate
                | Right::Remove
                | Right::Invite
                | Right::ChangeSettings
                | Right::ChangeRanks
                | Right::Archive,
                Self::Guest | Self::Member,
            ) => false,
            (Right::ChangeRanks | Right::Archive, Self::Host) => false,
        }
    }

    /// Whether somebody of this rank may act upon somebody of that one.
    pub fn outranks(self, other: Self) -> bool {
        self > other
    }
}

/// The fewest and the most seats a hive may be limited to.
pub const SEATS: std::ops::RangeInclusive<u16> = 2..=1000;

/// The longest pause that slow mode may ask for between two messages of one person.
pub const SLOWEST_SECONDS: u16 = 3600;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hive {
    pub id: HiveId,
    pub name: HiveName,
    pub purpose: Option<Purpose>,
    pub access: Access,
    /// How many people may belong to it; as many as come if none is set.
    pub seats: Option<u16>,
    pub slow_seconds: u16,
    pub rules: Option<Rules>,
    pub archived: bool,
}

/// What one agrees to on coming in; a new version asks again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub version: u32,
    pub text: RulesText,
}

/// One's own part in a hive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub rank: Rank,
    pub muted_until: Option<Moment>,
    /// The version of the rules one agreed to last; none yet is zero.
    pub rules_seen: u32,
}

impl Membership {
    pub fn muted(&self, now: Moment) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }
}

/// A person of a hive, as the others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub person: Person,
    pub rank: Rank,
    pub muted_until: Option<Moment>,
    pub joined_at: Moment,
}

/// A hive in the lobby.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub hive: Hive,
    pub rank: Option<Rank>,
    pub members: u32,
    /// Who is in it right now.
    pub here: Vec<Seat>,
    pub unread: u32,
}

/// A hive with everything its page begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub hive: Hive,
    /// Nothing for somebody who only looks in.
    pub me: Option<Membership>,
    pub members: u32,
    pub here: Vec<Seat>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    pub key: Key,
    pub name: HiveName,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub purpose: Option<Purpose>,
    #[serde(default)]
    pub access: Access,
}

/// The hives one can see, those one belongs to first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {}

/// Names one hive; most requests are no more than that.
macro_rules! asks_of_a_hive {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Takes a seat: one is here now. Entering twice is one seat.
    Enter;
    /// Gives the seat up.
    Exit;
    /// Makes it read-only, for the time being.
    Archive;
    Reopen;
    ListMembers;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub hive: HiveId,
    pub name: HiveName,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub purpose: Option<Purpose>,
    pub access: Access,
    #[serde(default, deserialize_with = "seats_or_none")]
    pub seats: Option<u16>,
    #[serde(default)]
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetRank {
    pub hive: HiveId,
    pub user: UserId,
    pub rank: Rank,
}

/// For how long a mute or a ban lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    pub hive: HiveId,
    pub user: UserId,
    pub lasts: Measure,
}

/// They are out, and cannot come back in for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    pub hive: HiveId,
    pub user: UserId,
    pub lasts: Measure,
}

/// Ends a mute or a ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pardon {
    pub hive: HiveId,
    pub user: UserId,
}

/// They are out; they may join again as anybody may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kick {
    pub hive: HiveId,
    pub user: UserId,
}

/// A link that makes whoever opens it a member of the hive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    pub hive: HiveId,
    pub rank: Rank,
    pub lasts: Lasts,
    pub max_uses: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteLink {
    pub link: String,
}

/// Comes in by a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub hive: HiveId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptRules {
    pub hive: HiveId,
    pub version: u32,
}

/// What one is working on, beside one's name; blank takes it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetGoal {
    pub hive: HiveId,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub goal: Option<Goal>,
}

fn seats_or_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Number(u16),
        Text(String),
    }
    match Option::<Typed>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Typed::Number(seats)) => Ok(Some(seats)),
        Some(Typed::Text(text)) if text.trim().is_empty() => Ok(None),
        Some(Typed::Text(text)) => text.trim().parse().map(Some).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rank_may_all_that_a_lower_one_may() {
        for right in Right::ALL {
            for pair in Rank::ALL.windows(2) {
                assert!(!pair[0].may(right) || pair[1].may(right), "{right:?}");
            }
            assert!(Rank::Owner.may(right), "{right:?}");
        }
    }

    #[test]
    fn a_guest_reacts_and_does_no_more() {
        let rights: Vec<Right> = Right::ALL.into_iter().filter(|right| Rank::Guest.may(*right)).collect();
        assert_eq!(rights, [Right::React]);
    }

    #[test]
    fn a_stranger_looks_into_public_hives_and_knows_of_no_private_ones() {
        let seen = Access::ALL.map(|access| access.is_seen(None));
        let open = Access::ALL.map(|access| access.is_open(None));
        assert_eq!((seen, open), ([true, true, false], [true, false, false]));
        assert!(Access::ALL.iter().all(|access| access.is_open(Some(Rank::Guest))));
    }

    #[test]
    fn nobody_acts_upon_their_equals() {
        assert!(Rank::Host.outranks(Rank::Member));
        assert!(!Rank::Host.outranks(Rank::Host));
        assert!(!Rank::Owner.outranks(Rank::Owner));
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
