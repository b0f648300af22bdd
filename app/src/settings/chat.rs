//! How chat behaves for me, on every device.

use focushive::chat::ReadPolicy;
use leptos::prelude::*;

use super::{Settings, look_again};
use crate::{
    form::{CommandForm, Submit},
    ui::{Card, RadioCards},
    visit::Session,
};

#[component]
pub fn ChatPage() -> impl IntoView {
    let policy = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.read_policy)).unwrap_or_default();
    let options = ReadPolicy::ALL.map(|policy| (policy.as_str().to_owned(), words(policy).to_owned())).to_vec();
    view! {
        <Settings here="/settings/chat">
            <Card title="When something counts as read" lead="In a window that nobody looks at, nothing does.">
                <CommandForm does="account.set_read_policy" says="Saved." done=look_again() class="stack">
                    <RadioCards name="policy" legend="A message is read" options chosen=policy.as_str().to_owned() />
                    <Submit>"Save"</Submit>
                </CommandForm>
            </Card>
        </Settings>
    }
}

const fn words(policy: ReadPolicy) -> &'static str {
    match policy {
        ReadPolicy::Seen => "When I saw it for a second",
        ReadPolicy::Bottom => "When I reach the end",
        ReadPolicy::ByHand => "Only when I say so",
    }
}
