//! Of all tabs of a browser one makes a sound: the one that holds the browser's lock for it. Who has
//! nothing to play lets go of it, and the next in line takes over. A browser without locks takes turns
//! as `lease.rs` has it.

use std::{cell::RefCell, time::Duration};

use js_sys::{Function, Promise, Reflect};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::lease;

/// How often a tab looks whether it is its turn, where nobody tells it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What there is to play: the end of a phase where a clock is kept, and anywhere what interrupts.
#[derive(Clone, Copy)]
pub enum Part {
    Chime,
    Ping,
}

impl Part {
    const fn lock(self) -> &'static str {
        match self {
            Self::Chime => "focushive-chime",
            Self::Ping => "focushive-sound",
        }
    }

    const fn line(self) -> usize {
        match self {
            Self::Chime => 0,
            Self::Ping => 1,
        }
    }
}

/// This tab's place in the line for a part.
#[derive(Default)]
struct Line {
    wanted: bool,
    asked: bool,
    /// It plays, and lets go with this; where a browser knows no locks, by leaving its turn to others.
    plays: bool,
    release: Option<Function>,
    takes_turns: bool,
}

thread_local! {
    static LINES: RefCell<[Line; 2]> = RefCell::default();
}

fn with<T: Default>(part: Part, act: impl FnOnce(&mut Line) -> T) -> T {
    LINES.with(|lines| lines.borrow_mut().get_mut(part.line()).map(act).unwrap_or_default())
}

pub fn plays(part: Part) -> bool {
    with(part, |line| line.plays)
}

/// Gets in line, and says when it is this tab's turn.
pub fn want(part: Part, turn: fn()) {
    let new = with(part, |line| {
        line.wanted = true;
        !std::mem::replace(&mut line.asked, true)
    });
    if new && ask(part, turn).is_err() {
        take_turns(part, turn);
    }
}

/// For as long as the tab is open.
fn take_turns(part: Part, turn: fn()) {
    with(part, |line| line.takes_turns = true);
    let look = move || {
        let plays = with(part, |line| line.wanted) && lease::hold(part.lock());
        if with(part, |line| std::mem::replace(&mut line.plays, plays)) != plays {
            turn();
        }
    };
    look();
    set_interval(look, LOOK_EVERY);
    window_event_listener(ev::pagehide, move |_| lease::let_go(part.lock()));
}

/// Lets the others go on.
pub fn leave(part: Part) {
    let release = with(part, |line| {
        line.wanted = false;
        let release = line.release.take();
        if release.is_some() {
            (line.asked, line.plays) = (false, false);
        } else if line.takes_turns {
            line.plays = false;
            lease::let_go(part.lock());
        }
        release
    });
    if let Some(release) = release {
        let _ = release.call0(&JsValue::NULL);
    }
}

fn ask(part: Part, turn: fn()) -> Result<(), JsValue> {
    let held = Closure::once_into_js(move || {
        let wanted = with(part, |line| {
            line.asked = line.wanted;
            line.plays = line.wanted;
            line.wanted
        });
        if !wanted {
            return JsValue::UNDEFINED;
        }
        // The lock is held until this promise is kept.
        let mut release = None;
        let until = Promise::new(&mut |kept, _| release = Some(kept));
        with(part, |line| line.release = release);
        turn();
        until.into()
    });
    let locks = Reflect::get(&window().navigator(), &JsValue::from_str("locks"))?;
    let request = Reflect::get(&locks, &JsValue::from_str("request"))?.dyn_into::<Function>()?;
    request.call2(&locks, &JsValue::from_str(part.lock()), &held).map(drop)
}
