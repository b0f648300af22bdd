//! What was opened counts as read once its target is there to be seen: the page, and on it the
//! message, if it is about one. It is opened by a press here, or by a way from outside that names it.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use focushive::{
    id::NotificationId,
    notification::{OPENED, Read},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use crate::live;

/// How often it is looked whether the target is there, and for how long.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS: u32 = 40;

thread_local! {
    static WANTED: Cell<Option<NotificationId>> = const { Cell::new(None) };
    static PATH: RefCell<String> = const { RefCell::new(String::new()) };
    static ROUND: Cell<u32> = const { Cell::new(0) };
}

/// It is gone to: to another page, or to another place on this one.
pub fn note(id: NotificationId, path: String) {
    WANTED.set(Some(id));
    PATH.set(path);
    // The page that is gone from is there for a moment still.
    set_timeout(arrive, LOOK_EVERY);
}

/// Looks for ways from outside, for as long as the page is there. Only in the browser: call it in an
/// effect.
pub fn watch() {
    let moved = window_event_listener(ev::hashchange, |_| come_in());
    on_cleanup(move || moved.remove());
    come_in();
    arrive();
}

/// The address names what was opened, and then no more: whoever reloads opens nothing.
fn come_in() {
    let hash = window().location().hash().unwrap_or_default();
    let named = hash.strip_prefix('#').and_then(|hash| hash.strip_prefix(OPENED)).and_then(|id| id.parse().ok());
    let Some(id) = named else { return };
    let path = here();
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&path));
    }
    note(id, path);
}

fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// A page is there: what was opened may be on it.
fn arrive() {
    if WANTED.get().is_some() {
        ROUND.set(ROUND.get() + 1);
        look(LOOKS, ROUND.get());
    }
}

/// Whether the place that was gone to is there.
fn is_there() -> bool {
    PATH.with_borrow(|path| {
        let message = path.rsplit_once("?at=").map(|(_, seq)| format!("message-{seq}"));
        *path == here() && message.is_none_or(|message| document().get_element_by_id(&message).is_some())
    })
}

fn look(left: u32, round: u32) {
    // Only the page that came last goes on.
    let Some(id) = WANTED.get().filter(|_| ROUND.get() == round) else { return };
    if is_there() {
        WANTED.set(None);
        spawn_local(async move {
            let _ = live::call(Read { notifications: vec![id] }).await;
        });
    } else if left > 0 {
        set_timeout(move || look(left - 1, round), LOOK_EVERY);
    } else {
        WANTED.set(None);
    }
}
