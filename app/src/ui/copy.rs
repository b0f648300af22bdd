//! A text to take along: it can be selected by hand, and copied by a button where a script is.

use leptos::prelude::*;

use super::{Button, Tone};

#[component]
pub fn CopyText(label: &'static str, text: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let taken = text.clone();
    let copy = move |_| {
        let text = taken.clone();
        leptos::task::spawn_local(async move {
            let written =
                wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            copied.set(written.is_ok());
        });
    };
    view! {
        <div class="copy">
            <input class="copy-text" readonly value=text aria-label=label />
            <span on:click=copy>
                <Button kind="button" tone=Tone::Plain>{move || if copied.get() { "Copied" } else { "Copy" }}</Button>
            </span>
            <span class="visually-hidden" role="status">{move || copied.get().then_some("copied")}</span>
        </div>
    }
}
