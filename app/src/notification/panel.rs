//! The panel of the bell: beside the page, not in front of it. Its heading takes the focus, and
//! Escape gives it back. `j` and `k` go from row to row, Enter opens one, `e` sets it aside.

use std::time::Duration;

use focushive::{
    Moment,
    id::Key,
    notification::{Group, List, PAGE, ReadAll, Row, See, Snooze, SnoozeFor, UndoReadAll},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    row::{Rows, words},
    state::BellState,
};
use crate::{
    live::{self, Live},
    ui::{Empty, Notice, SkeletonList, TimeOfDay, Toaster, Tone},
};

/// How long "mark all read" can be taken back.
const UNDO_OFFERED: Duration = Duration::from_secs(10);

pub fn panel(open: RwSignal<bool>, close: Callback<bool>) -> AnyView {
    view! { {move || open.get().then(|| view! { <Panel close /> })} }.into_any()
}

#[component]
fn Panel(close: Callback<bool>) -> impl IntoView {
    let state = BellState::get();
    let group = RwSignal::new(None::<Group>);
    let failed = RwSignal::new(None::<String>);
    let heading = NodeRef::<html::H2>::new();
    let ask = move || {
        let group = group.get();
        state.late.set(0);
        spawn_local(async move {
            match live::call(List { before: None, group, limit: Some(PAGE) }).await {
                Ok(page) => {
                    state.set(page.bell);
                    see(&page.rows);
                    let _ = state.rows.try_set(Some(page.rows));
                }
                Err(error) => drop(failed.try_set(Some(error.0.sentence()))),
            }
        });
    };
    Effect::new(ask);
    Effect::new(move || state.refresh(ask));
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            let _ = heading.focus();
        }
    });
    on_cleanup(move || state.rows.set(None));
    let leave_outside = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let here = event.current_target().and_then(|here| here.dyn_into::<web_sys::Node>().ok());
        if to.is_some_and(|to| here.is_some_and(|here| !here.contains(Some(&to)))) {
            close.run(false);
        }
    };
    let go = Callback::new(move |()| close.run(false));
    view! {
        <section class="bell-panel" role="dialog" aria-label="Notifications" on:keydown=move |event| key(&event, close) on:focusout=leave_outside>
            <header>
                <h2 tabindex="-1" node_ref=heading>"Notifications"</h2>
                <MarkAll state group={Signal::from(group)} />
            </header>
            <Groups group />
            <Transition><QuietLine state /></Transition>
            <div class="bell-list">
                <Late state ask={Callback::new(move |()| ask())} />
                {move || failed.get().map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })}
                <Shown state go />
            </div>
            <footer>
                <a href="/notifications" on:click=move |_| go.run(())>"See everything"</a>
                <a href="/settings/notifications" on:click=move |_| go.run(())>"What I am told"</a>
            </footer>
        </section>
    }
}

/// What came in since the rows were asked for is not put above what one reads.
#[component]
pub fn Late(state: BellState, ask: Callback<()>) -> impl IntoView {
    move || {
        let late = state.late.get();
        (late > 0).then(|| view! { <button type="button" class="bell-late" on:click=move |_| ask.run(())>{format!("{late} new")}</button> })
    }
}

#[component]
fn Shown(state: BellState, go: Callback<()>) -> impl IntoView {
    let now = Live::get().now;
    move || match state.rows.get() {
        None => view! { <SkeletonList /> }.into_any(),
        Some(rows) if rows.is_empty() => {
            view! { <Empty title="Nothing waits"><p>"What is meant for you comes here."</p></Empty> }.into_any()
        }
        Some(rows) => {
            let now = now.get_untracked().or_else(|| rows.first().map(|row| row.notification.at));
            now.map(|now: Moment| view! { <Rows rows now here=true go /> }).into_any()
        }
    }
}

#[component]
fn Groups(group: RwSignal<Option<Group>>) -> impl IntoView {
    let button = move |one: Option<Group>| {
        view! {
            <button type="button" aria-pressed=move || (group.get() == one).to_string() on:click=move |_| group.set(one)>{words(one)}</button>
        }
    };
    let groups = std::iter::once(None).chain(Group::ALL.into_iter().map(Some));
    view! { <div class="bell-groups" role="group" aria-label="Show">{groups.map(button).collect_view()}</div> }
}

/// Up to the newest row that is shown, and of what is shown: what comes in meanwhile stays unread.
#[component]
pub fn MarkAll(state: BellState, group: Signal<Option<Group>>) -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let newest = move || state.rows.with(|rows| rows.as_ref()?.iter().map(|row| row.notification.seq).max());
    let any = move || state.rows.with(|rows| rows.iter().flatten().any(|row| row.notification.read_at.is_none()));
    let mark = move |_| {
        let Some(to) = newest() else { return };
        let group = group.get_untracked();
        let key = Key(Uuid::new_v4());
        let undo = move |()| {
            spawn_local(async move {
                match live::call(UndoReadAll { key }).await {
                    Ok(bell) => state.set(bell),
                    Err(error) => toaster.say(error.0.sentence()),
                }
            });
        };
        spawn_local(async move {
            match live::call(ReadAll { to, key, group }).await {
                Ok(bell) => {
                    state.set(bell);
                    toaster.offer("Everything shown is read.", "Undo", UNDO_OFFERED, Callback::new(undo));
                }
                Err(error) => toaster.say(error.0.sentence()),
            }
        });
    };
    view! { <button type="button" class="button" data-tone="ghost" data-size="small" disabled=move || !any() on:click=mark>"Mark all read"</button> }
}

/// Why it is quiet, how much is held, and the way to be quiet or not.
#[component]
pub fn QuietLine(state: BellState) -> impl IntoView {
    let snooze = move |lasts: SnoozeFor| {
        spawn_local(async move {
            if let Ok(bell) = live::call(Snooze { lasts }).await {
                state.set(bell);
            }
        });
    };
    let button = move |lasts: SnoozeFor, words: &'static str| {
        view! { <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| snooze(lasts)>{words}</button> }
    };
    move || {
        let bell = state.bell().unwrap_or_default();
        let Some(quiet) = bell.quiet else {
            return view! { <p class="bell-quiet">"Hold them back: "{button(SnoozeFor::Hour, "for an hour")}{button(SnoozeFor::Tomorrow, "until tomorrow")}</p> }.into_any();
        };
        let why = match quiet.why {
            focushive::notification::Why::Focus => "You focus",
            focushive::notification::Why::Hours => "Your quiet hours",
            focushive::notification::Why::Snooze => "Held back",
        };
        let held = match bell.held {
            0 => ": nothing is held.".to_owned(),
            1 => ": one thing is held.".to_owned(),
            held => format!(": {held} things are held."),
        };
        let until = quiet.until;
        view! {
            <p class="bell-quiet" data-on="">
                {why}{until.map(|until| view! { " until "<TimeOfDay at=Signal::stored(Some(until)) /> })}{held}
                {(quiet.why == focushive::notification::Why::Snooze).then(|| button(SnoozeFor::Over, "End it"))}
            </p>
        }
        .into_any()
    }
}

/// What is shown was seen, which is not yet reading it.
pub fn see(rows: &[Row]) {
    let notifications: Vec<_> =
        rows.iter().filter(|row| row.notification.read_at.is_none()).map(|row| row.notification.id).collect();
    if !notifications.is_empty() {
        spawn_local(async move {
            let _ = live::call(See { notifications }).await;
        });
    }
}

fn key(event: &ev::KeyboardEvent, close: Callback<bool>) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match event.key().as_str() {
        "Escape" => close.run(true),
        "j" | "ArrowDown" => step(event, 1),
        "k" | "ArrowUp" => step(event, -1),
        "e" => aside(),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn links() -> Vec<web_sys::HtmlElement> {
    let Ok(found) = document().query_selector_all(".bell-panel .note-link") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

fn step(_: &ev::KeyboardEvent, by: isize) {
    let links = links();
    let active = document().active_element();
    let at = links.iter().position(|link| active.as_ref().is_some_and(|active| active.is_same_node(Some(link))));
    let next = match at {
        Some(at) => at.saturating_add_signed(by),
        None => 0,
    };
    if let Some(link) = links.get(next) {
        let _ = link.focus();
    }
}

/// Sets aside the row that has the focus.
fn aside() {
    let row = document().active_element().and_then(|active| active.closest(".note").ok().flatten());
    let button = row.and_then(|row| row.query_selector("[data-act=read]").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        button.click();
    }
}
