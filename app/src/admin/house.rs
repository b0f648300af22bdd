//! What the owner decides: the house's name, and who may make an account.

use focushive::{
    focus::{House, LookHouse},
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
    let focus = Asked::new(|| LookHouse {});
    view! {
        <Admin here="/admin/house" deed=Deed::ChangeSettings>
            <Card title="Focus" lead="All people together. Nobody's own figures are shown to anybody else.">
                <Loaded asked=focus view={|house: House| view! { <p>{rate(house)}</p> }} />
            </Card>
            <Card title="The house">
                <Loaded asked=settings view={|settings: Settings| view! { <HouseForm settings /> }} />
            </Card>
        </Admin>
    }
}

/// How often FocusHive itself interrupted, in one sentence.
fn rate(house: House) -> String {
    let House { days, focus_seconds, interruptions } = house;
    let Some(tenths) = house.tenths_an_hour() else {
        return format!("In the last {days} days nobody focused here yet.");
    };
    let hours = (focus_seconds + 1800) / 3600;
    let times = if interruptions == 1 { "once".to_owned() } else { format!("{interruptions} times") };
    format!(
        "In the last {days} days FocusHive interrupted focus {times} in {hours} hours of it: {}.{} in an hour.",
        tenths / 10,
        tenths % 10
    )
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
