//! The people of this FocusHive as those who look after it see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{SectorId, UserId},
    moment::Moment,
    text::{Email, blank_is_none},
    user::{Person, Role, Sector},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The page after the person of this handle.
    #[serde(default)]
    pub after: Option<String>,
    /// Only people whose name, handle or address has this in it.
    #[serde(default)]
    pub find: Option<String>,
}

/// How many members one page holds.
pub const PAGE: u8 = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MemberPage)]
pub struct Page {
    pub members: Vec<Member>,
    pub total: u32,
    /// What to ask for next, if there is more.
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HouseMember)]
pub struct Member {
    pub person: Person,
    pub email: Email,
    pub role: Role,
    pub sector: Option<Sector>,
    pub active: bool,
    pub seen_at: Option<Moment>,
    pub joined_at: Moment,
    /// They asked for a new password, and there is no mail to send it by.
    pub wants_reset: bool,
    /// They want this address instead of theirs.
    pub wants_email: Option<Email>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    pub user: UserId,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSector {
    pub user: UserId,
    #[serde(default, deserialize_with = "sector_or_none")]
    pub sector: Option<SectorId>,
}

/// They cannot sign in any more, and are signed out everywhere at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspend {
    pub user: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    pub user: UserId,
}

/// Signs somebody out everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    pub user: UserId,
}

/// Makes a link with which somebody sets a new password, to be handed over by whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeResetLink {
    pub user: UserId,
}

/// The same, with which somebody confirms the address they asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeAddressLink {
    pub user: UserId,
}

/// Shown once; good for one use, and for as long as such links are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResetLink {
    pub link: String,
}

/// What was done by whom: sign-ins throttled, roles changed, people suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAudit {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    pub at: Moment,
    pub actor: Option<String>,
    pub deed: String,
    pub subject: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
}

fn sector_or_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SectorId>, D::Error> {
    struct Wanted(SectorId);

    impl TryFrom<String> for Wanted {
        type Error = uuid::Error;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            text.parse().map(Wanted)
        }
    }

    blank_is_none::<D, Wanted>(deserializer).map(|wanted| wanted.map(|w| w.0))
}
