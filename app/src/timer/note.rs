//! A clock in a few words, where many stand in a list: the phase, how much is left of it, how many
//! are at work, and when they may be spoken to next.

use focushive::{
    Moment,
    timer::{Face, Timer},
};
use leptos::prelude::*;

use super::dial::{minutes, tint};
use crate::{live::Live, ui::TimeOfDay};

/// The clock as it is by now; before the page is awake, as it came, since the server's time is not here.
fn rolled(timer: StoredValue<Timer>, live: Live) -> Timer {
    let mut timer = timer.get_value();
    if let Some(now) = live.now.get() {
        timer.roll(now, None);
    }
    timer
}

#[component]
pub fn SessionNote(timer: Timer, focusing: usize) -> impl IntoView {
    let live = Live::get();
    let timer = StoredValue::new(timer);
    let phase = Memo::new(move |_| rolled(timer, live).phase());
    let words = Memo::new(move |_| words(&rolled(timer, live), live));
    let is_on = Memo::new(move |_| words.with(Option::is_some));
    let next_break = Memo::new(move |_| rolled(timer, live).next_break());
    // By a break that began since this was asked, nobody is at work.
    let at_work = move || (focusing > 0 && phase.get().is_some_and(|phase| !phase.is_break())).then_some(focusing);
    move || {
        is_on.get().then(|| {
            view! {
                <span class="phase-note" data-state=move || tint(phase.get())>{move || words.get()}</span>
                {move || at_work().map(|many| view! { <span>{format!("{many} focusing")}</span> })}
                <NextBreak at=next_break />
            }
        })
    }
}

/// By the clock on the viewer's wall, once a script knows it.
#[component]
fn NextBreak(at: Memo<Option<Moment>>) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let known = Memo::new(move |_| awake.get() && at.get().is_some());
    move || known.get().then(|| view! { <span>"next break "<TimeOfDay at /></span> })
}

fn words(timer: &Timer, live: Live) -> Option<String> {
    let phase = timer.phase()?.words();
    let Some(now) = live.now.get() else { return Some(phase.to_owned()) };
    Some(match timer.face(now) {
        Face::Down { left, .. } if left < time::Duration::MINUTE => format!("{phase}, less than a minute left"),
        Face::Down { left, .. } => format!("{phase}, {} left", minutes(left)),
        Face::Held { .. } => format!("{phase}, paused"),
        Face::Up { worked } => format!("{phase}, {}", minutes(worked)),
        Face::Ready { .. } => return None,
    })
}
