//! What I am told of, how loudly, and when not: for everything, and for one hive.

use focushive::{
    hive::Card as HiveCard,
    id::HiveId,
    notification::{Choice, Hours, Level, ListChoices, LookHours, Window},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::{Settings, device::DeviceCard, summary::SummaryCard};
use crate::{
    backend::Asked,
    form::{CommandForm, FormState, Submit},
    hive::Shelf,
    layout::Loaded,
    ui::{Card, Notice, Tone},
};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[component]
pub fn NotificationsPage() -> impl IntoView {
    let query = use_query_map();
    let hive = Memo::new(move |_| query.with(|query| query.get("hive").and_then(|hive| hive.parse::<HiveId>().ok())));
    let choices = Asked::new(move || ListChoices { hive: hive.get() });
    let hours = Asked::new(|| LookHours {});
    view! {
        <Settings here="/settings/notifications">
            <Card title="What I am told" lead="Off leaves nothing. In the bell waits without a sound. Interrupt makes one, and reaches devices where no page is open; never while you focus.">
                <Places hive />
                <Loaded asked=choices view={move |choices: Vec<Choice>| view! { <Levels choices hive=hive.get_untracked() /> }} />
            </Card>
            <DeviceCard />
            <Card title="Quiet hours" lead="By the clock where you are. What comes then is held, on every device, until they end.">
                <Loaded asked=hours view={move |hours: Hours| view! { <QuietHours hours /> }} />
            </Card>
            <SummaryCard />
        </Settings>
    }
}

/// Everything, or one hive of one's own.
#[component]
fn Places(hive: Memo<Option<HiveId>>) -> impl IntoView {
    let shelf = Shelf::get();
    let link = move |id: Option<HiveId>, name: String| {
        let path =
            id.map_or_else(|| "/settings/notifications".to_owned(), |id| format!("/settings/notifications?hive={id}"));
        view! { <a href=path aria-current=move || (hive.get() == id).then_some("page")>{name}</a> }
    };
    let hives = move || {
        let mine = shelf.mine().unwrap_or_default();
        (!mine.is_empty()).then(|| {
            let of = |card: HiveCard| link(Some(card.hive.id), card.hive.name.to_string());
            view! { <nav class="tabs" aria-label="For">{link(None, "Everywhere".to_owned())}{mine.into_iter().map(of).collect_view()}</nav> }
        })
    };
    view! { <Transition>{hives}</Transition> }
}

#[component]
fn Levels(choices: Vec<Choice>, hive: Option<HiveId>) -> impl IntoView {
    view! { <ul class="levels">{choices.into_iter().map(|choice| view! { <LevelRow choice hive /> }).collect_view()}</ul> }
}

/// Chosen by a press; without a script, by the button beside it.
#[component]
fn LevelRow(choice: Choice, hive: Option<HiveId>) -> impl IntoView {
    let name = choice.kind.as_str();
    let options: Vec<(&'static str, &'static str)> = hive
        .map(|_| ("", "As everywhere"))
        .into_iter()
        .chain(Level::ALL.map(|level| (level.as_str(), level.words())))
        .collect();
    let chosen = match (hive, choice.chosen) {
        (Some(_), None) => "",
        (_, chosen) => chosen.unwrap_or(choice.level).as_str(),
    };
    let send = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(form) = input.and_then(|input| input.form()) {
            let _ = form.request_submit();
        }
    };
    let option = move |(value, words): (&'static str, &'static str)| {
        view! {
            <label>
                <input type="radio" name="level" value=value checked=value == chosen on:change=send />
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <li>
            <CommandForm does="notification.choose" says="Saved." class="level">
                <input type="hidden" name="kind" value=name />
                {hive.map(|hive| view! { <input type="hidden" name="hive" value=hive.to_string() /> })}
                <fieldset>
                    <legend>{choice.kind.words()}</legend>
                    <div class="level-choice">{options.into_iter().map(option).collect_view()}</div>
                </fieldset>
                <noscript><Submit tone=Tone::Plain small=true>"Save"</Submit></noscript>
            </CommandForm>
        </li>
    }
}

#[component]
fn QuietHours(hours: Hours) -> impl IntoView {
    let of = move |day: u8| hours.schedule.windows().iter().find(|window| window.day == day).copied();
    let rows: Vec<_> = (0..).zip(DAYS).map(|(day, name)| (name, of(day))).collect();
    let saved = Callback::new(|_: Value| ());
    view! {
        <CommandForm does="quiet.set" says="Saved." done=saved class="stack">
            <Problem />
            <div class="hours">{rows.into_iter().map(|(name, window)| view! { <DayRow name window /> }).collect_view()}</div>
            <p class="field-hint">"A night goes on into the next morning: from 22:00 to 07:00."</p>
            <Submit>"Save"</Submit>
        </CommandForm>
    }
}

#[component]
fn Problem() -> impl IntoView {
    let problem = FormState::of_form().problem("from");
    move || problem.get().map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })
}

#[component]
fn DayRow(name: &'static str, window: Option<Window>) -> impl IntoView {
    let at = |minutes: u16| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    let (from, to) = window.map(|window| (at(window.from), at(window.to))).unwrap_or_default();
    view! {
        <div class="hours-day" role="group" aria-label=name>
            <b>{name}</b>
            <label><span class="visually-hidden">{name}" "</span>"from"<input type="time" name="from" value=from /></label>
            <label><span class="visually-hidden">{name}" "</span>"to"<input type="time" name="to" value=to /></label>
        </div>
    }
}
