//! The keys of the timer. They press the buttons that are there, and nothing else: never while
//! somebody types, and never with a modifier.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// For as long as the page is there. Only in the browser: call it in an effect.
pub fn listen() {
    let listener = window_event_listener(ev::keydown, |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || is_busy(&event) {
            return;
        }
        let done = match event.key().as_str() {
            "t" => focus("#timer"),
            "g" => focus("#timer input[name=goal]"),
            " " => press("space"),
            "'" => press("inner"),
            "-" => press("outer"),
            "1" => press("done"),
            "2" => press("partly"),
            "3" => press("not"),
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Whether the key belongs to what has the focus: a field, or a button that Space presses itself.
fn is_busy(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return false;
    };
    let typed = "input, textarea, select, [contenteditable], dialog, [role=combobox]";
    let pressed = "button, a, summary, [role=button]";
    let within = |selector: &str| element.closest(selector).ok().flatten().is_some();
    within(typed) || (event.key() == " " && within(pressed))
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

fn focus(selector: &str) -> bool {
    find(selector).is_some_and(|element| element.focus().is_ok())
}

fn press(key: &str) -> bool {
    find(&format!("#timer [data-key={key}] button")).inspect(HtmlElement::click).is_some()
}
