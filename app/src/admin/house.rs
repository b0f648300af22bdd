//! What the owner decides: the house's name, and who may make an account.

use focushive::{
    setting::{Look, Registration, Settings},
    user::Deed,
};
use leptos::prelude::*;

use super::Admin;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, Submit},
    layout::Loaded,
    ui::{Card, RadioCards},
};

#[component]
pub fn HousePage() -> impl IntoView {
    let settings = Asked::new(|| Look {});
    view! {
        <Admin here="/admin/house" deed=Deed::ChangeSettings>
            <Card title="The house">
                <Loaded asked=settings view={|settings: Settings| view! { <HouseForm settings /> }} />
            </Card>
        </Admin>
    }
}

#[component]
fn HouseForm(settings: Settings) -> impl IntoView {
    let options = vec![
        ("invite".to_owned(), "People with an invite link".to_owned()),
        ("open".to_owned(), "Anybody who finds the page".to_owned()),
    ];
    let chosen = match settings.registration {
        Registration::Invite => "invite",
        Registration::Open => "open",
    };
    view! {
        <CommandForm does="setting.set" says="Saved." class="stack">
            <FormField name="house" label="What it is called" value=settings.house.to_string() required=true maxlength=60 />
            <RadioCards name="registration" legend="Who may make an account" options chosen=chosen.to_owned() />
            <Submit>"Save"</Submit>
        </CommandForm>
    }
}
