//! The mark and the name.

use leptos::prelude::*;

#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
                <path class="brand-outer" d="M16 2l12 7v14l-12 7-12-7V9z" />
                <path class="brand-inner" d="M16 9l6 3.5v7L16 23l-6-3.5v-7z" />
            </svg>
            <b>"FocusHive"</b>
        </span>
    }
}
