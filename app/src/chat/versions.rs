//! What a message said before: its versions, the latest first.

use focushive::chat::{ListEdits, Version};
use leptos::{prelude::*, task::spawn_local};

use super::{
    day::{Clock, Day},
    state::Chat,
};
use crate::{
    live,
    ui::{Dialog, Notice, Tone},
};

/// The dialog, while one looks at the versions of a message.
#[component]
pub fn Versions(chat: Chat) -> impl IntoView {
    move || chat.versions.get().map(|seq| view! { <Of chat seq /> })
}

#[component]
fn Of(chat: Chat, seq: u64) -> impl IntoView {
    let open = RwSignal::new(true);
    let got = RwSignal::new(None::<Result<Vec<Version>, String>>);
    Effect::new(move || {
        spawn_local(async move {
            let answer = live::call(ListEdits { hive: chat.here.id, message: seq }).await;
            got.try_set(Some(answer.map_err(|error| error.0.sentence())));
        });
    });
    Effect::new(move || {
        if !open.get() {
            chat.versions.set(None);
        }
    });
    let now = chat.message(seq).map(|message| message.body.to_string());
    let list = move |versions: Vec<Version>| {
        let now = now
            .clone()
            .map(|words| view! { <li><p class="message-plain" dir="auto">{words}</p><small>"now"</small></li> });
        let before = versions.into_iter().map(|version| {
            view! { <li><p class="message-plain" dir="auto">{version.body.to_string()}</p><small>"until "<Day at=version.until />" "<Clock at=version.until /></small></li> }
        });
        view! { <ol class="versions">{now}{before.collect_view()}</ol> }.into_any()
    };
    let shown = move || {
        got.get().map(|got| match got {
            Ok(versions) => list(versions),
            Err(words) => view! { <Notice tone=Tone::Bad>{words}</Notice> }.into_any(),
        })
    };
    view! { <Dialog open title="What it said before">{shown}</Dialog> }
}
