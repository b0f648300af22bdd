//! What was done to a hive's clock in the last days, and by whom.

use focushive::{
    id::HiveId,
    timer::{Did, ListActs},
};
use leptos::prelude::*;

use crate::{
    backend::Asked,
    layout::Loaded,
    ui::{Dialog, Time},
};

/// The way to it.
#[component]
pub fn Acts(hive: HiveId) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| open.set(true)>"Who did what"</button>
        <Dialog open title="Who did what to the clock">{move || open.get().then(|| view! { <List hive /> })}</Dialog>
    }
}

/// Asked for each time it is opened.
#[component]
fn List(hive: HiveId) -> impl IntoView {
    let asked = Asked::new(move || ListActs { hive });
    let shown = |acts: Vec<Did>| {
        if acts.is_empty() {
            return view! { <p class="quiet">"Nobody has touched this clock in the last days."</p> }.into_any();
        }
        let rows = acts.into_iter().map(|did| {
            view! { <li class="list-row"><div class="list-main"><b>{did.name.to_string()}" "{did.words()}</b><small><Time at=did.at /></small></div></li> }
        });
        view! { <ol class="list">{rows.collect_view()}</ol> }.into_any()
    };
    view! { <Loaded asked view=shown /> }
}
