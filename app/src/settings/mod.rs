//! One's own settings, a page a concern.

mod appearance;
mod data;
mod privacy;
mod profile;
mod sessions;

pub use appearance::AppearancePage;
pub use data::DataPage;
pub use privacy::PrivacyPage;
pub use profile::ProfilePage;
pub use sessions::SessionsPage;

use focushive::account;
use leptos::prelude::*;
use serde_json::Value;

use crate::{backend::call, layout::Frame, ui::Tabs, visit::Session};

/// The frame of every settings page.
#[component]
fn Settings(here: &'static str, children: Children) -> impl IntoView {
    let places = vec![
        ("/settings", "Profile"),
        ("/settings/appearance", "Appearance"),
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
