//! Hives: rooms in which people focus together. Who finds one, who comes in, and what each rank may
//! do there. What is asked of one is in `ask.rs`.

mod ask;
mod handover;

pub use ask::*;
pub use handover::{AnswerOffer, GONE, Handover, Sitting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{HiveId, InviteId},
    moment::Moment,
    presence::Seat,
    text::{Goal, HiveName, Name, Purpose, Reason, RulesText},
    timer::{Proposal, Timer},
    user::Person,
};

/// Who finds a hive, and who comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
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
    /// Starts, pauses, skips and stops the clock of all at once, without asking them.
    Conduct,
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
    pub const ALL: [Self; 10] = [
        Self::React,
        Self::Write,
        Self::Pin,
        Self::Conduct,
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
            (
                Right::Conduct | Right::Moderate | Right::Remove | Right::Invite | Right::ChangeSettings,
                Self::Host | Self::Owner,
            ) => true,
            (Right::ChangeRanks | Right::Archive, Self::Owner) => true,
            (Right::Write | Right::Pin, Self::Guest) => false,
            (
                Right::Conduct
                | Right::Moderate
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Whether it is where two people write to each other alone; then it is called as the other one is.
    #[serde(default)]
    pub pair: bool,
}

/// What one agrees to on coming in; a new version asks again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rules {
    pub version: u32,
    pub text: RulesText,
}

/// One's own part in a hive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    pub rank: Rank,
    pub muted_until: Option<Moment>,
    /// The version of the rules one agreed to last; none yet is zero.
    pub rules_seen: u32,
    /// What one is working on there.
    pub goal: Option<Goal>,
    /// Whether one is asked to be a host, now that none is there.
    #[serde(default)]
    pub offered: bool,
}

impl Membership {
    pub fn muted(&self, now: Moment) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }
}

/// A person of a hive, as the others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HiveMember)]
pub struct Member {
    pub person: Person,
    pub rank: Rank,
    pub muted_until: Option<Moment>,
    pub joined_at: Moment,
}

/// Somebody who is kept out of a hive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HiveBan)]
pub struct Banned {
    pub person: Person,
    /// Who keeps them out.
    pub by: Option<Name>,
    pub since: Moment,
    pub until: Moment,
    pub why: Option<Reason>,
}

/// A link into a hive. What it says itself is shown once, to whoever makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HiveLink)]
pub struct Link {
    pub id: InviteId,
    /// What one is who comes in by it.
    pub rank: Rank,
    pub max_uses: u16,
    pub uses: u16,
    pub expires_at: Moment,
    pub made_by: Name,
}

/// What is live in a hive, before the changes that follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Live {
    pub seats: Vec<Seat>,
    pub timer: Timer,
    pub proposal: Option<Proposal>,
}

/// A hive in the lobby.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    pub hive: Hive,
    pub rank: Option<Rank>,
    pub members: u32,
    /// Who is in it right now.
    pub here: Vec<Seat>,
    /// Its clock, to those who may know who is in.
    pub timer: Option<Timer>,
    pub unread: u32,
    /// Whether something stands in its composer, unsent.
    #[serde(default)]
    pub drafted: bool,
}

impl Card {
    /// How many of those who are in it are at work right now.
    pub fn focusing(&self) -> usize {
        self.here.iter().filter(|seat| seat.state.is_focus()).count()
    }
}

/// A hive with everything its page begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    pub hive: Hive,
    /// Nothing for somebody who only looks in.
    pub me: Option<Membership>,
    pub members: u32,
    pub here: Vec<Seat>,
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
}
