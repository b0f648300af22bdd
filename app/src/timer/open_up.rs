//! One's own session goes on in a hive: the others can join it, and nothing starts again.

use focushive::{
    hive::{Card, Right},
    id::HiveId,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde_json::Value;

use super::dial::Dial;
use crate::{
    form::{CommandForm, Submit},
    hive::Shelf,
    ui::Tone,
};

/// Offered while the clock runs, to those who belong to a hive in which nothing runs yet.
#[component]
pub fn OpenUp(dial: Dial) -> impl IntoView {
    let shelf = Shelf::get();
    let phase = dial.phase();
    let open = |card: &Card| {
        let still = card.timer.as_ref().is_none_or(|timer| timer.phase().is_none());
        still && card.rank.is_some_and(|rank| rank.may(Right::Write))
    };
    // The clock stands as soon as it is opened up, and takes the forms away: this stays.
    let chosen = RwSignal::new(None::<HiveId>);
    let navigate = use_navigate();
    let there = Callback::new(move |_: Value| {
        if let Some(hive) = chosen.get_untracked() {
            navigate(&format!("/hive/{hive}"), NavigateOptions::default());
        }
    });
    let shown = move || {
        phase.get()?;
        let hives: Vec<Card> = shelf.mine()?.into_iter().filter(open).collect();
        let ways = hives
            .into_iter()
            .map(|card| view! { <Way hive=card.hive.id name=card.hive.name.to_string() chosen there /> });
        let ways = ways.collect::<Vec<_>>();
        (!ways.is_empty()).then(|| {
            view! {
                <details class="stage-lane">
                    <summary>"Go on with others"</summary>
                    <div class="stage-controls">{ways}</div>
                </details>
            }
        })
    };
    view! { <Transition>{shown}</Transition> }
}

#[component]
fn Way(hive: HiveId, name: String, chosen: RwSignal<Option<HiveId>>, there: Callback<Value>) -> impl IntoView {
    view! {
        <div on:submit=move |_| chosen.set(Some(hive))>
            <CommandForm does="timer.open_up" done=there>
                <input type="hidden" name="hive" value=hive.to_string() />
                <Submit tone=Tone::Plain>"Open it up to "{name}</Submit>
            </CommandForm>
        </div>
    }
}
