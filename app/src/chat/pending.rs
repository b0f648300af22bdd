//! A message that is on its way, or was refused, or is asked about.

use leptos::prelude::*;

use super::{
    outbox::{self, Pending},
    state::Chat,
};
use crate::{live, ui::Avatar, visit::Session};

#[component]
pub fn PendingRow(chat: Chat, pending: Pending) -> impl IntoView {
    let key = pending.key;
    let body = pending.body.to_string();
    let me = Session::get().me.with_untracked(Clone::clone);
    let refused = pending.refused.clone();
    let live = live::Live::get();
    let words = move || if live.is_connected() { "sending…" } else { "waiting to be sent" };
    let state = if refused.is_some() { "refused" } else { "waiting" };
    view! {
        <li class="message" data-pending=state>
            {me.map(|me| view! { <Avatar name=me.name.to_string() initials=me.name.initials() picture=me.avatar.map(|id| format!("/avatar/{id}")) /> })}
            <div class="message-main">
                <div class="message-body" dir="auto"><p class="message-plain">{body}</p></div>
                {match refused {
                    None => view! { <p class="message-wait">{words}" "<button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| outbox::cancel(chat, key)>"Cancel"</button></p> }.into_any(),
                    Some(words) => view! {
                        <p class="field-problem" role="alert">{words}</p>
                        <p>
                            <button type="button" class="button" data-size="small" on:click=move |_| outbox::retry(chat, key)>"Retry"</button>
                            <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| outbox::cancel(chat, key)>"Remove"</button>
                        </p>
                    }.into_any(),
                }}
            </div>
        </li>
    }
}
