//! The first page: the lobby for the signed-in, the landing page for everybody else. Each comes to
//! the browser without the other.

mod page;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use page::LobbyPage;

use crate::{landing::LandingPage, visit::Session};

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
        if Self::is_lobby() { Lobby::view(Lobby).await } else { Landing::view(Landing).await }
    }

    async fn preload() {
        if Self::is_lobby() { Lobby::preload().await } else { Landing::preload().await }
    }
}

struct Lobby;

#[lazy_route]
impl LazyRoute for Lobby {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        LobbyPage().into_any()
    }
}

struct Landing;

#[lazy_route]
impl LazyRoute for Landing {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        LandingPage().into_any()
    }
}
