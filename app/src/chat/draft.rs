//! What stands in a composer: kept in this browser with each stroke, and by the server for every
//! device a little later. What the server has not heard yet is newer than what it has.

use std::time::Duration;

use focushive::{chat::SetDraft, id::HiveId, text::DraftText};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{keep, live};

/// How long after the last stroke a draft goes to the server.
const AFTER: Duration = Duration::from_millis(1500);

/// What one's own strokes made the server tell everybody is over by then.
const SETTLED_MS: f64 = 5_000.0;

#[derive(Clone, Copy)]
pub struct Draft {
    hive: HiveId,
    /// What the server has, as far as is known here.
    known: StoredValue<String>,
    /// When something was last written here.
    touched_ms: StoredValue<f64>,
    due: StoredValue<Option<TimeoutHandle>>,
}

impl Draft {
    pub fn new(hive: HiveId, known: String) -> Self {
        Self { hive, known: StoredValue::new(known), touched_ms: StoredValue::new(0.0), due: StoredValue::new(None) }
    }

    /// What another device has there now, where what stands here is what both had before. What is
    /// being written here stays.
    pub fn heard(self, there: &str, here: &str) -> bool {
        let untouched = js_sys::Date::now() - self.touched_ms.get_value() > SETTLED_MS;
        let same = self.known.with_value(|known| known == here);
        // Another tab of this browser keeps what it is about to say in the same place.
        let kept = self.unheard().is_none_or(|kept| kept == there);
        let new = untouched && same && there != here && kept;
        if new {
            self.known.set_value(there.to_owned());
        }
        new
    }

    fn name(self) -> String {
        format!("draft:{}", self.hive)
    }

    /// What the server has not heard of yet; blank means that nothing stands there any more.
    pub fn unheard(self) -> Option<String> {
        keep::read(&self.name())
    }

    pub fn set(self, text: String) {
        keep::write(&self.name(), &text);
        self.say_after(text, AFTER);
    }

    /// What stood there was sent.
    pub fn clear(self) {
        keep::write(&self.name(), &"");
        self.say_after(String::new(), Duration::ZERO);
    }

    /// Tells the server what it missed.
    pub fn say_again(self) {
        if let Some(text) = self.unheard() {
            self.say_after(text, Duration::ZERO);
        }
    }

    fn say_after(self, text: String, after: Duration) {
        self.known.set_value(text.clone());
        self.touched_ms.set_value(js_sys::Date::now());
        let say = move || {
            let ask = SetDraft { hive: self.hive, text: DraftText::parse(&text).ok() };
            spawn_local(async move {
                let heard = live::call(ask).await.is_ok();
                if heard && self.unheard().is_some_and(|now| now == text) {
                    keep::forget(&self.name());
                }
            });
        };
        let next = set_timeout_with_handle(say, after).ok();
        if let Some(before) = self.due.try_update_value(|known| std::mem::replace(known, next)).flatten() {
            before.clear();
        }
    }
}
