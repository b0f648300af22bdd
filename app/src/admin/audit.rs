//! What was done to whom by whom.

use focushive::{
    member::{AuditEntry, ListAudit},
    user::Deed,
};
use leptos::prelude::*;

use super::Admin;
use crate::{
    backend::Asked,
    layout::Loaded,
    ui::{Card, Empty, Time},
};

#[component]
pub fn AuditPage() -> impl IntoView {
    let entries = Asked::new(|| ListAudit {});
    view! {
        <Admin here="/admin/log" deed=Deed::SeeAudit>
            <Card title="Log" lead="The last hundred changes to people and house.">
                <Loaded asked=entries view={|list: Vec<AuditEntry>| view! { <Entries list /> }} />
            </Card>
        </Admin>
    }
}

#[component]
fn Entries(list: Vec<AuditEntry>) -> impl IntoView {
    if list.is_empty() {
        return view! { <Empty title="Nothing has been changed yet"><p>"Roles, sectors, invites and suspensions will stand here."</p></Empty> }.into_any();
    }
    view! { <ul class="list">{list.into_iter().map(|entry| view! { <Row entry /> }).collect_view()}</ul> }.into_any()
}

#[component]
fn Row(entry: AuditEntry) -> impl IntoView {
    let actor = entry.actor.unwrap_or_else(|| "Somebody who left".to_owned());
    let whom = entry.subject.map(|subject| format!(" · {subject}"));
    let change = match (entry.before.filter(|text| !text.is_empty()), entry.after.filter(|text| !text.is_empty())) {
        (Some(before), Some(after)) => Some(format!("{before} → {after}")),
        (before, after) => before.or(after),
    };
    view! {
        <li class="list-row">
            <div class="list-main">
                <b>{entry.deed}{whom}</b>
                <small>{actor}", "<Time at=entry.at />{change.map(|change| format!(": {change}"))}</small>
            </div>
        </li>
    }
}
