//! Writing a message anew, where it stands. What is half written is kept in this browser until it
//! is saved or left; what stands in the composer is not touched by it.

use std::pin::Pin;

use focushive::{
    chat::{Edit, Message},
    text::Body,
};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::state::Chat;
use crate::{backend::CallError, keep, live, ui::sentence};

#[component]
pub fn EditForm(chat: Chat, row: ArcRwSignal<Message>) -> impl IntoView {
    let (hive, message, body) = row.with_untracked(|row| (chat.here.id, row.seq, row.body.to_string()));
    let save = move |body| Box::pin(live::call(Edit { hive, message, body })) as _;
    let leave = Callback::new(move |()| chat.editing.set(None));
    view! { <Rewrite name=format!("edit:{hive}:{message}") label="Edit the message" body save leave /> }
}

type Saving = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send>>;

/// `name` is what the browser keeps it under.
#[component]
pub fn Rewrite(
    name: String,
    label: &'static str,
    body: String,
    save: impl Fn(Body) -> Saving + Send + Sync + 'static,
    leave: Callback<()>,
) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new(None::<String>);
    let name = StoredValue::new(name);
    let kept = keep::read::<String>(&name.read_value()).unwrap_or(body);
    Effect::new(move || {
        if let Some(area) = area.get() {
            let _ = area.focus();
            let end = u32::try_from(area.value().encode_utf16().count()).unwrap_or_default();
            let _ = area.set_selection_range(end, end);
        }
    });
    let leave = move || {
        if let Some(name) = name.try_get_value() {
            keep::forget(&name);
        }
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
        _ if event.is_composing() || event.key_code() == 229 => {}
        "Escape" => leave(),
        "Enter" if !event.shift_key() => {
            event.prevent_default();
            save();
        }
        _ => {}
    };
    let input = move |event: ev::Event| keep::write(&name.read_value(), &event_target_value(&event));
    view! {
        <div class="message-edit">
            <textarea node_ref=area aria-label=label rows="2" maxlength="2000" on:keydown=key on:input=input prop:value=kept.clone()>{kept.clone()}</textarea>
            {move || problem.get().map(|words| view! { <p class="field-problem" role="alert">{words}</p> })}
            <p>
                <button type="button" class="button" data-tone="primary" data-size="small" on:click=move |_| save()>"Save"</button>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| leave()>"Cancel"</button>
            </p>
        </div>
    }
}
