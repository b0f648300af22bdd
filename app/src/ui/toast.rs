//! Toasts: results of one's own actions, one at a time, never in front of anything that is typed
//! into. They wait while one points at them or tabs to them.

use std::time::Duration;

use leptos::{ev, html, prelude::*};

const STAYS: Duration = Duration::from_secs(5);

/// What can still be done about what a toast says.
#[derive(Clone)]
struct Offer {
    label: &'static str,
    act: Callback<()>,
}

#[derive(Clone)]
struct Said {
    number: u32,
    words: String,
    offer: Option<Offer>,
}

/// The handle by which pages speak.
#[derive(Clone, Copy)]
pub struct Toaster {
    said: RwSignal<Option<Said>>,
    held: RwSignal<bool>,
}

impl Toaster {
    pub fn new() -> Self {
        Self { said: RwSignal::new(None), held: RwSignal::new(false) }
    }

    pub fn say(self, words: impl Into<String>) {
        self.show(words.into(), None, STAYS);
    }

    /// Says it, and offers something about it for as long as it stays.
    pub fn offer(self, words: impl Into<String>, label: &'static str, stays: Duration, act: Callback<()>) {
        self.show(words.into(), Some(Offer { label, act }), stays);
    }

    fn show(self, words: String, offer: Option<Offer>, stays: Duration) {
        let number = self.said.with_untracked(|said| said.as_ref().map_or(0, |said| said.number)).wrapping_add(1);
        self.said.set(Some(Said { number, words, offer }));
        self.close_later(number, stays);
    }

    fn close_later(self, number: u32, stays: Duration) {
        set_timeout(
            move || {
                // The page it was said on may be gone.
                let current =
                    self.said.try_with_untracked(|said| said.as_ref().is_some_and(|said| said.number == number));
                match current {
                    Some(true) if self.held.get_untracked() => self.close_later(number, stays),
                    Some(true) => self.said.set(None),
                    Some(false) | None => {}
                }
            },
            stays,
        );
    }
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}

/// Where toasts are shown. The region is always there, so that its news is read out; Alt and T lead
/// to what it offers.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let hold = move |held: bool| toaster.held.set(held);
    let offered = NodeRef::<html::Button>::new();
    Effect::new(move || {
        let key = window_event_listener(ev::keydown, move |event| {
            if event.alt_key()
                && event.code() == "KeyT"
                && let Some(offered) = offered.get_untracked()
            {
                event.prevent_default();
                let _ = offered.focus();
            }
        });
        on_cleanup(move || key.remove());
    });
    let button = move |offer: Offer| {
        let take = move |_| {
            toaster.held.set(false);
            toaster.said.set(None);
            offer.act.run(());
        };
        view! { <button type="button" class="button" node_ref=offered data-tone="ghost" data-size="small" aria-keyshortcuts="Alt+T" on:click=take>{offer.label}</button> }
    };
    view! {
        <div class="toasts" role="status" on:mouseenter=move |_| hold(true) on:mouseleave=move |_| hold(false) on:focusin=move |_| hold(true) on:focusout=move |_| hold(false)>
            {move || toaster.said.get().map(|said| view! { <div class="toast"><p>{said.words}</p>{said.offer.map(button)}</div> })}
        </div>
    }
}
