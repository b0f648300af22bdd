//! What may be done to a clock: one thing first, the rest a step away. Those who may not touch it
//! propose the same to the others.

use focushive::timer::{Act, Done, Phase, Proposal, Run, Timer};
use leptos::prelude::*;
use serde_json::Value;

use super::{dial::Dial, stage::May};
use crate::{
    backend,
    form::{CommandForm, FormField, Submit},
    ui::{Menu, Notice, Toaster, Tone},
    visit::Session,
    waking::Part,
};

/// The answer to an act: the clock as it is now, or what was asked of the others.
pub fn take(dial: Dial, answer: Value) {
    if let Ok(done) = backend::read::<Done>(answer) {
        dial.take(done.timer);
        if done.proposal.is_some() {
            dial.proposal.set(done.proposal);
        }
    }
}

/// Which clock a form is about.
#[component]
pub fn Which(dial: Dial) -> impl IntoView {
    dial.hive.map(|hive| view! { <input type="hidden" name="hive" value=hive.to_string() /> })
}

/// What stands on the controls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    Ready { next: Phase, parked: bool },
    On(Phase),
    Held(Phase),
}

fn stand(timer: &Timer) -> Stand {
    match timer.run {
        Run::Idle => Stand::Ready { next: timer.rhythm.style.focus(), parked: false },
        Run::Waiting { next, parked, .. } => Stand::Ready { next, parked },
        Run::Running { phase, .. } => Stand::On(phase),
        Run::Paused { phase, .. } => Stand::Held(phase),
    }
}

#[component]
pub fn Controls(dial: Dial, may: May, goal: RwSignal<String>) -> impl IntoView {
    let stand = Memo::new(move |_| stand(&dial.rolled()));
    let shown = move || match stand.get() {
        Stand::Ready { next, parked } => view! { <Begin dial may goal next parked /> }.into_any(),
        Stand::On(phase) => view! { <Running dial may phase /> }.into_any(),
        Stand::Held(_) => view! { <Held dial may /> }.into_any(),
    };
    view! {
        {move || may.join.get().then(shown)}
        <Asked dial may />
    }
}

/// One thing to do, as a form of one button.
#[component]
fn Do(
    dial: Dial,
    may: May,
    does: &'static str,
    words: &'static str,
    #[prop(default = Tone::Plain)] tone: Tone,
    #[prop(optional)] seconds: Option<i32>,
    #[prop(optional)] minutes: Option<u8>,
    /// For a key to find it.
    #[prop(optional)]
    key: Option<&'static str>,
) -> impl IntoView {
    let taken = Callback::new(move |answer| take(dial, answer));
    let asks = move || (!may.conduct.get()).then_some("Propose: ");
    let stage = Memo::new(move |_| dial.rolled().stage());
    view! {
        <CommandForm does done=taken>
            <Which dial />
            <input type="hidden" name="stage" value=move || stage.get().to_string() />
            {minutes.map(|minutes| view! { <input type="hidden" name="minutes" value=minutes.to_string() /> })}
            {seconds.map(|seconds| view! { <input type="hidden" name="seconds" value=seconds.to_string() /> })}
            <span data-key=key><Submit tone><span class="visually-hidden">{asks}</span>{words}</Submit></span>
        </CommandForm>
    }
}

#[component]
fn Begin(dial: Dial, may: May, goal: RwSignal<String>, next: Phase, parked: bool) -> impl IntoView {
    let taken = Callback::new(move |answer| {
        super::chime::unlock();
        take(dial, answer);
    });
    // What nobody sat through is over: a break that was due then is not offered.
    let rests = next.is_break() && !parked;
    let words = match (parked, rests) {
        (true, _) => "Start afresh",
        (false, true) => "Start the break",
        (false, false) => "Start",
    };
    let asks = (!rests).then(|| {
        view! {
            <div on:input=move |event| goal.set(event_target_value(&event))>
                <FormField name="goal" label="What are you working on?" value=goal.get_untracked() maxlength=120 />
            </div>
        }
    });
    view! {
        <Part>
            <CommandForm does="timer.start" done=taken class="stage-begin">
                <Which dial />
                {asks}
                <div class="stage-controls">
                    <span data-key="space"><Submit><span class="visually-hidden">{move || (!may.conduct.get()).then_some("Propose: ")}</span>{words}</Submit></span>
                </div>
            </CommandForm>
        </Part>
        {parked.then(|| view! {
            <CommandForm does="timer.start" done=taken>
                <Which dial />
                <input type="hidden" name="grid" value="true" />
                <Submit tone=Tone::Plain>"Join where it would be"</Submit>
            </CommandForm>
        })}
        {rests.then(|| view! { <Do dial may does="timer.skip" words="Skip the break" /> })}
    }
}

#[component]
fn Running(dial: Dial, may: May, phase: Phase) -> impl IntoView {
    let on = if phase.is_break() {
        "Skip the break"
    } else if phase == Phase::Flow {
        "Take the break"
    } else {
        "Skip to break"
    };
    let counted = phase != Phase::Flow;
    view! {
        <Part>
            <div class="stage-controls">
                <Do dial may does="timer.pause" words="Pause" tone=Tone::Primary key="space" />
                <Do dial may does="timer.skip" words=on />
                {counted.then(|| view! { <Do dial may does="timer.extend" words="+5 min" seconds=300 tone=Tone::Ghost /> })}
                <Menu label="More for the timer">
                    {counted.then(|| view! {
                        <Do dial may does="timer.extend" words="+1 min" seconds=60 tone=Tone::Ghost />
                        <Do dial may does="timer.extend" words="−1 min" seconds=-60 tone=Tone::Ghost />
                    })}
                    <Do dial may does="timer.pause" words="Pause for 3 min" minutes=3 tone=Tone::Ghost />
                    <Do dial may does="timer.stop" words="Stop" tone=Tone::Ghost />
                </Menu>
            </div>
        </Part>
    }
}

#[component]
fn Held(dial: Dial, may: May) -> impl IntoView {
    view! {
        <div class="stage-controls">
            <Do dial may does="timer.resume" words="Go on" tone=Tone::Primary key="space" />
            <Do dial may does="timer.stop" words="Stop" tone=Tone::Ghost />
        </div>
    }
}

/// What somebody proposed, and how long it may be answered.
#[component]
fn Asked(dial: Dial, may: May) -> impl IntoView {
    let me = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let answered = RwSignal::new(None);
    let open = Memo::new(move |_| dial.proposal.get().filter(|proposal| proposal.until > dial.now()));
    let toaster = use_context::<Toaster>();
    // Whoever proposed hears that it lapsed, where nobody else does.
    Effect::new(move |before: Option<Option<Proposal>>| {
        let now = open.get();
        let lapsed = before.flatten().filter(|before| now.is_none() && before.until <= dial.now());
        if let (Some(lapsed), Some(toaster)) = (lapsed, toaster)
            && Some(lapsed.by) == me
        {
            toaster.say("Nobody agreed in time.");
        }
        now
    });
    move || {
        // Whoever is on a break of their own, or in flow, is left in peace.
        let concerns = may.conduct.get() || dial.with_the_others();
        open.get().filter(|proposal| concerns || Some(proposal.by) == me).map(|proposal| {
            let mine = Some(proposal.by) == me;
            let words = sentence(&proposal, mine);
            let votes = format!("{} of {} agree", proposal.yes, proposal.asked);
            let id = proposal.id;
            let asks = move || !mine && may.join.get() && answered.get() != Some(id);
            view! {
                <Notice tone=Tone::Plain>
                    <div class="stage-asked">
                        <p>{words}" "<span class="quiet">{votes}</span></p>
                        {move || asks().then(|| view! { <Votes dial id answered /> })}
                    </div>
                </Notice>
            }
        })
    }
}

fn sentence(proposal: &Proposal, mine: bool) -> String {
    let what: &Act = &proposal.act;
    if mine {
        format!("You propose to {}.", what.proposal())
    } else {
        format!("{} proposes to {}.", proposal.name, what.proposal())
    }
}

#[component]
fn Votes(dial: Dial, id: focushive::id::Key, answered: RwSignal<Option<focushive::id::Key>>) -> impl IntoView {
    let done = Callback::new(move |_: Value| answered.set(Some(id)));
    let vote = move |yes: bool, words: &'static str, tone: Tone| {
        view! {
            <CommandForm does="timer.answer" done>
                <Which dial />
                <input type="hidden" name="proposal" value=id.to_string() />
                <input type="hidden" name="yes" value=yes.to_string() />
                <Submit tone small=true>{words}</Submit>
            </CommandForm>
        }
    };
    view! { {vote(true, "Agree", Tone::Primary)} {vote(false, "No", Tone::Ghost)} }
}
