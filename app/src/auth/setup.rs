//! The one page of an empty house: whoever comes first names it and becomes its owner.

use leptos::prelude::*;

use super::sign_up::{PersonFields, ZoneField};
use crate::{
    form::{PlainField, PlainForm, PlainSubmit},
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
            <PlainForm does="house.set_up">
                <PlainField form="house.set_up" name="house" label="What is this place called?" hint="A team, a course, a group of friends" value="FocusHive" maxlength=60 />
                <PersonFields form="house.set_up" />
                <ZoneField />
                <PlainSubmit words="Open it" />
            </PlainForm>
        </Gate>
    }
    .into_any()
}
