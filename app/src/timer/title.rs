//! The tab's own face: its title says the time left, its icon is a small pie of the phase.

use std::time::Duration;

use focushive::timer::{Face, Phase};
use leptos::prelude::*;

use super::{chime, dial::Dial};
use crate::{
    layout::{From, TabTitle},
    ui::decimal,
};

/// The pie has so many slices: its picture changes only as often.
const SLICES: f64 = 32.0;

/// How long the title says that a phase is over, for those who want it to.
const SAYS_SO_FOR: Duration = Duration::from_secs(20);

/// Shows this clock in the tab for as long as the page is there. Only in the browser.
pub fn show(dial: Dial, from: From) {
    let words = Memo::new(move |before: Option<&Option<String>>| {
        let now = lead(dial.face(), dial.rolled().phase());
        // Where nobody looks at the page, a minute is soon enough.
        let before = before.filter(|before| document().hidden() && minute(before) == minute(&now));
        before.cloned().unwrap_or(now)
    });
    let over = over(dial);
    Effect::new(move || {
        let name = dial.name.get_value();
        let lead = over.get().map(str::to_owned).or_else(|| words.get());
        TabTitle::set(from, lead.map(|lead| format!("{lead} · {name}")));
    });
    let pie = Memo::new(move |_| {
        let phase = dial.rolled().phase()?;
        Some(((dial.face().fraction() * SLICES).round() / SLICES, phase.is_break()))
    });
    Effect::new(move || TabTitle::picture(from, pie.get().map(|(part, rest)| picture(part, rest))));
}

/// What was over a moment ago, where one wants the title to say so.
fn over(dial: Dial) -> RwSignal<Option<&'static str>> {
    let over = RwSignal::new(None);
    let phase = dial.phase();
    Effect::new(move |before: Option<Option<Phase>>| {
        let now = phase.get();
        if let Some(ended) = before.flatten().filter(|ended| Some(*ended) != now)
            && chime::signals().says_so(ended)
        {
            over.set(Some(if ended.is_break() { "The break is over" } else { "Focus is over" }));
            let forget = move || {
                let _ = over.try_set(None);
            };
            set_timeout(forget, SAYS_SO_FOR);
        }
        now
    });
    over
}

/// All but the seconds, and what goes on.
fn minute(lead: &Option<String>) -> Option<(&str, &str)> {
    let (before, after) = lead.as_deref()?.rsplit_once(':')?;
    Some((before, after.get(2..)?))
}

fn lead(face: Face, phase: Option<Phase>) -> Option<String> {
    let digits = face.digits();
    match phase? {
        Phase::Focus => Some(format!("{digits} · Focus")),
        Phase::Flow => Some(format!("{digits} · Flow")),
        Phase::ShortBreak | Phase::LongBreak => Some(format!("Break {digits}")),
    }
}

/// A pie in both themes' honey, or the blue of a break.
fn picture(part: f64, rest: bool) -> String {
    let colour = if rest { "%232b6cb0" } else { "%23f5a623" };
    let arc = decimal((part * 69.12).max(0.01));
    format!(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
         <circle cx='16' cy='16' r='15' fill='{colour}' opacity='.28'/>\
         <circle cx='16' cy='16' r='11' fill='none' stroke='{colour}' stroke-width='8' \
         stroke-dasharray='{arc} 70' transform='rotate(-90 16 16)'/></svg>"
    )
}
