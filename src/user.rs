//! People, their roles, and what a role may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    fault::Fault,
    id::{AvatarId, SectorId, UserId},
    moment::Moment,
    text::{Handle, Name, StatusText},
};

/// What somebody is in this FocusHive as a whole; hives have roles of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Member,
    Moderator,
    Admin,
    Owner,
}

/// What a role is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    InvitePeople,
    SeeMembers,
    SuspendMembers,
    ChangeRoles,
    HelpSignIn,
    ManageSectors,
    ChangeSettings,
    SeeAudit,
    /// Says something to many at once.
    Announce,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Member, Self::Moderator, Self::Admin, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The whole permission table.
    pub const fn may(self, deed: Deed) -> bool {
        match (deed, self) {
            (
                Deed::SeeMembers | Deed::InvitePeople | Deed::SuspendMembers,
                Self::Moderator | Self::Admin | Self::Owner,
            ) => true,
            (
                Deed::ChangeRoles | Deed::HelpSignIn | Deed::ManageSectors | Deed::SeeAudit | Deed::Announce,
                Self::Admin | Self::Owner,
            ) => true,
            (Deed::ChangeSettings, Self::Owner) => true,
            (
                Deed::SeeMembers
                | Deed::InvitePeople
                | Deed::SuspendMembers
                | Deed::ChangeRoles
                | Deed::HelpSignIn
                | Deed::ManageSectors
                | Deed::SeeAudit
                | Deed::Announce
                | Deed::ChangeSettings,
                Self::Member | Self::Moderator | Self::Admin,
            ) => false,
        }
    }

    /// Whether somebody of this role may act upon somebody of that one: only upon lower ones,
    /// except that owners, who answer to nobody, may act upon each other.
    pub fn outranks(self, other: Self) -> bool {
        self > other || self == Self::Owner
    }

    /// Whether this role may hand `to` to somebody who is `from`.
    pub fn may_hand(self, from: Self, to: Self) -> Result<(), Fault> {
        let within = to < self || self == Self::Owner;
        if self.may(Deed::ChangeRoles) && self.outranks(from) && within { Ok(()) } else { Err(Fault::Forbidden) }
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    pub id: UserId,
    pub name: Name,
    pub handle: Handle,
    pub avatar: Option<AvatarId>,
    pub status: Option<Status>,
}

/// A line somebody set about themselves, gone at its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    pub text: StatusText,
    pub until: Option<Moment>,
}

impl Status {
    /// The status as it stands at `now`: nothing, once its time is over. Asked at every reading,
    /// so that no timer has to fire for it to end.
    pub fn at(self, now: Moment) -> Option<Self> {
        if self.until.is_some_and(|until| until <= now) { None } else { Some(self) }
    }
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sector {
    pub id: SectorId,
    pub name: crate::text::SectorName,
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn members_see_no_administration_and_owners_see_all() {
        for deed in [
            Deed::InvitePeople,
            Deed::SeeMembers,
            Deed::SuspendMembers,
            Deed::ChangeRoles,
            Deed::HelpSignIn,
            Deed::ManageSectors,
            Deed::ChangeSettings,
            Deed::SeeAudit,
            Deed::Announce,
        ] {
            assert!(!Role::Member.may(deed), "{deed:?}");
            assert!(Role::Owner.may(deed), "{deed:?}");
        }
    }

    #[test]
    fn nobody_rises_by_their_own_hand_or_touches_a_higher_role() {
        assert!(Role::Admin.may_hand(Role::Member, Role::Moderator).is_ok());
        assert!(Role::Admin.may_hand(Role::Member, Role::Admin).is_err());
        assert!(Role::Admin.may_hand(Role::Owner, Role::Member).is_err());
        assert!(Role::Moderator.may_hand(Role::Member, Role::Member).is_err());
        assert!(Role::Owner.may_hand(Role::Owner, Role::Member).is_ok());
    }

    #[test]
    fn a_status_ends_at_its_time() {
        let until = Moment(datetime!(2026-01-05 10:30 UTC));
        let status = Status { text: StatusText::parse("tea").unwrap(), until: Some(until) };
        assert!(status.clone().at(until.before(Duration::SECOND)).is_some());
        assert!(status.at(until).is_none());
    }
}
