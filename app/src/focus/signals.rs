//! Which signals one wants at the end of a phase.

use focushive::focus::Signals;
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    form::{CommandForm, FormField, Submit},
    timer,
    ui::{Card, FieldKind, Switch},
};

#[component]
pub fn SignalsCard(signals: Signals) -> impl IntoView {
    let saved = Callback::new(|_: Value| timer::learn());
    view! {
        <Card title="Signals" lead="One soft chime, in one tab, unless you choose otherwise.">
            <CommandForm does="focus.set_signals" says="Saved." done=saved class="stack">
                <Switch name="focus_sound" label="A chime when focus ends" on=signals.focus_sound />
                <Switch name="break_sound" label="A chime when a break ends" on=signals.break_sound />
                <Switch name="focus_title" label="The tab's title says that focus is over" on=signals.focus_title />
                <Switch name="break_title" label="The tab's title says that a break is over" on=signals.break_title />
                <Switch name="focus_tick" label="A tick every second of focus" on=signals.focus_tick />
                <Switch name="break_tick" label="A tick every second of a break" on=signals.break_tick />
                <FormField name="volume" label="Volume, of a hundred" kind=FieldKind::Number value=signals.volume.to_string() />
                <Submit>"Save"</Submit>
                <p class="quiet">"What reaches devices where no page is open is chosen under "<a href="/settings/notifications">"what I am told"</a>"."</p>
            </CommandForm>
        </Card>
    }
}
