//! The rail: where one can go, and who one is. On a phone it is a menu at the top.

use focushive::{hive::Card, id::HiveId, user::Deed};
use leptos::prelude::*;
use leptos_router::components::A;

use super::StatusText;
use crate::{
    form::{CommandForm, Way},
    hive::Shelf,
    notification::{BellButton, BellState},
    switcher::Switcher,
    timer::MiniClock,
    ui::{Avatar, Brand, Count, Icon, IconMark, tint},
    visit::Session,
    waking::Part,
};

#[component]
pub fn Rail(stage: Option<Option<HiveId>>) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="FocusHive">
            <a class="rail-brand" href="/"><Brand /></a>
            <Switcher />
            <Part asks=true><BellButton /></Part>
            <MiniClock stage />
            <Part asks=true>
                <details class="rail-menu">
                    <summary class="rail-toggle"><IconMark icon=Icon::Menu /><span class="visually-hidden">"Menu"</span></summary>
                    <div class="rail-places"><Places /><Part><Myself /></Part></div>
                </details>
            </Part>
        </nav>
    }
}

#[component]
fn Places() -> impl IntoView {
    let (session, shelf) = (Session::get(), Shelf::get());
    view! {
        <h2>"Your hives"</h2>
        <ul>
            <li><A href="/" exact=true><IconMark icon=Icon::Hexagon />"Lobby"</A></li>
        </ul>
        <Transition>{move || shelf.mine().map(|mine| {
            let (pairs, hives): (Vec<Card>, Vec<Card>) = mine.into_iter().partition(|card| card.hive.pair);
            view! {
                <ul>{hives.into_iter().map(|card| view! { <Part><Place card /></Part> }).collect_view()}</ul>
                {(!pairs.is_empty()).then(|| view! {
                    <h2>"Messages"</h2>
                    <ul>{pairs.into_iter().map(|card| view! { <Part><Place card /></Part> }).collect_view()}</ul>
                })}
            }
            .into_any()
        })}</Transition>
        <h2>"Yours"</h2>
        <ul>
            <li><A href="/focus"><IconMark icon=Icon::Clock />"My focus"</A></li>
            <li><A href="/settings"><IconMark icon=Icon::Gear />"Settings"</A></li>
            {move || session.me.with(|me| me.as_ref().is_some_and(|me| me.role.may(Deed::SeeMembers))).then(|| view! {
                <li><A href="/admin"><IconMark icon=Icon::Users />"People"</A></li>
            })}
        </ul>
    }
}

/// One hive of one's own: who is in it, or how much waits there.
#[component]
fn Place(card: Card) -> impl IntoView {
    let (here, unread) = (card.here.len(), card.unread);
    // While one focuses nothing counts up in the corner of the eye.
    let bell = BellState::get();
    let waits = move || unread > 0 && !bell.is_focus();
    view! {
        <li>
            <A href=format!("/hive/{}", card.hive.id)>
                <span class="rail-hex" data-tint=tint(card.hive.name.as_str()).to_string()></span>
                <span class="rail-name">{card.hive.name.to_string()}</span>
                {card.drafted.then(|| view! { <span class="rail-note">"draft"</span> })}
                {move || waits().then(|| view! { <span class="rail-note"><Count count=unread /><span class="visually-hidden">"unread"</span></span> })}
                {move || (!waits() && here > 0).then(|| view! { <span class="rail-note" data-kind="here">{format!("{here} here")}</span> })}
            </A>
        </li>
    }
}

/// Who one is, and the way out.
#[component]
fn Myself() -> impl IntoView {
    let session = Session::get();
    view! {
        <div class="rail-me">
            {move || session.me.get().map(|me| {
                view! {
                    <a class="rail-who" href="/settings">
                        <Avatar name=me.name.to_string() initials=me.name.initials() picture=me.avatar.map(|id| format!("/avatar/{id}")) />
                        <span><b>{me.name.to_string()}</b><small><StatusText status=me.status otherwise=format!("@{}", me.handle) /></small></span>
                    </a>
                }
            })}
            <CommandForm does="auth.sign_out" way=Way::Whole>
                <button class="button" data-tone="ghost" data-size="small" type="submit" title="Sign out">
                    <IconMark icon=Icon::SignOut /><span class="visually-hidden">"Sign out"</span>
                </button>
            </CommandForm>
        </div>
    }
}
