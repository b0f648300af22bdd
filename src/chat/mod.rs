//! What people write in a hive: messages in the order in which the server numbered them, what
//! becomes of them afterwards, and how far each person has read. What is asked is in `ask.rs`, what waits for
//! the break in `held.rs`.

mod ask;
mod held;

use std::collections::BTreeMap;

pub use ask::*;
pub use held::*;
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    fault::Fault,
    hive::{Membership, Right},
    id::{HiveId, Key, MessageId, UserId},
    moment::Moment,
    text::{Body, DraftText, Emoji},
    user::Person,
};

/// How many messages one page of history has, and may have.
pub const PAGE: u16 = 50;
pub const MOST_IN_PAGE: u16 = 200;

/// How many messages are sent together at most.
pub const MOST_TOGETHER: usize = 100;

/// Somebody who wrote is shown as writing for this long, unless they say so again.
pub const TYPING_SHOWN: Duration = Duration::seconds(6);
/// How often a device says so at most.
pub const TYPING_EVERY: Duration = Duration::seconds(2);

/// Whoever deletes a message is offered to have it again for this long, and may for a while longer:
/// the offer waits while one points at it.
pub const UNDO_OFFERED: Duration = Duration::seconds(5);
pub const UNDO_WITHIN: Duration = Duration::seconds(30);

/// When what one sees counts as read. Never in a window that nobody looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum ReadPolicy {
    /// What was in sight for a second.
    #[default]
    Seen,
    /// All of it, at the end of the list.
    Bottom,
    /// Only what one says oneself.
    ByHand,
}

impl ReadPolicy {
    pub const ALL: [Self; 3] = [Self::Seen, Self::Bottom, Self::ByHand];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Bottom => "bottom",
            Self::ByHand => "by_hand",
        }
    }
}

/// What Enter does where one writes. With Ctrl or Command it always sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum EnterKey {
    #[default]
    Sends,
    /// It begins another line.
    Breaks,
}

impl EnterKey {
    pub const ALL: [Self; 2] = [Self::Sends, Self::Breaks];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sends => "sends",
            Self::Breaks => "breaks",
        }
    }
}

/// How many different emoji one message may carry.
pub const MOST_EMOJI: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its place in the hive's one order.
    pub seq: u64,
    pub id: MessageId,
    /// The key its author's device sent it under.
    pub key: Key,
    pub author: Person,
    pub body: Body,
    /// The same, as it is shown: made by the server, and safe to put in a page.
    pub html: String,
    pub at: Moment,
    pub edited_at: Option<Moment>,
    pub reply: Option<Quote>,
    /// Whom it names; the whole hive is named as [`UserId::EVERYBODY`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
}

/// The message that another one answers, as far as it is shown above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    pub seq: u64,
    /// Whose it is, and the beginning of what it says; both are empty once it is deleted.
    pub name: String,
    pub excerpt: String,
}

/// One emoji under a message, and who put it there, the first one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reaction {
    pub emoji: Emoji,
    pub by: Vec<UserId>,
}

impl Message {
    /// Whether it calls somebody, by name or with all the others.
    pub fn names(&self, user: UserId) -> bool {
        let all = self.mentions.contains(&UserId::EVERYBODY) && self.author.id != user;
        all || self.mentions.contains(&user)
    }

    /// Puts somebody's emoji under it; again makes no difference.
    pub fn react(&mut self, emoji: &Emoji, user: UserId) {
        match self.reactions.iter_mut().find(|reaction| reaction.emoji == *emoji) {
            Some(reaction) if reaction.by.contains(&user) => {}
            Some(reaction) => reaction.by.push(user),
            None => self.reactions.push(Reaction { emoji: emoji.clone(), by: vec![user] }),
        }
    }

    pub fn unreact(&mut self, emoji: &Emoji, user: UserId) {
        for reaction in self.reactions.iter_mut().filter(|reaction| reaction.emoji == *emoji) {
            reaction.by.retain(|by| *by != user);
        }
        self.reactions.retain(|reaction| !reaction.by.is_empty());
    }
}

/// What is asked before somebody's words are taken, all of it decided at commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    pub me: Option<Membership>,
    pub archived: bool,
    pub slow_seconds: u16,
    pub wrote_at: Option<Moment>,
}

impl Floor {
    /// Whether they may write now, and if not, when or why.
    pub fn take(&self, now: Moment) -> Result<(), Fault> {
        let me = self.me.as_ref().ok_or(Fault::Forbidden)?;
        if self.archived {
            return Err(Fault::conflict("this hive is archived: it can be read, and nothing is added"));
        }
        if !me.rank.may(Right::Write) {
            return Err(Fault::Forbidden);
        }
        if let Some(until) = me.muted_until.filter(|until| *until > now) {
            return Err(Fault::NotYet { why: "you are muted here", at: until });
        }
        let pause = Duration::seconds(self.slow_seconds.into());
        match self.wrote_at.map(|at| at.after(pause)) {
            // Hosts keep order; slow mode does not slow them.
            Some(open) if open > now && !me.rank.may(Right::Moderate) => {
                Err(Fault::NotYet { why: "slow mode is on here", at: open })
            }
            _ => Ok(()),
        }
    }
}

/// The messages a page holds, by number. Events fold into it; whether one comes twice, or is
/// already in what was fetched, makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    pub messages: BTreeMap<u64, Message>,
}

/// What happens to messages after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Created(Box<Message>),
    Edited(Edited),
    Deleted(Deleted),
    Restored(Box<Message>),
    Reacted(Reacted),
    Unreacted(Reacted),
    Pinned(Pinned),
    Unpinned(Pinned),
}

impl Log {
    pub fn fold(&mut self, change: Change) {
        match change {
            Change::Created(message) => {
                self.messages.insert(message.seq, *message);
            }
            Change::Edited(edited) => self.edit(edited),
            Change::Deleted(deleted) => self.forget(deleted.message),
            Change::Restored(message) => self.restore(*message),
            Change::Reacted(reacted) => self.with(reacted.message, |message| message.react(&reacted.emoji, reacted.by)),
            Change::Unreacted(reacted) => {
                self.with(reacted.message, |message| message.unreact(&reacted.emoji, reacted.by));
            }
            Change::Pinned(pinned) => self.with(pinned.message, |message| message.pinned = true),
            Change::Unpinned(pinned) => self.with(pinned.message, |message| message.pinned = false),
        }
    }

    fn edit(&mut self, edited: Edited) {
        for quote in self.quotes_of(edited.message) {
            quote.excerpt = edited.body.excerpt();
        }
        self.with(edited.message, |message| {
            message.body = edited.body;
            message.html = edited.html;
            message.mentions = edited.mentions;
            message.edited_at = Some(edited.edited_at);
        });
    }

    fn forget(&mut self, seq: u64) {
        self.messages.remove(&seq);
        for quote in self.quotes_of(seq) {
            quote.name.clear();
            quote.excerpt.clear();
        }
    }

    fn restore(&mut self, message: Message) {
        for quote in self.quotes_of(message.seq) {
            quote.name = message.author.name.to_string();
            quote.excerpt = message.body.excerpt();
        }
        self.messages.insert(message.seq, message);
    }

    fn quotes_of(&mut self, seq: u64) -> impl Iterator<Item = &mut Quote> {
        self.messages.values_mut().filter_map(|message| message.reply.as_mut()).filter(move |quote| quote.seq == seq)
    }

    fn with(&mut self, seq: u64, change: impl FnOnce(&mut Message)) {
        if let Some(message) = self.messages.get_mut(&seq) {
            change(message);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edited {
    pub message: u64,
    pub body: Body,
    pub html: String,
    pub mentions: Vec<UserId>,
    pub edited_at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deleted {
    pub message: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reacted {
    pub message: u64,
    pub emoji: Emoji,
    pub by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pinned {
    pub message: u64,
    pub by: UserId,
}

/// Somebody writes; the words themselves are their own until sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Typing {
    pub user: UserId,
    pub name: String,
    pub typing: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MessagePage)]
pub struct Page {
    /// In order.
    pub messages: Vec<Message>,
    pub earlier: bool,
    pub later: bool,
    /// The hive's number when the page was read: what to listen from.
    pub head: u64,
}

/// What a message said, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    pub body: Body,
    pub until: Moment,
}

/// How far somebody has read in a hive. The server alone counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadState {
    pub hive: HiveId,
    pub read_to: u64,
    /// Grows with each marking as unread: reading that began before it changes nothing any more.
    pub revision: u32,
    pub unread: u32,
    /// Of the unread ones, those that name me.
    pub mentions: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    pub hive: HiveId,
    /// The message that is written anew; none for the composer.
    pub message: Option<u64>,
    pub text: Option<DraftText>,
}

#[cfg(test)]
mod tests;
