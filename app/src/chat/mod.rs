//! The chat of a hive: what was said, what is being said, and where one says something.

mod composer;
mod day;
mod log;
mod message;
mod outbox;
mod state;

use focushive::protocol::Topic;
use leptos::prelude::*;
pub use state::Opening;

use self::{composer::Composer, log::LogView, state::Chat};
use crate::{hive::Here, live};

#[component]
pub fn ChatPanel(here: Here, opening: Opening) -> impl IntoView {
    let chat = Chat::open(here, &opening);
    let draft = opening.draft.map(String::from).unwrap_or_default();
    Effect::new(move || {
        outbox::keep(chat);
        live::listen(Topic::Hive(here.id), Some(chat.head.get_value()), move |told| chat.hear(told));
        live::listen(Topic::HiveLive(here.id), None, move |told| chat.hear_live(told));
    });
    view! {
        <aside class="chat" aria-label="Chat">
            <header class="chat-head"><h2>"Chat"</h2></header>
            <LogView chat />
            <TypingLine chat />
            <Composer chat draft />
        </aside>
    }
}

/// Who writes; many are a number.
#[component]
fn TypingLine(chat: Chat) -> impl IntoView {
    let words = move || {
        chat.typing.with(|typing| match typing.as_slice() {
            [] => String::new(),
            [(_, one)] => format!("{one} is writing"),
            [(_, one), (_, other)] => format!("{one} and {other} are writing"),
            several => format!("{} people are writing", several.len()),
        })
    };
    view! { <p class="chat-typing" aria-live="off">{words}</p> }
}
