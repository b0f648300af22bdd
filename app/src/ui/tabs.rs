//! Neighbouring pages, as tabs that are links.

use leptos::prelude::*;

#[component]
pub fn Tabs<P: Into<String>>(
    label: &'static str,
    places: Vec<(P, &'static str)>,
    #[prop(into)] here: String,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {places
                .into_iter()
                .map(|(path, name)| (path.into(), name))
                .map(|(path, name)| {
                    let current = (path == here).then_some("page");
                    view! { <a href=path aria-current=current>{name}</a> }
                })
                .collect_view()}
        </nav>
    }
}
