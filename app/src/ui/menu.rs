//! A menu behind a button: the browser's own disclosure, so that it opens without a script.

use leptos::prelude::*;

use super::{Icon, IconMark};

#[component]
pub fn Menu(label: &'static str, children: Children) -> impl IntoView {
    view! {
        <details class="menu">
            <summary class="button" data-tone="ghost" aria-label=label><IconMark icon=Icon::More /></summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
}
