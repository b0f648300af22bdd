//! The people of the house: roles, sectors, suspension, help with signing in.

use focushive::{
    member::{List, Member, Page, ResetLink},
    sector::{self, Counted},
    user::{Deed, Role, Sector},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde_json::Value;

use super::Admin;
use crate::{
    backend::Asked,
    form::{CommandForm, FormSelect, Submit},
    layout::Loaded,
    reader,
    ui::{Avatar, Badge, Button, Card, CopyText, Empty, Field, FieldKind, Time, Tone},
    visit::Session,
};

#[component]
pub fn MembersPage() -> impl IntoView {
    let query = use_query_map();
    let page = Asked::new(move || {
        let (find, after) = query.with(|query| (query.get("find"), query.get("after")));
        List { find: find.filter(|find| !find.is_empty()), after }
    });
    let sectors = Asked::new(|| sector::List {});
    let again = Callback::new(move |_| page.again());
    let find = query.with_untracked(|query| query.get("find").unwrap_or_default());
    view! {
        <Admin here="/admin" deed=Deed::SeeMembers>
            <Card title="People">
                <form method="get" action="/admin" class="cluster" role="search">
                    <Field name="find" label="Find somebody" kind=FieldKind::Search value=find.clone() />
                    <Button tone=Tone::Plain>"Find"</Button>
                </form>
                <Loaded asked=sectors view={move |sectors: Vec<Counted>| {
                    let sectors: Vec<Sector> = sectors.into_iter().map(|counted| counted.sector).collect();
                    view! { <Loaded asked=page view={move |page: Page| view! { <People page sectors=sectors.clone() again /> }} /> }
                }} />
            </Card>
        </Admin>
    }
}

#[component]
fn People(page: Page, sectors: Vec<Sector>, again: Callback<Value>) -> impl IntoView {
    if page.members.is_empty() {
        return view! { <Empty title="Nobody of that name"><a href="/admin">"Show everybody"</a></Empty> }.into_any();
    }
    let count = if page.total == 1 { "1 person".to_owned() } else { format!("{} people", page.total) };
    let next = page.next.map(|after| format!("/admin?after={after}"));
    view! {
        <p class="quiet" role="status">{count}</p>
        <ul class="list">
            {page.members.into_iter().map(|member| view! { <Row member sectors=sectors.clone() again /> }).collect_view()}
        </ul>
        {next.map(|next| view! { <a class="button" data-tone="plain" href=next>"More"</a> })}
    }
    .into_any()
}

#[component]
fn Row(member: Member, sectors: Vec<Sector>, again: Callback<Value>) -> impl IntoView {
    let session = Session::get();
    let is_me = session.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == member.person.id));
    let below = !is_me && session.role().outranks(member.role);
    let person = member.person.clone();
    let sector = member.sector.clone().map(|sector| view! { <Badge>{sector.name.to_string()}</Badge> });
    let (role, active, wants_reset, seen_at) =
        (member.role.as_str(), member.active, member.wants_reset, member.seen_at);
    let wants_email = member.wants_email.is_some();
    let about = format!("@{} · {} · ", person.handle, member.email);
    view! {
        <li class="list-row">
            <Avatar name=person.name.to_string() initials=person.name.initials() picture=person.avatar.map(|id| format!("/avatar/{id}")) />
            <div class="list-main">
                <b>{person.name.to_string()}</b>
                <Badge>{role}</Badge>
                {sector}
                {(!active).then(|| view! { <Badge tone=Tone::Bad>"suspended"</Badge> })}
                {wants_reset.then(|| view! { <Badge tone=Tone::Bad>"needs a new password"</Badge> })}
                {wants_email.then(|| view! { <Badge>"wants another address"</Badge> })}
                <small>
                    {about}
                    {match seen_at {
                        Some(at) => view! { "seen "<Time at /> }.into_any(),
                        None => "not signed in".into_any(),
                    }}
                </small>
            </div>
            {below.then(|| view! { <Actions member sectors again /> })}
        </li>
    }
}

/// What may be done with somebody, folded away until it is wanted.
#[component]
fn Actions(member: Member, sectors: Vec<Sector>, again: Callback<Value>) -> impl IntoView {
    let session = Session::get();
    let name = member.person.name.to_string();
    let roles = session.may(Deed::ChangeRoles).then(|| view! { <RoleForm member=member.clone() again /> });
    let sectors =
        session.may(Deed::ManageSectors).then(|| view! { <SectorForm member=member.clone() sectors again /> });
    let links = session.may(Deed::HelpSignIn).then(|| {
        let id = member.person.id.to_string();
        let address = member.wants_email.clone().map(|email| view! {
            <p class="quiet">{format!("They want to be {email} from now on.")}</p>
            <LinkForm does="member.make_address_link" user=id.clone() words="Make a link for the new address" label="Link for the new address" lasts="a week" />
        });
        view! {
            <LinkForm does="member.make_reset_link" user=id words="Make a link for a new password" label="Link for a new password" lasts="an hour" />
            {address}
        }
    });
    view! {
        <details class="list-actions">
            <summary class="button" data-tone="ghost" data-size="small">"Change"<span class="visually-hidden">" "{name}</span></summary>
            <div class="list-panel">
                {roles}
                {sectors}
                {links}
                <DoorForms member again />
            </div>
        </details>
    }
}

#[component]
fn RoleForm(member: Member, again: Callback<Value>) -> impl IntoView {
    let mine = Session::get().role();
    let options = Role::ALL
        .into_iter()
        .filter(|role| *role == member.role || mine.may_hand(member.role, *role).is_ok())
        .map(|role| (role.as_str().to_owned(), role.as_str().to_owned()))
        .collect::<Vec<_>>();
    view! {
        <CommandForm does="member.set_role" says="The role is changed." done=again class="cluster">
            <input type="hidden" name="user" value=member.person.id.to_string() />
            <FormSelect name="role" label="Role" options value=member.role.as_str() />
            <Submit tone=Tone::Plain small=true>"Set role"</Submit>
        </CommandForm>
    }
}

#[component]
fn SectorForm(member: Member, sectors: Vec<Sector>, again: Callback<Value>) -> impl IntoView {
    let none = [(String::new(), "none".to_owned())];
    let named = sectors.into_iter().map(|sector| (sector.id.to_string(), sector.name.to_string()));
    let options = none.into_iter().chain(named).collect::<Vec<_>>();
    let value = member.sector.map(|sector| sector.id.to_string()).unwrap_or_default();
    view! {
        <CommandForm does="member.set_sector" says="The sector is changed." done=again class="cluster">
            <input type="hidden" name="user" value=member.person.id.to_string() />
            <FormSelect name="sector" label="Sector" options value />
            <Submit tone=Tone::Plain small=true>"Set sector"</Submit>
        </CommandForm>
    }
}

/// A link that is shown once, to be handed over.
#[component]
fn LinkForm(
    does: &'static str,
    user: String,
    words: &'static str,
    label: &'static str,
    lasts: &'static str,
) -> impl IntoView {
    let told = Session::get().feedback(does).and_then(|feedback| feedback.answer);
    let link = RwSignal::new(told.and_then(|answer| reader::read::<ResetLink>(answer).ok()));
    let done = Callback::new(move |answer: Value| link.set(reader::read(answer).ok()));
    view! {
        <CommandForm does done class="cluster">
            <input type="hidden" name="user" value=user />
            <Submit tone=Tone::Plain small=true>{words}</Submit>
        </CommandForm>
        {move || link.get().map(|made| view! {
            <p class="quiet">{format!("Hand it over in person: it works once, within {lasts}, and is not shown again.")}</p>
            <CopyText label text=made.link />
        })}
    }
}

/// Out, and in again.
#[component]
fn DoorForms(member: Member, again: Callback<Value>) -> impl IntoView {
    let id = member.person.id.to_string();
    let again_id = id.clone();
    let (does, says, tone, words) = if member.active {
        ("member.suspend", "They are suspended and signed out.", Tone::Danger, "Suspend")
    } else {
        ("member.restore", "They may sign in again.", Tone::Plain, "Restore")
    };
    view! {
        <div class="cluster">
            <CommandForm does="member.sign_out" says="They are signed out everywhere." done=again>
                <input type="hidden" name="user" value=again_id />
                <Submit tone=Tone::Plain small=true>"Sign out everywhere"</Submit>
            </CommandForm>
            <CommandForm does says done=again>
                <input type="hidden" name="user" value=id />
                <Submit tone small=true>{words}</Submit>
            </CommandForm>
        </div>
    }
}
