//! One's own sessions, the newest first: each with its goal, how it came out, and why it counts what
//! it counts.

use focushive::{
    Moment,
    focus::{Account, Explain, History, Outcome, Page, Piece, Pull, Stint},
    id::StintId,
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;
use time::Duration;

use crate::{
    form::{CommandForm, FormField, Submit},
    live,
    timer::minutes,
    ui::{Badge, Card, Empty, FieldKind, Time, Tone},
};

#[component]
pub fn HistoryCard(page: Page, again: Callback<Value>) -> impl IntoView {
    let stints = RwSignal::new(page.stints);
    let earlier = RwSignal::new(page.earlier);
    let more = move |_| {
        let before = stints.with_untracked(|stints| stints.last().map(|stint| stint.span.from));
        spawn_local(async move {
            if let Ok(page) = live::call(History { before, limit: None }).await {
                stints.update(|stints| stints.extend(page.stints));
                earlier.set(page.earlier);
            }
        });
    };
    view! {
        <Card title="Sessions" lead="Every minute that counts has its reason.">
            <Show
                when=move || !stints.with(Vec::is_empty)
                fallback=|| view! { <Empty title="No sessions yet"><p>"Start one above, or in a hive: it is here when it is over."</p></Empty> }
            >
                <ul class="stints">
                    <For each=move || stints.get() key=|stint| (stint.id, stint.outcome.map(Outcome::as_str), stint.corrected_seconds) children=move |stint| view! { <Row stint again /> } />
                </ul>
                <p class="cluster">
                    {move || earlier.get().then(|| view! { <button type="button" class="button" data-tone="plain" on:click=more><span class="button-words">"Earlier ones"</span></button> })}
                    <a href="/sessions.csv" rel="external" download="focushive-sessions.csv">"All as a table (CSV)"</a>
                </p>
            </Show>
        </Card>
    }
}

#[component]
fn Row(stint: Stint, again: Callback<Value>) -> impl IntoView {
    let length = minutes(Duration::seconds(stint.corrected_seconds.unwrap_or(stint.credited_seconds).into()));
    let what = stint.goal.as_ref().map_or_else(|| "No goal".to_owned(), ToString::to_string);
    let pulls = u32::from(stint.inner) + u32::from(stint.outer);
    view! {
        <li class="stint" data-void=stint.void.then_some("")>
            <div class="stint-main">
                <b>{what}</b>
                <p class="quiet"><Time at=stint.span.from />" · "{stint.place.clone()}{(pulls > 0).then(|| if pulls == 1 { " · pulled away once".to_owned() } else { format!(" · pulled away {pulls} times") })}</p>
            </div>
            <span class="stint-marks">
                {stint.outcome.map(|outcome| view! { <Badge>{outcome.words()}</Badge> })}
                {stint.corrected_seconds.map(|_| view! { <Badge>"corrected"</Badge> })}
                {stint.void.then(|| view! { <Badge>"void"</Badge> })}
            </span>
            <span class="stint-length">{length}</span>
            <Why id=stint.id again />
        </li>
    }
}

/// The account of a session, and one's own word about it: asked when it is opened.
#[component]
fn Why(id: StintId, again: Callback<Value>) -> impl IntoView {
    let account = RwSignal::new(None::<Account>);
    let open = move |_| {
        if account.with_untracked(Option::is_none) {
            spawn_local(async move { account.set(live::call(Explain { stint: id }).await.ok()) });
        }
    };
    view! {
        <details class="stint-why" on:toggle=open>
            <summary>"Why so much?"</summary>
            {move || account.get().map(|account| view! { <Pieces account /> })}
            <CommandForm does="focus.correct" says="Noted, and marked as corrected." done=again class="cluster">
                <input type="hidden" name="stint" value=id.to_string() />
                <FormField name="minutes" label="It was, in minutes" kind=FieldKind::Number hint="Empty for what was counted" />
                <Submit tone=Tone::Plain small=true>"Correct it"</Submit>
            </CommandForm>
        </details>
    }
}

#[component]
fn Pieces(account: Account) -> impl IntoView {
    let pieces = account.pieces.into_iter().map(|piece: Piece| {
        let words = format!("{}, {}", minutes(piece.span.length()), piece.cause.words());
        (piece.span.from, Some(piece.cause.counts()), words)
    });
    let pulls = account.pulls.into_iter().map(|pulled| {
        let by = match pulled.by {
            Pull::Inner => "a thought pulled at you",
            Pull::Outer => "somebody pulled at you",
        };
        (pulled.at, None, by.to_owned())
    });
    let told = account.ours.iter().map(|at| (*at, None, "FocusHive told you something aloud".to_owned()));
    let mut lines: Vec<(Moment, Option<bool>, String)> = pieces.chain(pulls).chain(told).collect();
    lines.sort_by_key(|(at, ..)| *at);
    let lines = lines.into_iter().map(|(at, counts, words)| {
        view! { <li data-counts=counts.map(|counts| counts.to_string())><Time at />": "{words}</li> }
    });
    let ours = account.ours.len();
    let ledger = match ours {
        0 => "FocusHive interrupted you not once.".to_owned(),
        1 => "FocusHive interrupted you once.".to_owned(),
        times => format!("FocusHive interrupted you {times} times."),
    };
    view! {
        <ul class="pieces">{lines.collect_view()}</ul>
        <p class="quiet">{ledger}</p>
    }
}
