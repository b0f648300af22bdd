//! Lists that settle: whoever comes stands at the end at once, whoever goes keeps their place, and
//! rows move only after a while of quiet, never under a pointer or the keyboard.

use std::time::Duration;

use focushive::id::UserId;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

/// Quiet for this long, a list may move.
const QUIET: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
pub struct Settling {
    pub shown: RwSignal<Vec<UserId>>,
    held: StoredValue<bool>,
    due: StoredValue<Option<TimeoutHandle>>,
}

impl Settling {
    pub fn new(first: Vec<UserId>) -> Self {
        Self { shown: RwSignal::new(first), held: StoredValue::new(false), due: StoredValue::new(None) }
    }

    /// The list is to look like this: some of it at once, all of it when it is quiet.
    pub fn follow(self, wanted: Memo<Vec<UserId>>) {
        Effect::new(move || {
            let wanted_now = wanted.get();
            let kept = self.shown.with_untracked(|shown| keep(shown, &wanted_now));
            if self.shown.with_untracked(|shown| *shown != kept) {
                self.shown.set(kept);
            }
            if self.shown.with_untracked(|shown| *shown != wanted_now) {
                self.settle_later(wanted);
            }
        });
    }

    /// Somebody points at it, or has come to it by keyboard.
    pub fn hold(self, held: bool) {
        // What had the focus may be gone with all that belongs to it.
        self.held.try_set_value(held);
    }

    fn settle_later(self, wanted: Memo<Vec<UserId>>) {
        let settle = move || match self.held.try_get_value() {
            Some(true) => self.settle_later(wanted),
            Some(false) => self.shown.set(wanted.get_untracked()),
            None => {}
        };
        let due = set_timeout_with_handle(settle, QUIET).ok();
        if let Some(before) = self.due.try_update_value(|known| std::mem::replace(known, due)).flatten() {
            before.clear();
        }
    }
}

/// What is shown stays in its place, and what is new comes after it.
fn keep(shown: &[UserId], wanted: &[UserId]) -> Vec<UserId> {
    let new = wanted.iter().filter(|user| !shown.contains(user));
    shown.iter().chain(new).copied().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people(numbers: &[u128]) -> Vec<UserId> {
        numbers.iter().map(|number| UserId(Uuid::from_u128(*number))).collect()
    }

    #[test]
    fn nobody_moves_while_people_come_and_go() {
        assert_eq!(keep(&people(&[2, 4]), &people(&[1, 2, 3])), people(&[2, 4, 1, 3]));
        assert_eq!(keep(&people(&[2, 4]), &people(&[4, 2])), people(&[2, 4]));
        assert_eq!(keep(&[], &people(&[3, 1])), people(&[3, 1]));
    }
}
