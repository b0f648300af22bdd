//! Writing a message anew, where it stands. What is half written is kept until it is saved or left,
//! of a message that is sent on every device; what stands in the composer is not touched by it.

use std::pin::Pin;

use focushive::{
    chat::{Edit, LookDraft, Message},
    text::Body,
};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{draft::Draft, state::Chat};
use crate::{backend::CallError, composition::is_composed, keep, live, ui::sentence};

#[component]
pub fn EditForm(chat: Chat, row: ArcRwSignal<Message>) -> impl IntoView {
    let (hive, message, body) = row.with_untracked(|row| (chat.here.id, row.seq, row.body.to_string()));
    let save = move |body| Box::pin(live::call(Edit { hive, message, body })) as _;
    let leave = Callback::new(move |()| chat.editing.set(None));
    let draft = Draft::new(hive, Some(message), body.clone());
    let area = NodeRef::new();
    follow(chat, message, draft, area);
    view! { <Rewrite area kept=Kept::Everywhere(draft) label="Edit the message" body save leave /> }
}

/// What another device has half written stands here too, unless one has written more here.
fn follow(chat: Chat, message: u64, draft: Draft, area: NodeRef<html::Textarea>) {
    let show = move |there: &str| {
        if let Some(area) = area
            .try_get_untracked()
            .flatten()
            .filter(|area| !there.is_empty() && draft.heard(there, &area.value(), false))
        {
            area.set_value(there);
        }
    };
    Effect::new(move || {
        // Blank is what was given up and not heard of yet: the message itself stands there then.
        if let Some(kept) = draft.unheard().filter(|kept| !kept.is_empty()) {
            draft.restored(&kept);
        }
        draft.say_again();
        spawn_local(async move {
            let ask = LookDraft { hive: chat.here.id, message: Some(message) };
            if let Ok(Some(text)) = live::call(ask).await.map(|draft| draft.text) {
                show(text.as_str());
            }
        });
    });
    Effect::new(move || {
        if let Some((_, text)) = chat.rewritten.get().filter(|(which, _)| *which == message) {
            show(&text);
        }
    });
}

/// Where what is half written is kept: in this browser under a name, or on every device.
#[derive(Clone, Copy)]
pub enum Kept {
    Here(StoredValue<String>),
    Everywhere(Draft),
}

impl Kept {
    fn read(self) -> Option<String> {
        match self {
            Self::Here(name) => keep::read(&name.read_value()),
            Self::Everywhere(draft) => draft.unheard(),
        }
    }

    fn write(self, text: String) {
        match self {
            Self::Here(name) => keep::write(&name.read_value(), &text),
            Self::Everywhere(draft) => draft.set(text),
        }
    }

    fn forget(self) {
        match self {
            Self::Here(name) => drop(name.try_with_value(|name| keep::forget(name))),
            Self::Everywhere(draft) => draft.clear(),
        }
    }
}

type Saving = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send>>;

#[component]
pub fn Rewrite(
    area: NodeRef<html::Textarea>,
    kept: Kept,
    label: &'static str,
    body: String,
    save: impl Fn(Body) -> Saving + Send + Sync + 'static,
    leave: Callback<()>,
) -> impl IntoView {
    let problem = RwSignal::new(None::<String>);
    let words = kept.read().filter(|kept| !kept.is_empty()).unwrap_or(body);
    Effect::new(move || {
        if let Some(area) = area.get() {
            let _ = area.focus();
            let end = u32::try_from(area.value().encode_utf16().count()).unwrap_or_default();
            let _ = area.set_selection_range(end, end);
        }
    });
    let leave = move || {
        kept.forget();
        leave.try_run(());
    };
    let saving = StoredValue::new(save);
    let save = move || {
        let Some(text) = area.get_untracked().map(|area| area.value()) else { return };
        match Body::parse(&text) {
            Ok(body) => {
                let saved = saving.with_value(|save| save(body));
                spawn_local(async move {
                    match saved.await {
                        Ok(()) => leave(),
                        Err(error) => drop(problem.try_set(Some(sentence(&error.0)))),
                    }
                });
            }
            Err(wrong) => problem.set(Some(wrong.to_string())),
        }
    };
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        _ if is_composed(&event) => {}
        "Escape" => leave(),
        "Enter" if !event.shift_key() => {
            event.prevent_default();
            save();
        }
        _ => {}
    };
    let input = move |event: ev::Event| kept.write(event_target_value(&event));
    view! {
        <div class="message-edit">
            <textarea node_ref=area aria-label=label rows="2" maxlength="2000" on:keydown=key on:input=input prop:value=words.clone()>{words.clone()}</textarea>
            {move || problem.get().map(|words| view! { <p class="field-problem" role="alert">{words}</p> })}
            <p>
                <button type="button" class="button" data-tone="primary" data-size="small" on:click=move |_| save()>"Save"</button>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| leave()>"Cancel"</button>
            </p>
        </div>
    }
}
