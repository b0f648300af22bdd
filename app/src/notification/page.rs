//! Everything one was told of, on a page of its own: also without a script.

use focushive::notification::{Group, List, Page};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    panel::{Late, MarkAll, QuietLine, see},
    row::{Rows, words},
    state::BellState,
};
use crate::{
    backend::Asked,
    layout::{Frame, Loaded},
    ui::{Empty, Tabs},
};

#[component]
pub fn NotificationsPage() -> impl IntoView {
    let query = use_query_map();
    let group = Memo::new(move |_| {
        let named = query.with(|query| query.get("show"));
        Group::ALL.into_iter().find(|group| named.as_deref() == Some(group.as_str()))
    });
    let before = Memo::new(move |_| query.with(|query| query.get("before").and_then(|before| before.parse().ok())));
    let asked = Asked::new(move || List { before: before.get(), group: group.get(), limit: None });
    let path = |group: Option<Group>| {
        group.map_or_else(|| "/notifications".to_owned(), |group| format!("/notifications?show={}", group.as_str()))
    };
    let tabs = move || {
        let places: Vec<_> = std::iter::once(None)
            .chain(Group::ALL.into_iter().map(Some))
            .map(|group| (path(group), words(group)))
            .collect();
        view! { <Tabs label="Show" places here=path(group.get()) /> }
    };
    let state = BellState::get();
    Effect::new(move || state.refresh(move || asked.again()));
    let late =
        move || before.get().is_none().then(|| view! { <Late state ask={Callback::new(move |()| asked.again())} /> });
    view! {
        <Frame heading="Notifications" actions={move || view! { <MarkAll state group={Signal::from(group)} /> }}>
            {tabs}
            <Transition><QuietLine state /></Transition>
            {late}
            <Loaded asked view={move |page: Page| view! { <Everything page group=group.get_untracked() state /> }} />
        </Frame>
    }
}

#[component]
fn Everything(page: Page, group: Option<Group>, state: BellState) -> impl IntoView {
    if page.rows.is_empty() {
        return view! { <Empty title="Nothing here yet"><p>"Mentions, answers, sessions and announcements are kept here."</p></Empty> }.into_any();
    }
    let last = page.rows.last().map(|row| row.notification.seq).filter(|_| page.more);
    let now = page.now;
    let here = RwSignal::new(false);
    Effect::new(move || here.set(true));
    let rows = page.rows.clone();
    Effect::new(move || {
        state.late.set(0);
        see(&rows);
        state.rows.set(Some(rows.clone()));
    });
    on_cleanup(move || drop(state.rows.try_set(None)));
    let first = StoredValue::new(page.rows);
    let shown = move || {
        let rows = state.rows.get().unwrap_or_else(|| first.get_value());
        view! { <Rows rows now here=here.get() go=Callback::new(|()| ()) /> }
    };
    let show = group.map(|group| format!("&show={}", group.as_str())).unwrap_or_default();
    view! {
        <div class="notes-page"><h2 class="visually-hidden">"What you were told"</h2>{shown}</div>
        {last.map(|last| view! { <p><a class="button" href=format!("/notifications?before={last}{show}")>"Earlier"</a></p> })}
    }
    .into_any()
}
