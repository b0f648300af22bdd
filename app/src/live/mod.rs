//! The tab's connection as components see it: its state, listening to a topic for as long as a
//! component is there, and asking on it while it is open.

mod bar;
pub mod clock;
mod link;
mod socket;
mod told;
mod topics;

use std::{rc::Rc, time::Duration};

pub use bar::LinkBar;
use focushive::{
    Moment,
    protocol::{Ask, Topic},
};
use leptos::{ev, prelude::*, task::spawn_local};
pub use link::Link;
use send_wrapper::SendWrapper;
use serde_json::Value;
pub use socket::is_connected;
pub use told::Told;

use self::link::Happening;
use crate::backend::{self, CallError};

/// How often it is looked whether the machine slept, and how much time may be gone by then.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const SLEPT_MS: f64 = 10_000.0;

/// The state of the link, in context.
#[derive(Clone, Copy)]
pub struct Live {
    pub link: RwSignal<Link>,
    /// What time it is, once a second; nothing before the page is awake.
    pub now: RwSignal<Option<Moment>>,
}

impl Live {
    /// Opens the tab's connection once the page is awake, for somebody who is signed in.
    pub fn provide() {
        let live = Self::asleep();
        let link = live.link;
        provide_context(live);
        Effect::new(move || clock::keep(live));
        Effect::new(move || {
            socket::show_in(link);
            socket::happen(Happening::Wanted);
        });
        Effect::new(watch);
    }

    pub fn get() -> Self {
        use_context::<Self>().unwrap_or_else(Self::asleep)
    }

    fn asleep() -> Self {
        Self { link: RwSignal::new(Link::default()), now: RwSignal::new(None) }
    }

    pub fn is_connected(self) -> bool {
        self.link.with(Link::is_connected)
    }
}

/// Tries at once when that is worth it, and does not trust a socket over a sleep.
fn watch() {
    let online = window_event_listener(ev::online, |_| socket::happen(Happening::Due));
    // Nothing comes over a network that is gone, whatever the socket says.
    let offline = window_event_listener(ev::offline, |_| socket::happen(Happening::Slept));
    let focused = window_event_listener(ev::focus, |_| socket::happen(Happening::Due));
    let last = StoredValue::new(js_sys::Date::now());
    // A hidden page is woken once a minute at most, asleep or not: it is looked at when it is seen.
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        last.set_value(js_sys::Date::now());
        if !document().hidden() {
            socket::seen_again();
        }
    });
    let look = set_interval_with_handle(
        move || {
            let now = js_sys::Date::now();
            let gone = now - last.get_value();
            last.set_value(now);
            if gone > SLEPT_MS && !document().hidden() {
                socket::happen(Happening::Slept);
            } else {
                socket::look_after(false);
            }
        },
        LOOK_EVERY,
    );
    on_cleanup(move || {
        online.remove();
        offline.remove();
        focused.remove();
        seen.remove();
        if let Ok(look) = look {
            look.clear();
        }
    });
}

/// Listens to a topic for as long as the component is there, from the number on that it has.
/// Only in the browser: call it in an effect or an event.
pub fn listen(topic: Topic, since: Option<u64>, listener: impl Fn(Told) + 'static) {
    let number = socket::listen(topic, since, Rc::new(listener));
    on_cleanup(move || socket::stop_listening(topic, number));
}

/// Listens anew to what somebody was put out of and is let into again: what was missed is told first.
pub fn hear_again(topics: &[Topic]) {
    topics.iter().for_each(|topic| socket::join_again(*topic));
}

/// Says what is worth nothing later: on the socket while it is open, and else not at all.
pub fn say<A: Ask>(ask: A) {
    let request = backend::written(&ask);
    spawn_local(async move {
        socket::ask(A::NAME, &request).await;
    });
}

/// Asks on the socket while it is open, and by HTTP while it is not.
pub async fn call<A: Ask>(ask: A) -> Result<A::Answer, CallError> {
    // A browser has one thread; the wrapper says so to those who ask for more.
    SendWrapper::new(async move {
        let request = backend::written(&ask);
        match socket::ask(A::NAME, &request).await {
            Some(heard) => match heard.fault {
                Some(fault) => Err(CallError(Box::new(fault))),
                None => backend::read(heard.ok.unwrap_or(Value::Null)),
            },
            None => backend::read(backend::dispatch(request).await?),
        }
    })
    .await
}
