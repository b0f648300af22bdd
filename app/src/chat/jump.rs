//! Going to a place in the list: to a message, to what is new, to the end. What is not there yet is
//! fetched, with what stands around it.

use focushive::chat::{History, Place, ReadPolicy};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;

use super::{day::Clock, reading, state::Chat};
use crate::live;

pub type Scroller = NodeRef<html::Div>;

/// Back to where it is new, and down to the end.
#[component]
pub fn Jumps(chat: Chat) -> impl IntoView {
    follow_address(chat);
    let unread = move || chat.read.with(|read| read.as_ref().map_or(0, |read| read.unread));
    let away = move || !chat.at_end.get() || chat.later.get();
    let to_unread = move |_| {
        if let Some(read_to) = chat.read.with_untracked(|read| read.as_ref().map(|read| read.read_to)) {
            window_around(chat, read_to.saturating_add(1), move || {
                chat.divider_seen.set_value(false);
                chat.divider.set(chat.first_unread(read_to));
                request_animation_frame(|| show("chat-new"));
            });
        }
    };
    let first_is_far = move || {
        let read_to = chat.read.with(|read| read.as_ref().map_or(u64::MAX, |read| read.read_to));
        unread() > 0 && chat.lies_before(read_to)
    };
    // Made unread since one came in: it is read on no more by itself.
    let held_back = move || {
        let revision = chat.read.with(|read| read.as_ref().map(|read| read.revision));
        revision.is_some_and(|revision| revision != chat.revision.get_value())
    };
    let by_hand = move || unread() > 0 && (reading::policy() == ReadPolicy::ByHand || first_is_far() || held_back());
    // What was new on coming in, for as long as its line has not been seen.
    let since = move || {
        let divider = chat.divider.get().filter(|_| chat.divider_above.get() && !first_is_far())?;
        Some((chat.written_since(divider), chat.message(divider)?.at))
    };
    view! {
        <div class="chat-jumps">
            {move || first_is_far().then(|| view! { <button type="button" class="button" data-size="small" on:click=to_unread>{move || format!("{} unread ↑", unread())}</button> })}
            {move || since().map(|(many, at)| view! {
                <button type="button" class="button" data-size="small" on:click=move |_| show("chat-new")>{many}" new since "<Clock at />" ↑"</button>
            })}
            {move || by_hand().then(|| view! { <button type="button" class="button" data-size="small" on:click=move |_| reading::read_all(chat)>"Mark as read"</button> })}
            {move || away().then(|| view! { <button type="button" class="button" data-size="small" on:click=move |_| to_present(chat)>"To the newest ↓"</button> })}
        </div>
    }
}

/// A link to another message of this hive changes the address alone: the list goes there too.
fn follow_address(chat: Chat) {
    let query = use_query_map();
    Effect::new(move |before: Option<Option<u64>>| {
        let at = query.with(|query| query.get("at").and_then(|at| at.parse().ok()));
        if let Some(seq) = at.filter(|_| before.is_some_and(|before| before != at)) {
            go_to(chat, seq);
        }
        at
    });
}

/// Shows one message, whether it is there already or not.
pub fn go_to(chat: Chat, seq: u64) {
    let there = move || {
        chat.target.set(Some(seq));
        let row = format!("message-{seq}");
        flash(&row);
        show(&row);
    };
    if chat.row(seq).is_some() {
        return there();
    }
    window_around(chat, seq, there);
}

/// This is the one that was meant, and no other.
fn flash(row: &str) {
    if let Ok(Some(before)) = document().query_selector(".message[data-flash]") {
        let _ = before.remove_attribute("data-flash");
    }
    if let Some(row) = document().get_element_by_id(row) {
        let _ = row.set_attribute("data-flash", "");
    }
}

fn window_around(chat: Chat, seq: u64, shown: impl FnOnce() + 'static) {
    spawn_local(async move {
        let place = Some(Place::Around(seq));
        if let Ok(page) = live::call(History { hive: chat.here.id, place, limit: None }).await
            && !chat.is_gone()
        {
            chat.show(page);
            let shown = move || {
                if !chat.is_gone() {
                    shown();
                }
            };
            // The list settles in the first frame, and would stay at its end.
            request_animation_frame(move || request_animation_frame(shown));
        }
    });
}

pub fn show(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view_with_bool(true);
        led();
        focus(id);
    }
}

/// The list knows at once where it was led: what comes in before the next frame keeps that in place.
fn led() {
    if let (Some(log), Ok(scrolled)) = (document().get_element_by_id("chat-log"), web_sys::Event::new("scroll")) {
        let _ = log.dispatch_event(&scrolled);
    }
}

pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element.filter(|element| element.has_attribute("tabindex")) {
        let _ = element.focus();
    }
}

/// Down to the newest, which is fetched if it is not there.
pub fn to_present(chat: Chat) {
    let down = || {
        if let Some(log) = document().get_element_by_id("chat-log") {
            log.set_scroll_top(0);
            led();
        }
    };
    if !chat.later.get_untracked() {
        return request_animation_frame(down);
    }
    spawn_local(async move {
        if let Ok(page) = live::call(History { hive: chat.here.id, place: None, limit: None }).await
            && !chat.is_gone()
        {
            chat.show(page);
            request_animation_frame(down);
        }
    });
}
