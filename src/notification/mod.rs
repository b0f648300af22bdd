//! What somebody is told of beside what they look at: the kinds there are, how loud each may be,
//! who decided that. How each reads is in `what.rs`, what is asked of the bell in `ask.rs`, when it
//! keeps silent in `quiet.rs`, and what it says after a silence in `digest.rs`.

mod ask;
mod digest;
mod level;
mod quiet;
mod summary;
mod what;

pub use ask::*;
pub use digest::{Digest, Line, Written};
pub use level::{Choices, Level, Rule, reason};
pub use quiet::{Quiet, Schedule, Why, Window};
use serde::{Deserialize, Serialize};
pub use summary::{Days, LookSummary, SetSummary, Summary};
use time::Duration;
use utoipa::ToSchema;
pub use what::{Actor, Announced, Place, Said, What};

use crate::{
    id::{NotificationId, SessionId},
    moment::Moment,
};

/// How long what somebody wrote is held back before anybody is told of it: whoever deletes it
/// meanwhile has told nobody.
pub const HOLD_BACK: Duration = Duration::seconds(5);

/// How long "mark all read" can be taken back.
pub const UNDO_READ: Duration = Duration::seconds(10);

/// What a way to a notification ends with: what was opened by it.
pub const OPENED: &str = "told=";

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

    /// Those that can be chosen: nobody asks one person in yet.
    pub const CHOSEN: [Self; 11] = [
        Self::Mention,
        Self::Reply,
        Self::Direct,
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

impl Notification {
    /// The way to it from outside of our pages: where it leads to knows what was opened.
    pub fn way(&self) -> String {
        format!("{}#{OPENED}{}", self.what.path(), self.id)
    }
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
    /// Which of their devices makes it: the one they touched last. Nothing where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<SessionId>,
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
