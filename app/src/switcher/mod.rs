//! The quick switcher: Ctrl or ⌘ and K, a few letters, Enter, and one is there. On every page are
//! only its button and its key; what it shows comes to the browser when it is first wanted.

mod panel;
mod place;
mod trail;

pub use panel::panel;

use std::{cell::Cell, time::Duration};

use leptos::{ev, prelude::*};
use leptos_router::{
    LazyRoute, NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;

use crate::{
    hive::Shelf,
    pieces::Inside,
    ui::{Icon, IconMark},
};

thread_local! {
    /// Whether the page that comes next was jumped to.
    static JUMPED: Cell<bool> = const { Cell::new(false) };
}

#[component]
pub fn Switcher() -> impl IntoView {
    let open = RwSignal::new(false);
    let wanted = RwSignal::new(false);
    let shelf = Shelf::get();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let go = Callback::new(move |to: String| {
        open.set(false);
        // Where one is already, no page comes.
        if path.with_untracked(|path| *path == to) {
            return land();
        }
        JUMPED.set(true);
        navigate(&to, NavigateOptions::default());
    });
    let show = move || {
        wanted.set(true);
        open.update(|open| *open = !*open);
    };
    Effect::new(move || trail::note(&path.get()));
    Effect::new(move || {
        if JUMPED.take() {
            land();
        }
        let key = window_event_listener(ev::keydown, move |event| {
            let only = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key();
            if only && !event.is_composing() && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                show();
            }
        });
        on_cleanup(move || key.remove());
    });
    view! {
        <button type="button" class="jump" aria-keyshortcuts="Control+K Meta+K" aria-haspopup="dialog" on:click=move |_| show()>
            <IconMark icon=Icon::Search /><span>"Jump to…"</span><kbd aria-hidden="true">"Ctrl K"</kbd>
        </button>
        {move || wanted.get().then(|| Suspend::new(Inside::view(Inside::Switcher { open, go, shelf })))}
    }
}

/// A page that was jumped to is read from its beginning, once the dialog has let the focus go.
fn land() {
    let focus = || {
        // Where one may write or start at once, that is where one goes on.
        if document()
            .active_element()
            .is_some_and(|element| element.closest("#composer, #timer").is_ok_and(|at| at.is_some()))
        {
            return;
        }
        let main = document().get_element_by_id("main");
        if let Some(main) = main.as_ref().and_then(|main| main.dyn_ref::<web_sys::HtmlElement>()) {
            let _ = main.focus();
        }
    };
    set_timeout(focus, Duration::from_millis(50));
}
