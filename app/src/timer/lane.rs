//! How the shared clock goes for oneself: a pause of one's own, a thought to finish, flow, or sitting
//! one out. It never moves the clock of the others.

use focushive::{
    focus::Pull,
    timer::{Lane, Step, digits},
};
use leptos::prelude::*;
use serde_json::Value;

use super::dial::Dial;
use crate::{
    backend,
    form::{CommandForm, Submit},
    ui::Tone,
};

#[component]
pub fn Lanes(dial: Dial) -> impl IntoView {
    let phase = dial.phase();
    let lane = Memo::new(move |_| dial.in_lane());
    let in_hive = dial.hive.is_some();
    let focus = Memo::new(move |_| phase.get().is_some_and(|phase| !phase.is_break()));
    view! {
        {move || in_hive.then(|| view! { <Out dial lane /> })}
        {move || (phase.get().is_some() && lane.get() == Lane::InStep).then(|| view! {
            <details class="stage-lane">
                <summary>"Just for me"</summary>
                <div class="stage-controls">
                    {in_hive.then(|| view! {
                        {if focus.get() {
                            view! { <Go dial to=Step::Pause words="Pause just me" /> }.into_any()
                        } else {
                            view! { <Go dial to=Step::Overtime words="Finish my thought" /> }.into_any()
                        }}
                        <Go dial to=Step::Flow words="Flow on my own" />
                        <Go dial to=Step::Out words="Sit this one out" />
                    })}
                    {focus.get().then(|| view! { <Pulls dial /> })}
                </div>
            </details>
        })}
    }
}

/// Says in words how it goes for oneself, with the way back.
#[component]
fn Out(dial: Dial, lane: Memo<Lane>) -> impl IntoView {
    let since = move |since: focushive::Moment| {
        let up = dial.now().since(since);
        digits(time::Duration::seconds(up.whole_seconds()))
    };
    let words = move || match lane.get() {
        Lane::InStep => None,
        Lane::Paused { since: at } => Some(format!("You paused for yourself, {} ago.", since(at))),
        Lane::Overtime { since: at } => Some(format!("Overtime +{}: finish your thought.", since(at))),
        Lane::Flow { since: at } => Some(format!("In flow on your own, {}.", since(at))),
        Lane::Out { .. } => Some("You sit this one out, and join at the next start.".to_owned()),
    };
    let out = Memo::new(move |_| lane.get() != Lane::InStep);
    move || {
        out.get().then(|| {
            let works = move || matches!(lane.get(), Lane::Overtime { .. } | Lane::Flow { .. });
            view! {
                <div class="stage-out">
                    <p>{words}</p>
                    <Go dial to=Step::InStep words="Back in step" />
                    {move || works().then(|| view! { <Pulls dial /> })}
                </div>
            }
        })
    }
}

#[component]
fn Go(dial: Dial, to: Step, words: &'static str) -> impl IntoView {
    let done = Callback::new(move |answer: Value| {
        if let Ok(lane) = backend::read::<Lane>(answer) {
            dial.lane.set(lane);
        }
    });
    let to = match to {
        Step::InStep => "in_step",
        Step::Pause => "pause",
        Step::Overtime => "overtime",
        Step::Flow => "flow",
        Step::Out => "out",
    };
    view! {
        <CommandForm does="timer.lane" done>
            <super::controls::Which dial />
            <input type="hidden" name="to" value=to />
            <Submit tone=Tone::Plain small=true>{words}</Submit>
        </CommandForm>
    }
}

/// Something pulled one away: noted, and the clock goes on.
#[component]
fn Pulls(dial: Dial) -> impl IntoView {
    let note = move |by: Pull, words: &'static str, key: &'static str| {
        let by = match by {
            Pull::Inner => "inner",
            Pull::Outer => "outer",
        };
        view! {
            <CommandForm does="focus.note" says="Noted. On you go.">
                <super::controls::Which dial />
                <input type="hidden" name="by" value=by />
                <span data-key=key><Submit tone=Tone::Ghost small=true>{words}</Submit></span>
            </CommandForm>
        }
    };
    view! { {note(Pull::Inner, "A thought pulled at me", "inner")} {note(Pull::Outer, "Somebody did", "outer")} }
}
