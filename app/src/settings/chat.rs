//! How chat behaves for me, on every device.

use focushive::chat::{EnterKey, ReadPolicy};
use leptos::prelude::*;

use super::{Settings, look_again};
use crate::{
    form::{CommandForm, Submit},
    ui::{Card, RadioCards},
    visit::Session,
};

#[component]
pub fn ChatPage() -> impl IntoView {
    let me = Session::get().me.get_untracked();
    let policy = me.as_ref().map(|me| me.read_policy).unwrap_or_default();
    let key = me.map(|me| me.enter_key).unwrap_or_default();
    let keys = EnterKey::ALL.map(|key| (key.as_str().to_owned(), key_words(key).to_owned())).to_vec();
    let options = ReadPolicy::ALL.map(|policy| (policy.as_str().to_owned(), words(policy).to_owned())).to_vec();
    view! {
        <Settings here="/settings/chat">
            <Card title="When something counts as read" lead="In a window that nobody looks at, nothing does.">
                <CommandForm does="account.set_read_policy" says="Saved." done=look_again() class="stack">
                    <RadioCards name="policy" legend="A message is read" options chosen=policy.as_str().to_owned() />
                    <Submit>"Save"</Submit>
                </CommandForm>
            </Card>
            <Card title="What Enter does" lead="Ctrl or Command with Enter always sends; on a phone a button does.">
                <CommandForm does="account.set_enter_key" says="Saved." done=look_again() class="stack">
                    <RadioCards name="key" legend="Where I write, Enter" options=keys chosen=key.as_str().to_owned() />
                    <Submit>"Save"</Submit>
                </CommandForm>
            </Card>
        </Settings>
    }
}

const fn key_words(key: EnterKey) -> &'static str {
    match key {
        EnterKey::Sends => "Sends; Shift and Enter begin another line",
        EnterKey::Breaks => "Begins another line",
    }
}

const fn words(policy: ReadPolicy) -> &'static str {
    match policy {
        ReadPolicy::Seen => "When I saw it for a second",
        ReadPolicy::Bottom => "When I reach the end",
        ReadPolicy::ByHand => "Only when I say so",
    }
}
