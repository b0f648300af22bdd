//! Which signals one wants at the end of a phase.

use focushive::focus::Signals;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::{
    form::{CommandForm, FormField, Submit},
    timer,
    ui::{Card, FieldKind, Switch, Toaster},
};

#[component]
pub fn SignalsCard(signals: Signals) -> impl IntoView {
    let saved = Callback::new(|_: Value| timer::choose());
    let toaster = use_context::<Toaster>();
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let volume = NodeRef::<leptos::html::Div>::new();
    let listen = move |_| {
        let field = volume.get().and_then(|around| around.query_selector("input").ok().flatten());
        let chosen = field.map(|field| field.unchecked_into::<web_sys::HtmlInputElement>().value());
        let chosen = chosen.and_then(|chosen| chosen.parse().ok()).unwrap_or(signals.volume);
        timer::preview(chosen, move || {
            if let Some(toaster) = toaster {
                toaster.say("Your browser keeps this page silent: allow sound for it beside the address.");
            }
        });
    };
    view! {
        <Card title="Signals" lead="One soft chime, in one tab, unless you choose otherwise.">
            <CommandForm does="focus.set_signals" says="Saved." done=saved class="stack">
                <Switch name="focus_sound" label="A chime when focus ends" on=signals.focus_sound />
                <Switch name="break_sound" label="A chime when a break ends" on=signals.break_sound />
                <Switch name="focus_title" label="The tab's title says that focus is over" on=signals.focus_title />
                <Switch name="break_title" label="The tab's title says that a break is over" on=signals.break_title />
                <Switch name="focus_tick" label="A tick every second of focus" on=signals.focus_tick />
                <Switch name="break_tick" label="A tick every second of a break" on=signals.break_tick />
                <div class="cluster" node_ref=volume>
                    <FormField name="volume" label="Volume, of a hundred" kind=FieldKind::Number value=signals.volume.to_string() />
                    {move || awake.get().then(|| view! {
                        <button type="button" class="button" data-tone="ghost" on:click=listen><span class="button-words">"Hear it"</span></button>
                    })}
                </div>
                <Submit>"Save"</Submit>
                <p class="quiet">"What reaches devices where no page is open is chosen under "<a href="/settings/notifications">"what I am told"</a>"."</p>
            </CommandForm>
        </Card>
    }
}
