//! Where I am signed in, and my password.

use focushive::account::{ListSessions, Session as SignIn, SessionKind};
use leptos::prelude::*;

use super::Settings;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, Submit, UserNameField},
    layout::Loaded,
    ui::{Badge, Card, FieldKind, Time, Tone},
};

#[component]
pub fn SessionsPage() -> impl IntoView {
    let sessions = Asked::new(|| ListSessions {});
    let again = Callback::new(move |_| sessions.again());
    view! {
        <Settings here="/settings/sessions">
            <Card title="Where you are signed in" lead="End what you do not know, and change your password then.">
                <Loaded asked=sessions view={move |list: Vec<SignIn>| view! {
                    <ul class="list">
                        {list.iter().cloned().map(|sign_in| view! { <Row sign_in again /> }).collect_view()}
                    </ul>
                    {(list.len() > 1).then(|| view! {
                        <CommandForm does="session.revoke_others" says="All other sign-ins are ended." done=again>
                            <Submit tone=Tone::Plain>"End all others"</Submit>
                        </CommandForm>
                    })}
                }} />
            </Card>
            <PasswordCard again />
        </Settings>
    }
}

#[component]
fn Row(sign_in: SignIn, again: Callback<serde_json::Value>) -> impl IntoView {
    let kind = match sign_in.kind {
        SessionKind::Browser => None,
        SessionKind::Token => Some("outside client"),
    };
    let about = format!("End {}", sign_in.label);
    view! {
        <li class="list-row">
            <div class="list-main">
                <b>{sign_in.label.to_string()}</b>
                {sign_in.current.then(|| view! { <Badge tone=Tone::Good>"this device"</Badge> })}
                {kind.map(|kind| view! { <Badge>{kind}</Badge> })}
                <small>
                    "Last seen "<Time at=sign_in.seen_at />", since "<Time at=sign_in.created_at />
                    {sign_in.address.filter(|address| !address.is_empty()).map(|address| format!(", from {address}"))}
                </small>
            </div>
            {(!sign_in.current).then(|| view! {
                <CommandForm does="session.revoke" says="That sign-in is ended." done=again>
                    <input type="hidden" name="session" value=sign_in.id.to_string() />
                    <Submit tone=Tone::Plain small=true label=about.clone()>"End"</Submit>
                </CommandForm>
            })}
        </li>
    }
}

#[component]
fn PasswordCard(again: Callback<serde_json::Value>) -> impl IntoView {
    view! {
        <Card title="Password" lead="A new one ends every other sign-in.">
            <CommandForm does="account.change_password" says="Your password is changed." done=again class="stack">
                <UserNameField />
                <FormField name="current" label="Current password" kind=FieldKind::Password autocomplete="current-password" required=true />
                <FormField name="new" label="New password" kind=FieldKind::Password hint="At least 10 characters; a few unrelated words are best" autocomplete="new-password" required=true />
                <Submit>"Change password"</Submit>
            </CommandForm>
        </Card>
    }
}
