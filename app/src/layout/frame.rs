//! The page of somebody signed in: rail, main, and what is shared by every such page.

use focushive::{id::HiveId, protocol::Ask};
use leptos::prelude::*;

use super::rail::Rail;
use crate::{
    backend::Asked,
    chat::carry,
    composition::watch_compositions,
    hive::Shelf,
    layout::{PageTitle, TabTitle, Trouble},
    live::{LinkBar, Live},
    notification::DigestCard,
    presence::{Unseen, keep_beating},
    timer,
    ui::{SkeletonList, Sprite, Toasts},
    visit::Session,
    waking::Part,
};

/// The frame of a signed-in page. `heading` is also the page's title.
#[component]
pub fn Frame(
    #[prop(into)] heading: String,
    #[prop(optional, into)] lead: Option<String>,
    /// What stands at the end of the heading: the page's main action.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// What stands beside the page: a hive's chat.
    #[prop(optional, into)]
    side: Option<ViewFn>,
    /// The clock that stands on the page itself: a hive's, or with no hive one's own.
    #[prop(optional)]
    stage: Option<Option<HiveId>>,
    children: Children,
) -> impl IntoView {
    let house = Session::get().of(|visit| visit.house.as_ref().map_or("FocusHive".to_owned(), ToString::to_string));
    TabTitle::provide();
    Live::provide();
    let shelf = Shelf::get();
    Effect::new(move || shelf.watch());
    Effect::new(keep_beating);
    Effect::new(carry);
    Effect::new(watch_compositions);
    Effect::new(timer::wake);
    let beside = side.is_some().then_some("");
    view! {
        <Sprite />
        <PageTitle words=format!("{heading} · {house}") />
        <a class="skip" href="#main" rel="external">"Skip to the page"</a>
        <div class="frame" data-side=beside>
            <Part asks=true><Rail stage /></Part>
            <main id="main" class="page" tabindex="-1">
                <Unseen />
                <DigestCard />
                <Part>
                    <header class="page-head">
                        <div>
                            <h1>{heading}</h1>
                            {lead.map(|lead| view! { <p>{lead}</p> })}
                        </div>
                        {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
                    </header>
                </Part>
                <div class="page-body">{children()}</div>
            </main>
            {side.map(|side| side.run())}
        </div>
        <LinkBar />
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
