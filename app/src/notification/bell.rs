//! The bell in the rail. Before the page is awake it is a link to everything that waits; then it
//! opens the panel, which comes to the browser when it is first wanted.

use focushive::notification::{Bell, Count as Waiting};
use leptos::{ev, html, prelude::*};
use leptos_router::LazyRoute;
use wasm_bindgen::JsCast;

use super::{opened, state::BellState};
use crate::{
    layout::TabTitle,
    live::Live,
    pieces::Inside,
    push,
    ui::{Count, Icon, IconMark, Tone},
};

#[component]
pub fn BellButton() -> impl IntoView {
    let state = BellState::get();
    let (open, wanted) = (RwSignal::new(false), RwSignal::new(false));
    let button = NodeRef::<html::A>::new();
    let toggle = move || {
        wanted.set(true);
        open.update(|open| *open = !*open);
    };
    let press = move |event: ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            toggle();
        }
    };
    let close = Callback::new(move |back: bool| {
        open.set(false);
        if let Some(button) = button.get_untracked().filter(|_| back) {
            let _ = button.focus();
        }
    });
    Effect::new(move || state.watch());
    Effect::new(opened::watch);
    Effect::new(push::go_on);
    Effect::new(move || TabTitle::wait(state.shown().unread));
    Effect::new(move || {
        let key = window_event_listener(ev::keydown, move |event| {
            if event.key() == "b" && !is_typed(&event) {
                event.prevent_default();
                toggle();
            }
        });
        on_cleanup(move || key.remove());
    });
    let shown = move || view! { <Face bell=state.bell().unwrap_or_default() /> };
    view! {
        <div class="bell">
            <a class="bell-button" href="/notifications" node_ref=button aria-keyshortcuts="b" aria-expanded=move || open.get().to_string() on:click=press>
                <Transition fallback=|| view! { <IconMark icon=Icon::Bell /><span>"Notifications"</span> }>{shown}</Transition>
            </a>
            {move || wanted.get().then(|| Suspend::new(Inside::view(Inside::Bell { open, close })))}
        </div>
    }
}

/// A number where something waits; a crescent and the minutes left while it is quiet.
#[component]
fn Face(bell: Bell) -> impl IntoView {
    let Some(quiet) = bell.quiet else {
        let Waiting { unread, attention } = bell.count;
        let tone = if attention > 0 { Tone::Bad } else { Tone::Plain };
        return view! {
            <IconMark icon=Icon::Bell />
            <span>"Notifications"</span>
            <Count count=unread tone />
            {(unread > 0).then(|| view! { <span class="visually-hidden">"unread"</span> })}
        }
        .into_any();
    };
    let now = Live::get().now;
    let left = Memo::new(move |_| {
        let left = quiet.until?.since(now.get()?).whole_seconds();
        Some(if left < 90 * 60 { format!("{} min", (left + 59) / 60) } else { format!("{} h", (left + 1800) / 3600) })
    });
    view! {
        <IconMark icon=Icon::Moon />
        <span>"Notifications"<span class="visually-hidden">" are held"</span></span>
        <small class="bell-left">{left}</small>
    }
    .into_any()
}

/// Whether the key belongs to what is typed into, or means something else.
fn is_typed(event: &web_sys::KeyboardEvent) -> bool {
    let typed = "input, textarea, select, [contenteditable], dialog, [role=combobox]";
    let within = |target: web_sys::Element| target.closest(typed).ok().flatten().is_some();
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || target.is_some_and(within)
}
