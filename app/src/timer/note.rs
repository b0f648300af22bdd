//! A clock in a few words, where many stand in a list: the phase, and how much is left of it.

use focushive::timer::{Face, Timer};
use leptos::prelude::*;

use super::dial::{minutes, tint};
use crate::live::Live;

#[component]
pub fn PhaseNote(timer: Timer) -> impl IntoView {
    let live = Live::get();
    let timer = StoredValue::new(timer);
    let words = Memo::new(move |_| {
        let mut timer = timer.get_value();
        // Until the page is awake the phase alone is said: the server's time is not here.
        let Some(now) = live.now.get() else { return timer.phase().map(|phase| phase.words().to_owned()) };
        timer.roll(now, None);
        let phase = timer.phase()?.words();
        Some(match timer.face(now) {
            Face::Down { left, .. } if left < time::Duration::MINUTE => format!("{phase}, less than a minute left"),
            Face::Down { left, .. } => format!("{phase}, {} left", minutes(left)),
            Face::Held { .. } => format!("{phase}, paused"),
            Face::Up { worked } => format!("{phase}, {}", minutes(worked)),
            Face::Ready { .. } => return None,
        })
    });
    let state = move || tint(timer.with_value(Timer::phase));
    move || words.get().map(|words| view! { <span class="phase-note" data-state=state()>{words}</span> })
}
