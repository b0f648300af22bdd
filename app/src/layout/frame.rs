//! The page of somebody signed in: rail, main, and what is shared by every such page.

use focushive::protocol::Ask;
use leptos::prelude::*;

use super::rail::Rail;
use crate::{
    backend::Asked,
    layout::{PageTitle, Trouble},
    ui::{SkeletonList, Sprite, Toaster, Toasts},
    visit::Session,
};

/// The frame of a signed-in page. `heading` is also the page's title.
#[component]
pub fn Frame(
    #[prop(into)] heading: String,
    #[prop(optional, into)] lead: Option<String>,
    /// What stands at the end of the heading: the page's main action.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let house = Session::get().of(|visit| visit.house.as_ref().map_or("FocusHive".to_owned(), ToString::to_string));
    provide_context(Toaster::new());
    view! {
        <Sprite />
        <PageTitle words=format!("{heading} · {house}") />
        <a class="skip" href="#main" rel="external">"Skip to the page"</a>
        <div class="frame">
            <Rail />
            <main id="main" class="page" tabindex="-1">
                <header class="page-head">
                    <div>
                        <h1>{heading}</h1>
                        {lead.map(|lead| view! { <p>{lead}</p> })}
                    </div>
                    {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
                </header>
                <div class="page-body">{children()}</div>
            </main>
        </div>
        <Toasts />
    }
}

/// Shows what was asked for, once it is there; the reason, if it is not to be had.
#[component]
pub fn Loaded<A, V, F>(asked: Asked<A>, view: F) -> impl IntoView
where
    A: Ask + 'static,
    A::Answer: 'static,
    V: IntoView + 'static,
    F: Fn(A::Answer) -> V + Send + Sync + 'static,
{
    let shown = move || {
        asked.get().map(|got| match got {
            Ok(answer) => view(answer).into_any(),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! { <Transition fallback=SkeletonList>{shown}</Transition> }
}
