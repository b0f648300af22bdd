//! What one can listen to. A topic prints as it is written on every door, and parses back.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::id::{HiveId, SectorId, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Topic {
    /// A hive's durable events: chat, membership, settings.
    Hive(HiveId),
    /// A hive's volatile ones: presence, typing, the timer.
    HiveLive(HiveId),
    /// One person's own: account, sessions, notifications.
    User(UserId),
    /// A department's messages.
    Sector(SectorId),
    /// What everybody in the house may see change: the lobby, and who is online of those one shares
    /// a hive with.
    Presence,
    /// Messages to everybody.
    Announcements,
    /// System alerts and reports, for admins.
    Admin,
}

impl Topic {
    /// The log that a durable topic is numbered in; a volatile one has none.
    pub const fn log(self) -> Option<Uuid> {
        match self {
            Self::Hive(hive) => Some(hive.0),
            Self::User(user) => Some(user.0),
            Self::HiveLive(_) | Self::Sector(_) | Self::Presence | Self::Announcements | Self::Admin => None,
        }
    }
}

/// There is no topic of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no such topic")]
pub struct NoTopic;

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hive(hive) => write!(f, "hive/{hive}"),
            Self::HiveLive(hive) => write!(f, "hive/{hive}/live"),
            Self::User(user) => write!(f, "user/{user}"),
            Self::Sector(sector) => write!(f, "sector/{sector}"),
            Self::Presence => f.write_str("presence"),
            Self::Announcements => f.write_str("announcements"),
            Self::Admin => f.write_str("admin"),
        }
    }
}

impl FromStr for Topic {
    type Err = NoTopic;

    fn from_str(text: &str) -> Result<Self, NoTopic> {
        let mut parts = text.split('/');
        let topic = match (parts.next(), parts.next(), parts.next()) {
            (Some("hive"), Some(id), None) => Self::Hive(id.parse().map_err(|_| NoTopic)?),
            (Some("hive"), Some(id), Some("live")) => Self::HiveLive(id.parse().map_err(|_| NoTopic)?),
            (Some("user"), Some(id), None) => Self::User(id.parse().map_err(|_| NoTopic)?),
            (Some("sector"), Some(id), None) => Self::Sector(id.parse().map_err(|_| NoTopic)?),
            (Some("presence"), None, None) => Self::Presence,
            (Some("announcements"), None, None) => Self::Announcements,
            (Some("admin"), None, None) => Self::Admin,
            _ => return Err(NoTopic),
        };
        if parts.next().is_some() { Err(NoTopic) } else { Ok(topic) }
    }
}

impl TryFrom<String> for Topic {
    type Error = NoTopic;

    fn try_from(text: String) -> Result<Self, NoTopic> {
        text.parse()
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_prints_and_parses() {
        let id = Uuid::from_u128(7);
        let topics = [
            Topic::Hive(HiveId(id)),
            Topic::HiveLive(HiveId(id)),
            Topic::User(UserId(id)),
            Topic::Sector(SectorId(id)),
            Topic::Presence,
            Topic::Announcements,
            Topic::Admin,
        ];
        for topic in topics {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        insta::assert_json_snapshot!("topics", topics);
    }

    #[test]
    fn nothing_else_is_a_topic() {
        for text in ["", "hive", "hive/7", "hive/00000000-0000-0000-0000-000000000007/live/x", "admin/", "Presence"] {
            assert_eq!(text.parse::<Topic>(), Err(NoTopic), "{text}");
        }
    }
}
