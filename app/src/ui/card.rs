//! A titled part of a page.

use leptos::prelude::*;

#[component]
pub fn Card(title: &'static str, #[prop(optional)] lead: Option<&'static str>, children: Children) -> impl IntoView {
    view! {
        <section class="card">
            <header class="card-head"><h2>{title}</h2>{lead.map(|lead| view! { <p>{lead}</p> })}</header>
            {children()}
        </section>
    }
}
