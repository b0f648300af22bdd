//! Putting an emoji under a message, and taking it away again.

use std::collections::BTreeMap;

use focushive::{
    chat::{Change, React, Reacted, Unreact},
    text::Emoji,
};
use leptos::{prelude::*, task::spawn_local};

use super::state::Chat;
use crate::live;

/// How often each emoji of each message was put or taken here.
#[derive(Clone, Copy)]
pub struct Toggles(StoredValue<BTreeMap<(u64, String), u32>>);

impl Toggles {
    pub fn new() -> Self {
        Self(StoredValue::new(BTreeMap::new()))
    }

    /// Once more; the answer stands for this time.
    fn count(self, message: u64, emoji: &Emoji) -> u32 {
        let count = |all: &mut BTreeMap<(u64, String), u32>| {
            let count = all.entry((message, emoji.to_string())).or_default();
            *count += 1;
            *count
        };
        self.0.try_update_value(count).unwrap_or_default()
    }

    /// Whether nothing was done with it since.
    fn is_last(self, message: u64, emoji: &Emoji, time: u32) -> bool {
        self.0.try_with_value(|all| all.get(&(message, emoji.to_string())) == Some(&time)) == Some(true)
    }
}

/// At once here, and taken back if it was refused and nothing was done since: this emoji alone.
pub fn toggle(chat: Chat, message: u64, emoji: Emoji, mine: bool) {
    let Some(me) = chat.me else { return };
    let reacted = Reacted { message, emoji: emoji.clone(), by: me };
    let (there, back) = if mine {
        (Change::Unreacted(reacted.clone()), Change::Reacted(reacted))
    } else {
        (Change::Reacted(reacted.clone()), Change::Unreacted(reacted))
    };
    chat.apply(there);
    let (hive, time) = (chat.here.id, chat.toggles.count(message, &emoji));
    spawn_local(async move {
        let done = if mine {
            live::call(Unreact { hive, message, emoji: emoji.clone() }).await
        } else {
            live::call(React { hive, message, emoji: emoji.clone() }).await
        };
        if done.is_err() && !chat.is_gone() && chat.toggles.is_last(message, &emoji, time) {
            chat.apply(back);
        }
    });
}
