//! The chime at the end of a phase: set on the audio clock by the gesture that starts a session, so
//! that a slowed-down tab does not delay it, and in one tab only.

use std::cell::{Cell, RefCell};

use focushive::{
    focus::{LookSignals, Signals},
    timer::{Lane, Phase},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AudioContext, GainNode};

use super::dial::Dial;
use crate::live;

/// When it begins, in seconds, how high it is, and how long it takes to fade.
struct Note {
    after: f64,
    pitch: f32,
    lasts: f64,
}

/// Two soft notes, a fifth apart.
const NOTES: [Note; 2] =
    [Note { after: 0.0, pitch: 587.33, lasts: 1.2 }, Note { after: 0.18, pitch: 880.0, lasts: 1.2 }];
const PING: [Note; 1] = [Note { after: 0.0, pitch: 783.99, lasts: 0.5 }];
const TICK: [Note; 1] = [Note { after: 0.0, pitch: 1400.0, lasts: 0.04 }];

#[derive(Default)]
struct Sound {
    context: Option<AudioContext>,
    /// What is set, to be taken back when the end moves.
    set: Option<GainNode>,
    signals: Signals,
}

thread_local! {
    static SOUND: RefCell<Sound> = RefCell::default();
    /// Whether this is the tab that plays.
    static PLAYS: Cell<bool> = const { Cell::new(false) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// A gesture was made: sound is allowed from now on, and this tab may be the one that plays.
pub fn unlock() {
    SOUND.with(|sound| {
        let mut sound = sound.borrow_mut();
        if sound.context.is_none() {
            sound.context = AudioContext::new().ok();
        }
        if let Some(context) = &sound.context {
            let _ = context.resume();
        }
    });
    if !ASKED.replace(true) {
        elect();
    }
}

/// The tab that holds the lock plays; another takes over when it closes.
fn elect() {
    let held = Closure::once_into_js(|| {
        PLAYS.set(true);
        // Never settled: the lock is held for the life of the tab.
        js_sys::Promise::new(&mut |_, _| {})
    });
    let asked = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("locks")).and_then(|locks| {
        let request = js_sys::Reflect::get(&locks, &JsValue::from_str("request"))?.dyn_into::<js_sys::Function>()?;
        request.call2(&locks, &JsValue::from_str("focushive-sound"), &held)
    });
    if asked.is_err() {
        // A browser without locks plays in each tab.
        PLAYS.set(true);
    }
}

/// Keeps the chime of this clock set. Only in the browser: call it in an effect.
pub fn keep(dial: Dial) {
    let known = RwSignal::new(0_u32);
    let again = move || {
        let _ = known.try_update(|known| *known += 1);
    };
    spawn_local(async move {
        if let Ok(signals) = live::call(LookSignals {}).await {
            SOUND.with(|sound| sound.borrow_mut().signals = signals);
            again();
        }
    });
    let gestured = window_event_listener(ev::pointerdown, move |_| {
        let first = !ASKED.get();
        unlock();
        if first {
            set_timeout(again, std::time::Duration::from_millis(300));
        }
    });
    let keyed = window_event_listener(ev::keydown, |_| unlock());
    follow(dial, known);
    on_cleanup(move || {
        gestured.remove();
        keyed.remove();
        silence();
    });
}

/// Sets the chime anew whenever the end moves, and ticks where that is wanted.
fn follow(dial: Dial, known: RwSignal<u32>) {
    let end = Memo::new(move |_| {
        let timer = dial.rolled();
        let quiet = matches!(dial.lane.get(), Lane::Out { .. } | Lane::Flow { .. });
        timer.wakes_at().zip(timer.phase()).filter(|_| !quiet)
    });
    Effect::new(move || {
        known.track();
        silence();
        if let Some((at, phase)) = end.get() {
            let left = (at.0 - live::clock::now().0).as_seconds_f64();
            set(left, phase);
        }
    });
    let second = Memo::new(move |_| dial.rolled().is_focus().then(|| dial.face().digits()));
    Effect::new(move || {
        if second.get().is_some() {
            tick();
        }
    });
}

fn silence() {
    let set = SOUND.with(|sound| sound.borrow_mut().set.take());
    if let Some(set) = set {
        let _ = set.disconnect();
    }
}

/// Sets it on the audio clock. A context that sleeps would play it late, so it is not set there.
fn set(in_seconds: f64, ended: Phase) {
    let made = SOUND.with(|sound| {
        let sound = sound.borrow();
        let wanted = sound.signals.sounds(ended);
        let context = sound.context.as_ref().filter(|_| wanted && PLAYS.get() && in_seconds > 0.0)?;
        play(context, &NOTES, context.current_time() + in_seconds, sound.volume()).ok()
    });
    SOUND.with(|sound| sound.borrow_mut().set = made);
}

/// One tick, for those who want to hear time pass.
fn tick() {
    SOUND.with(|sound| {
        let sound = sound.borrow();
        if let Some(context) = sound.context.as_ref().filter(|_| sound.signals.tick && PLAYS.get()) {
            let _ = play(context, &TICK, context.current_time(), sound.volume() * 0.3);
        }
    });
}

/// One short note for what interrupts: in the tab that plays, and never in the middle of focus, for
/// then nothing interrupts.
pub fn ping() {
    SOUND.with(|sound| {
        let sound = sound.borrow();
        if let Some(context) = sound.context.as_ref().filter(|_| PLAYS.get()) {
            let _ = play(context, &PING, context.current_time(), sound.volume() * 0.7);
        }
    });
}

/// What one chose to hear and see at the end of a phase.
pub fn signals() -> Signals {
    SOUND.with(|sound| sound.borrow().signals)
}

impl Sound {
    fn volume(&self) -> f32 {
        f32::from(self.signals.volume) / 100.0
    }
}

fn play(context: &AudioContext, notes: &[Note], at: f64, volume: f32) -> Result<GainNode, JsValue> {
    let out = context.create_gain()?;
    out.connect_with_audio_node(&context.destination())?;
    for Note { after, pitch, lasts } in notes {
        let (note, swell, begins) = (context.create_oscillator()?, context.create_gain()?, at + after);
        note.frequency().set_value(*pitch);
        swell.gain().set_value_at_time(0.0, begins)?;
        swell.gain().linear_ramp_to_value_at_time(volume * 0.5, begins + 0.01)?;
        swell.gain().exponential_ramp_to_value_at_time(0.0001, begins + lasts)?;
        note.connect_with_audio_node(&swell)?;
        swell.connect_with_audio_node(&out)?;
        note.start_with_when(begins)?;
        note.stop_with_when(begins + lasts)?;
    }
    Ok(out)
}
