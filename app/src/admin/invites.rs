//! Invite links: made here, shown once.

use focushive::{
    invite::{Created, Invite, Lasts, List},
    user::{Deed, Role},
};
use leptos::prelude::*;
use serde_json::Value;

use super::Admin;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, FormSelect, KeyField, Submit},
    layout::Loaded,
    reader,
    ui::{Badge, Card, CopyText, Empty, FieldKind, Time, Tone},
    visit::Session,
};

#[component]
pub fn InvitesPage() -> impl IntoView {
    let invites = Asked::new(|| List {});
    let again = Callback::new(move |_: Value| invites.again());
    view! {
        <Admin here="/admin/invites" deed=Deed::InvitePeople>
            <MakeCard again />
            <Card title="Links">
                <Loaded asked=invites view={move |list: Vec<Invite>| view! { <Links list again /> }} />
            </Card>
        </Admin>
    }
}

#[component]
fn MakeCard(again: Callback<Value>) -> impl IntoView {
    let session = Session::get();
    let told = session.feedback("invite.create").and_then(|feedback| feedback.answer);
    let made = RwSignal::new(told.and_then(|answer| reader::read::<Created>(answer).ok()));
    let done = Callback::new(move |answer: Value| {
        again.run(Value::Null);
        made.set(reader::read(answer).ok());
    });
    let mine = session.role();
    let named = |role: Role| (role.as_str().to_owned(), role.as_str().to_owned());
    let roles = Role::ALL.into_iter().filter(|role| *role <= mine).map(named).collect::<Vec<_>>();
    let lasts = Lasts::ALL.map(|lasts| (lasts.as_str().to_owned(), how_long(lasts).to_owned())).to_vec();
    view! {
        <Card title="Invite people" lead="Whoever has the link can make an account with it, as often and as long as you say here.">
            <CommandForm does="invite.create" done class="stack">
                <KeyField fresh=made />
                <div class="cluster">
                    <FormSelect name="role" label="They come in as" options=roles value="member" />
                    <FormSelect name="lasts" label="It is good for" options=lasts value="week" />
                    <FormField name="max_uses" label="Uses" kind=FieldKind::Number value="1" required=true />
                </div>
                <Submit>"Make a link"</Submit>
            </CommandForm>
            {move || made.get().map(|made| view! {
                <p class="quiet" role="status">"Here it is. It is shown this once, so copy it now."</p>
                <CopyText label="Invite link" text=made.link />
            })}
        </Card>
    }
}

const fn how_long(lasts: Lasts) -> &'static str {
    match lasts {
        Lasts::Hour => "an hour",
        Lasts::Day => "a day",
        Lasts::Week => "a week",
        Lasts::Month => "thirty days",
    }
}

#[component]
fn Links(list: Vec<Invite>, again: Callback<Value>) -> impl IntoView {
    if list.is_empty() {
        return view! { <Empty title="No links yet"><p>"Make the first one above and send it to somebody."</p></Empty> }.into_any();
    }
    view! { <ul class="list">{list.into_iter().map(|invite| view! { <Row invite again /> }).collect_view()}</ul> }
        .into_any()
}

#[component]
fn Row(invite: Invite, again: Callback<Value>) -> impl IntoView {
    let by = invite.made_by.as_ref().map_or("somebody who left".to_owned(), ToString::to_string);
    let spent = invite.withdrawn || invite.uses >= invite.max_uses;
    let id = invite.id.to_string();
    view! {
        <li class="list-row">
            <div class="list-main">
                <b>{format!("{} of {} used", invite.uses, invite.max_uses)}</b>
                <Badge>{invite.role.as_str()}</Badge>
                {invite.withdrawn.then(|| view! { <Badge tone=Tone::Bad>"withdrawn"</Badge> })}
                <small>{format!("made by {by} ")}<Time at=invite.created_at />", good until "<Time at=invite.expires_at /></small>
            </div>
            {(!spent).then(|| view! {
                <CommandForm does="invite.withdraw" says="The link is withdrawn." done=again>
                    <input type="hidden" name="invite" value=id />
                    <Submit tone=Tone::Plain small=true>"Withdraw"</Submit>
                </CommandForm>
            })}
        </li>
    }
}
