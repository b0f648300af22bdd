//! Hives: the page of one, who belongs to it, and how it is set.

mod join;
mod members;
mod page;
mod settings;
mod shelf;

use focushive::{hive::Access, id::HiveId};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
pub use page::Here;
pub use shelf::Shelf;

use self::{join::JoinPage, members::MembersPage, page::HivePage, settings::SettingsPage};
use crate::{
    layout::{NotFound, by_path},
    ui::Tabs,
};

/// Every path under `/hive`, and the links that lead into one.
pub struct HivePages;

#[lazy_route]
impl LazyRoute for HivePages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
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
}

/// The pages of one hive.
#[component]
fn HiveTabs(hive: HiveId, here: &'static str) -> impl IntoView {
    let path = format!("/hive/{hive}");
    let places =
        vec![(path.clone(), "Hive"), (format!("{path}/members"), "Members"), (format!("{path}/settings"), "Settings")];
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
