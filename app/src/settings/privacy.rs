//! What is sent about me at all.

use leptos::prelude::*;

use super::{Settings, look_again};
use crate::{
    form::{CommandForm, Submit},
    ui::{Card, Switch},
    visit::Session,
};

#[component]
pub fn PrivacyPage() -> impl IntoView {
    let privacy = Session::get().me.get_untracked().map(|me| me.privacy);
    view! {
        <Settings here="/settings/privacy">
            <Card title="What others learn about you" lead="Off means it is not sent at all, not only that it is not shown.">
                {privacy.map(|privacy| view! {
                    <CommandForm does="account.set_privacy" says="Saved." done=look_again() class="stack">
                        <Switch name="presence" label="Whether I am here" hint="Without it you look offline; messages still arrive" on=privacy.presence />
                        <Switch name="typing" label="That I am writing" on=privacy.typing />
                        <Switch name="read_receipts" label="What I have read" on=privacy.read_receipts />
                        <Switch name="focus_totals" label="How much I focus" hint="Totals and streaks, to people in my hives" on=privacy.focus_totals />
                        <Submit>"Save"</Submit>
                    </CommandForm>
                })}
            </Card>
        </Settings>
    }
}
