//! The chime at the end of a phase: set on the audio clock as soon as a gesture allows it, so that a
//! slowed-down tab does not delay it, by every clock that is kept, and in one tab only.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    time::Duration,
};

use focushive::{
    Moment,
    focus::{LookSignals, Signals},
    timer::{Lane, Phase, Run},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState, GainNode};

use super::{
    dial::Dial,
    elect::{self, Part},
};
use crate::live;

/// How long a browser takes at most to let sound through after the first gesture.
const WAKES_WITHIN: Duration = Duration::from_millis(300);

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

/// The clock on the page and that of the sound are this far apart at most, in seconds.
const BEGINS_WITHIN: f64 = 0.25;

#[derive(Default)]
struct Sound {
    context: Option<AudioContext>,
    /// What is set for each clock that is kept, and when it begins by the audio clock: to be taken
    /// back when its end moves.
    set: HashMap<u32, (GainNode, f64)>,
    /// The clocks that have an end to play.
    wanting: HashSet<u32>,
    signals: Signals,
}

thread_local! {
    static SOUND: RefCell<Sound> = RefCell::default();
    /// Something changed that every chime depends on: what one chose, what is allowed, whose turn it is.
    static CHANGED: ArcTrigger = ArcTrigger::new();
    static KEPT: Cell<u32> = const { Cell::new(0) };
}

fn changed() {
    CHANGED.with(ArcTrigger::notify);
}

/// Where one tab leaves word for the others that one chose something else.
const CHOSEN: &str = "focushive-signals";

/// Makes a page ready to sound, whatever it shows. Only in the browser: call it in an effect.
pub fn wake() {
    learn();
    // On a phone a finger that comes down is no gesture that allows sound; one that is lifted is.
    let pressed = window_event_listener(ev::pointerup, |_| unlock());
    let keyed = window_event_listener(ev::keydown, |_| unlock());
    let chosen = window_event_listener(ev::storage, |event| {
        if event.key().as_deref() == Some(CHOSEN) {
            learn();
        }
    });
    on_cleanup(move || {
        pressed.remove();
        keyed.remove();
        chosen.remove();
    });
}

/// One chose something else: every tab of this browser goes by it.
pub fn choose() {
    learn();
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(CHOSEN, &live::clock::now().to_string());
    }
}

/// Plays the chime as loud as that, on a press; `blocked` is run where the browser does not let it through.
pub fn preview(volume: u8, blocked: impl Fn() + 'static) {
    unlock();
    let look = move || {
        let plays = SOUND.with(|sound| {
            let sound = sound.borrow();
            let context = sound.context.as_ref().filter(|context| context.state() == AudioContextState::Running);
            context.is_some_and(|context| {
                play(context, &NOTES, context.current_time(), f32::from(volume.min(100)) / 100.0).is_ok()
            })
        });
        if !plays {
            blocked();
        }
    };
    set_timeout(look, WAKES_WITHIN);
}

/// Asks what one chose, and goes by it at once.
pub fn learn() {
    spawn_local(async move {
        if let Ok(signals) = live::call(LookSignals {}).await {
            SOUND.with(|sound| sound.borrow_mut().signals = signals);
            changed();
        }
    });
}

/// A gesture was made: sound is allowed from now on, and this tab may be the one that plays.
pub fn unlock() {
    let first = SOUND.with(|sound| {
        let mut sound = sound.borrow_mut();
        let first = sound.context.is_none();
        if first {
            sound.context = AudioContext::new().ok();
        }
        if let Some(context) = &sound.context {
            let _ = context.resume();
        }
        first && sound.context.is_some()
    });
    if first {
        elect::want(Part::Ping, || ());
        set_timeout(changed, WAKES_WITHIN);
    }
}

fn is_unlocked() -> bool {
    SOUND.with(|sound| sound.borrow().context.is_some())
}

/// Keeps the chime of this clock set. Only in the browser: call it in an effect.
pub fn keep(dial: Dial) {
    let number = KEPT.get() + 1;
    KEPT.set(number);
    let end = Memo::new(move |_| {
        let timer = dial.rolled();
        let quiet = matches!(dial.lane.get(), Lane::Out { .. } | Lane::Flow { .. });
        timer.ends_at().zip(timer.phase()).filter(|_| !quiet)
    });
    Effect::new(move || {
        CHANGED.with(ArcTrigger::track);
        silence(number);
        if let Some((at, phase)) = end.get().filter(|_| is_unlocked()) {
            want(number);
            set(number, left(at), phase);
        } else {
            let_go(number);
        }
    });
    let second = Memo::new(move |_| {
        let timer = dial.rolled();
        let on = timer.phase().filter(|_| matches!(timer.run, Run::Running { .. }));
        on.map(|on| (on, dial.face().digits()))
    });
    Effect::new(move || {
        if let Some((on, _)) = second.get() {
            tick(on);
            if let Some((at, _)) = end.get_untracked().filter(|(at, _)| is_off(number, left(*at))) {
                set_again(number, at, on);
            }
        }
    });
    on_cleanup(move || {
        silence(number);
        let_go(number);
    });
}

/// How many seconds are left until then.
fn left(at: Moment) -> f64 {
    (at.0 - live::clock::now().0).as_seconds_f64()
}

/// Whether it would sound at another time than it is to: the audio clock stands still while the
/// machine sleeps, or the sound is somebody else's.
fn is_off(number: u32, left: f64) -> bool {
    SOUND.with(|sound| {
        let sound = sound.borrow();
        let begins = sound.set.get(&number).map(|(_, begins)| *begins);
        let in_seconds = sound.context.as_ref().zip(begins).map(|(context, begins)| begins - context.current_time());
        in_seconds.is_some_and(|in_seconds| (in_seconds - left).abs() > BEGINS_WITHIN)
    })
}

fn set_again(number: u32, at: Moment, phase: Phase) {
    SOUND.with(|sound| {
        if let Some(context) = &sound.borrow().context {
            let _ = context.resume();
        }
    });
    silence(number);
    set(number, left(at), phase);
}

fn want(number: u32) {
    SOUND.with(|sound| sound.borrow_mut().wanting.insert(number));
    elect::want(Part::Chime, changed);
}

/// A tab that has no end to play leaves that to another.
fn let_go(number: u32) {
    let none = SOUND.with(|sound| {
        let mut sound = sound.borrow_mut();
        sound.wanting.remove(&number);
        sound.wanting.is_empty()
    });
    if none {
        elect::leave(Part::Chime);
    }
}

/// Takes back what is set. What begins rings out: the end has come, and did not move.
fn silence(number: u32) {
    SOUND.with(|sound| {
        let mut sound = sound.borrow_mut();
        let now = sound.context.as_ref().map_or(0.0, |context| context.current_time());
        if let Some((set, _)) = sound.set.remove(&number).filter(|(_, begins)| *begins > now + BEGINS_WITHIN) {
            let _ = set.disconnect();
        }
    });
}

/// Sets it on the audio clock.
fn set(number: u32, in_seconds: f64, ended: Phase) {
    SOUND.with(|sound| {
        let mut sound = sound.borrow_mut();
        let wanted = sound.signals.sounds(ended) && elect::plays(Part::Chime) && in_seconds > 0.0;
        let made = sound.context.as_ref().filter(|_| wanted).and_then(|context| {
            let begins = context.current_time() + in_seconds;
            Some((play(context, &NOTES, begins, sound.volume()).ok()?, begins))
        });
        if let Some(made) = made {
            sound.set.insert(number, made);
        }
    });
}

/// One tick, for those who want to hear time pass.
fn tick(on: Phase) {
    SOUND.with(|sound| {
        let sound = sound.borrow();
        if let Some(context) = sound.context.as_ref().filter(|_| sound.signals.ticks(on) && elect::plays(Part::Chime)) {
            let _ = play(context, &TICK, context.current_time(), sound.volume() * 0.3);
        }
    });
}

/// One short note for what interrupts: in the tab that plays, and never in the middle of focus, for
/// then nothing interrupts.
pub fn ping() {
    SOUND.with(|sound| {
        let sound = sound.borrow();
        if let Some(context) = sound.context.as_ref().filter(|_| elect::plays(Part::Ping)) {
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
