//! The route table: one line a page, and who a page is for.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    admin::{AuditPage, HousePage, InvitesPage, MembersPage, SectorsPage},
    auth::{ForgotPage, InvitePage, ResetPage, SetupPage, SignInPage, SignUpPage, VerifyPage},
    layout::{NotFound, UiPage},
    lobby::HomePage,
    settings::{AppearancePage, DataPage, PrivacyPage, ProfilePage, SessionsPage},
    visit::Session,
};

#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    Session::provide();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=HomePage />
                <Route path=path!("/setup") view=SetupPage />
                <Route path=path!("/sign-in") view=SignInPage />
                <Route path=path!("/sign-up") view=SignUpPage />
                <Route path=path!("/invite/:secret") view=InvitePage />
                <Route path=path!("/forgot") view=ForgotPage />
                <Route path=path!("/reset") view=ResetPage />
                <Route path=path!("/verify") view=VerifyPage />
                <Route path=path!("/settings") view=ProfilePage />
                <Route path=path!("/settings/appearance") view=AppearancePage />
                <Route path=path!("/settings/sessions") view=SessionsPage />
                <Route path=path!("/settings/privacy") view=PrivacyPage />
                <Route path=path!("/settings/data") view=DataPage />
                <Route path=path!("/admin") view=MembersPage />
                <Route path=path!("/admin/invites") view=InvitesPage />
                <Route path=path!("/admin/sectors") view=SectorsPage />
                <Route path=path!("/admin/house") view=HousePage />
                <Route path=path!("/admin/log") view=AuditPage />
                <Route path=path!("/ui") view=UiPage />
            </Routes>
        </Router>
    }
}

/// Who a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The one page of an empty house.
    Setup,
    Anyone,
    /// People who are not signed in.
    Guests,
    /// People who are.
    Members,
}

/// Who the page at this path is for. A path that leads nowhere is anyone's: it says so.
pub fn access(path: &str) -> Access {
    match path.split('/').nth(1).unwrap_or_default() {
        "setup" => Access::Setup,
        "sign-in" | "sign-up" | "forgot" => Access::Guests,
        "settings" | "admin" => Access::Members,
        _ => Access::Anyone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_administration_are_for_the_signed_in() {
        assert_eq!(access("/settings/sessions"), Access::Members);
        assert_eq!(access("/admin"), Access::Members);
        assert_eq!(access("/sign-in"), Access::Guests);
        assert_eq!(access("/"), Access::Anyone);
        assert_eq!(access("/nowhere"), Access::Anyone);
    }
}
