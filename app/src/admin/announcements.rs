//! What is said to many at once.

use focushive::{
    notification::{Announcement, ListAnnouncements},
    sector::{Counted, List},
    user::Deed,
};
use leptos::prelude::*;
use serde_json::Value;

use super::Admin;
use crate::{
    backend::Asked,
    form::{CommandForm, FormArea, FormField, FormSelect, KeyField, Submit},
    layout::Loaded,
    ui::{Card, Empty, Time},
};

#[component]
pub fn AnnouncementsPage() -> impl IntoView {
    let (sectors, said) = (Asked::new(|| List {}), Asked::new(|| ListAnnouncements {}));
    let made = RwSignal::new(0_u32);
    let again = Callback::new(move |_: Value| {
        made.update(|made| *made += 1);
        said.again();
    });
    view! {
        <Admin here="/admin/announcements" deed=Deed::Announce>
            <Card title="A new announcement" lead="It waits in the bell of everybody it is for; nobody is interrupted by it who did not choose so.">
                <Loaded asked=sectors view={move |sectors: Vec<Counted>| view! { <Say sectors made again /> }} />
            </Card>
            <Card title="Said so far">
                <Loaded asked=said view={move |list: Vec<Announcement>| view! { <Said list /> }} />
            </Card>
        </Admin>
    }
}

#[component]
fn Say(sectors: Vec<Counted>, made: RwSignal<u32>, again: Callback<Value>) -> impl IntoView {
    let sector = |counted: Counted| (counted.sector.id.to_string(), counted.sector.name.to_string());
    let all = [
        ("everybody".to_owned(), "Everybody".to_owned()),
        ("admins".to_owned(), "Those who look after the house".to_owned()),
    ];
    let options: Vec<(String, String)> = all.into_iter().chain(sectors.into_iter().map(sector)).collect();
    view! {
        <CommandForm does="announcement.send" says="It is said." done=again class="stack">
            <KeyField fresh=made />
            <FormField name="title" label="Heading" required=true maxlength=100 />
            <FormArea name="text" label="What there is to say" maxlength=2000 />
            <FormSelect name="audience" label="Whom it is for" options />
            <Submit>"Say it"</Submit>
        </CommandForm>
    }
}

#[component]
fn Said(list: Vec<Announcement>) -> impl IntoView {
    if list.is_empty() {
        return view! { <Empty title="Nothing yet"><p>"What is said here reaches people wherever they are."</p></Empty> }.into_any();
    }
    let row = |said: Announcement| {
        let whom = match said.audience.as_str() {
            "everybody" => "to everybody".to_owned(),
            "admins" => "to those who look after the house".to_owned(),
            sector => format!("to {sector}"),
        };
        view! {
            <li class="list-row">
                <div class="list-main">
                    <b>{said.title.to_string()}</b>
                    <small>{format!("{} {whom}, ", said.by)}<Time at=said.at />{format!(": {} told, {} read", said.told, said.read)}</small>
                </div>
            </li>
        }
    };
    view! { <ul class="list">{list.into_iter().map(row).collect_view()}</ul> }.into_any()
}
