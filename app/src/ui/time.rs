//! An instant, in the viewer's own zone once a script can tell it; the server writes it in UTC.

use std::cell::RefCell;

use focushive::{Moment, fault::Refusal};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The time of day alone; nothing until a script knows the viewer's zone.
#[component]
pub fn TimeOfDay(#[prop(into)] at: Signal<Option<Moment>>) -> impl IntoView {
    let words = RwSignal::new(None);
    Effect::new(move || {
        words.set(at.get().map(|at| local(&at.to_string(), &[("hour", "2-digit"), ("minute", "2-digit")])))
    });
    move || words.get().map(|words| view! { <time>{words}</time> })
}

/// Parts of a date or a time, and how each is written.
pub type Parts = &'static [(&'static str, &'static str)];

thread_local! {
    /// Making one takes a hundred times as long as using it.
    static FORMATS: RefCell<Vec<(Parts, js_sys::Function)>> = const { RefCell::new(Vec::new()) };
}

/// An instant as the viewer's own clock and language have it, in these parts.
pub fn local(exact: &str, parts: Parts) -> String {
    let at = js_sys::Date::new(&JsValue::from_str(exact));
    let words = format(parts).call1(&JsValue::UNDEFINED, &at);
    words.ok().and_then(|words| words.as_string()).unwrap_or_else(|| exact.to_owned())
}

fn format(parts: Parts) -> js_sys::Function {
    FORMATS.with_borrow_mut(|formats| {
        if let Some((_, known)) = formats.iter().find(|(known, _)| *known == parts) {
            return known.clone();
        }
        let options = js_sys::Object::new();
        for (name, value) in parts {
            let _ = js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        let made = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &options).format();
        formats.push((parts, made.clone()));
        made
    })
}

/// Why something was refused, with the moment from which on it is not, if there is one, as the
/// viewer's own clock has it. Only in the browser: call it in effects and events.
pub fn sentence(refusal: &Refusal) -> String {
    let words = refusal.sentence();
    match refusal.at {
        None => words,
        Some(at) => {
            let parts = &[("weekday", "short"), ("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")];
            words.replace(&at.to_second(), &local(&at.to_string(), parts))
        }
    }
}

#[component]
pub fn Time(at: Moment) -> impl IntoView {
    let exact = at.to_string();
    let plain = format!("{} UTC", exact.get(..16).unwrap_or(&exact).replace('T', " "));
    let words = RwSignal::new(plain.clone());
    let source = exact.clone();
    Effect::new(move || {
        words.set(local(&source, &[("dateStyle", "medium"), ("timeStyle", "short")]));
    });
    view! { <time datetime=exact title=plain>{words}</time> }
}

/// Which day it is: by the viewer's own clock, or by UTC where there is none.
pub fn day_number(at: Moment, here: bool) -> i64 {
    let seconds = at.0.unix_timestamp();
    let minutes_west =
        if here { js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1000.0)).get_timezone_offset() } else { 0.0 };
    (seconds - minutes_west as i64 * 60).div_euclid(24 * 3600)
}

/// The browser's own time zone.
pub fn local_zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &JsValue::from_str("timeZone"))
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_default()
}
