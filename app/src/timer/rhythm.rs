//! The rhythm of a clock, to be set: one that many know in one press, or every part of it.

use focushive::{
    id::HiveId,
    timer::{Preset, Rhythm, Style},
};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    form::{CommandForm, FormField, FormSelect, Submit},
    ui::{Card, FieldKind, Switch, Tone},
};

#[component]
pub fn RhythmCard(hive: Option<HiveId>, rhythm: Rhythm, again: Callback<Value>) -> impl IntoView {
    let presets = Preset::ALL.map(|preset| view! { <PresetForm hive preset again /> }).collect_view();
    let styles =
        [(Style::Rounds, "Rounds"), (Style::Aligned, "Rounds on the half hour"), (Style::Flow, "Flow: count up")];
    let options = styles.map(|(style, words)| (style.as_str().to_owned(), words.to_owned())).to_vec();
    let number = |number: u16| number.to_string();
    view! {
        <Card title="Rhythm" lead="A phase that is on ends as it was going to, unless you say so below.">
            <div class="stage-controls">{presets}</div>
            <CommandForm does="timer.set" says="Saved." done=again class="stack">
                {hive.map(|hive| view! { <input type="hidden" name="hive" value=hive.to_string() /> })}
                <div class="cluster">
                    <FormSelect name="style" label="Kind" options value=rhythm.style.as_str() />
                    <FormField name="focus_minutes" label="Focus, minutes" kind=FieldKind::Number value=number(rhythm.focus_minutes) />
                    <FormField name="short_minutes" label="Break, minutes" kind=FieldKind::Number value=number(rhythm.short_minutes) />
                    <FormField name="long_minutes" label="Long break, minutes" kind=FieldKind::Number value=number(rhythm.long_minutes) />
                    <FormField name="rounds" label="Rounds before it" kind=FieldKind::Number value=number(rhythm.rounds.into()) />
                    <FormField name="flow_ratio" label="Flow earns a break of one in" kind=FieldKind::Number value=number(rhythm.flow_ratio.into()) />
                </div>
                <Switch name="auto_break" label="Breaks begin by themselves" on=rhythm.auto_break />
                <Switch name="auto_focus" label="Focus begins by itself" on=rhythm.auto_focus />
                <Switch name="now" label="Also for the phase that is on" on=false />
                <Submit>"Save"</Submit>
            </CommandForm>
        </Card>
    }
}

/// All of a known rhythm, in one press.
#[component]
fn PresetForm(hive: Option<HiveId>, preset: Preset, again: Callback<Value>) -> impl IntoView {
    let rhythm = preset.rhythm();
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        <CommandForm does="timer.set" says="Saved." done=again>
            {hive.map(|hive| hidden("hive", hive.to_string()))}
            {hidden("style", rhythm.style.as_str().to_owned())}
            {hidden("focus_minutes", rhythm.focus_minutes.to_string())}
            {hidden("short_minutes", rhythm.short_minutes.to_string())}
            {hidden("long_minutes", rhythm.long_minutes.to_string())}
            {hidden("rounds", rhythm.rounds.to_string())}
            {hidden("flow_ratio", rhythm.flow_ratio.to_string())}
            {hidden("auto_break", rhythm.auto_break.to_string())}
            {hidden("auto_focus", rhythm.auto_focus.to_string())}
            <Submit tone=Tone::Plain small=true>{preset.words()}</Submit>
        </CommandForm>
    }
}
