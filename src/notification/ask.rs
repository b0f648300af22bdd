//! What is asked of the bell. Nobody asks another's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Digest, Group, Kind, Level, Notification, Quiet, Schedule, Window, quiet::minutes};
use crate::{
    id::{AnnouncementId, HiveId, Key, NotificationId, SectorId},
    moment::Moment,
    text::{Name, Notice, TextProblem, Title, blank_is_none},
};

/// How many rows the panel asks for at once, and at most.
pub const PAGE: u32 = 30;
pub const MOST_IN_PAGE: u32 = 100;

/// What is in the bell, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NotificationPage)]
pub struct Page {
    pub rows: Vec<Row>,
    pub bell: Bell,
    pub more: bool,
    /// What time it was then.
    pub now: Moment,
}

/// One row of the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Row {
    pub notification: Notification,
    /// How what was written begins, if it is still there.
    pub excerpt: Option<String>,
}

impl Row {
    /// Without what others wrote.
    pub fn without_words(self) -> Self {
        Self { excerpt: None, ..self }
    }
}

/// How the bell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bell {
    pub count: Count,
    /// What waits for the silence to end.
    pub held: u32,
    pub quiet: Option<Quiet>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookBell {}

/// What was told while no device of theirs listened, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPending {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    pub notifications: Vec<Notification>,
    /// The number of one's topic up to which these are; to listen from there on misses nothing.
    pub head: u64,
}

/// A device has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    #[schema(max_items = 200)]
    pub notifications: Vec<NotificationId>,
}

/// These were opened, or are set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    #[schema(max_items = 200)]
    pub notifications: Vec<NotificationId>,
}

/// Everything up to the newest row that was shown. What came since stays unread, and so does what a
/// narrowed list did not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAll {
    pub to: u64,
    pub key: Key,
    /// Only what is in this group, where the list was narrowed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// Takes a "mark all read" back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoReadAll {
    pub key: Key,
}

/// The rows up to this one were shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct See {
    #[schema(max_items = 200)]
    pub notifications: Vec<NotificationId>,
}

/// What one chose, for all hives or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListChoices {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hive: Option<HiveId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NotificationChoice)]
pub struct Choice {
    pub kind: Kind,
    /// What was chosen right there; nothing where it follows.
    pub chosen: Option<Level>,
    /// What counts.
    pub level: Level,
}

/// Chooses for one kind, everywhere or in one hive; nothing takes the choice back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    pub kind: Kind,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub level: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hive: Option<HiveId>,
}

/// One step quieter: what is like this one, from where it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Less {
    pub notification: NotificationId,
}

/// How one set the silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookHours {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hours {
    pub schedule: Schedule,
    pub snoozed_until: Option<Moment>,
}

/// Quiet hours by the clock on the wall, a pair a day from Monday on; blank where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSchedule {
    #[serde(default)]
    pub from: Vec<String>,
    #[serde(default)]
    pub to: Vec<String>,
}

impl SetSchedule {
    pub fn schedule(&self) -> Result<Schedule, TextProblem> {
        let pairs =
            self.from.iter().zip(&self.to).zip(0..).filter(|((from, to), _)| !(from.is_empty() && to.is_empty()));
        let windows = pairs.map(|((from, to), day)| Ok(Window { day, from: minutes(from)?, to: minutes(to)? }));
        Schedule::new(windows.collect::<Result<_, TextProblem>>()?)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeFor {
    Hour,
    /// Until the personal day begins.
    Tomorrow,
    /// It ends now.
    Over,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    pub lasts: SnoozeFor,
}

/// What one missed while it was quiet, until it is dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookDigest {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissDigest {}

/// For the answer to `LookDigest`.
pub type Missed = Option<Digest>;

/// When one wants to come back to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// When focus ends here; at once where none is on.
    Break,
    Hour,
    Tomorrow,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remind {
    pub hive: HiveId,
    pub message: u64,
    pub when: When,
}

/// Whom an announcement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Everybody,
    Sector(SectorId),
    Admins,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Announce {
    pub key: Key,
    pub title: Title,
    pub text: Notice,
    /// Whom it is for: `everybody`, `admins`, or the id of a sector.
    pub audience: String,
}

impl Announce {
    pub fn audience(&self) -> Option<Audience> {
        match self.audience.as_str() {
            "everybody" => Some(Audience::Everybody),
            "admins" => Some(Audience::Admins),
            sector => sector.parse().ok().map(Audience::Sector),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAnnouncements {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub title: Title,
    pub text: Notice,
    pub by: Name,
    pub at: Moment,
    /// Whom it was for, in words.
    pub audience: String,
    /// How many it was meant for, and how many of them read it.
    pub told: u32,
    pub read: u32,
}

/// A browser that wants to be told while it is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    pub endpoint: String,
    /// Its public key and its secret, as browsers write them.
    pub p256dh: String,
    pub auth: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    pub endpoint: String,
}

/// What browsers check our pushes with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookPushKey {
    /// A browser of one's own, to learn whether it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushKey {
    pub key: String,
    /// How many browsers of one's own are told.
    pub browsers: u32,
    /// Whether the one that was asked about is among them.
    pub known: bool,
}
