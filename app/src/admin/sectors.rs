//! Departments.

use focushive::{
    sector::{Counted, List},
    user::Deed,
};
use leptos::prelude::*;
use serde_json::Value;

use super::Admin;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, KeyField, Submit},
    layout::Loaded,
    ui::{Card, Empty, Tone},
};

#[component]
pub fn SectorsPage() -> impl IntoView {
    let sectors = Asked::new(|| List {});
    let made = RwSignal::new(0_u32);
    let again = Callback::new(move |_: Value| {
        made.update(|made| *made += 1);
        sectors.again();
    });
    view! {
        <Admin here="/admin/sectors" deed=Deed::ManageSectors>
            <Card title="A new sector" lead="A sector is a department; messages can be sent to one. Everybody belongs to one at most.">
                <CommandForm does="sector.create" says="The sector is there." done=again class="cluster">
                    <KeyField fresh=made />
                    <FormField name="name" label="Its name" required=true maxlength=60 />
                    <Submit>"Add it"</Submit>
                </CommandForm>
            </Card>
            <Card title="Sectors">
                <Loaded asked=sectors view={move |list: Vec<Counted>| view! { <Sectors list again /> }} />
            </Card>
        </Admin>
    }
}

#[component]
fn Sectors(list: Vec<Counted>, again: Callback<Value>) -> impl IntoView {
    if list.is_empty() {
        return view! { <Empty title="No sectors yet"><p>"A small house needs none."</p></Empty> }.into_any();
    }
    view! { <ul class="list">{list.into_iter().map(|counted| view! { <Row counted again /> }).collect_view()}</ul> }
        .into_any()
}

#[component]
fn Row(counted: Counted, again: Callback<Value>) -> impl IntoView {
    let id = counted.sector.id.to_string();
    let renamed = id.clone();
    let people = if counted.members == 1 { "1 person".to_owned() } else { format!("{} people", counted.members) };
    view! {
        <li class="list-row">
            <div class="list-main"><b>{counted.sector.name.to_string()}</b><small>{people}</small></div>
            <details class="list-actions">
                <summary class="button" data-tone="ghost" data-size="small">"Change"</summary>
                <div class="list-panel">
                    <CommandForm does="sector.rename" says="Renamed." done=again class="cluster">
                        <input type="hidden" name="sector" value=renamed />
                        <FormField name="name" label="New name" value=counted.sector.name.to_string() required=true maxlength=60 />
                        <Submit tone=Tone::Plain small=true>"Rename"</Submit>
                    </CommandForm>
                    <CommandForm does="sector.remove" says="The sector is gone; its people belong to none." done=again>
                        <input type="hidden" name="sector" value=id />
                        <Submit tone=Tone::Danger small=true>"Remove it"</Submit>
                    </CommandForm>
                </div>
            </details>
        </li>
    }
}
