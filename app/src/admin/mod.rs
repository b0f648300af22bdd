//! Looking after the house: people, invites, sectors, settings, the log.

mod audit;
mod house;
mod invites;
mod members;
mod sectors;

pub use audit::AuditPage;
pub use house::HousePage;
pub use invites::InvitesPage;
pub use members::MembersPage;
pub use sectors::SectorsPage;

use focushive::user::Deed;
use leptos::prelude::*;

use crate::{
    layout::{Frame, NotFound},
    ui::Tabs,
    visit::Session,
};

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
