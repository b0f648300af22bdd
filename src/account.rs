//! One's own account: who I am, how I am shown, where I am signed in.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    chat::{EnterKey, ReadPolicy},
    day::DayEnd,
    id::{AvatarId, SessionId, UserId},
    moment::Moment,
    presence::Choice,
    text::{Email, Handle, Label, Name, Password, StatusText, Zone, blank_is_none},
    user::{Person, Role, Sector, Status},
};

/// Who am I?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {}

/// A person as they see themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub id: UserId,
    pub name: Name,
    pub handle: Handle,
    pub email: Email,
    pub email_verified: bool,
    pub role: Role,
    pub sector: Option<Sector>,
    pub avatar: Option<AvatarId>,
    pub status: Option<Status>,
    pub zone: Zone,
    pub day_end: DayEnd,
    pub privacy: Privacy,
    #[serde(default)]
    pub read_policy: ReadPolicy,
    #[serde(default)]
    pub enter_key: EnterKey,
    /// What I chose that others see; nothing leaves it to my devices.
    #[serde(default)]
    pub presence: Option<Choice>,
}

impl Me {
    /// Whether others see me as offline whatever my devices say.
    pub fn looks_offline(&self) -> bool {
        !self.privacy.presence || self.presence == Some(Choice::Offline)
    }

    /// How others see me.
    pub fn person(&self) -> Person {
        Person {
            id: self.id,
            name: self.name.clone(),
            handle: self.handle.clone(),
            avatar: self.avatar,
            status: self.status.clone(),
        }
    }
}

/// What is sent about me at all; an `off` stops the sending, not only the showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    #[serde(default)]
    pub typing: bool,
    #[serde(default)]
    pub read_receipts: bool,
    #[serde(default)]
    pub presence: bool,
    #[serde(default)]
    pub focus_totals: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetProfile {
    pub name: Name,
    pub handle: Handle,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDay {
    pub zone: Zone,
    pub day_end: DayEnd,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetReadPolicy {
    pub policy: ReadPolicy,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetEnterKey {
    pub key: EnterKey,
}

/// A blank text clears the status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStatus {
    #[serde(default, deserialize_with = "blank_is_none")]
    pub text: Option<StatusText>,
    #[serde(default)]
    pub lasts: Lasts,
}

/// How long a status stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusLasts)]
pub enum Lasts {
    #[default]
    UntilCleared,
    HalfHour,
    Hour,
    FourHours,
    Day,
}

impl Lasts {
    pub const ALL: [Self; 5] = [Self::UntilCleared, Self::HalfHour, Self::Hour, Self::FourHours, Self::Day];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UntilCleared => "until_cleared",
            Self::HalfHour => "half_hour",
            Self::Hour => "hour",
            Self::FourHours => "four_hours",
            Self::Day => "day",
        }
    }

    pub fn until(self, now: Moment) -> Option<Moment> {
        match self {
            Self::UntilCleared => None,
            Self::HalfHour => Some(now.after(Duration::minutes(30))),
            Self::Hour => Some(now.after(Duration::hours(1))),
            Self::FourHours => Some(now.after(Duration::hours(4))),
            Self::Day => Some(now.after(Duration::hours(24))),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current: Password,
    pub new: Password,
}

/// Another address; the old one stays until a link that goes there is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    pub email: Email,
    pub password: Password,
}

/// The address I asked for, if I did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAddress {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    pub wants: Option<Email>,
}

/// I stay with the address I have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepEmail {}

/// Sends the verification mail again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveAvatar {}

/// Where am I signed in?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSessions {}

/// One sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    pub id: SessionId,
    pub kind: SessionKind,
    pub label: Label,
    pub address: Option<String>,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub current: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// A browser with a cookie.
    Browser,
    /// An outside client with a token.
    Token,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSession {
    pub session: SessionId,
}

/// Ends every sign-in but the one that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeOthers {}

/// Deletes the account; the handle is typed again so that nobody does it by accident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    pub handle: Handle,
    pub password: Password,
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_status_for_half_an_hour_ends_in_half_an_hour() {
        let now = Moment(datetime!(2026-01-05 10:00 UTC));
        assert_eq!(Lasts::HalfHour.until(now), Some(Moment(datetime!(2026-01-05 10:30 UTC))));
        assert_eq!(Lasts::UntilCleared.until(now), None);
    }

    #[test]
    fn a_body_cannot_carry_a_role() {
        let smuggled = r#"{"name":"Eve","handle":"eve","role":"owner"}"#;
        assert!(serde_json::from_str::<SetProfile>(smuggled).is_err());
    }
}
