//! Light, dark, or as the device says. Kept on this device.

use focushive::theme::Theme;
use leptos::prelude::*;
use serde_json::Value;

use super::Settings;
use crate::{
    form::{CommandForm, Submit},
    ui::{Card, RadioCards},
    visit::Session,
};

#[component]
pub fn AppearancePage() -> impl IntoView {
    let session = Session::get();
    let options = Theme::ALL.map(|theme| (theme.as_str().to_owned(), name(theme).to_owned())).to_vec();
    let chosen = session.theme.get_untracked().as_str().to_owned();
    let picked = RwSignal::new(chosen.clone());
    let paint = Callback::new(move |_: Value| {
        let theme = picked.get_untracked().parse().unwrap_or_default();
        session.theme.set(theme);
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", theme.as_str());
        }
    });
    view! {
        <Settings here="/settings/appearance">
            <Card title="Theme" lead="For this device. The page is right from its first frame.">
                <CommandForm does="theme.set" says="Saved." done=paint class="stack">
                    <RadioCards name="theme" legend="Theme" options chosen on_pick=Callback::new(move |value| picked.set(value)) />
                    <Submit>"Save"</Submit>
                </CommandForm>
            </Card>
        </Settings>
    }
}

const fn name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "As my device",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}
