//! One's own settings, a page a concern.

mod address;
mod appearance;
mod chat;
mod data;
mod device;
mod notifications;
mod privacy;
mod profile;
mod sessions;
mod summary;

use appearance::AppearancePage;
use chat::ChatPage;
use data::DataPage;
use focushive::account;
use leptos::prelude::*;
use notifications::NotificationsPage;
use privacy::PrivacyPage;
use profile::ProfilePage;
use serde_json::Value;
use sessions::SessionsPage;

use crate::{
    backend::call,
    layout::{Frame, NotFound, by_path},
    ui::Tabs,
    visit::Session,
};

/// Every path under `/settings`.
pub fn pages() -> AnyView {
    by_path(|path| match path {
        "/settings" => ProfilePage().into_any(),
        "/settings/appearance" => AppearancePage().into_any(),
        "/settings/chat" => ChatPage().into_any(),
        "/settings/notifications" => NotificationsPage().into_any(),
        "/settings/sessions" => SessionsPage().into_any(),
        "/settings/privacy" => PrivacyPage().into_any(),
        "/settings/data" => DataPage().into_any(),
        _ => NotFound().into_any(),
    })
}

/// The frame of every settings page.
#[component]
fn Settings(here: &'static str, children: Children) -> impl IntoView {
    let places = vec![
        ("/settings", "Profile"),
        ("/settings/appearance", "Appearance"),
        ("/settings/chat", "Chat"),
        ("/settings/notifications", "Notifications"),
        ("/settings/sessions", "Sessions"),
        ("/settings/privacy", "Privacy"),
        ("/settings/data", "Your data"),
    ];
    view! {
        <Frame heading="Settings">
            <Tabs label="Settings" places here />
            <div class="cards">{children()}</div>
        </Frame>
    }
}

/// After a change: who I am is asked again, so that the rail and the fields agree with the server.
fn look_again() -> Callback<Value> {
    let session = Session::get();
    Callback::new(move |_| {
        leptos::task::spawn_local(async move {
            if let Ok(me) = call(account::Look {}).await {
                session.me.set(Some(me));
            }
        });
    })
}
