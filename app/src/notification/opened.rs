//! What was opened counts as read once its target is there to be seen: the page, and on it the
//! message, if it is about one.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use focushive::{
    id::NotificationId,
    notification::{Notification, Read},
};
use leptos::{prelude::*, task::spawn_local};

use crate::live;

/// How often it is looked whether the target is there, and for how long.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS: u32 = 40;

thread_local! {
    static OPENED: Cell<Option<(NotificationId, Option<u64>)>> = const { Cell::new(None) };
    static PATH: RefCell<String> = const { RefCell::new(String::new()) };
    static ROUND: Cell<u32> = const { Cell::new(0) };
}

/// It is gone to: to another page, or to another place on this one.
pub fn note(notification: &Notification) {
    if notification.read_at.is_none() {
        OPENED.set(Some((notification.id, notification.what.message())));
        PATH.set(notification.what.path());
        // The page that is gone from is there for a moment still.
        set_timeout(arrive, LOOK_EVERY);
    }
}

/// A page is there: what was opened may be on it. Only in the browser: call it in an effect.
pub fn arrive() {
    if OPENED.get().is_some() {
        ROUND.set(ROUND.get() + 1);
        look(LOOKS, ROUND.get());
    }
}

/// Whether the page that is open is the one that was gone to.
fn is_here() -> bool {
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    PATH.with_borrow(|path| path.split('#').next() == Some(here.as_str()))
}

fn look(left: u32, round: u32) {
    // Only the page that came last goes on.
    let Some((id, message)) = OPENED.get().filter(|_| ROUND.get() == round) else { return };
    let there =
        is_here() && message.is_none_or(|seq| document().get_element_by_id(&format!("message-{seq}")).is_some());
    if there {
        OPENED.set(None);
        spawn_local(async move {
            let _ = live::call(Read { notifications: vec![id] }).await;
        });
    } else if left > 0 {
        set_timeout(move || look(left - 1, round), LOOK_EVERY);
    } else {
        OPENED.set(None);
    }
}
