//! Input methods compose a word of several keys, and end it with an Enter of their own.

use std::{cell::Cell, time::Duration};

use leptos::{ev, prelude::*};
use web_sys::KeyboardEvent;

thread_local! {
    /// A composition ended in this very task: Safari sends the Enter that ended it after that.
    static ENDED: Cell<bool> = const { Cell::new(false) };
}

/// For as long as the tab lives. Only in the browser: call it in an effect.
pub fn watch_compositions() {
    let ended = window_event_listener(ev::compositionend, |_| {
        ENDED.set(true);
        set_timeout(|| ENDED.set(false), Duration::ZERO);
    });
    on_cleanup(move || ended.remove());
}

/// Whether a key is the input method's, and means nothing to anybody else.
pub fn is_composed(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229 || (event.key() == "Enter" && ENDED.get())
}
