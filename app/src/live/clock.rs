//! The tab's one clock: what time it is where the facts are from, by pings over the socket, and the
//! tick that repaints what shows it. It lives in the browser alone.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Duration,
};

use focushive::{
    Moment,
    clock::{Clock, PINGS, Reading},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::{Live, socket};

/// Pings of one measurement follow each other so quickly.
const BETWEEN_PINGS: Duration = Duration::from_millis(150);

/// A measurement waits no longer for its pongs.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is measured anew.
const AGAIN: Duration = Duration::from_secs(300);

#[derive(Default)]
struct Pings {
    clock: Clock,
    sent: HashMap<u64, Reading>,
    next: u64,
    /// When it was last measured because of a jump, by the steady clock.
    minded: Option<f64>,
}

thread_local! {
    static PINGS_SENT: RefCell<Pings> = RefCell::default();
    /// At which parts of a second the clocks that are shown change their digits.
    static PARTS_MS: RefCell<HashMap<u64, u16>> = RefCell::default();
    static ALIGNED: Cell<u64> = const { Cell::new(0) };
    /// Only the page that ticked last goes on.
    static TICKER: Cell<u64> = const { Cell::new(0) };
}

fn with<T>(act: impl FnOnce(&mut Pings) -> T) -> T {
    PINGS_SENT.with(|pings| act(&mut pings.borrow_mut()))
}

fn reading() -> Reading {
    let steady = window().performance().map_or_else(js_sys::Date::now, |performance| performance.now());
    Reading { steady, wall: js_sys::Date::now() }
}

fn now_ms() -> f64 {
    let reading = reading();
    with(|pings| pings.clock.now(reading))
}

/// What time it is. Whatever the device believes, it is the time of the facts.
pub fn now() -> Moment {
    let nanos = (now_ms() * 1_000_000.0) as i128;
    Moment(time::OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(time::OffsetDateTime::UNIX_EPOCH))
}

/// A page that has learnt nothing by then, by the steady clock, goes by the device's own word.
const SOON_MS: f64 = 3000.0;

/// Shows what time it is, once that is known; the answer is whether anybody still looks.
fn show(shown: RwSignal<Option<Moment>>) -> bool {
    let known = with(|pings| pings.clock.is_known()) || reading().steady > SOON_MS;
    if known { shown.try_set(Some(now())).is_none() } else { !shown.is_disposed() }
}

/// These facts were written then, and came a moment ago: with the page, or asked for by a page that
/// is awake.
pub fn guess(rendered: Moment) {
    let here = reading();
    let awake = document().body().is_some_and(|body| body.has_attribute("data-awake"));
    let came_at = if awake { None } else { answered_at() };
    let ago = here.steady - came_at.unwrap_or(here.steady);
    let at = Reading { steady: here.steady - ago, wall: here.wall - ago };
    let true_ms = rendered.0.unix_timestamp_nanos() as f64 / 1_000_000.0;
    with(|pings| pings.clock.guess(true_ms, at));
}

/// When this page's answer began to come, by the steady clock.
fn answered_at() -> Option<f64> {
    let performance: JsValue = window().performance()?.into();
    let entries = js_sys::Reflect::get(&performance, &JsValue::from_str("getEntriesByType")).ok()?;
    let entries: js_sys::Function = entries.dyn_into().ok()?;
    let list = entries.call1(&performance, &JsValue::from_str("navigation")).ok()?;
    let first = js_sys::Reflect::get_u32(&list, 0).ok()?;
    js_sys::Reflect::get(&first, &JsValue::from_str("responseStart")).ok()?.as_f64()
}

/// One of the clocks that a page shows: its digits change when its end is a whole number of seconds away.
#[derive(Clone, Copy)]
pub struct Aligned(u64);

impl Aligned {
    /// For as long as its owner is there.
    pub fn owned() -> Self {
        let number = ALIGNED.get();
        ALIGNED.set(number + 1);
        let aligned = Self(number);
        on_cleanup(move || aligned.to(None));
        aligned
    }

    pub fn to(self, ends_at: Option<Moment>) {
        PARTS_MS.with_borrow_mut(|parts| match ends_at {
            Some(at) => parts.insert(self.0, at.0.millisecond()),
            None => parts.remove(&self.0),
        });
    }
}

/// How long until digits change next, in milliseconds.
fn until_change(now_ms: f64) -> f64 {
    let left = |part: u16| 1000.0 - (now_ms - f64::from(part)).rem_euclid(1000.0);
    let next = PARTS_MS.with_borrow(|parts| parts.values().copied().map(left).reduce(f64::min));
    next.unwrap_or_else(|| left(0))
}

/// A ping came back.
pub fn heard(ping: u64, now: Moment) {
    let here = reading();
    let true_ms = now.0.unix_timestamp_nanos() as f64 / 1_000_000.0;
    let all = with(|pings| {
        let Some(sent) = pings.sent.remove(&ping) else { return false };
        pings.clock.pong(sent, true_ms, here);
        pings.clock.heard() >= PINGS
    });
    if all {
        settle();
    }
}

fn settle() {
    let here = reading();
    with(|pings| {
        pings.clock.settle(here);
        pings.sent.clear();
    });
}

fn measure() {
    with(|pings| {
        pings.sent.clear();
        pings.clock.begin();
    });
    for number in 0..PINGS {
        let wait = BETWEEN_PINGS * u32::try_from(number).unwrap_or_default();
        set_timeout(ping, wait);
    }
    set_timeout(settle, PATIENCE);
}

fn ping() {
    let here = reading();
    let ping = with(|pings| {
        pings.next += 1;
        pings.sent.insert(pings.next, here);
        pings.next
    });
    socket::ping(ping);
}

/// Keeps the time of this page: measured when the link comes up, now and then, and after a sleep.
pub fn keep(live: Live) {
    Effect::new(move || {
        if live.is_connected() {
            measure();
        }
    });
    let again = set_interval_with_handle(measure, AGAIN);
    let ticker = TICKER.get() + 1;
    TICKER.set(ticker);
    tick(ticker, live.now);
    let look = move || {
        mind_a_jump();
        show(live.now);
    };
    let seen = window_event_listener(ev::visibilitychange, move |_| look());
    let focused = window_event_listener(ev::focus, move |_| look());
    // A page that comes back out of the browser's memory stood still for as long as it was there.
    let shown = window_event_listener(ev::pageshow, move |_| look());
    let online = window_event_listener(ev::online, move |_| look());
    on_cleanup(move || {
        online.remove();
        seen.remove();
        focused.remove();
        shown.remove();
        if let Ok(again) = again {
            again.clear();
        }
    });
}

/// The machine slept or its clock was set: it is measured at once, and not again before that is done.
fn mind_a_jump() {
    let here = reading();
    let jumped = with(|pings| {
        let patience = PATIENCE.as_secs_f64() * 1000.0;
        let measured = pings.minded.is_some_and(|at| here.steady - at < patience);
        let jumped = !measured && pings.clock.jumped(here);
        if jumped {
            pings.minded = Some(here.steady);
        }
        jumped
    });
    if jumped {
        measure();
    }
}

/// Once a second, where the digits change.
fn tick(ticker: u64, shown: RwSignal<Option<Moment>>) {
    if TICKER.get() != ticker || !show(shown) {
        return;
    }
    mind_a_jump();
    let wait = Duration::from_millis(until_change(now_ms()).max(20.0) as u64 + 1);
    set_timeout(move || tick(ticker, shown), wait);
}
