//! A place that holds nothing yet: what it is for, and the one thing to do.

use leptos::prelude::*;

#[component]
pub fn Empty(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <svg viewBox="0 0 120 96" width="120" height="96" aria-hidden="true">
                <path class="empty-cell" data-fill="wash" d="M60 8l20 11.5v23L60 54 40 42.500v-23z" />
                <path class="empty-cell" d="M38 46l20 11.500v23L38 92 18 80.500v-23z" />
                <path class="empty-cell" d="M82 46l20 11.500v23L82 92 62 80.500v-23z" />
            </svg>
            <h2>{title}</h2>
            <div class="empty-words">{children()}</div>
        </div>
    }
}
