//! What is sent about me at all.

use focushive::presence::Choice;
use leptos::prelude::*;

use super::{Settings, look_again};
use crate::{
    form::{CommandForm, FormSelect, Submit},
    ui::{Card, Switch},
    visit::Session,
};

#[component]
pub fn PrivacyPage() -> impl IntoView {
    let me = Session::get().me.get_untracked();
    let privacy = me.as_ref().map(|me| me.privacy);
    let chosen = me.and_then(|me| me.presence).map_or("", Choice::as_str);
    let choices =
        [("", "As my devices say"), ("away", "Away"), ("do_not_disturb", "Do not disturb"), ("offline", "Offline")];
    let choices = choices.map(|(choice, words)| (choice.to_owned(), words.to_owned())).to_vec();
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
            <Card title="How I look to others" lead="On every device, until you change it. In a session it is shown what you do there, unless you look offline.">
                <CommandForm does="presence.set" says="Saved." done=look_again() class="stack">
                    <FormSelect name="choice" label="I am" options=choices value=chosen />
                    <Submit>"Save"</Submit>
                </CommandForm>
            </Card>
        </Settings>
    }
}
