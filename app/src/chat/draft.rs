//! What stands in a composer, or where a message is written anew: kept in this browser with each
//! stroke, and by the server for every device a little later. What the server has not heard yet is newer than what it has.

use std::{collections::VecDeque, time::Duration};

use focushive::{chat::SetDraft, id::HiveId, text::DraftText};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{keep, live};

/// How long after the last stroke a draft goes to the server.
const AFTER: Duration = Duration::from_millis(1500);

/// How many of one's own words may be on their way back before the oldest is forgotten.
const MOST_SAID: usize = 16;

#[derive(Clone, Copy)]
pub struct Draft {
    hive: HiveId,
    /// The message that is written anew; none for the composer.
    message: Option<u64>,
    /// What stood there before the last stroke here, or since.
    known: StoredValue<String>,
    /// Something was written here that the server has not answered yet.
    unsaid: StoredValue<bool>,
    /// What was said from here; the server tells each of it to this device as well.
    said: StoredValue<VecDeque<String>>,
    due: StoredValue<Option<TimeoutHandle>>,
}

impl Draft {
    pub fn new(hive: HiveId, message: Option<u64>, known: String) -> Self {
        Self {
            hive,
            message,
            known: StoredValue::new(known),
            unsaid: StoredValue::new(false),
            said: StoredValue::new(VecDeque::new()),
            due: StoredValue::new(None),
        }
    }

    /// What this browser kept stands there now.
    pub fn restored(self, text: &str) {
        self.known.set_value(text.to_owned());
    }

    /// What another device has there now, where what stands here is what both had before. What is
    /// being written here stays.
    pub fn heard(self, there: &str, here: &str, writing: bool) -> bool {
        if self.is_own(there) || self.unsaid.get_value() || writing {
            return false;
        }
        let same = self.known.with_value(|known| known == here);
        // Another tab of this browser keeps what it is about to say in the same place.
        let kept = self.unheard().is_none_or(|kept| kept == there);
        let new = same && there != here && kept;
        if new {
            self.known.set_value(there.to_owned());
        }
        new
    }

    /// Whether it was said from here. What was said before it has come back as well, or never will.
    fn is_own(self, there: &str) -> bool {
        let come_back = |said: &mut VecDeque<String>| {
            let at = said.iter().position(|one| one == there)?;
            said.drain(..=at);
            Some(())
        };
        self.said.try_update_value(come_back).flatten().is_some()
    }

    fn name(self) -> String {
        match self.message {
            None => format!("draft:{}", self.hive),
            Some(message) => format!("edit:{}:{message}", self.hive),
        }
    }

    /// What the server has not heard of yet; blank means that nothing stands there any more.
    pub fn unheard(self) -> Option<String> {
        keep::read(&self.name())
    }

    pub fn set(self, text: String) {
        keep::write(&self.name(), &text);
        self.say_after(text, AFTER);
    }

    /// What stood there was sent, or given up.
    pub fn clear(self) {
        keep::write(&self.name(), &"");
        self.say_after(String::new(), Duration::ZERO);
    }

    /// Tells the server what it missed.
    pub fn say_again(self) {
        if let Some(text) = self.unheard() {
            self.say(text);
        }
    }

    fn say_after(self, text: String, after: Duration) {
        self.known.set_value(text.clone());
        self.unsaid.set_value(true);
        let say = move || {
            // Where it stood may be gone by now.
            self.said.try_update_value(|all| {
                all.push_back(told(&text));
                all.drain(..all.len().saturating_sub(MOST_SAID));
            });
            self.say(text.clone());
        };
        let next = set_timeout_with_handle(say, after).ok();
        if let Some(before) = self.due.try_update_value(|known| std::mem::replace(known, next)).flatten() {
            before.clear();
        }
    }

    fn say(self, text: String) {
        let ask = SetDraft { hive: self.hive, message: self.message, text: DraftText::parse(&text).ok() };
        spawn_local(async move {
            if live::call(ask).await.is_err() {
                // It may have arrived: what comes back while it is unsaid changes nothing.
                self.said.try_update_value(|all| all.retain(|one| *one != told(&text)));
                return;
            }
            if self.known.try_with_value(|known| *known == text) == Some(true) {
                self.unsaid.set_value(false);
            }
            if self.unheard().is_some_and(|now| now == text) {
                keep::forget(&self.name());
            }
        });
    }
}

/// How the server tells a text: without the blanks at its end.
fn told(text: &str) -> String {
    DraftText::parse(text).map(String::from).unwrap_or_default()
}
