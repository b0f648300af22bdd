//! Hives: the page of one, who belongs to it, and how it is set.

mod invite;
mod join;
mod members;
mod offer;
mod order;
mod page;
mod settings;
mod shelf;

use focushive::{
    hive::{Access, Member},
    id::HiveId,
    protocol::{Topic, event::PartChanged},
};
use leptos::prelude::*;
pub use page::Here;
pub use shelf::Shelf;

use self::{join::JoinPage, members::MembersPage, page::HivePage, settings::SettingsPage};
use crate::{
    layout::{NotFound, by_path},
    live,
    ui::Tabs,
    visit::Session,
};

/// Every path under `/hive`, and the links that lead into one.
pub fn pages() -> AnyView {
    by_path(|path| {
        let mut parts = path.split('/').skip(1);
        match (parts.next(), parts.next(), parts.next()) {
            (Some("join"), Some(secret), None) => {
                JoinPage(join::JoinPageProps { secret: secret.to_owned() }).into_any()
            }
            (Some("hive"), Some(hive), page) => match (hive.parse::<HiveId>(), page) {
                (Ok(hive), None) => view! { <HivePage hive /> }.into_any(),
                (Ok(hive), Some("members")) => view! { <MembersPage hive /> }.into_any(),
                (Ok(hive), Some("settings")) => view! { <SettingsPage hive /> }.into_any(),
                _ => NotFound().into_any(),
            },
            _ => NotFound().into_any(),
        }
    })
}

/// What one may do here has changed: one's own part decides what a page offers. Call it in an effect.
fn on_part(hive: HiveId, then: impl Fn() + 'static) {
    let Some(me) = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return };
    live::listen(Topic::User(me), None, move |told| {
        if told.event::<PartChanged>("part.changed").is_some_and(|part| part.hive == hive) {
            then();
        }
    });
}

/// Somebody else came, left, or may do something else now: what concerns oneself decides whether one
/// may ask at all. Call it in an effect.
fn on_others(hive: HiveId, then: impl Fn() + 'static) {
    let me = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id));
    live::listen(Topic::Hive(hive), None, move |told| {
        let is_me = |member: Box<Member>| Some(member.person.id) == me;
        let mine = told.event("member.changed").is_some_and(is_me);
        if !mine && told.may_be(&["member.changed", "member.left"]) {
            then();
        }
    });
}

/// The pages of one hive; between two people there is nothing to set.
#[component]
fn HiveTabs(hive: HiveId, here: &'static str, pair: bool) -> impl IntoView {
    let path = format!("/hive/{hive}");
    let mut places = vec![(path.clone(), "Hive"), (format!("{path}/members"), "Members")];
    if !pair {
        places.push((format!("{path}/settings"), "Settings"));
    }
    let here = places.iter().find(|(_, name)| *name == here).map(|(path, _)| path.clone()).unwrap_or_default();
    view! { <Tabs label="Hive" places here /> }
}

pub const fn access_words(access: Access) -> &'static str {
    match access {
        Access::Public => "everybody in the house",
        Access::Invite => "people with a link",
        Access::Private => "people with a link; others do not see it",
    }
}
