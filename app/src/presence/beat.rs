//! The beat: this device says every while that it is there, and whether somebody looks at it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    time::Duration,
};

use focushive::{
    hive::{Enter, Exit},
    id::HiveId,
    presence::Beat,
};
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    live::{self, Live},
    timer,
};

/// Shorter than the lease by more than browsers slow down the timers of a hidden tab.
const EVERY: Duration = Duration::from_secs(25);

/// A tab that is hidden for a moment is not away.
const HIDDEN_FOR: Duration = Duration::from_secs(5);

/// Without any input for this long, nobody looks at it.
const IDLE_MS: f64 = 5.0 * 60_000.0;

thread_local! {
    static SEATS: RefCell<BTreeSet<HiveId>> = const { RefCell::new(BTreeSet::new()) };
    /// When somebody last touched this tab, by the device's own time of day: it counts sleep as well.
    static TOUCHED: Cell<Option<f64>> = const { Cell::new(None) };
}

/// For how long nobody has; a page that was only opened was touched for that.
fn idle_ms() -> f64 {
    let now = js_sys::Date::now();
    TOUCHED.get().map_or(0.0, |touched| (now - touched).max(0.0))
}

/// Takes a seat, and takes it again whenever the connection comes back. A seat that was kept
/// elsewhere is given up: one is in one place.
pub fn take_seat(hive: HiveId) {
    let others: Vec<HiveId> = SEATS.with(|seats| seats.borrow().iter().copied().filter(|seat| *seat != hive).collect());
    others.into_iter().for_each(exit);
    SEATS.with(|seats| seats.borrow_mut().insert(hive));
    // On a connection alone: its end empties the seat. Without one, it is said when there is one.
    live::say(Enter { hive, idle_seconds: Some((idle_ms() / 1000.0) as u32) });
}

/// Leaves the page of a hive: a seat in a session that is on is kept, the others are given up.
pub fn leave(hive: HiveId) {
    if !timer::keeps(hive) {
        exit(hive);
    }
}

fn exit(hive: HiveId) {
    if SEATS.with(|seats| seats.borrow_mut().remove(&hive)) {
        live::say(Exit { hive });
    }
}

/// For as long as the page lives.
pub fn keep_beating() {
    TOUCHED.set(Some(js_sys::Date::now()));
    let live = Live::get();
    let say = move || {
        if live.link.with_untracked(live::Link::is_connected) {
            let looked_at = !document().hidden() && idle_ms() < IDLE_MS;
            spawn_local(async move {
                let _ = live::call(Beat { active: looked_at }).await;
            });
        }
    };
    let beat = set_interval_with_handle(say, EVERY);
    let on_look = move || {
        if document().hidden() {
            set_timeout(
                move || {
                    if document().hidden() {
                        say()
                    }
                },
                HIDDEN_FOR,
            );
        } else {
            TOUCHED.set(Some(js_sys::Date::now()));
            say();
        }
    };
    let look = window_event_listener(ev::visibilitychange, move |_| on_look());
    let back = move || {
        let idle = idle_ms() >= IDLE_MS;
        TOUCHED.set(Some(js_sys::Date::now()));
        if idle {
            say();
        }
    };
    let pointer = window_event_listener(ev::pointerdown, move |_| back());
    let key = window_event_listener(ev::keydown, move |_| back());
    on_cleanup(move || {
        for listener in [look, pointer, key] {
            listener.remove();
        }
        if let Ok(beat) = beat {
            beat.clear();
        }
    });
}
