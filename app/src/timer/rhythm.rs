//! The rhythm of a clock, to be set: one that many know in one press, or every part of it.

use focushive::{
    id::HiveId,
    timer::{Preset, Rhythm, Style},
};
use leptos::prelude::*;
use serde_json::Value;

use super::kept::KeptRhythms;
use crate::{
    form::{CommandForm, FormField, FormSelect, Submit},
    ui::{Card, FieldKind, Switch, Tone},
};

#[component]
pub fn RhythmCard(
    hive: Option<HiveId>,
    rhythm: Rhythm,
    /// Whether a phase is on, which goes on as it was.
    on: bool,
    again: Callback<Value>,
) -> impl IntoView {
    let presets = Preset::ALL.map(|preset| view! { <PresetForm hive preset again /> }).collect_view();
    let styles =
        [(Style::Rounds, "Rounds"), (Style::Aligned, "Rounds on the half hour"), (Style::Flow, "Flow: count up")];
    let options = styles.map(|(style, words)| (style.as_str().to_owned(), words.to_owned())).to_vec();
    let number = |number: u16| number.to_string();
    view! {
        <Card title="Rhythm" lead="Another one counts from the next phase on: what is on ends as it was going to.">
            <p>"Now it is "<b>{rhythm.words()}</b>"."</p>
            <div class="stage-controls">{presets}</div>
            {hive.map(|hive| view! { <KeptRhythms hive again /> })}
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
                <Submit>"Save"</Submit>
            </CommandForm>
            {on.then(|| view! { <NowForm hive rhythm again /> })}
        </Card>
    }
}

/// The same for the phase that is on. It is a step away, and says first what it does: the phase may
/// end at once, and for everybody.
#[component]
fn NowForm(hive: Option<HiveId>, rhythm: Rhythm, again: Callback<Value>) -> impl IntoView {
    view! {
        <details class="stage-more">
            <summary>"Change the phase that is on as well"</summary>
            <div class="stack">
                <p>
                    "It then ends as if this had been the rhythm when it began, and at once if that is over already. "
                    {hive.map(|_| "Everybody here sees it change.")}
                </p>
                <CommandForm does="timer.set" says="The phase that is on has changed." done=again>
                    <Fields hive rhythm />
                    <input type="hidden" name="now" value="true" />
                    <Submit tone=Tone::Danger small=true>"Yes, change it now"</Submit>
                </CommandForm>
            </div>
        </details>
    }
}

/// All of a known rhythm, in one press.
#[component]
fn PresetForm(hive: Option<HiveId>, preset: Preset, again: Callback<Value>) -> impl IntoView {
    view! {
        <CommandForm does="timer.set" says="From the next phase on." done=again>
            <Fields hive rhythm={preset.rhythm()} />
            <Submit tone=Tone::Plain small=true>{preset.words()}</Submit>
        </CommandForm>
    }
}

/// Every part of a rhythm, out of sight.
#[component]
fn Fields(hive: Option<HiveId>, rhythm: Rhythm) -> impl IntoView {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        {hive.map(|hive| hidden("hive", hive.to_string()))}
        {hidden("style", rhythm.style.as_str().to_owned())}
        {hidden("focus_minutes", rhythm.focus_minutes.to_string())}
        {hidden("short_minutes", rhythm.short_minutes.to_string())}
        {hidden("long_minutes", rhythm.long_minutes.to_string())}
        {hidden("rounds", rhythm.rounds.to_string())}
        {hidden("flow_ratio", rhythm.flow_ratio.to_string())}
        {hidden("auto_break", rhythm.auto_break.to_string())}
        {hidden("auto_focus", rhythm.auto_focus.to_string())}
    }
}
