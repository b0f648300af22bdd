//! A chat that goes quiet while one focuses: what others write and do waits beside it, and nothing
//! on the page moves. It is all there at the break, or when one asks for it.

use focushive::{chat::Change, hive::Right, id::UserId};
use leptos::prelude::*;

use super::state::Chat;
use crate::notification::BellState;

#[derive(Clone, Copy)]
pub struct Hush {
    /// Whether it is quiet right now.
    on: RwSignal<bool>,
    /// One wanted to see it all the same, until the next silence.
    lifted: RwSignal<bool>,
    waiting: StoredValue<Vec<Change>>,
}

impl Hush {
    pub fn new() -> Self {
        Self { on: RwSignal::new(false), lifted: RwSignal::new(false), waiting: StoredValue::new(Vec::new()) }
    }

    /// Keeps a change for later; none while it is not quiet.
    pub fn keep(self, change: Change) -> Option<Change> {
        if !self.on.get_untracked() {
            return Some(change);
        }
        self.waiting.update_value(|waiting| waiting.push(change));
        None
    }

    /// What waits is in what is shown anew, or gone.
    pub fn forget(self) {
        self.waiting.update_value(Vec::clear);
    }

    pub fn is_on(self) -> bool {
        self.on.get_untracked()
    }

    fn set(self, chat: Chat, on: bool) {
        if self.on.get_untracked() == on {
            return;
        }
        self.on.set(on);
        if !on {
            chat.apply_all(self.waiting.try_update_value(std::mem::take).unwrap_or_default());
        }
    }
}

/// Quiet for as long as one focuses. Only in the browser: call it in an effect.
pub fn follow(chat: Chat) {
    let state = BellState::get();
    let focus = Memo::new(move |_| state.is_focus());
    Effect::new(move || {
        if !focus.get() {
            chat.hush.lifted.set(false);
        }
        chat.hush.set(chat, focus.get() && !chat.hush.lifted.get());
    });
}

/// Whether somebody else did it.
pub fn is_theirs(chat: Chat, change: &Change) -> bool {
    let mine = |user: UserId| Some(user) == chat.me;
    let author = |seq: u64| chat.message(seq).is_some_and(|message| mine(message.author.id));
    match change {
        Change::Created(message) | Change::Restored(message) => !mine(message.author.id),
        Change::Edited(edited) => !author(edited.message),
        // Whoever keeps order sees what they took away go at once.
        Change::Deleted(deleted) => !author(deleted.message) && !chat.may(Right::Moderate),
        Change::Reacted(reacted) | Change::Unreacted(reacted) => !mine(reacted.by),
        Change::Pinned(pinned) | Change::Unpinned(pinned) => !mine(pinned.by),
    }
}

/// Says that it is quiet, and lifts it.
#[component]
pub fn HushLine(chat: Chat) -> impl IntoView {
    let hush = chat.hush;
    move || {
        hush.on.get().then(|| view! {
            <button type="button" class="chat-hush" title="Show what was written meanwhile" on:click=move |_| hush.lifted.set(true)>"Quiet until the break"</button>
        })
    }
}
