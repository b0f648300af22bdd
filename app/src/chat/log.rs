//! The list of messages. It is written from its newest end, so that it starts there, stays there,
//! and keeps what one reads in place while older ones come in above.

use std::time::Duration;

use focushive::chat::{self, History, Place};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::{
    day::Day,
    message::{MessageRow, PendingRow},
    state::Chat,
};
use crate::live;

/// Within this many pixels of the end, one is at the end.
const AT_END: i32 = 100;

/// How long a message is looked at before it counts as read.
const READ_AFTER: Duration = Duration::from_secs(1);

type Scroller = NodeRef<html::Div>;

#[component]
pub fn LogView(chat: Chat) -> impl IntoView {
    let scroller = Scroller::new();
    let busy = RwSignal::new(false);
    let at_end = RwSignal::new(true);
    let scrolled = move |_: ev::Event| {
        let Some(box_) = scroller.get_untracked() else { return };
        // Reversed: zero is the newest end, and older ones are below zero.
        let from_end = -box_.scroll_top();
        at_end.set(from_end <= AT_END);
        let from_start = box_.scroll_height() - box_.client_height() - from_end;
        if from_start < 2 * box_.client_height() && chat.earlier.get_untracked() {
            load_earlier(chat, busy);
        } else if from_end < box_.client_height() && chat.later.get_untracked() {
            load_later(chat, busy, scroller);
        }
    };
    Effect::new(move || enter(chat, scroller));
    Effect::new(move || hold(chat, scroller, at_end));
    Effect::new(move || read_on(chat, scroller));
    let first = move || chat.order.with(|order| order.first().copied());
    view! {
        <div class="chat-log" node_ref=scroller on:scroll=scrolled tabindex="0" role="log" aria-label="Messages" aria-live="off">
            <ol class="chat-rows">
                {move || (!chat.earlier.get() && first().is_none() && chat.pending.with(Vec::is_empty)).then(|| view! {
                    <li class="chat-empty">"Nothing was said yet. Say hello: everybody in this hive reads it."</li>
                })}
                <For each=move || chat.order.get() key=|seq| *seq children=move |seq| view! { <Entry chat seq /> } />
                <For each=move || chat.pending.get() key=|pending| (pending.key, pending.refused.clone()) children=move |pending| view! { <PendingRow chat pending /> } />
            </ol>
        </div>
        <Jumps chat scroller at_end />
    }
}

/// A message, with the day and the line of what is new above it where they belong.
#[component]
fn Entry(chat: Chat, seq: u64) -> impl IntoView {
    let Some(row) = chat.row(seq) else { return ().into_any() };
    let at = row.with_untracked(|message| message.at);
    let before = move || {
        let before = chat.order.with(|order| {
            let here = order.binary_search(&seq).ok()?;
            order.get(here.checked_sub(1)?).copied()
        })?;
        chat.message(before)
    };
    // The day is the server's until a script knows better; a separator too many is only untidy.
    let new_day = move || before().is_none_or(|before| before.at.0.date() != at.0.date());
    let author = row.with_untracked(|message| message.author.id);
    let follows = move || {
        before().is_some_and(|before| {
            before.author.id == author
                && at.since(before.at) < time::Duration::minutes(5)
                && before.at.0.date() == at.0.date()
        })
    };
    let divides = move || chat.divider.get() == Some(seq);
    view! {
        {move || new_day().then(|| view! { <li class="chat-day"><Day at /></li> })}
        {move || divides().then(|| view! { <li class="chat-new" id="chat-new"><span>"New"</span></li> })}
        <MessageRow chat row follows=Signal::derive(follows) />
    }
    .into_any()
}

/// Back to where it is new.
#[component]
fn Jumps(chat: Chat, scroller: Scroller, at_end: RwSignal<bool>) -> impl IntoView {
    let unread = move || chat.read.with(|read| read.as_ref().map_or(0, |read| read.unread));
    let away = move || !at_end.get() || chat.later.get();
    let to_unread = move |_| {
        let Some(read_to) = chat.read.with_untracked(|read| read.as_ref().map(|read| read.read_to)) else { return };
        spawn_local(async move {
            let place = Some(Place::Around(read_to.saturating_add(1)));
            if let Ok(page) = live::call(History { hive: chat.here.id, place, limit: None }).await {
                chat.show(page);
                request_animation_frame(|| show("chat-new"));
            }
        });
    };
    let first_is_far = move || {
        let read_to = chat.read.with(|read| read.as_ref().map_or(u64::MAX, |read| read.read_to));
        unread() > 0
            && chat.earlier.get()
            && chat.order.with(|order| order.first().is_some_and(|first| *first > read_to + 1))
    };
    view! {
        <div class="chat-jumps">
            {move || first_is_far().then(|| view! { <button type="button" class="button" data-size="small" on:click=to_unread>{move || format!("{} unread ↑", unread())}</button> })}
            {move || away().then(|| view! { <button type="button" class="button" data-size="small" on:click=move |_| to_present(chat, scroller)>"To the newest ↓"</button> })}
        </div>
    }
}

/// Where one is led on coming in: to a message that a link named, or to what is new.
fn enter(chat: Chat, scroller: Scroller) {
    if scroller.get().is_none() {
        return;
    }
    let target = chat.target.get_untracked();
    request_animation_frame(move || {
        if let Some(target) = target {
            show(&format!("message-{target}"));
        } else if chat.divider.get_untracked().is_some() {
            show("chat-new");
        }
    });
}

fn show(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view_with_bool(true);
        if let Some(row) = element.dyn_ref::<web_sys::HtmlElement>().filter(|row| row.has_attribute("tabindex")) {
            let _ = row.focus();
        }
    }
}

/// Keeps what one reads in place while newer ones come in below it; at the end, one stays there.
fn hold(chat: Chat, scroller: Scroller, at_end: RwSignal<bool>) {
    chat.order.track();
    chat.pending.track();
    let Some(box_) = scroller.get() else { return };
    let (height, top) = (box_.scroll_height(), box_.scroll_top());
    let last = chat.order.with_untracked(|order| order.last().copied());
    if at_end.get_untracked() {
        return request_animation_frame(move || box_.set_scroll_top(0));
    }
    request_animation_frame(move || {
        let newer = chat.order.with_untracked(|order| order.last().copied()) > last;
        let grown = box_.scroll_height() - height;
        if newer && grown > 0 && box_.scroll_top() == top {
            box_.set_scroll_top(top - grown);
        }
    });
}

fn load_earlier(chat: Chat, busy: RwSignal<bool>) {
    let Some(first) = chat.order.with_untracked(|order| order.first().copied()) else { return };
    load(chat, busy, Place::Before(first), move |page| chat.prepend(page));
}

fn load_later(chat: Chat, busy: RwSignal<bool>, scroller: Scroller) {
    let Some(last) = chat.order.with_untracked(|order| order.last().copied()) else { return };
    load(chat, busy, Place::After(last), move |page| {
        let Some(box_) = scroller.get_untracked() else { return };
        let (height, top) = (box_.scroll_height(), box_.scroll_top());
        chat.append(page);
        request_animation_frame(move || box_.set_scroll_top(top - (box_.scroll_height() - height)));
    });
}

fn load(chat: Chat, busy: RwSignal<bool>, place: Place, shown: impl FnOnce(chat::Page) + 'static) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        if let Ok(page) = live::call(History { hive: chat.here.id, place: Some(place), limit: None }).await {
            shown(page);
        }
        busy.set(false);
    });
}

fn to_present(chat: Chat, scroller: Scroller) {
    let down = move || {
        if let Some(box_) = scroller.get_untracked() {
            box_.set_scroll_top(0);
        }
    };
    if !chat.later.get_untracked() {
        return down();
    }
    spawn_local(async move {
        if let Ok(page) = live::call(History { hive: chat.here.id, place: None, limit: None }).await {
            chat.show(page);
            request_animation_frame(down);
        }
    });
}

/// What is seen for a while in a window that is looked at is read; nothing else is.
fn read_on(chat: Chat, scroller: Scroller) {
    let seen = StoredValue::new(None::<u64>);
    let look = move || {
        let Some(read_to) = chat.read.with_untracked(|read| read.as_ref().map(|read| read.read_to)) else { return };
        let looked_at = !document().hidden() && document().has_focus().unwrap_or(false);
        let lowest = scroller.get_untracked().filter(|_| looked_at).and_then(|box_| lowest_seen(chat, &box_));
        // The same for two looks in a row: it was there for that long.
        let before = seen.get_value();
        seen.set_value(lowest);
        if let Some(to) = lowest.min(before).filter(|to| *to > read_to) {
            let ask = chat::Read { hive: chat.here.id, to, revision: chat.revision.get_value() };
            spawn_local(async move {
                if let Ok(state) = live::call(ask).await {
                    chat.read.set(Some(state));
                }
            });
        }
    };
    let every = set_interval_with_handle(look, READ_AFTER);
    on_cleanup(move || {
        if let Ok(every) = every {
            every.clear();
        }
    });
}

/// The newest message of which half can be seen.
fn lowest_seen(chat: Chat, box_: &web_sys::HtmlDivElement) -> Option<u64> {
    let bottom = box_.get_bounding_client_rect().bottom();
    chat.order.with_untracked(|order| {
        order.iter().rev().copied().find(|seq| {
            let row = document().get_element_by_id(&format!("message-{seq}"));
            row.is_some_and(|row| {
                let row = row.get_bounding_client_rect();
                row.top() + row.height() / 2.0 <= bottom
            })
        })
    })
}
