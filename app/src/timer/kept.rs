//! The rhythms that a hive keeps under names of its own: taken up for the next phase, named, removed.

use focushive::{
    id::{HiveId, RhythmId},
    timer::{ListSaved, MOST_SAVED, Saved},
};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    backend::Asked,
    form::{CommandForm, FormField, KeyField, Submit},
    layout::Loaded,
    ui::{Menu, Tone},
};

/// `again` is run when the clock has another rhythm.
#[component]
pub fn KeptRhythms(hive: HiveId, again: Callback<Value>) -> impl IntoView {
    let kept = Asked::new(move || ListSaved { hive });
    let changed = Callback::new(move |_: Value| kept.again());
    let shown = move |list: Vec<Saved>| {
        let full = list.len() >= MOST_SAVED;
        let rows = list.into_iter().map(|saved| view! { <Kept hive saved again changed /> }).collect::<Vec<_>>();
        view! {
            {(!rows.is_empty()).then(|| view! { <ul class="list" aria-label="Rhythms of this hive">{rows}</ul> })}
            {(!full).then(|| view! { <Keep hive changed /> })}
        }
    };
    view! { <Loaded asked=kept view=shown /> }
}

#[component]
fn Kept(hive: HiveId, saved: Saved, again: Callback<Value>, changed: Callback<Value>) -> impl IntoView {
    let Saved { id, name, rhythm } = saved;
    let (name, uses) = (name.to_string(), format!("Use {name}"));
    view! {
        <li class="list-row">
            <div class="list-main"><b>{name.clone()}</b><small>{rhythm.words()}</small></div>
            <CommandForm does="rhythm.pick" says="From the next phase on." done=again>
                <Which hive id />
                <Submit tone=Tone::Plain small=true label=uses>"Use"</Submit>
            </CommandForm>
            <Menu label="What to do with this rhythm">
                <CommandForm does="rhythm.rename" says="It has another name now." done=changed class="stack" about=id.to_string()>
                    <Which hive id />
                    <FormField name="name" label="Name" value=name required=true maxlength=40 />
                    <Submit tone=Tone::Plain small=true>"Rename"</Submit>
                </CommandForm>
                <CommandForm does="rhythm.remove" says="It is kept no longer." done=changed>
                    <Which hive id />
                    <Submit tone=Tone::Danger small=true>"Remove"</Submit>
                </CommandForm>
            </Menu>
        </li>
    }
}

/// Keeps the rhythm that the clock has.
#[component]
fn Keep(hive: HiveId, changed: Callback<Value>) -> impl IntoView {
    let fresh = RwSignal::new(());
    let done = Callback::new(move |answer: Value| {
        fresh.set(());
        changed.run(answer);
    });
    view! {
        <CommandForm does="rhythm.save" says="It is kept." done class="cluster" about="kept">
            <input type="hidden" name="hive" value=hive.to_string() />
            <KeyField fresh />
            <FormField name="name" label="Keep this rhythm as" required=true maxlength=40 />
            <Submit tone=Tone::Plain small=true>"Keep"</Submit>
        </CommandForm>
    }
}

#[component]
fn Which(hive: HiveId, id: RhythmId) -> impl IntoView {
    view! {
        <input type="hidden" name="hive" value=hive.to_string() />
        <input type="hidden" name="rhythm" value=id.to_string() />
    }
}
