//! What is asked of a chat.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{HiveId, Key},
    text::{Body, DraftText, Emoji, blank_is_none},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    pub hive: HiveId,
    pub key: Key,
    pub body: Body,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
}

/// Several messages: all of them, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendAll {
    #[schema(min_items = 1, max_items = 100)]
    pub messages: Vec<Send>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub hive: HiveId,
    pub message: u64,
    pub body: Body,
}

/// Names one message; most requests are no more than that.
macro_rules! asks_of_a_message {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            pub hive: HiveId,
            pub message: u64,
        }
    )*};
}

asks_of_a_message! {
    Delete;
    /// Takes back that one deleted it, while that is possible.
    Restore;
    Pin;
    Unpin;
    /// What a message said before it was edited.
    ListEdits;
    /// Everything from this message on counts as unread again, on every device.
    MarkUnread;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct React {
    pub hive: HiveId,
    pub message: u64,
    pub emoji: Emoji,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreact {
    pub hive: HiveId,
    pub message: u64,
    pub emoji: Emoji,
}

/// A page of history. Without a place, the newest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub hive: HiveId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Those before this number, the nearest ones.
    Before(u64),
    /// Those after it.
    After(u64),
    /// A window with this number in the middle.
    Around(u64),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPins {
    pub hive: HiveId,
}

/// Reading reached this message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    pub hive: HiveId,
    pub to: u64,
    /// The revision that was seen when the reading began.
    pub revision: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookReadState {
    pub hive: HiveId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayTyping {
    pub hive: HiveId,
    #[serde(default = "yes")]
    pub typing: bool,
}

const fn yes() -> bool {
    true
}

/// What stands in a composer, or where one writes a message of one's own anew, kept for every device;
/// blank takes it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDraft {
    pub hive: HiveId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<u64>,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub text: Option<DraftText>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookDraft {
    pub hive: HiveId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<u64>,
}
