//! Neighbouring pages, as tabs that are links.

use leptos::prelude::*;

#[component]
pub fn Tabs(label: &'static str, places: Vec<(&'static str, &'static str)>, here: &'static str) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {places
                .into_iter()
                .map(|(path, name)| view! { <a href=path aria-current=(path == here).then_some("page")>{name}</a> })
                .collect_view()}
        </nav>
    }
}
