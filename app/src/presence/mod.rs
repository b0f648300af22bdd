//! Presence as the UI shows it: the comb of those who are in a hive, and the beat by which this
//! device says that it is there.

mod beat;
mod settle;
mod unseen;

use std::collections::BTreeMap;

pub use beat::{keep_beating, take_seat};
use focushive::{
    Moment,
    hive::Live as Snapshot,
    id::UserId,
    letter,
    presence::{Difference, Seat, State},
    protocol::Topic,
};
use leptos::prelude::*;
pub use unseen::Unseen;

use self::settle::Settling;
use crate::{
    hive::Here,
    live::{self, Live, Told},
    reader,
    timer::Dial,
    ui::{Cell, CellState, Comb, CombSize},
    visit::Session,
};

/// Who is in a hive: at first as the server rendered it, then as it changes.
#[component]
pub fn Roster(here: Here, seats: Vec<Seat>, dial: Option<Dial>) -> impl IntoView {
    let seats = RwSignal::new(by_person(seats));
    let me = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id));
    Effect::new(move || {
        let inside = here.me.with(Option::is_some);
        live::listen(Topic::HiveLive(here.id), None, move |told| match told {
            Told::Joined { snapshot } => {
                let live = snapshot.and_then(|snapshot| reader::read::<Snapshot>(snapshot).ok());
                seats.set(by_person(live.map(|live| live.seats).unwrap_or_default()));
                if inside {
                    beat::take_seat(here.id);
                }
            }
            told => {
                if let Some(difference) = told.event::<Difference>("presence.changed") {
                    seats.update(|seats| difference.apply(seats));
                }
            }
        });
        on_cleanup(move || beat::leave(here.id));
    });
    let people = Memo::new(move |_| order(&seats.read()));
    let settling = Settling::new(people.get_untracked());
    settling.follow(people);
    let shown = settling.shown;
    let counted = move || {
        let (here, focusing) = seats.with(|seats| {
            let focusing = seats.values().filter(|seat| seat.state.is_focus()).count();
            (seats.len(), focusing)
        });
        if focusing > 0 { format!("{here} here · {focusing} focusing") } else { format!("{here} here") }
    };
    let size = Signal::derive(move || CombSize::of(seats.with(BTreeMap::len)));
    view! {
        <section class="roster" aria-label="Who is here" on:pointerenter=move |_| settling.hold(true) on:pointerleave=move |_| settling.hold(false) on:focusin=move |_| settling.hold(true) on:focusout=move |_| settling.hold(false)>
            <h2>"In the hive "<span>{counted}</span></h2>
            <Show when=move || !shown.with(Vec::is_empty) fallback=|| view! { <p class="quiet">"Nobody is in right now."</p> }>
                <Comb size>
                    <For each=move || shown.get() key=|user| *user children=move |user| view! { <Person seats user dial mine=Some(user) == me /> } />
                </Comb>
            </Show>
        </section>
    }
}

#[component]
fn Person(seats: RwSignal<BTreeMap<UserId, Seat>>, user: UserId, dial: Option<Dial>, mine: bool) -> impl IntoView {
    let seat = Memo::new(move |_| seats.with(|seats| seats.get(&user).cloned()));
    let live = Live::get();
    let Some(first) = seat.get_untracked() else { return ().into_any() };
    let state =
        Signal::derive(move || seat.with(|seat| seat.as_ref().map_or(CellState::Away, |seat| cell(seat.state))));
    let said = Signal::derive(move || seat.with(|seat| seat.as_ref().map_or("left", |seat| seat.state.words())));
    let note = Memo::new(move |_| {
        seat.with(|seat| seat.as_ref().map_or_else(|| "left".to_owned(), |seat| note(seat, live.now.get())))
    });
    // In whole parts of a hundred: a comb of many is not repainted every second.
    let left = Memo::new(move |_| dial.map(|dial| (dial.face().fraction() * 100.0).round() / 100.0));
    let in_step = Memo::new(move |_| {
        seat.with(|seat| {
            seat.as_ref().is_some_and(|seat| matches!(seat.state, State::Focusing { .. } | State::OnBreak { .. }))
        })
    });
    let part = Signal::derive(move || left.get().filter(|_| in_step.get()));
    let name = first.person.name;
    // A cell is small: the first name is what one calls somebody by.
    let (called, more) = name.as_str().split_once(' ').unwrap_or((name.as_str(), ""));
    view! { <Cell initials=name.initials() name=called more note state called=said mine part /> }.into_any()
}

/// What somebody works on; where their state says more than a colour can, that as well.
fn note(seat: &Seat, now: Option<Moment>) -> String {
    let plain = matches!(seat.state, State::Focusing { .. } | State::OnBreak { .. } | State::Around);
    match &seat.goal {
        Some(goal) if plain => goal.to_string(),
        Some(goal) => format!("{} · {goal}", words(seat.state, now)),
        None => words(seat.state, now),
    }
}

/// A state in words, with how long it has been or is to be where that says something.
fn words(state: State, now: Option<Moment>) -> String {
    let left = |until: Moment, now: Moment| (until.since(now).whole_seconds().max(0) + 59) / 60;
    match (state, now) {
        (State::Focusing { until }, Some(now)) => format!("focusing, {} min left", left(until, now)),
        (State::OnBreak { until }, Some(now)) => format!("on break, {} min left", left(until, now)),
        (State::Overtime { since }, Some(now)) => format!("overtime +{}", now.since(since).whole_minutes()),
        (State::InFlow { since }, Some(now)) => format!("in flow, {} min", now.since(since).whole_minutes()),
        (state, _) => state.words().to_owned(),
    }
}

fn by_person(seats: Vec<Seat>) -> BTreeMap<UserId, Seat> {
    seats.into_iter().map(|seat| (seat.person.id, seat)).collect()
}

/// By name: a place that does not move when somebody's state does.
fn order(seats: &BTreeMap<UserId, Seat>) -> Vec<UserId> {
    let mut people: Vec<(String, UserId)> =
        seats.values().map(|seat| (letter::fold(seat.person.name.as_str()), seat.person.id)).collect();
    people.sort();
    people.into_iter().map(|(_, user)| user).collect()
}

const fn cell(state: State) -> CellState {
    match state {
        State::Focusing { .. } | State::Overtime { .. } | State::InFlow { .. } => CellState::Focus,
        State::OnBreak { .. } | State::Paused => CellState::Break,
        State::Around => CellState::Online,
        State::DoNotDisturb => CellState::DoNotDisturb,
        State::Away | State::Reconnecting | State::Offline => CellState::Away,
    }
}
