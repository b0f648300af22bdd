//! Reading: what is seen for a while in a window that is looked at is read; nothing else is.

use std::time::Duration;

use focushive::chat::{self, History, ReadPolicy};
use leptos::{prelude::*, task::spawn_local};

use super::{jump::Scroller, state::Chat};
use crate::{live, visit::Session};

/// How long a message is looked at before it counts as read.
const READ_AFTER: Duration = Duration::from_secs(1);

pub fn looked_at() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(false)
}

pub fn policy() -> ReadPolicy {
    Session::get().me.with(|me| me.as_ref().map(|me| me.read_policy)).unwrap_or_default()
}

/// Reads on by itself, as one's own policy has it.
pub fn read_on(chat: Chat, scroller: Scroller) {
    let policy = policy();
    if policy == ReadPolicy::ByHand {
        return;
    }
    let ready = move || policy == ReadPolicy::Seen || (chat.at_end.get_untracked() && !chat.later.get_untracked());
    let seen = StoredValue::new(None::<u64>);
    let look = move || {
        let Some(read_to) = chat.read.with_untracked(|read| read.as_ref().map(|read| read.read_to)) else { return };
        // Between what is read and what is here lies more that nobody has seen: a button leads there.
        if untrack(|| chat.lies_before(read_to)) {
            return;
        }
        let lowest =
            scroller.get_untracked().filter(|_| looked_at() && ready()).and_then(|box_| lowest_seen(chat, &box_));
        // The same for two looks in a row: it was there for that long.
        let before = seen.get_value();
        seen.set_value(lowest);
        if let Some(to) = lowest.min(before).filter(|to| *to > read_to) {
            read(chat, to);
        }
    };
    let every = set_interval_with_handle(look, READ_AFTER);
    on_cleanup(move || {
        if let Ok(every) = every {
            every.clear();
        }
    });
}

fn read(chat: Chat, to: u64) {
    let ask = chat::Read { hive: chat.here.id, to, revision: chat.revision.get_value() };
    spawn_local(async move {
        if let Ok(state) = live::call(ask).await {
            chat.read.set(Some(state));
        }
    });
}

/// Everything there is counts as read, seen or not: somebody said so.
pub fn read_all(chat: Chat) {
    spawn_local(async move {
        let ask = History { hive: chat.here.id, place: None, limit: Some(1) };
        if let Ok(page) = live::call(ask).await
            && let Some(last) = page.messages.last()
            && !chat.is_gone()
        {
            // Also what was marked as unread since one came in.
            if let Some(revision) = chat.read.with_untracked(|read| read.as_ref().map(|read| read.revision)) {
                chat.revision.set_value(revision);
            }
            read(chat, last.seq);
        }
    });
}

/// The newest message that can be seen to its end.
fn lowest_seen(chat: Chat, box_: &web_sys::HtmlDivElement) -> Option<u64> {
    let bottom = box_.get_bounding_client_rect().bottom();
    chat.order.with_untracked(|order| {
        order.iter().rev().copied().find(|seq| {
            let row = document().get_element_by_id(&format!("message-{seq}"));
            // A pixel may be lost to rounding.
            row.is_some_and(|row| row.get_bounding_client_rect().bottom() <= bottom + 1.0)
        })
    })
}
