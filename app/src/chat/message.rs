//! One message, and what can be done with it.

use std::time::Duration;

use focushive::{
    chat::{Delete, MarkUnread, Message, Pin, Reaction, Restore, UNDO_OFFERED, Unpin},
    hive::Right,
    notification::{Remind, When},
    text::Emoji,
};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{day::Clock, edit::EditForm, jump, state::Chat, toggle::toggle};
use crate::{
    live,
    ui::{Avatar, Toaster},
};

/// What one reaches with one press; the keyboard and the system's own picker have all the others.
const QUICK: [&str; 6] = ["👍", "❤️", "😄", "🎉", "🐝", "👀"];

/// There are many, and many come at once: what seldom changes is drawn together.
#[component]
pub fn MessageRow(chat: Chat, row: ArcRwSignal<Message>, follows: Signal<bool>) -> impl IntoView {
    let message = row.get_untracked();
    let seq = message.seq;
    let name = message.author.name.clone();
    let picture = message.author.avatar.map(|id| format!("/avatar/{id}"));
    let mine = Some(message.author.id) == chat.me;
    let awake = chat.awake.get_untracked();
    let flash = (chat.target.get_untracked() == Some(seq)).then_some("");
    let editing = Memo::new(move |_| chat.editing.get() == Some(seq));
    let (said, menu) = (row.clone(), row.clone());
    let pinned = move || row.with(|message| message.pinned).then(|| view! { <small>"pinned"</small> });
    let said = move || {
        if editing.get() {
            said.with_untracked(|message| {
                view! { {quote(chat, message)}<EditForm chat row=said.clone() />{reactions(chat, message)} }.into_any()
            })
        } else {
            said.with(|message| {
                view! { {quote(chat, message)}{body(chat, message)}{reactions(chat, message)} }.into_any()
            })
        }
    };
    view! {
        <li class="message" id=format!("message-{seq}") tabindex="-1" data-follows=move || follows.get().then_some("") data-flash=flash>
            <Avatar name=name.to_string() initials=name.initials() picture />
            <div class="message-main">
                <p class="message-who"><b>{name.to_string()}</b><Clock at=message.at awake />{pinned}</p>
                {said}
            </div>
            <Doings chat row=menu mine />
        </li>
    }
}

/// What it says, and that it said something else before; for members that leads to what.
fn body(chat: Chat, message: &Message) -> impl IntoView + use<> {
    let seq = message.seq;
    let names_me = chat.me.is_some_and(|me| message.names(me)).then_some("");
    let edited = message.edited_at.map(|_| {
        if chat.here.me.with(Option::is_some) {
            view! { <button type="button" class="message-edited" title="What it said before" on:click=move |_| chat.versions.set(Some(seq))>"edited"</button> }.into_any()
        } else {
            view! { <small class="message-edited">"edited"</small> }.into_any()
        }
    });
    view! { <div class="message-body" dir="auto" data-names-me=names_me inner_html=message.html.clone()></div>{edited} }
}

/// The beginning of what this answers.
fn quote(chat: Chat, message: &Message) -> Option<impl IntoView + use<>> {
    let quote = message.reply.clone()?;
    let words = if quote.excerpt.is_empty() { "a message that was deleted".to_owned() } else { quote.excerpt };
    let seq = quote.seq;
    let go = move |event: ev::MouseEvent| {
        event.prevent_default();
        jump::go_to(chat, seq);
    };
    Some(
        view! { <a class="message-quote" href=format!("#message-{seq}") rel="external" on:click=go><b>{quote.name}</b>" "{words}</a> },
    )
}

fn reactions(chat: Chat, message: &Message) -> Option<impl IntoView + use<>> {
    let seq = message.seq;
    let may = chat.may(Right::React);
    let chip = move |reaction: Reaction| {
        let mine = chat.me.is_some_and(|me| reaction.by.contains(&me));
        let emoji = reaction.emoji.clone();
        let label = format!("{} {}", reaction.emoji, reaction.by.len());
        let press = move |_| toggle(chat, seq, emoji.clone(), mine);
        view! { <button type="button" aria-pressed=mine.to_string() disabled=!may on:click=press>{label}</button> }
    };
    let all = message.reactions.clone();
    (!all.is_empty()).then(|| view! { <p class="message-reactions">{all.into_iter().map(chip).collect_view()}</p> })
}

/// What can be done with a message, behind its menu. There are many messages, and few menus that
/// anybody opens: what is in one is made when it is first reached for.
#[component]
fn Doings(chat: Chat, row: ArcRwSignal<Message>, mine: bool) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    // Once it was reached for: whether it opens upwards, where there is room near the lower edge.
    let up = RwSignal::new(None);
    let turn = move |_: ev::Event| {
        // It is told a moment later that it opened, or that it is gone.
        let Some(menu) = menu.try_get_untracked().flatten() else { return };
        let bottom = menu.get_bounding_client_rect().bottom();
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        up.set(Some(bottom > height * 0.5));
    };
    // Whoever comes by keyboard is in it sooner than it is told that it opened.
    let reach = move |_: ev::FocusEvent| {
        if up.try_get_untracked() == Some(None) {
            up.set(Some(false));
        }
    };
    let close = Callback::new(move |()| {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    });
    view! {
        <details class="message-menu" node_ref=menu on:toggle=turn on:focusin=reach>
            <summary aria-label="What to do with this message"></summary>
            {move || up.get().map(|up| view! { <Menu chat row=row.clone() mine up close /> })}
        </details>
    }
}

#[component]
fn Menu(chat: Chat, row: ArcRwSignal<Message>, mine: bool, up: bool, close: Callback<()>) -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let seq = row.with_untracked(|message| message.seq);
    let pinned = Signal::derive(move || row.with(|message| message.pinned));
    let emoji = move || {
        QUICK.into_iter().filter_map(|emoji| Emoji::parse(emoji).ok()).map(|emoji| {
            let shown = emoji.to_string();
            let press = move |_| {
                close.run(());
                toggle(chat, seq, emoji.clone(), false);
            };
            view! { <button type="button" aria-label=format!("React with {shown}") on:click=press>{shown.clone()}</button> }
        }).collect_view()
    };
    let act = move |doing: Doing| {
        close.run(());
        spawn_local(async move {
            match doing.run(chat, seq).await {
                Some(words) => toaster.say(words),
                None if matches!(doing, Doing::Delete) => offer_back(chat, seq, toaster),
                None => {}
            }
        });
    };
    let link = move |_: ev::MouseEvent| {
        close.run(());
        let address = window().location().origin().unwrap_or_default();
        let _ = window().navigator().clipboard().write_text(&format!("{address}/hive/{}?at={seq}", chat.here.id));
        toaster.say("The link is copied.");
    };
    view! {
        <div class="message-menu-list" data-up=up.then_some("")>
            {move || chat.may(Right::React).then(|| view! { <div class="message-emoji">{emoji()}</div> })}
            {move || chat.may(Right::Write).then(|| view! { <button type="button" on:click=move |_| { close.run(()); chat.replying.set(Some(seq)); }>"Reply"</button> })}
            {move || (mine && chat.may(Right::Write)).then(|| view! { <button type="button" on:click=move |_| { close.run(()); chat.editing.set(Some(seq)); }>"Edit"</button> })}
            {move || chat.may(Right::Pin).then(|| view! { <button type="button" on:click=move |_| act(if pinned.get_untracked() { Doing::Unpin } else { Doing::Pin })>{move || if pinned.get() { "Unpin" } else { "Pin" }}</button> })}
            {move || chat.read.with(Option::is_some).then(|| view! { <button type="button" on:click=move |_| act(Doing::MarkUnread)>"Mark unread from here"</button> })}
            <button type="button" on:click=move |_| act(Doing::Remind)>"Remind me at the break"</button>
            <button type="button" on:click=link>"Copy link"</button>
            {move || (mine || chat.may(Right::Moderate)).then(|| view! { <button type="button" data-tone="danger" on:click=move |_| act(Doing::Delete)>"Delete"</button> })}
        </div>
    }
}

/// Whoever deleted it may think again. The message had the focus: its list has it now.
fn offer_back(chat: Chat, message: u64, toaster: Toaster) {
    jump::focus("chat-log");
    let stays = Duration::from_secs(UNDO_OFFERED.whole_seconds().unsigned_abs());
    let restore = move |()| {
        spawn_local(async move {
            if let Err(error) = live::call(Restore { hive: chat.here.id, message }).await {
                toaster.say(error.0.sentence());
            }
        });
    };
    toaster.offer("The message is deleted.", "Undo", stays, Callback::new(restore));
}

#[derive(Clone, Copy)]
enum Doing {
    Pin,
    Unpin,
    MarkUnread,
    Remind,
    Delete,
}

impl Doing {
    /// Does it; the answer is what to say about it, if anything.
    async fn run(self, chat: Chat, message: u64) -> Option<String> {
        let hive = chat.here.id;
        let done = match self {
            Self::Pin => live::call(Pin { hive, message }).await,
            Self::Unpin => live::call(Unpin { hive, message }).await,
            Self::Delete => live::call(Delete { hive, message }).await,
            Self::Remind => live::call(Remind { hive, message, when: When::Break }).await,
            Self::MarkUnread => match live::call(MarkUnread { hive, message }).await {
                Ok(state) => {
                    chat.read.set(Some(state));
                    Ok(())
                }
                Err(error) => Err(error),
            },
        };
        match (done, self) {
            (Ok(()), Self::MarkUnread) => Some("It counts as unread from there.".to_owned()),
            (Ok(()), Self::Remind) => Some("It comes back to you at the break.".to_owned()),
            (Ok(()), Self::Pin | Self::Unpin | Self::Delete) => None,
            (Err(error), _) => Some(error.0.sentence()),
        }
    }
}
