//! Toasts: results of one's own actions, one at a time, never in front of anything that is typed
//! into. They wait while one points at them or tabs to them.

use std::time::Duration;

use leptos::prelude::*;

const STAYS: Duration = Duration::from_secs(5);

/// The handle by which pages speak.
#[derive(Clone, Copy)]
pub struct Toaster {
    said: RwSignal<Option<(u32, String)>>,
    held: RwSignal<bool>,
}

impl Toaster {
    pub fn new() -> Self {
        Self { said: RwSignal::new(None), held: RwSignal::new(false) }
    }

    pub fn say(self, words: impl Into<String>) {
        let number = self.said.with_untracked(|said| said.as_ref().map_or(0, |(number, _)| *number)).wrapping_add(1);
        self.said.set(Some((number, words.into())));
        self.close_later(number);
    }

    fn close_later(self, number: u32) {
        set_timeout(
            move || {
                let current = self.said.with_untracked(|said| said.as_ref().is_some_and(|(shown, _)| *shown == number));
                if current && self.held.get_untracked() {
                    self.close_later(number);
                } else if current {
                    self.said.set(None);
                }
            },
            STAYS,
        );
    }
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}

/// Where toasts are shown. The region is always there, so that its news is read out.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let hold = move |held: bool| toaster.held.set(held);
    view! {
        <div class="toasts" role="status" on:mouseenter=move |_| hold(true) on:mouseleave=move |_| hold(false)>
            {move || toaster.said.get().map(|(_, words)| view! { <p class="toast">{words}</p> })}
        </div>
    }
}
