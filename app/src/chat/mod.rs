//! The chat of a hive: what was said, what is being said, and where one says something.

mod anchor;
mod at_break;
mod carrier;
mod coming;
mod composer;
mod day;
mod draft;
mod edit;
mod held;
mod hush;
mod jump;
mod keys;
mod log;
mod mention;
mod message;
mod named;
mod numbers;
mod outbox;
mod own;
mod pending;
mod pins;
mod reading;
mod state;
mod toggle;
mod versions;

pub use carrier::carry;
use focushive::protocol::Topic;
use leptos::prelude::*;
pub use state::Opening;

use self::{composer::Composer, held::HeldList, log::LogView, pins::ChatHead, state::Chat, versions::Versions};
use crate::{hive::Here, live, waking::Part};

#[component]
pub fn ChatPanel(here: Here, opening: Opening) -> impl IntoView {
    let chat = Chat::open(here, &opening);
    let draft = opening.draft.map(String::from).unwrap_or_default();
    Effect::new(move || {
        outbox::keep(chat);
        hush::follow(chat);
        live::listen(Topic::Hive(here.id), Some(chat.head.get_value()), move |told| chat.hear(told));
        live::listen(Topic::HiveLive(here.id), None, move |told| chat.hear_live(told));
        if let Some(me) = chat.me {
            live::listen(Topic::User(me), None, move |told| chat.hear_own(told));
        }
        if let Some(dial) = chat.dial {
            dial.follow();
        }
    });
    view! {
        <aside class="chat" aria-label="Chat">
            <Part><ChatHead chat /></Part>
            <LogView chat />
            <Part><TypingLine chat /></Part>
            <HeldList chat />
            <Part><Composer chat draft /></Part>
            <Versions chat />
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
