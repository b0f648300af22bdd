//! How a session went: asked once when it is over, answered with one key, and as well never.

use focushive::{
    focus::{History, Outcome, Recorded, Stint},
    id::StintId,
    protocol::Topic,
};
use leptos::prelude::*;
use serde_json::Value;

use super::dial::minutes;
use crate::{
    backend::Asked,
    form::{CommandForm, Submit},
    live,
    ui::Tone,
    visit::Session,
};

/// Who comes back later than this is not asked any more.
const ASKED_FOR: time::Duration = time::Duration::minutes(30);

#[component]
pub fn Outcomes() -> impl IntoView {
    let last = Asked::new(|| History { before: None, limit: Some(1) });
    let over = RwSignal::new(None::<Stint>);
    // What was answered or put aside here is not asked again when a little is added to it.
    let settled = StoredValue::new(None::<StintId>);
    Effect::new(move || {
        let Some(Ok(page)) = last.get() else { return };
        let due = page.stints.into_iter().next().filter(|stint| {
            let ago = live::clock::now().since(stint.span.to);
            stint.outcome.is_none() && !stint.void && ago < ASKED_FOR
        });
        if due.is_some() {
            over.set(due);
        }
    });
    Effect::new(move || {
        let Some(me) = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return };
        live::listen(Topic::User(me), None, move |told| {
            if let Some(Recorded { stint, .. }) = told.event::<Recorded>("focus.recorded") {
                let late = live::clock::now().since(stint.span.to) >= ASKED_FOR;
                let settled = stint.outcome.is_some() || settled.get_value() == Some(stint.id);
                if !late && !settled {
                    over.set(Some(stint));
                } else if over.with_untracked(|over| over.as_ref().is_some_and(|over| over.id == stint.id)) {
                    over.set(None);
                }
            }
        });
    });
    let done = Callback::new(move |_: Value| {
        let answered = over.try_with_untracked(|over| over.as_ref().map(|over| over.id)).flatten();
        let _ = settled.try_update_value(|settled| *settled = answered);
        let _ = over.try_set(None);
    });
    view! { <div class="stage-outcome" role="status">{move || over.get().map(|stint| view! { <Ask stint done /> })}</div> }
}

#[component]
fn Ask(stint: Stint, done: Callback<Value>) -> impl IntoView {
    let id = stint.id;
    let length = minutes(time::Duration::seconds(stint.seconds().into()));
    let words = match (&stint.goal, stint.void) {
        (_, true) => "That was short: it is kept in your history, and not counted.".to_owned(),
        (Some(goal), false) => format!("{length} on “{goal}”. How did it go?"),
        (None, false) => format!("{length} of focus. How did it go?"),
    };
    let answer = move |outcome: Outcome| {
        view! {
            <CommandForm does="focus.outcome" done>
                <input type="hidden" name="stint" value=id.to_string() />
                <input type="hidden" name="outcome" value=outcome.as_str() />
                <span data-key=outcome.as_str()><Submit tone=Tone::Plain small=true>{outcome.words()}</Submit></span>
            </CommandForm>
        }
    };
    let answers = (!stint.void).then(|| Outcome::ALL.map(answer).collect_view());
    view! {
        <p>{words}</p>
        <div class="stage-controls">
            {answers}
            <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| done.run(Value::Null)><span class="button-words">"Not now"</span></button>
        </div>
    }
}
