//! Small labels and counts.

use leptos::prelude::*;

use super::Tone;

#[component]
pub fn Badge(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.as_str()>{children()}</span> }
}

/// A number to 99, then "99+"; nothing for nothing.
#[component]
pub fn Count(count: u32, #[prop(optional)] tone: Tone) -> impl IntoView {
    let words = if count > 99 { "99+".to_owned() } else { count.to_string() };
    (count > 0).then(|| view! { <span class="badge" data-tone=tone.as_str() data-kind="count">{words}</span> })
}
