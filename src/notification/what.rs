//! What somebody may be told of, and how it reads: a whole sentence, and the way there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Kind;
use crate::{
    id::{AnnouncementId, HiveId, UserId},
    text::{HiveName, Name, Notice, Title},
    user::Role,
};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    pub id: UserId,
    pub name: Name,
}

/// A hive, as it was called then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NamedHive)]
pub struct Place {
    pub id: HiveId,
    pub name: HiveName,
}

/// A message in a hive. What it says is not kept here: it may be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Said {
    pub by: Actor,
    pub hive: Place,
    pub message: u64,
}

/// What happened, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    Mention(Said),
    Reply(Said),
    Direct(Said),
    HiveMessage(Said),
    SessionStarted { by: Actor, hive: Place },
    SessionEnded { hive: Option<Place>, minutes: u32 },
    BreakEnded { hive: Option<Place> },
    Reminder(Said),
    Role { by: Actor, role: Role },
    Rank { by: Actor, hive: Place, rank: crate::hive::Rank },
    Announcement { id: AnnouncementId, by: Actor, title: Title, text: Notice },
    PasswordChanged,
    TokenReused,
}

/// What was said to many at once, for those who listen to where it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announced {
    pub id: AnnouncementId,
    pub by: Actor,
    pub title: Title,
    pub text: Notice,
}

impl What {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Mention(_) => Kind::Mention,
            Self::Reply(_) => Kind::Reply,
            Self::Direct(_) => Kind::Direct,
            Self::HiveMessage(_) => Kind::HiveMessage,
            Self::SessionStarted { .. } => Kind::SessionStarted,
            Self::SessionEnded { .. } => Kind::SessionEnded,
            Self::BreakEnded { .. } => Kind::BreakEnded,
            Self::Reminder(_) => Kind::Reminder,
            Self::Role { .. } | Self::Rank { .. } => Kind::Role,
            Self::Announcement { .. } => Kind::Announcement,
            Self::PasswordChanged | Self::TokenReused => Kind::System,
        }
    }

    /// The hive it comes from, whose choices count for it.
    pub fn hive(&self) -> Option<HiveId> {
        match self {
            Self::Mention(said)
            | Self::Reply(said)
            | Self::Direct(said)
            | Self::HiveMessage(said)
            | Self::Reminder(said) => Some(said.hive.id),
            Self::SessionStarted { hive, .. } | Self::Rank { hive, .. } => Some(hive.id),
            Self::SessionEnded { hive, .. } | Self::BreakEnded { hive } => hive.as_ref().map(|hive| hive.id),
            Self::Role { .. } | Self::Announcement { .. } | Self::PasswordChanged | Self::TokenReused => None,
        }
    }

    /// The message it is about, in its hive.
    pub const fn message(&self) -> Option<u64> {
        match self {
            Self::Mention(said)
            | Self::Reply(said)
            | Self::Direct(said)
            | Self::HiveMessage(said)
            | Self::Reminder(said) => Some(said.message),
            Self::SessionStarted { .. }
            | Self::SessionEnded { .. }
            | Self::BreakEnded { .. }
            | Self::Role { .. }
            | Self::Rank { .. }
            | Self::Announcement { .. }
            | Self::PasswordChanged
            | Self::TokenReused => None,
        }
    }

    /// The whole sentence: who did what, and where. At most a hundred characters and the names in it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Mention(said) => format!("{} mentioned you in {}", said.by.name, said.hive.name),
            Self::Reply(said) => format!("{} answered you in {}", said.by.name, said.hive.name),
            Self::Direct(said) => format!("{} wrote to you", said.by.name),
            Self::HiveMessage(said) => format!("{} wrote in {}", said.by.name, said.hive.name),
            Self::Reminder(said) => {
                format!("You wanted to come back to what {} wrote in {}", said.by.name, said.hive.name)
            }
            Self::SessionStarted { by, hive } => format!("{} started a session in {}", by.name, hive.name),
            Self::SessionEnded { hive: Some(hive), minutes } => {
                format!("Focus in {} is over: {}", hive.name, counted(*minutes))
            }
            Self::BreakEnded { hive: Some(hive) } => format!("The break in {} is over", hive.name),
            Self::BreakEnded { hive: None } => "Your break is over".to_owned(),
            Self::SessionEnded { hive: None, minutes } => format!("Your focus is over: {}", counted(*minutes)),
            Self::Role { by, role } => format!("{} made you {} of this house", by.name, role.as_str()),
            Self::Rank { by, hive, rank } => format!("{} made you {} of {}", by.name, rank.as_str(), hive.name),
            Self::Announcement { by, title, .. } => format!("{}: {title}", by.name),
            Self::PasswordChanged => "Your password was changed".to_owned(),
            Self::TokenReused => "A sign-in of yours was copied, and is ended".to_owned(),
        }
    }

    /// What else there is to say at once. Never what somebody wrote in a hive.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Announcement { text, .. } => Some(text.to_string()),
            Self::PasswordChanged => {
                Some("If that was not you, ask for a reset and end all other sessions.".to_owned())
            }
            Self::TokenReused => Some(
                "A token of it was used twice, as when a program kept an old copy. If you know of none, change your password."
                    .to_owned(),
            ),
            Self::Mention(_)
            | Self::Reply(_)
            | Self::Direct(_)
            | Self::HiveMessage(_)
            | Self::Reminder(_)
            | Self::SessionStarted { .. }
            | Self::SessionEnded { .. }
            | Self::BreakEnded { .. }
            | Self::Role { .. }
            | Self::Rank { .. } => None,
        }
    }

    /// Where one sees it.
    pub fn path(&self) -> String {
        match self {
            Self::Mention(said)
            | Self::Reply(said)
            | Self::Direct(said)
            | Self::HiveMessage(said)
            | Self::Reminder(said) => {
                format!("/hive/{}?at={}", said.hive.id, said.message)
            }
            Self::SessionStarted { hive, .. } | Self::Rank { hive, .. } | Self::BreakEnded { hive: Some(hive) } => {
                format!("/hive/{}", hive.id)
            }
            Self::SessionEnded { .. } | Self::BreakEnded { hive: None } => "/focus".to_owned(),
            Self::Role { .. } => "/".to_owned(),
            Self::Announcement { .. } => "/notifications".to_owned(),
            Self::PasswordChanged | Self::TokenReused => "/settings/sessions".to_owned(),
        }
    }
}

fn counted(minutes: u32) -> String {
    if minutes == 1 { "1 minute counts".to_owned() } else { format!("{minutes} minutes count") }
}
