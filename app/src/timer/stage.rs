//! The stage of a clock: the ring, what one works on, what may be done, and what was done last.

use focushive::{
    Moment,
    hive::Right,
    timer::{Acted, Face, Phase, Run, Timer, UNDO},
};
use leptos::prelude::*;

use super::{
    acts::Acts,
    controls::{Controls, Which, take},
    dial::{Dial, minutes, tint},
    keys,
    lane::Lanes,
    milestone::Milestones,
    open_up::OpenUp,
    outcome::Outcomes,
    title,
};
use crate::{
    form::{CommandForm, FormField, Submit},
    hive::Here,
    layout::From,
    ui::{Button, Ring, TimeOfDay, Tone},
    visit::Session,
    waking::Part,
};

/// What somebody may do with a clock.
#[derive(Clone, Copy)]
pub struct May {
    /// Touch it at once, without asking the others.
    pub conduct: Signal<bool>,
    /// Take part at all.
    pub join: Signal<bool>,
}

#[component]
pub fn Stage(dial: Dial, goal: Option<String>) -> impl IntoView {
    let here = use_context::<Here>().filter(|_| dial.hive.is_some());
    let may = May {
        conduct: Signal::derive(move || here.is_none_or(|here| here.may(Right::Conduct))),
        join: Signal::derive(move || here.is_none_or(|here| here.may(Right::Write))),
    };
    Effect::new(move || {
        dial.watch();
        title::show(dial, From::Stage);
        super::chime::keep(dial);
        keys::listen();
    });
    let phase = dial.phase();
    let state = Signal::derive(move || tint(phase.get()));
    let goal = RwSignal::new(goal.unwrap_or_default());
    let waits = dial.waits_for_word();
    // Whoever comes to it hears how it stands at that moment, and no second after.
    let label = RwSignal::new("Focus timer".to_owned());
    let name_it = move |_| label.set(format!("Focus timer: {}", untrack(move || said(&dial.rolled(), dial.face()))));
    view! {
        <section class="stage" id="timer" aria-label=label tabindex="-1" on:focus=name_it data-state=state data-waits=move || waits.get().then_some("")>
            <Part><Face dial state /></Part>
            <div class="stage-side">
                <Controls dial may goal />
                {move || phase.get().is_some().then(|| view! { <GoalForm dial goal /> })}
                {dial.hive.is_none().then(|| view! { <OpenUp dial /> })}
                <Part><Rounds dial /></Part>
                <Part><Note dial may waits /></Part>
                <Lanes dial />
                <Outcomes />
            </div>
            <Milestones dial />
        </section>
    }
}

#[component]
fn Face(dial: Dial, state: Signal<&'static str>) -> impl IntoView {
    let calm = RwSignal::new(false);
    Effect::new(move || calm.set(wants_less_motion()));
    let fraction = Memo::new(move |_| if calm.get() { dial.face().by_minutes() } else { dial.face() }.fraction());
    let digits = Memo::new(move |_| dial.face().digits());
    let phase = Memo::new(move |_| heading(&dial.rolled()));
    let next = Memo::new(move |_| after(&dial.rolled(), dial.face()));
    let label = Memo::new(move |_| said(&dial.rolled(), dial.face()));
    view! { <Ring fraction phase digits next state label goes_on=dial.goes_on() /> }
}

/// How it stands, in words.
fn said(timer: &Timer, face: Face) -> String {
    let (phase, digits) = (heading(timer), face.digits());
    match face {
        Face::Down { .. } | Face::Held { .. } => format!("{phase}, {digits} left"),
        Face::Up { .. } => format!("{phase}, {digits} so far"),
        Face::Ready { .. } => format!("{phase}, {digits}"),
    }
}

fn wants_less_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

fn heading(timer: &Timer) -> String {
    let named = |phase: Phase| {
        if phase == Phase::Focus && timer.rhythm.rounds > 1 {
            format!("{} · {} of {}", phase.words(), timer.round.max(1), timer.rhythm.rounds)
        } else {
            phase.words().to_owned()
        }
    };
    match timer.run {
        Run::Idle => "Ready".to_owned(),
        Run::Running { phase, .. } => named(phase),
        Run::Paused { phase, .. } => format!("{} · paused", phase.words()),
        Run::Waiting { next, parked: false, .. } if next.is_break() => "Break is due".to_owned(),
        Run::Waiting { .. } => "Ready to go on".to_owned(),
    }
}

fn after(timer: &Timer, face: Face) -> String {
    match face {
        Face::Ready { .. } if matches!(timer.run, Run::Waiting { parked: true, .. }) => "everybody had left".to_owned(),
        Face::Ready { next, .. } => next.words().to_ascii_lowercase(),
        Face::Up { .. } => "counting up".to_owned(),
        Face::Held { .. } => "standing still".to_owned(),
        Face::Down { phase, .. } if phase.is_break() => "then focus".to_owned(),
        Face::Down { .. } => {
            let long = timer.round >= timer.rhythm.rounds;
            let rest = timer.rhythm.length(if long { Phase::LongBreak } else { Phase::ShortBreak });
            format!("then a {} break", minutes(rest))
        }
    }
}

/// The rounds of a cycle: those that are over, the one that is on, those to come.
#[component]
fn Rounds(dial: Dial) -> impl IntoView {
    let rounds = move || {
        let timer = dial.rolled();
        let on = timer.phase() == Some(Phase::Focus);
        (1..=timer.rhythm.rounds)
            .map(|round| match round.cmp(&timer.round) {
                std::cmp::Ordering::Less => "done",
                std::cmp::Ordering::Equal if on => "now",
                std::cmp::Ordering::Equal => "done",
                std::cmp::Ordering::Greater => "next",
            })
            .collect::<Vec<_>>()
    };
    let shown = Memo::new(move |_| rounds());
    let said = move || {
        shown.with(|rounds| {
            let done = rounds.iter().filter(|round| **round == "done").count();
            format!("{done} of {} rounds done", rounds.len())
        })
    };
    view! {
        <div class="stage-rounds" role="img" aria-label=said>
            {move || shown.get().into_iter().map(|round| view! { <i data-state=round></i> }).collect_view()}
        </div>
    }
}

/// What one works on, while it runs. Before, it is asked with the start.
#[component]
fn GoalForm(dial: Dial, goal: RwSignal<String>) -> impl IntoView {
    let Some(hive) = dial.hive else { return ().into_any() };
    view! {
        <Part>
            <CommandForm does="hive.set_goal" says="Everybody here sees it now." class="stage-goal">
                <input type="hidden" name="hive" value=hive.to_string() />
                <FormField name="goal" label="What are you working on?" value=goal.get_untracked() maxlength=120 />
                <Button tone=Tone::Plain>"Share it"</Button>
            </CommandForm>
        </Part>
    }
    .into_any()
}

/// Who did what last, when it ends, and the way back for a moment.
#[component]
fn Note(dial: Dial, may: May, waits: Memo<bool>) -> impl IntoView {
    let me = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let last = Memo::new(move |_| dial.timer.with(|timer| timer.last.clone()));
    let words = Memo::new(move |_| {
        let last = last.get()?;
        let who = if Some(last.by) == me { "You".to_owned() } else { last.name.to_string() };
        let ago = dial.now().since(last.at);
        let when = if ago < time::Duration::MINUTE { "just now".to_owned() } else { format!("{} ago", minutes(ago)) };
        Some(format!("{who} {} {when}.", last.act.words()))
    });
    let undoable = Memo::new(move |_| {
        let may = may.conduct.get() || last.with(|last| last.as_ref().is_some_and(|last| Some(last.by) == me));
        let is_open = |last: &Acted| last.act.is_undoable() && dial.now().since(last.at) < UNDO;
        may && last.with(|last| last.as_ref().is_some_and(is_open))
    });
    // Once its time is over it is out of sight and keeps its place: in focus nothing moves.
    let offered = Memo::new(move |before: Option<&Option<Moment>>| {
        let at = last.with(|last| last.as_ref().map(|last| last.at));
        let kept = || before.copied().flatten().filter(|before| Some(*before) == at);
        if undoable.get() { at } else { kept() }
    });
    let taken = Callback::new(move |answer| take(dial, answer));
    let next = Memo::new(move |_| next(dial));
    let at = Memo::new(move |_| next.get().map(|(_, at)| at));
    view! {
        <div class="stage-note">
            <p>{move || waits.get().then_some(if dial.hive.is_some() { "Waiting for the hive. " } else { "Waiting for FocusHive. " })}{move || next.get().map(|(words, _)| words)}<TimeOfDay at />{move || at.get().is_some().then_some(". ")}{move || words.get()}" "{dial.hive.is_some().then_some("Everyone here sees the same clock.")}</p>
            {dial.hive.map(|hive| view! { <Acts hive /> })}
            {move || offered.get().map(|_| view! {
                <div class="stage-undo" data-over=move || (!undoable.get()).then_some("")>
                    <CommandForm does="timer.undo" done=taken>
                        <Which dial />
                        <input type="hidden" name="at" value=move || last.with(|last| last.as_ref().map(|last| last.at.to_string())) />
                        <Submit tone=Tone::Ghost small=true>"Undo"</Submit>
                    </CommandForm>
                </div>
            })}
        </div>
    }
}

/// When something happens by itself next, where that is known.
fn next(dial: Dial) -> Option<(&'static str, Moment)> {
    match dial.face() {
        Face::Down { ends_at, .. } => Some(("Until ", ends_at)),
        Face::Held { .. } => Some(("Goes on by itself at ", dial.rolled().wakes_at()?)),
        Face::Ready { .. } | Face::Up { .. } => None,
    }
}
