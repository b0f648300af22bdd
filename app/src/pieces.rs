//! The pieces in which the browser's program comes. There are few: what several of them share comes in
//! a piece of its own for each way in which it is shared, and each of those is asked for by itself.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::{
    admin, auth, focus, hive, hive::Shelf, landing, layout, lobby, notification, settings, switcher, visit::Session,
    waking::pause,
};

/// For people who are not here yet.
struct Landing;

#[lazy_route]
impl LazyRoute for Landing {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        landing::LandingPage().into_any()
    }
}

/// Every path that one comes in by.
pub struct AuthPages;

#[lazy_route]
impl LazyRoute for AuthPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        auth::pages()
    }
}

/// Where an invite link leads: by itself, since it alone of these pages asks something.
pub struct InvitePages;

#[lazy_route]
impl LazyRoute for InvitePages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        auth::invite()
    }
}

/// What is at hand wherever one is.
pub enum Inside {
    Lobby,
    Notifications,
    Lost,
    Bell { open: RwSignal<bool>, close: Callback<bool> },
    Switcher { open: RwSignal<bool>, go: Callback<String>, shelf: Shelf },
}

#[lazy_route]
impl LazyRoute for Inside {
    fn data() -> Self {
        Self::Lobby
    }

    fn view(this: Self) -> AnyView {
        match this {
            Inside::Lobby => lobby::LobbyPage().into_any(),
            Inside::Notifications => notification::pages(),
            Inside::Lost => layout::NotFound().into_any(),
            Inside::Bell { open, close } => notification::panel(open, close),
            Inside::Switcher { open, go, shelf } => switcher::panel(open, go, shelf),
        }
    }
}

/// What one is in for hours.
enum Hives {
    Pages,
}

#[lazy_route]
impl LazyRoute for Hives {
    fn data() -> Self {
        Self::Pages
    }

    fn view(_this: Self) -> AnyView {
        hive::pages()
    }
}

/// What one goes to now and then.
enum Seldom {
    Settings,
    Admin,
    Focus,
    Gallery,
}

#[lazy_route]
impl LazyRoute for Seldom {
    fn data() -> Self {
        Self::Settings
    }

    fn view(this: Self) -> AnyView {
        match this {
            Seldom::Settings => settings::pages(),
            Seldom::Admin => admin::pages(),
            Seldom::Focus => focus::pages(),
            Seldom::Gallery => layout::gallery(),
        }
    }
}

/// The pages of an area, and the piece in which they come.
macro_rules! pages {
    ($($(#[$doc:meta])* $pages:ident: $piece:ident::$area:ident;)*) => {$(
        $(#[$doc])*
        pub struct $pages;

        impl LazyRoute for $pages {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> AnyView {
                $piece::view($piece::$area).await
            }

            async fn preload() {
                $piece::preload().await;
                pause().await;
            }
        }
    )*};
}

pages! {
    /// Every path under `/hive`, and the links that lead into one.
    HivePages: Hives::Pages;
    NotificationPages: Inside::Notifications;
    /// Every path that leads nowhere.
    LostPages: Inside::Lost;
    SettingsPages: Seldom::Settings;
    AdminPages: Seldom::Admin;
    FocusPages: Seldom::Focus;
    GalleryPage: Seldom::Gallery;
}

/// The first page: the lobby for the signed-in, the landing page for everybody else. Each comes to
/// the browser without the other.
pub struct HomePages;

impl HomePages {
    fn is_lobby() -> bool {
        Session::get().me.with_untracked(Option::is_some)
    }
}

impl LazyRoute for HomePages {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        if Self::is_lobby() { Inside::view(Inside::Lobby).await } else { Landing::view(Landing).await }
    }

    async fn preload() {
        if Self::is_lobby() {
            Inside::preload().await;
        } else {
            Landing::preload().await;
        }
        pause().await;
    }
}
