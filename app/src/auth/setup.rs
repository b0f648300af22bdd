//! The one page of an empty house: whoever comes first names it and becomes its owner.

use leptos::prelude::*;

use super::sign_up::{PersonFields, ZoneField};
use crate::{
    form::{CommandForm, FormField, Submit, Way},
    layout::{Gate, LostGuest},
    visit::Session,
};

#[component]
pub fn SetupPage() -> impl IntoView {
    if Session::get().of(|visit| visit.house.is_some()) {
        return LostGuest().into_any();
    }
    view! {
        <Gate heading="Open your FocusHive" lead="You are the first one here. Name the place, and you are its owner.">
            <CommandForm does="house.set_up" way=Way::Whole class="gate-form">
                <FormField name="house" label="What is this place called?" hint="A team, a course, a group of friends" value="FocusHive" required=true maxlength=60 />
                <PersonFields />
                <ZoneField />
                <Submit wide=true>"Open it"</Submit>
            </CommandForm>
        </Gate>
    }
    .into_any()
}
