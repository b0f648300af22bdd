//! What people of the hive keep in sight: its pinned messages, behind a button at the chat's head.

use focushive::{
    chat::{ListPins, Message, Unpin},
    hive::Right,
    protocol::Topic,
};
use leptos::{prelude::*, task::spawn_local};

use super::{day::Day, hush::HushLine, jump, numbers::Numbers, state::Chat};
use crate::{
    live,
    ui::{Icon, IconMark, Toaster},
};

#[component]
pub fn ChatHead(chat: Chat) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = move || if open.get() { "Hide what is pinned" } else { "Show what is pinned" };
    view! {
        <div class="chat-top">
            <header class="chat-head">
                <h2>"Chat"</h2>
                <HushLine chat />
                <button type="button" class="button" data-tone="ghost" data-size="small" aria-label=label aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                    <IconMark icon=Icon::Pin />"Pinned"
                </button>
            </header>
            <Numbers chat />
            {move || open.get().then(|| view! { <Pins chat open /> })}
        </div>
    }
}

/// The list, asked for while it is open, and again when it changes.
#[component]
fn Pins(chat: Chat, open: RwSignal<bool>) -> impl IntoView {
    let pins = RwSignal::new(None::<Vec<Message>>);
    let ask = move || {
        spawn_local(async move {
            let got = live::call(ListPins { hive: chat.here.id }).await;
            pins.try_set(Some(got.unwrap_or_default()));
        });
    };
    Effect::new(move || {
        ask();
        live::listen(Topic::Hive(chat.here.id), None, move |told| {
            if told.may_be(&["chat.pinned", "chat.unpinned", "chat.edited", "chat.deleted", "chat.restored"]) {
                ask();
            }
        });
    });
    view! {
        <section class="pins" aria-label="Pinned messages">
            {move || pins.get().map(|pins| if pins.is_empty() {
                view! { <p class="quiet">"Nothing is pinned. A message’s menu pins it for everybody here."</p> }.into_any()
            } else {
                view! { <ul>{pins.into_iter().map(|message| view! { <Pinned chat open message /> }).collect_view()}</ul> }.into_any()
            })}
        </section>
    }
}

#[component]
fn Pinned(chat: Chat, open: RwSignal<bool>, message: Message) -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let seq = message.seq;
    let name = message.author.name.to_string();
    let words: String =
        message.body.as_str().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
    let go = move |_| {
        open.set(false);
        jump::go_to(chat, seq);
    };
    let unpin = move |_| {
        spawn_local(async move {
            if let Err(error) = live::call(Unpin { hive: chat.here.id, message: seq }).await {
                toaster.say(error.0.sentence());
            }
        });
    };
    let label = format!("Unpin what {name} wrote");
    view! {
        <li>
            <button type="button" class="pin-words" on:click=go><b>{name}</b><span dir="auto">{words}</span><small><Day at=message.at /></small></button>
            {move || chat.may(Right::Pin).then(|| view! { <button type="button" class="button" data-tone="ghost" data-size="small" aria-label=label.clone() on:click=unpin>"Unpin"</button> })}
        </li>
    }
}
