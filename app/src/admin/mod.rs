//! Looking after the house: people, invites, sectors, settings, the log.

mod announcements;
mod audit;
mod house;
mod invites;
mod members;
mod sectors;

use announcements::AnnouncementsPage;
use audit::AuditPage;
use focushive::user::Deed;
use house::HousePage;
use invites::InvitesPage;
use leptos::prelude::*;
use members::MembersPage;
use sectors::SectorsPage;

use crate::{
    layout::{Frame, NotFound, by_path},
    ui::Tabs,
    visit::Session,
};

/// Every path under `/admin`.
pub fn pages() -> AnyView {
    by_path(|path| match path {
        "/admin" => MembersPage().into_any(),
        "/admin/invites" => InvitesPage().into_any(),
        "/admin/sectors" => SectorsPage().into_any(),
        "/admin/announcements" => AnnouncementsPage().into_any(),
        "/admin/house" => HousePage().into_any(),
        "/admin/log" => AuditPage().into_any(),
        _ => NotFound().into_any(),
    })
}

/// The frame of every such page. For those who may not do `deed` there is no such page.
#[component]
fn Admin(here: &'static str, deed: Deed, children: Children) -> impl IntoView {
    let session = Session::get();
    if !session.may(deed) {
        return NotFound().into_any();
    }
    let places = [
        (Deed::SeeMembers, "/admin", "People"),
        (Deed::InvitePeople, "/admin/invites", "Invites"),
        (Deed::ManageSectors, "/admin/sectors", "Sectors"),
        (Deed::Announce, "/admin/announcements", "Announcements"),
        (Deed::ChangeSettings, "/admin/house", "House"),
        (Deed::SeeAudit, "/admin/log", "Log"),
    ];
    let places =
        places.into_iter().filter(|(deed, ..)| session.may(*deed)).map(|(_, path, name)| (path, name)).collect();
    view! {
        <Frame heading="People and house">
            <Tabs label="Administration" places here />
            <div class="cards">{children()}</div>
        </Frame>
    }
    .into_any()
}
