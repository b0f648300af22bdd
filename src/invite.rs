//! Invite links: who may come in through one, as what, how often and until when.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    fault::InviteRefusal,
    id::{InviteId, Key},
    moment::Moment,
    text::Name,
    user::Role,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    pub key: Key,
    pub role: Role,
    pub lasts: Lasts,
    #[schema(minimum = 1, maximum = 1000)]
    pub max_uses: u16,
}

/// How long an invite link is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InviteLasts)]
pub enum Lasts {
    Hour,
    Day,
    #[default]
    Week,
    Month,
}

impl Lasts {
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub const fn duration(self) -> Duration {
        match self {
            Self::Hour => Duration::hours(1),
            Self::Day => Duration::days(1),
            Self::Week => Duration::days(7),
            Self::Month => Duration::days(30),
        }
    }
}

/// The most uses one link may have.
pub const MAX_USES: u16 = 1000;

/// A fresh link. It is shown this once: only a digest of its secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Created {
    pub invite: Invite,
    pub link: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    pub id: InviteId,
    pub role: Role,
    pub max_uses: u16,
    pub uses: u16,
    pub expires_at: Moment,
    pub withdrawn: bool,
    pub made_by: Option<Name>,
    pub created_at: Moment,
}

impl Invite {
    /// Whether it still lets somebody in at `now`, and why not.
    pub fn check(&self, now: Moment) -> Result<(), InviteRefusal> {
        if self.withdrawn {
            Err(InviteRefusal::Withdrawn)
        } else if self.uses >= self.max_uses {
            Err(InviteRefusal::Used)
        } else if self.expires_at <= now {
            Err(InviteRefusal::Expired)
        } else {
            Ok(())
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    pub invite: InviteId,
}

/// What a visitor with a link may know before signing up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Open {
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Welcome {
    pub made_by: Option<Name>,
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

    fn invite() -> Invite {
        Invite {
            id: InviteId(uuid::Uuid::nil()),
            role: Role::Member,
            max_uses: 2,
            uses: 0,
            expires_at: NOW.after(Duration::HOUR),
            withdrawn: false,
            made_by: None,
            created_at: NOW,
        }
    }

    #[test]
    fn a_fresh_link_lets_people_in() {
        assert_eq!(invite().check(NOW), Ok(()));
    }

    #[test]
    fn a_link_ends_at_its_time_and_after_its_last_use() {
        assert_eq!(invite().check(NOW.after(Duration::HOUR)), Err(InviteRefusal::Expired));
        assert_eq!(Invite { uses: 2, ..invite() }.check(NOW), Err(InviteRefusal::Used));
        assert_eq!(Invite { withdrawn: true, ..invite() }.check(NOW), Err(InviteRefusal::Withdrawn));
    }
}
