//! What one's other devices do: what they read, write and keep for the break.

use focushive::chat::{Draft, HeldChanged, ListHeld, LookDraft, LookReadState, ReadState};
use leptos::{prelude::*, task::spawn_local};

use super::state::Chat;
use crate::live::{self, Told};

impl Chat {
    /// What is heard on one's own topic.
    pub fn hear_own(self, told: Told) {
        if let Told::Joined { .. } | Told::Reset { .. } = told {
            return self.look_again();
        }
        if let Some(changed) = told.event::<HeldChanged>("held.changed").filter(|changed| changed.hive == self.here.id)
        {
            self.held.update(|all| changed.fold(all));
        }
        if let Some(read) = told.event::<ReadState>("read.changed").filter(|read| read.hive == self.here.id) {
            self.read.set(Some(read));
        }
        if let Some(draft) = told.event::<Draft>("draft.changed").filter(|draft| draft.hive == self.here.id) {
            let text = draft.text.map(String::from).unwrap_or_default();
            match draft.message {
                None => self.drafted.set(Some(text)),
                Some(message) => self.rewritten.set(Some((message, text))),
            }
        }
    }

    /// What another device did while nobody told this one.
    fn look_again(self) {
        self.list_held();
        spawn_local(async move {
            if let Ok(read) = live::call(LookReadState { hive: self.here.id }).await {
                self.read_elsewhere(read);
            }
        });
        spawn_local(async move {
            if let Ok(draft) = live::call(LookDraft { hive: self.here.id, message: None }).await {
                self.drafted.try_set(Some(draft.text.map(String::from).unwrap_or_default()));
            }
        });
    }

    /// What was read on another device meanwhile is not new here either.
    fn read_elsewhere(self, read: Option<ReadState>) {
        let Some(read_to) = read.as_ref().map(|read| read.read_to) else { return };
        if self.divider.try_get_untracked().flatten().is_some_and(|divider| divider <= read_to) {
            self.divider.set(self.first_unread(read_to));
        }
        self.read.try_set(read);
    }

    pub fn list_held(self) {
        spawn_local(async move {
            if let Ok(held) = live::call(ListHeld { hive: self.here.id }).await
                && self.held.try_with_untracked(|known| *known != held) == Some(true)
            {
                self.held.set(held);
            }
        });
    }
}
