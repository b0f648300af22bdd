//! Where one writes. It is a plain form before a script is there; with one, what is written stands
//! in the list at once, and goes out from the outbox.

use std::time::Duration;

use focushive::{
    chat::{SayTyping, SetDraft, TYPING_EVERY},
    hive::Right,
    id::Key,
    text::{Body, DraftText},
};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{
    outbox::{self, Pending},
    state::Chat,
};
use crate::{form::KeyField, live, visit::Session};

/// How long after the last stroke a draft goes to the server.
const DRAFT_AFTER: Duration = Duration::from_millis(1500);

#[component]
pub fn Composer(chat: Chat, draft: String) -> impl IntoView {
    let draft = StoredValue::new(draft);
    let inside = Memo::new(move |_| chat.may(Right::Write));
    let outside = move || {
        let words = if chat.here.me.with(Option::is_some) {
            "You read and react here; members write."
        } else {
            "Join this hive to write."
        };
        view! { <p class="chat-outside">{words}</p> }
    };
    view! { <Show when=move || inside.get() fallback=outside><Writing chat draft=draft.get_value() /></Show> }
}

#[component]
fn Writing(chat: Chat, draft: String) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new(None::<String>);
    let typed_at = StoredValue::new(0.0);
    let due = StoredValue::new(None::<TimeoutHandle>);
    let name = chat.here.hive.with_untracked(|hive| hive.name.to_string());
    let send = move || {
        let Some(area) = area.get_untracked() else { return };
        match Body::parse(&area.value()) {
            Ok(body) if chat.pending.with_untracked(|pending| pending.len() < outbox::MOST) => {
                problem.set(None);
                area.set_value("");
                grow(&area);
                typed_at.set_value(0.0);
                let pending =
                    Pending { key: Key(Uuid::new_v4()), body, reply_to: chat.replying.get_untracked(), refused: None };
                chat.replying.set(None);
                chat.pending.update(|all| all.push(pending));
                keep_draft(chat, due, String::new(), Duration::ZERO);
                to_end();
            }
            Ok(_) => problem.set(Some("Fifty messages wait already; they go out when FocusHive is back.".to_owned())),
            Err(focushive::text::TextProblem::Empty) => {}
            Err(wrong) => problem.set(Some(wrong.to_string())),
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        // The Enter that ends a composition is the input method's: Safari sends it after the end.
        let composing = event.is_composing() || event.key_code() == 229;
        let touch = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
        match event.key().as_str() {
            "Enter" if composing => {}
            "Enter" if event.ctrl_key() || event.meta_key() || (!event.shift_key() && !touch) => {
                event.prevent_default();
                send();
            }
            "Escape" => chat.replying.set(None),
            "ArrowUp"
                if area.get_untracked().is_some_and(|area| area.value().is_empty()) && !chat.later.get_untracked() =>
            {
                if let Some(last) = chat.last_own() {
                    event.prevent_default();
                    chat.editing.set(Some(last));
                }
            }
            _ => {}
        }
    };
    let input = move |_: ev::Event| {
        let Some(area) = area.get_untracked() else { return };
        grow(&area);
        say_typing(chat, typed_at);
        keep_draft(chat, due, area.value(), DRAFT_AFTER);
    };
    // A reply is begun elsewhere: writing goes on here.
    Effect::new(move || {
        if chat.replying.get().is_some()
            && let Some(area) = area.get_untracked()
        {
            let _ = area.focus();
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let fresh = RwSignal::new(0);
    view! {
        <form method="post" class="composer" on:submit=submit>
            <input type="hidden" name="do" value="chat.send" />
            <input type="hidden" name="csrf" value=Session::get().of(|visit| visit.csrf.clone()) />
            <input type="hidden" name="hive" value=chat.here.id.to_string() />
            <KeyField fresh />
            <Replying chat />
            <textarea node_ref=area id="composer" name="body" rows="1" maxlength="2000" aria-label=format!("Message {name}") placeholder=format!("Message {name}") on:keydown=key on:input=input prop:value=draft.clone()>{draft.clone()}</textarea>
            {move || problem.get().map(|words| view! { <p class="field-problem" role="alert">{words}</p> })}
            <div class="composer-foot">
                <small>"**bold**, _italic_, `code`, @name"</small>
                <button class="button" data-tone="primary" data-size="small">"Send"</button>
            </div>
        </form>
    }
}

#[component]
fn Replying(chat: Chat) -> impl IntoView {
    move || {
        let seq = chat.replying.get()?;
        let message = chat.message(seq)?;
        Some(view! {
            <p class="composer-reply">
                <span>"Replying to "<b>{message.author.name.to_string()}</b></span>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| chat.replying.set(None)>"Cancel"</button>
            </p>
        })
    }
}

/// As high as what is in it, up to what the sheet allows.
fn grow(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    let _ = style.set_property("block-size", "auto");
    let _ = style.set_property("block-size", &format!("{}px", area.scroll_height()));
}

/// One's own message is always looked at.
fn to_end() {
    if let Ok(Some(log)) = document().query_selector(".chat-log") {
        request_animation_frame(move || log.set_scroll_top(0));
    }
}

fn say_typing(chat: Chat, said_at: StoredValue<f64>) {
    let now = js_sys::Date::now();
    let allowed = Session::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.privacy.typing));
    if !allowed || now - said_at.get_value() < TYPING_EVERY.as_seconds_f64() * 1000.0 {
        return;
    }
    said_at.set_value(now);
    spawn_local(async move {
        let _ = live::call(SayTyping { hive: chat.here.id, typing: true }).await;
    });
}

fn keep_draft(chat: Chat, due: StoredValue<Option<TimeoutHandle>>, text: String, after: Duration) {
    let save = move || {
        let ask = SetDraft { hive: chat.here.id, text: DraftText::parse(&text).ok() };
        spawn_local(async move {
            let _ = live::call(ask).await;
        });
    };
    let next = set_timeout_with_handle(save, after).ok();
    if let Some(before) = due.try_update_value(|known| std::mem::replace(known, next)).flatten() {
        before.clear();
    }
}
