//! The route table: one line a page, and who a page is for.

use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    corner::Corner,
    hive::Shelf,
    keep,
    notification::BellState,
    pieces::{
        AdminPages, AuthPages, FocusPages, GalleryPage, HivePages, HomePages, InvitePages, LostPages,
        NotificationPages, SettingsPages,
    },
    ui::Toaster,
    visit::Session,
};

/// What most people never open, or open once, comes to the browser when it is gone to: those routes
/// are `Lazy`.
#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    // What was said outlives the page it was said on, which may be drawn anew by what it was about.
    provide_context(Toaster::new());
    Session::provide();
    Effect::new(keep::belong);
    Corner::<Shelf>::make_room();
    Corner::<BellState>::make_room();
    view! {
        <Router>
            <Routes fallback=|| ()>
                <Route path=path!("/") view={Lazy::<HomePages>::new()} />
                <Route path=path!("/setup") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/sign-in") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/sign-up") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/invite/:secret") view={Lazy::<InvitePages>::new()} />
                <Route path=path!("/forgot") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/reset") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/verify") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/stop") view={Lazy::<AuthPages>::new()} />
                <Route path=path!("/settings") view={Lazy::<SettingsPages>::new()} />
                <Route path=path!("/settings/:page") view={Lazy::<SettingsPages>::new()} />
                <Route path=path!("/admin") view={Lazy::<AdminPages>::new()} />
                <Route path=path!("/admin/:page") view={Lazy::<AdminPages>::new()} />
                <Route path=path!("/hive/:hive") view={Lazy::<HivePages>::new()} />
                <Route path=path!("/hive/:hive/:page") view={Lazy::<HivePages>::new()} />
                <Route path=path!("/focus") view={Lazy::<FocusPages>::new()} />
                <Route path=path!("/notifications") view={Lazy::<NotificationPages>::new()} />
                <Route path=path!("/join/:secret") view={Lazy::<HivePages>::new()} />
                <Route path=path!("/*any") view={Lazy::<LostPages>::new()} />
                <Route path=path!("/ui") view={Lazy::<GalleryPage>::new()} />
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
        "settings" | "admin" | "hive" | "join" | "focus" | "notifications" => Access::Members,
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
