//! What is said of the clock to those who do not see its ring: what begins, stands still and goes on,
//! and how little is left. Nothing is said of what was so before one came.

use focushive::timer::{Face, Phase, Run, Timer};
use leptos::prelude::*;
use time::Duration;

use super::dial::{Dial, minutes};

/// With so much left it is said how much that is.
const MARKS: [Duration; 2] = [Duration::minutes(1), Duration::minutes(5)];

/// What is worth a word when it becomes another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Milestone {
    ordinal: u64,
    phase: Phase,
    held: bool,
    /// The mark that was passed last.
    passed: Option<Duration>,
}

impl Milestone {
    fn of(timer: &Timer, face: Face) -> Option<Self> {
        let (phase, ordinal) = (timer.phase()?, timer.ordinal);
        let held = matches!(timer.run, Run::Paused { .. });
        let passed = match face {
            Face::Down { left, whole, .. } => MARKS.into_iter().find(|mark| left <= *mark && whole > *mark),
            Face::Ready { .. } | Face::Up { .. } | Face::Held { .. } => None,
        };
        Some(Self { ordinal, phase, held, passed })
    }

    /// In words, after what was so before.
    fn words(self, before: Option<Self>, face: Face) -> String {
        let phase = self.phase.words();
        let before = before.filter(|before| before.ordinal == self.ordinal);
        match (before, face) {
            (_, _) if self.held => format!("{phase} is paused"),
            (Some(Self { held: true, .. }), Face::Down { left, .. }) => {
                format!("{phase} goes on: {} left", minutes(left))
            }
            (Some(Self { held: true, .. }), _) => format!("{phase} goes on"),
            (Some(before), Face::Down { left, .. }) if self.is_nearer_than(before) => {
                format!("{} of {} left", minutes(left), phase.to_ascii_lowercase())
            }
            // It is further off again: time was added.
            (Some(_), _) => String::new(),
            (None, Face::Down { whole, .. }) => format!("{phase} has begun: {}", minutes(whole)),
            (None, _) => format!("{phase} has begun"),
        }
    }

    fn is_nearer_than(self, before: Self) -> bool {
        self.passed.is_some_and(|mark| before.passed.is_none_or(|known| mark < known))
    }
}

#[component]
pub fn Milestones(dial: Dial) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let milestone = Memo::new(move |_| Milestone::of(&dial.rolled(), dial.face()));
    Effect::new(move |before: Option<Option<Milestone>>| {
        let now = milestone.get();
        if let Some(before) = before {
            said.set(now.map(|now| now.words(before, untrack(move || dial.face()))).unwrap_or_default());
        }
        now
    });
    view! { <p class="visually-hidden" role="status">{said}</p> }
}

#[cfg(test)]
mod tests {
    use focushive::Moment;
    use time::macros::datetime;

    use super::*;

    const START: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

    fn at(run: impl Fn(Moment) -> Run, minute: i64) -> (Milestone, Face) {
        let now = START.after(Duration::minutes(minute));
        let timer = Timer { run: run(now), ordinal: 1, ..Timer::default() };
        let face = timer.face(now);
        (Milestone::of(&timer, face).unwrap(), face)
    }

    fn running(_: Moment) -> Run {
        Run::Running { phase: Phase::Focus, started_at: START, ends_at: START.after(Duration::minutes(25)) }
    }

    fn paused(now: Moment) -> Run {
        let paused_remaining_ms = 780_000;
        Run::Paused { phase: Phase::Focus, started_at: START, paused_at: now, paused_remaining_ms, until: None }
    }

    #[test]
    fn it_is_said_what_begins_stands_still_goes_on_and_how_little_is_left() {
        let (begun, face) = at(running, 0);
        assert_eq!(begun.words(None, face), "Focus has begun: 25 min");
        let (held, standing) = at(paused, 12);
        assert_eq!(held.words(Some(begun), standing), "Focus is paused");
        let (on, face) = at(running, 12);
        assert_eq!(on.words(Some(held), face), "Focus goes on: 13 min left");
        let (five, face) = at(running, 20);
        assert_eq!(five.words(Some(on), face), "5 min of focus left");
        let (one, face) = at(running, 24);
        assert_eq!(one.words(Some(five), face), "1 min of focus left");
        // Two minutes more, or twelve: what was said is true no longer, and nothing is nearer.
        let (three, face) = at(running, 22);
        assert_eq!(three.words(Some(one), face), "");
        assert_eq!(on.words(Some(one), face), "");
    }
}
