//! What somebody is told of beside what they look at: the kinds there are, how loud each may be,
//! who decided that, and how it reads. What is asked of the bell is in `ask.rs`, when it keeps
//! silent in `quiet.rs`, and what it says after a silence in `digest.rs`.

mod ask;
mod digest;
mod level;
mod quiet;
mod summary;

pub use ask::*;
pub use digest::{Digest, Line, Written};
pub use level::{Choices, Level, Rule, reason};
pub use quiet::{Quiet, Schedule, Why, Window};
use serde::{Deserialize, Serialize};
pub use summary::{Days, LookSummary, SetSummary, Summary};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    id::{AnnouncementId, HiveId, NotificationId, UserId},
    moment::Moment,
    text::{HiveName, Name, Notice, Title},
    user::Role,
};

/// How long what somebody wrote is held back before anybody is told of it: whoever deletes it
/// meanwhile has told nobody.
pub const HOLD_BACK: Duration = Duration::seconds(5);

/// How long "mark all read" can be taken back.
pub const UNDO_READ: Duration = Duration::seconds(10);

/// What a notification is about; each is chosen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Mention,
    Reply,
    Direct,
    SessionEnded,
    BreakEnded,
    SessionStarted,
    Reminder,
    Role,
    Invite,
    Announcement,
    System,
    HiveMessage,
}

/// The bell's badge has two tones: what is meant for one, and what happens around one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Attention,
    Ambient,
}

/// What the panel can be narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Mentions,
    Sessions,
    Social,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Mentions, Self::Sessions, Self::Social];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Sessions => "sessions",
            Self::Social => "social",
        }
    }

    pub fn kinds(self) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| kind.group() == self).collect()
    }
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Mention,
        Self::Reply,
        Self::Direct,
        Self::SessionEnded,
        Self::BreakEnded,
        Self::SessionStarted,
        Self::Reminder,
        Self::Role,
        Self::Invite,
        Self::Announcement,
        Self::System,
        Self::HiveMessage,
    ];

    /// Those that can be chosen: nobody writes to one person alone yet, nor asks one person in.
    pub const CHOSEN: [Self; 10] = [
        Self::Mention,
        Self::Reply,
        Self::SessionEnded,
        Self::BreakEnded,
        Self::SessionStarted,
        Self::Reminder,
        Self::Role,
        Self::Announcement,
        Self::System,
        Self::HiveMessage,
    ];

    /// Those that come from a hive, and can be chosen for each hive by itself.
    pub const OF_HIVES: [Self; 6] =
        [Self::Mention, Self::Reply, Self::SessionEnded, Self::BreakEnded, Self::SessionStarted, Self::HiveMessage];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Reply => "reply",
            Self::Direct => "direct",
            Self::SessionEnded => "session_ended",
            Self::BreakEnded => "break_ended",
            Self::SessionStarted => "session_started",
            Self::Reminder => "reminder",
            Self::Role => "role",
            Self::Invite => "invite",
            Self::Announcement => "announcement",
            Self::System => "system",
            Self::HiveMessage => "hive_message",
        }
    }

    /// In words, for those who choose.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Mention => "Somebody mentions me",
            Self::Reply => "Somebody answers me",
            Self::Direct => "Somebody writes to me alone",
            Self::SessionEnded => "My session is over",
            Self::BreakEnded => "My break is over",
            Self::SessionStarted => "A session starts in a hive of mine",
            Self::Reminder => "What I wanted to be reminded of",
            Self::Role => "My role or my rank changes",
            Self::Invite => "I am invited to a hive",
            Self::Announcement => "Announcements",
            Self::System => "My account, and its safety",
            Self::HiveMessage => "Every message in my hives",
        }
    }

    /// What somebody who never chose gets: what is meant for them interrupts, everything else is
    /// silent or off.
    pub const fn default_level(self) -> Level {
        match self {
            Self::Mention | Self::Reply | Self::Direct | Self::SessionEnded | Self::Reminder => Level::Interrupt,
            Self::Role | Self::Invite | Self::Announcement | Self::System => Level::InBell,
            Self::BreakEnded | Self::SessionStarted | Self::HiveMessage => Level::Off,
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::Mention
            | Self::Reply
            | Self::Direct
            | Self::SessionEnded
            | Self::BreakEnded
            | Self::Reminder
            | Self::Role
            | Self::Invite
            | Self::System => Tone::Attention,
            Self::SessionStarted | Self::Announcement | Self::HiveMessage => Tone::Ambient,
        }
    }

    pub const fn group(self) -> Group {
        match self {
            Self::Mention | Self::Reply | Self::Direct => Group::Mentions,
            Self::SessionEnded | Self::BreakEnded | Self::SessionStarted | Self::Reminder => Group::Sessions,
            Self::Role | Self::Invite | Self::Announcement | Self::System | Self::HiveMessage => Group::Social,
        }
    }
}

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
    HiveMessage(Said),
    SessionStarted { by: Actor, hive: Place },
    SessionEnded { hive: Option<Place>, minutes: u32 },
    BreakEnded { hive: Option<Place> },
    Reminder(Said),
    Role { by: Actor, role: Role },
    Rank { by: Actor, hive: Place, rank: crate::hive::Rank },
    Announcement { id: AnnouncementId, by: Actor, title: Title, text: Notice },
    PasswordChanged,
}

impl What {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Mention(_) => Kind::Mention,
            Self::Reply(_) => Kind::Reply,
            Self::HiveMessage(_) => Kind::HiveMessage,
            Self::SessionStarted { .. } => Kind::SessionStarted,
            Self::SessionEnded { .. } => Kind::SessionEnded,
            Self::BreakEnded { .. } => Kind::BreakEnded,
            Self::Reminder(_) => Kind::Reminder,
            Self::Role { .. } | Self::Rank { .. } => Kind::Role,
            Self::Announcement { .. } => Kind::Announcement,
            Self::PasswordChanged => Kind::System,
        }
    }

    /// The hive it comes from, whose choices count for it.
    pub fn hive(&self) -> Option<HiveId> {
        match self {
            Self::Mention(said) | Self::Reply(said) | Self::HiveMessage(said) | Self::Reminder(said) => {
                Some(said.hive.id)
            }
            Self::SessionStarted { hive, .. } | Self::Rank { hive, .. } => Some(hive.id),
            Self::SessionEnded { hive, .. } | Self::BreakEnded { hive } => hive.as_ref().map(|hive| hive.id),
            Self::Role { .. } | Self::Announcement { .. } | Self::PasswordChanged => None,
        }
    }

    /// The message it is about, in its hive.
    pub const fn message(&self) -> Option<u64> {
        match self {
            Self::Mention(said) | Self::Reply(said) | Self::HiveMessage(said) | Self::Reminder(said) => {
                Some(said.message)
            }
            Self::SessionStarted { .. }
            | Self::SessionEnded { .. }
            | Self::BreakEnded { .. }
            | Self::Role { .. }
            | Self::Rank { .. }
            | Self::Announcement { .. }
            | Self::PasswordChanged => None,
        }
    }

    /// The whole sentence: who did what, and where. At most a hundred characters and the names in it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Mention(said) => format!("{} mentioned you in {}", said.by.name, said.hive.name),
            Self::Reply(said) => format!("{} answered you in {}", said.by.name, said.hive.name),
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
        }
    }

    /// What else there is to say at once. Never what somebody wrote in a hive.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Announcement { text, .. } => Some(text.to_string()),
            Self::PasswordChanged => {
                Some("If that was not you, ask for a reset and end all other sessions.".to_owned())
            }
            Self::Mention(_)
            | Self::Reply(_)
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
            Self::Mention(said) | Self::Reply(said) | Self::HiveMessage(said) | Self::Reminder(said) => {
                format!("/hive/{}?at={}", said.hive.id, said.message)
            }
            Self::SessionStarted { hive, .. } | Self::Rank { hive, .. } | Self::BreakEnded { hive: Some(hive) } => {
                format!("/hive/{}", hive.id)
            }
            Self::SessionEnded { .. } | Self::BreakEnded { hive: None } => "/focus".to_owned(),
            Self::Role { .. } => "/".to_owned(),
            Self::Announcement { .. } => "/notifications".to_owned(),
            Self::PasswordChanged => "/settings/sessions".to_owned(),
        }
    }
}

fn counted(minutes: u32) -> String {
    if minutes == 1 { "1 minute counts".to_owned() } else { format!("{minutes} minutes count") }
}

/// One thing somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    pub id: NotificationId,
    /// Its place among all that one was told of.
    pub seq: u64,
    pub what: What,
    /// When it happened.
    pub at: Moment,
    pub level: Level,
    /// Which choice let it through.
    pub rule: Rule,
    pub read_at: Option<Moment>,
}

/// What waits in the bell, as the server counted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    pub unread: u32,
    /// How many of them are meant for one.
    pub attention: u32,
}

/// Something new in the bell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct New {
    #[serde(flatten)]
    pub notification: Notification,
    /// Whether it makes a sound: it interrupts, and is neither old news nor part of a digest.
    pub aloud: bool,
}

/// What was read, on whichever device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadThere {
    pub notifications: Vec<NotificationId>,
    /// Nothing, where it is unread again.
    pub read_at: Option<Moment>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_somebody_interrupts_and_the_rest_is_quiet() {
        for kind in Kind::ALL {
            let loud = matches!(kind, Kind::Mention | Kind::Reply | Kind::Direct | Kind::SessionEnded | Kind::Reminder);
            assert_eq!(kind.default_level() == Level::Interrupt, loud, "{kind:?}");
        }
    }

    #[test]
    fn every_kind_is_in_one_group() {
        let kinds: Vec<Kind> = Group::ALL.into_iter().flat_map(Group::kinds).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }
}
