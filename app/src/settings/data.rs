//! Taking my data along, and leaving for good.

use leptos::prelude::*;

use super::Settings;
use crate::{
    form::{CommandForm, FormField, Submit, UserNameField},
    ui::{Card, FieldKind, Tone},
    visit::Session,
};

#[component]
pub fn DataPage() -> impl IntoView {
    let handle = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.handle.to_string()).unwrap_or_default());
    view! {
        <Settings here="/settings/data">
            <Card title="Take it along" lead="One archive with everything that is yours: JSON, and the files as they are.">
                <p><a class="button" data-tone="plain" href="/export" rel="external" download>"Download my data"</a></p>
            </Card>
            <Card title="Leave for good" lead="Your account is removed at once. What you wrote stays, without your name. This cannot be undone.">
                <details class="danger">
                    <summary>"Remove my account…"</summary>
                    <CommandForm does="account.remove" class="stack">
                        <p>"Type your handle, "<b>{handle}</b>", and your password to confirm."</p>
                        <UserNameField />
                        <FormField name="handle" label="Your handle" required=true />
                        <FormField name="password" label="Your password" kind=FieldKind::Password autocomplete="current-password" required=true />
                        <Submit tone=Tone::Danger>"Remove my account"</Submit>
                    </CommandForm>
                </details>
            </Card>
        </Settings>
    }
}
