//! The list of messages. It is written from its newest end, so that it starts there, stays there,
//! and keeps what one reads in place while older ones come in above.

use focushive::{
    Moment,
    chat::{self, History, Place},
};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    anchor::Anchor,
    day::Day,
    jump::{Jumps, Scroller, show},
    message::MessageRow,
    pending::PendingRow,
    reading::{looked_at, read_on},
    state::{Chat, Row},
};
use crate::{live, ui::day_number, waking::Part};

#[component]
pub fn LogView(chat: Chat) -> impl IntoView {
    let scroller = Scroller::new();
    let busy = RwSignal::new(false);
    let rows = NodeRef::<html::Ol>::new();
    let anchor = Anchor::new(chat, scroller);
    let scrolled = move |_: ev::Event| {
        // It may be told of its scrolling once more when it is gone already.
        let Some(box_) = scroller.try_get_untracked().flatten() else { return };
        anchor.note(&box_);
        see_divider(chat, &box_);
        let (ahead, from_end) = (2 * box_.client_height(), Anchor::from_end(&box_));
        let from_start = box_.scroll_height() - box_.client_height() - from_end;
        if from_start < ahead && chat.earlier.get_untracked() {
            load_earlier(chat, busy);
        } else if from_end < ahead && chat.later.get_untracked() {
            load_later(chat, busy);
        }
    };
    Effect::new(move || enter(chat, scroller, anchor));
    Effect::new(move || anchor.keep(rows, move |box_| see_divider(chat, box_)));
    Effect::new(move || chat.awake.set(true));
    divide_anew(chat);
    Effect::new(move || read_on(chat, scroller));
    let first = move || chat.order.with(|order| order.first().copied());
    view! {
        <div class="chat-log" id="chat-log" node_ref=scroller on:scroll=scrolled tabindex="0" role="log" aria-label="Messages" aria-live="off">
            <ol class="chat-rows" node_ref=rows>
                {move || (!chat.earlier.get() && first().is_none() && chat.pending.with(Vec::is_empty)).then(|| view! {
                    <li class="chat-empty">{nothing(chat)}</li>
                })}
                <For each=move || chat.order.get() key=|seq| *seq children=move |seq| view! { <Entry chat seq /> } />
                <For each={move || chat.pending.get().into_iter().filter(|pending| !pending.is_held()).collect::<Vec<_>>()} key=|pending| (pending.key, pending.refused.clone()) children=move |pending| view! { <PendingRow chat pending /> } />
            </ol>
        </div>
        <Jumps chat />
    }
}

/// Where nothing was said yet.
fn nothing(chat: Chat) -> &'static str {
    if chat.here.hive.with_untracked(|hive| hive.pair) {
        "Nothing was said yet. Only the two of you read what is written here."
    } else {
        "Nothing was said yet. Say hello: everybody in this hive reads it."
    }
}

/// A message, with the day and the line of what is new above it where they belong.
#[component]
fn Entry(chat: Chat, seq: u64) -> impl IntoView {
    let Some(row) = chat.row(seq) else { return ().into_any() };
    let Row { message: row, before } = row;
    let at = row.with_untracked(|message| message.at);
    let before = Signal::derive(move || chat.written(before.get()?));
    // The server's day, until the page knows where it is.
    let same_day = move |before: Moment| day_number(before, chat.awake.get()) == day_number(at, chat.awake.get());
    let new_day = move || before.get().is_none_or(|(before, _)| !same_day(before));
    let author = row.with_untracked(|message| message.author.id);
    let follows = move || {
        before.get().is_some_and(|(before, by)| {
            by == author && at.since(before) < time::Duration::minutes(5) && same_day(before)
        })
    };
    let divides = move || chat.divider.get() == Some(seq);
    view! {
        {move || (
            new_day().then(|| view! { <li class="chat-day"><Day at /></li> }),
            divides().then(|| view! { <li class="chat-new" id="chat-new"><span>"New"</span></li> }),
        )}
        <Part><MessageRow chat row follows=Signal::derive(follows) /></Part>
    }
    .into_any()
}

/// Where one is led on coming in: to a message that a link named, or to what is new.
fn enter(chat: Chat, scroller: Scroller, anchor: Anchor) {
    let Some(box_) = scroller.get() else { return };
    let target = chat.target.get_untracked();
    let lead = move || {
        if chat.is_gone() {
            return;
        }
        if let Some(target) = target {
            show(&format!("message-{target}"));
        } else if chat.divider.get_untracked().is_some() {
            show("chat-new");
        }
        anchor.note(&box_);
        see_divider(chat, &box_);
    };
    // The list settles in the first frame, and would stay at its end.
    request_animation_frame(move || request_animation_frame(lead));
}

/// Within this many pixels of the line it counts as seen.
const NEAR: f64 = 50.0;

/// Whether the line above what is new is out of sight, above; once it was seen and all is read, that
/// is nobody's business any more.
fn see_divider(chat: Chat, box_: &web_sys::HtmlDivElement) {
    let all_read = chat.read.with_untracked(|read| read.as_ref().is_none_or(|read| read.unread == 0));
    if chat.divider.with_untracked(Option::is_none) || (chat.divider_seen.get_value() && all_read) {
        return;
    }
    let Some(line) = document().get_element_by_id("chat-new") else { return };
    let (line, box_) = (line.get_bounding_client_rect(), box_.get_bounding_client_rect());
    let above = line.bottom() < box_.top() - NEAR;
    let below = line.top() > box_.bottom();
    chat.divider_seen.update_value(|seen| *seen |= !above && !below && looked_at());
    if chat.divider_above.get_untracked() != above {
        chat.divider_above.set(above);
    }
}

/// Who looks away and back enters anew: what comes meanwhile is new.
fn divide_anew(chat: Chat) {
    let last = StoredValue::new(None::<u64>);
    Effect::new(move || {
        let newest = chat.order.with(|order| order.last().copied());
        let before = last.get_value();
        last.set_value(newest);
        let all_read = chat.read.with_untracked(|read| {
            read.as_ref().is_some_and(|read| before.is_some_and(|before| read.read_to >= before))
        });
        if looked_at() || !all_read || newest <= before || chat.later.get_untracked() {
            return;
        }
        if let Some(first) = before.and_then(|before| chat.first_unread(before)) {
            chat.divider_seen.set_value(false);
            chat.divider.set(Some(first));
        }
    });
}

fn load_earlier(chat: Chat, busy: RwSignal<bool>) {
    let Some(first) = chat.order.with_untracked(|order| order.first().copied()) else { return };
    load(chat, busy, Place::Before(first), move |page| chat.prepend(page));
}

fn load_later(chat: Chat, busy: RwSignal<bool>) {
    let Some(last) = chat.order.with_untracked(|order| order.last().copied()) else { return };
    load(chat, busy, Place::After(last), move |page| chat.append(page));
}

fn load(chat: Chat, busy: RwSignal<bool>, place: Place, shown: impl FnOnce(chat::Page) + 'static) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        if let Ok(page) = live::call(History { hive: chat.here.id, place: Some(place), limit: None }).await
            && !chat.is_gone()
        {
            shown(page);
        }
        busy.set(false);
    });
}
