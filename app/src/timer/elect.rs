//! Of all tabs of a browser one makes a sound: the one that holds the browser's lock for it. Who has
//! nothing to play lets go of it, and the next in line takes over.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

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
    /// It plays, and lets go with this; nothing to let go of where a browser knows no locks.
    plays: bool,
    release: Option<Function>,
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
pub fn want(part: Part, turn: impl FnOnce() + 'static) {
    let new = with(part, |line| {
        line.wanted = true;
        !std::mem::replace(&mut line.asked, true)
    });
    if new && ask(part, turn).is_err() {
        // A browser without locks plays in each tab.
        with(part, |line| line.plays = true);
    }
}

/// Lets the others go on.
pub fn leave(part: Part) {
    let release = with(part, |line| {
        line.wanted = false;
        let release = line.release.take();
        if release.is_some() {
            (line.asked, line.plays) = (false, false);
        }
        release
    });
    if let Some(release) = release {
        let _ = release.call0(&JsValue::NULL);
    }
}

fn ask(part: Part, turn: impl FnOnce() + 'static) -> Result<(), JsValue> {
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
