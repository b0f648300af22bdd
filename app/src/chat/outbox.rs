//! What was written and is not acknowledged yet: kept over a reload, sent in order, each under the
//! key it was written with, so that sending it again is harmless.

use std::time::Duration;

use focushive::{
    chat::{Change, HeldChanged, Holding},
    id::{HiveId, Key},
    text::Body,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    carrier::{self, Delivery, deliver},
    state::Chat,
};
use crate::{keep, live};

/// More than this waits nowhere: a person should know that nothing goes out.
pub const MOST: usize = 50;

/// What waited for longer than this asks before it goes out.
const OLD_MS: f64 = 24.0 * 3_600_000.0;

/// When a message is to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    #[default]
    Now,
    AtBreak,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    pub key: Key,
    pub body: Body,
    pub reply_to: Option<u64>,
    /// Whether it is to wait for the break.
    #[serde(default)]
    pub way: Way,
    /// Why it was refused, or why it is asked about; it stays until one decides.
    pub refused: Option<String>,
    /// When it was written, by this browser's clock.
    #[serde(default)]
    pub at_ms: f64,
}

impl Pending {
    pub fn new(key: Key, body: Body, reply_to: Option<u64>, way: Way) -> Self {
        Self { key, body, reply_to, way, refused: None, at_ms: js_sys::Date::now() }
    }

    /// Whether it is on its way to where messages wait, and so is shown there.
    pub fn is_held(&self) -> bool {
        self.way == Way::AtBreak && self.refused.is_none()
    }

    /// What was written a day ago may not be meant any more.
    fn or_asked(mut self, now_ms: f64) -> Self {
        if self.refused.is_none() && now_ms - self.at_ms > OLD_MS {
            self.refused = Some("You wrote this more than a day ago, and it was never sent. Send it now?".to_owned());
        }
        self
    }
}

/// Keeps the outbox in step with the browser's store.
pub fn keep(chat: Chat) {
    carrier::is_here(chat.here.id);
    chat.pending.set(load(chat.here.id));
    // Every key this tab ever had: what else is kept is another tab's.
    let ours = StoredValue::new(Vec::<Key>::new());
    Effect::new(move || {
        let pending = chat.pending.read();
        ours.update_value(|ours| {
            let new = pending.iter().map(|pending| pending.key).filter(|key| !ours.contains(key)).collect::<Vec<_>>();
            ours.extend(new);
        });
        ours.with_value(|ours| store(chat.here.id, &pending, ours));
    });
    let sending = RwSignal::new(false);
    let link = live::Live::get();
    Effect::new(move || {
        let waits = chat.pending.with(|pending| pending.iter().any(|pending| pending.refused.is_none()));
        link.link.track();
        if waits && !sending.get() {
            sending.set(true);
            spawn_local(async move {
                let wait = send_all(chat).await;
                match wait {
                    None => sending.set(false),
                    Some(wait) => set_timeout(move || sending.set(false), wait),
                }
            });
        }
    });
}

/// Sends what waits, in order; the answer says how long to wait before going on.
async fn send_all(chat: Chat) -> Option<Duration> {
    loop {
        let next = chat.pending.with_untracked(|all| all.iter().find(|pending| pending.refused.is_none()).cloned())?;
        let delivery = deliver(chat.here.id, &next).await;
        // What was sent is kept until it is carried again, or a page of its hive knows of it.
        if chat.is_gone() {
            return None;
        }
        match delivery {
            Delivery::Done(Holding::Sent(message)) => chat.apply(Change::Created(message)),
            Delivery::Done(Holding::Waits(held)) => {
                let changed = HeldChanged { hive: chat.here.id, key: next.key, held: Some(*held) };
                chat.held.update(|all| changed.fold(all));
            }
            Delivery::Later(wait) => return Some(wait),
            Delivery::Refused(why) => refuse(chat, next.key, why),
        }
        // Acknowledged: wherever the message itself is shown, it waits no more.
        chat.pending.update(|all| all.retain(|pending| pending.key != next.key || pending.refused.is_some()));
    }
}

fn refuse(chat: Chat, key: Key, words: String) {
    chat.pending.update(|all| {
        if let Some(pending) = all.iter_mut().find(|pending| pending.key == key) {
            pending.refused = Some(words);
        }
    });
}

/// Tries a refused one again, under the same key.
pub fn retry(chat: Chat, key: Key) {
    chat.pending.update(|all| {
        if let Some(pending) = all.iter_mut().find(|pending| pending.key == key) {
            pending.refused = None;
            pending.at_ms = js_sys::Date::now();
        }
    });
}

pub fn cancel(chat: Chat, key: Key) {
    chat.pending.update(|all| all.retain(|pending| pending.key != key));
}

const NAME: &str = "outbox:";

/// The hives in which something waits, open or not.
pub fn hives() -> Vec<HiveId> {
    keep::names(NAME).iter().filter_map(|hive| hive.parse().ok()).collect()
}

fn kept(hive: HiveId) -> Vec<Pending> {
    keep::read(&format!("{NAME}{hive}")).unwrap_or_default()
}

fn write(hive: HiveId, all: &[Pending]) {
    let name = format!("{NAME}{hive}");
    if all.is_empty() { keep::forget(&name) } else { keep::write(&name, &all) }
}

/// Changes what is kept, where its page is not open.
pub fn change(hive: HiveId, change: impl FnOnce(&mut Vec<Pending>)) {
    let mut all = kept(hive);
    change(&mut all);
    write(hive, &all);
}

pub fn load(hive: HiveId) -> Vec<Pending> {
    kept(hive).into_iter().map(|pending| pending.or_asked(js_sys::Date::now())).collect()
}

/// Beside what other tabs of this browser wait with.
fn store(hive: HiveId, pending: &[Pending], ours: &[Key]) {
    let mut all = kept(hive);
    all.retain(|kept| !ours.contains(&kept.key));
    all.extend_from_slice(pending);
    write(hive, &all);
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_waited_for_a_day_asks_first() {
        let pending = Pending {
            key: Key(Uuid::nil()),
            body: Body::parse("hello").unwrap(),
            reply_to: None,
            way: Way::Now,
            refused: None,
            at_ms: 1_000.0,
        };
        assert_eq!(pending.clone().or_asked(OLD_MS).refused, None);
        assert!(pending.or_asked(OLD_MS + 1_001.0).refused.is_some());
    }
}
