//! The address one signs in with, and another one instead of it.

use focushive::{
    account::{Address, LookAddress, Me},
    text::Email,
};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    backend::Asked,
    form::{CommandForm, FormField, Submit, UserNameField},
    layout::Loaded,
    ui::{Badge, Card, FieldKind, Notice, Tone},
    visit::Session,
};

#[component]
pub fn AddressCards(me: Me) -> impl IntoView {
    let asked = Asked::new(|| LookAddress {});
    let again = Callback::new(move |_: Value| asked.again());
    view! {
        <AccountCard me />
        <Card title="Another address" lead="You sign in with the address you have until the new one is confirmed.">
            <Loaded asked view={move |address: Address| view! { <Waiting wants=address.wants again /> }} />
            <CommandForm does="account.change_email" says="You asked for it." done=again class="stack">
                <UserNameField />
                <FormField name="email" label="New email" kind=FieldKind::Email autocomplete="email" required=true maxlength=254 />
                <FormField name="password" label="Your password" kind=FieldKind::Password autocomplete="current-password" required=true maxlength=200 />
                <Submit tone=Tone::Plain>"Ask for it"</Submit>
            </CommandForm>
        </Card>
    }
}

/// What one asked for. Whether somebody else has that address is not said here.
#[component]
fn Waiting(wants: Option<Email>, again: Callback<Value>) -> impl IntoView {
    let sends_mail = Session::get().of(|visit| visit.sends_mail);
    wants.map(|wants| {
        let words = if sends_mail {
            format!("If {wants} can be yours, a letter with a link is on its way there. It works once, within a week.")
        } else {
            format!("{wants} waits to be confirmed: ask one of the people who look after this FocusHive for the link.")
        };
        view! {
            <Notice tone=Tone::Plain>{words}</Notice>
            <CommandForm does="account.keep_email" says="You keep the address you have." done=again>
                <Submit tone=Tone::Ghost>"Keep the one I have"</Submit>
            </CommandForm>
        }
    })
}

#[component]
fn AccountCard(me: Me) -> impl IntoView {
    let sends_mail = Session::get().of(|visit| visit.sends_mail);
    let sector = me.sector.map_or("none".to_owned(), |sector| sector.name.to_string());
    let asks = sends_mail && !me.email_verified;
    view! {
        <Card title="Account">
            <dl class="facts">
                <dt>"Email"</dt>
                <dd>{me.email.to_string()}" "{me.email_verified.then(|| view! { <Badge tone=Tone::Good>"confirmed"</Badge> })}</dd>
                <dt>"Role"</dt><dd>{me.role.as_str()}</dd>
                <dt>"Sector"</dt><dd>{sector}</dd>
            </dl>
            {asks.then(|| view! {
                <CommandForm does="account.verify_email" says="A letter is on its way.">
                    <Submit tone=Tone::Plain>"Send the confirmation again"</Submit>
                </CommandForm>
            })}
        </Card>
    }
}
