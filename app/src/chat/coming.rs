//! What is heard faster than it can be looked at: a change that comes alone is seen at once, and those
//! that come within one frame are drawn together.

use std::time::Duration;

use focushive::chat::Change;
use leptos::prelude::*;

use super::state::Chat;

/// As long as a frame. A timer, since a page that is out of sight draws none.
const FRAME: Duration = Duration::from_millis(16);

#[derive(Clone, Copy)]
pub struct Coming {
    waiting: StoredValue<Vec<Change>>,
    drawn_at: StoredValue<f64>,
}

impl Coming {
    pub fn new() -> Self {
        Self { waiting: StoredValue::new(Vec::new()), drawn_at: StoredValue::new(0.0) }
    }

    pub fn take(self, chat: Chat, change: Change) {
        let first = self.waiting.with_value(Vec::is_empty);
        let rested = js_sys::Date::now() - self.drawn_at.get_value() >= FRAME.as_secs_f64() * 1000.0;
        self.waiting.update_value(|waiting| waiting.push(change));
        if first && rested {
            self.draw(chat);
        } else if first {
            set_timeout(move || self.draw(chat), FRAME);
        }
    }

    /// What comes is in what is shown anew.
    pub fn forget(self) {
        self.waiting.update_value(Vec::clear);
    }

    fn draw(self, chat: Chat) {
        if let Some(changes) = self.waiting.try_update_value(std::mem::take) {
            chat.apply_all(changes);
            self.drawn_at.set_value(js_sys::Date::now());
        }
    }
}
