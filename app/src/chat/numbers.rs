//! The numbers behind a badge, for whoever reports one that is stuck: `?unread` behind a hive's
//! address shows them.

use focushive::chat::{LookReadState, ReadState};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

use super::{reading, state::Chat};
use crate::live;

#[component]
pub fn Numbers(chat: Chat) -> impl IntoView {
    let wanted = use_query_map().with_untracked(|query| query.get_str("unread").is_some());
    wanted.then(|| view! { <Table chat /> })
}

#[component]
fn Table(chat: Chat) -> impl IntoView {
    let server = RwSignal::new(None::<ReadState>);
    let ask = move || {
        spawn_local(async move {
            if let Ok(read) = live::call(LookReadState { hive: chat.here.id }).await {
                server.try_set(read);
            }
        });
    };
    Effect::new(ask);
    let kept = |read: Option<ReadState>| match read {
        None => "nothing: not a member".to_owned(),
        Some(read) => format!(
            "read to {}, unread {}, naming me {}, revision {}",
            read.read_to, read.unread, read.mentions, read.revision
        ),
    };
    let shown = move || {
        let span =
            chat.order.with(|order| order.first().zip(order.last()).map(|(first, last)| format!("{first} to {last}")));
        let divider = chat.divider.get().map_or("none".to_owned(), |seq| seq.to_string());
        format!("{}, divider {divider}", span.unwrap_or_else(|| "none".to_owned()))
    };
    view! {
        <section class="chat-numbers" aria-label="The numbers behind the badge">
            <dl>
                <div><dt>"FocusHive says"</dt><dd>{move || kept(server.get())}</dd></div>
                <div><dt>"This page holds"</dt><dd>{move || kept(chat.read.get())}</dd></div>
                <div><dt>"Messages here"</dt><dd>{shown}</dd></div>
                <div><dt>"Read by"</dt><dd>{reading::policy().as_str()}{move || format!(", from revision {}", chat.revision.get_value())}</dd></div>
            </dl>
            <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| ask()>"Ask again"</button>
        </section>
    }
}
