//! The first page: the lobby for the signed-in, the landing page for everybody else.

use leptos::prelude::*;

use crate::{
    landing::LandingPage,
    layout::Frame,
    ui::{Empty, Notice, Tone},
    visit::Session,
};

#[component]
pub fn HomePage() -> impl IntoView {
    if Session::get().me.get_untracked().is_some() {
        view! { <LobbyPage /> }.into_any()
    } else {
        view! { <LandingPage /> }.into_any()
    }
}

/// The lobby: the rooms there are. A house begins without any.
#[component]
fn LobbyPage() -> impl IntoView {
    let session = Session::get();
    let name = session.me.with_untracked(|me| me.as_ref().map(|me| me.name.to_string()).unwrap_or_default());
    let first = name.split_whitespace().next().unwrap_or_default().to_owned();
    let may_invite = session.may(focushive::user::Deed::InvitePeople);
    view! {
        <Frame heading=format!("Hello, {first}") lead="This is the lobby: every hive you can see stands here.">
            <Unconfirmed />
            <Empty title="No hives yet">
                <p>"A hive is a room with one shared timer and a chat that goes quiet while people focus. None has been opened here so far."</p>
                {if may_invite {
                    view! { <a class="button" data-tone="primary" href="/admin/invites">"Invite people"</a> }
                } else {
                    view! { <a class="button" data-tone="primary" href="/settings">"Complete your profile"</a> }
                }}
            </Empty>
        </Frame>
    }
}

/// A quiet word to those whose address is not confirmed, where mail is sent at all.
#[component]
fn Unconfirmed() -> impl IntoView {
    let session = Session::get();
    let asks = session.of(|visit| visit.sends_mail)
        && session.me.with_untracked(|me| me.as_ref().is_some_and(|me| !me.email_verified));
    asks.then(|| {
        view! {
            <Notice tone=Tone::Plain>
                "Your address is not confirmed yet: open the link in the letter we sent, or ask for another in "
                <a href="/settings">"Settings"</a>"."
            </Notice>
        }
    })
}
