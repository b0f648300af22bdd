//! What was opened counts as read once its target is there to be seen: the page, and on it the
//! message, if it is about one.

use std::{cell::Cell, time::Duration};

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
}

/// It is gone to.
pub fn note(notification: &Notification) {
    if notification.read_at.is_none() {
        OPENED.set(Some((notification.id, notification.what.message())));
    }
}

/// A page is there: what was opened may be on it. Only in the browser: call it in an effect.
pub fn arrive() {
    if OPENED.get().is_some() {
        look(LOOKS);
    }
}

fn look(left: u32) {
    let Some((id, message)) = OPENED.get() else { return };
    let there = message.is_none_or(|seq| document().get_element_by_id(&format!("message-{seq}")).is_some());
    if there {
        OPENED.set(None);
        spawn_local(async move {
            let _ = live::call(Read { notifications: vec![id] }).await;
        });
    } else if left > 0 {
        set_timeout(move || look(left - 1), LOOK_EVERY);
    } else {
        OPENED.set(None);
    }
}
