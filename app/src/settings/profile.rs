//! How others see me, and where my day ends.

use focushive::account::{Lasts, Me};
use leptos::prelude::*;

use super::{Settings, address::AddressCards, look_again};
use crate::{
    form::{CommandForm, FormField, FormSelect, Submit},
    ui::{Avatar, AvatarSize, Card, FieldKind, Tone},
    visit::Session,
};

#[component]
pub fn ProfilePage() -> impl IntoView {
    let me = Session::get().me.get_untracked();
    view! { <Settings here="/settings">{me.map(|me| view! { <Cards me /> })}</Settings> }
}

#[component]
fn Cards(me: Me) -> impl IntoView {
    view! {
        <PictureCard />
        <NameCard me=me.clone() />
        <StatusCard me=me.clone() />
        <DayCard me=me.clone() />
        <AddressCards me />
    }
}

#[component]
fn PictureCard() -> impl IntoView {
    let session = Session::get();
    let picture = move || {
        session.me.get().map(|me| view! {
        <Avatar name=me.name.to_string() initials=me.name.initials() picture=me.avatar.map(|id| format!("/avatar/{id}")) size=AvatarSize::Large />
    })
    };
    let has_picture = move || session.me.with(|me| me.as_ref().is_some_and(|me| me.avatar.is_some()));
    view! {
        <Card title="Picture" lead="PNG, JPEG, GIF or WebP, up to 5 MB. It is cut to a square.">
            <div class="cluster">
                {picture}
                <CommandForm does="account.set_avatar" enctype="multipart/form-data" says="Your picture is set." done=look_again() class="cluster">
                    <FormField name="avatar" label="Choose a picture" kind=FieldKind::Picture />
                    <Submit tone=Tone::Plain>"Use it"</Submit>
                </CommandForm>
                {move || has_picture().then(|| view! {
                    <CommandForm does="account.remove_avatar" says="Your picture is gone." done=look_again()>
                        <Submit tone=Tone::Ghost>"Remove it"</Submit>
                    </CommandForm>
                })}
            </div>
        </Card>
    }
}

#[component]
fn NameCard(me: Me) -> impl IntoView {
    view! {
        <Card title="Name">
            <CommandForm does="account.set_profile" says="Saved." done=look_again() class="stack">
                <FormField name="name" label="Your name" value=me.name.to_string() autocomplete="name" required=true maxlength=60 />
                <FormField name="handle" label="Handle" hint="What people type after @ to mention you" value=me.handle.to_string() required=true maxlength=30 />
                <Submit>"Save"</Submit>
            </CommandForm>
        </Card>
    }
}

#[component]
fn StatusCard(me: Me) -> impl IntoView {
    let text = me.status.map(|status| status.text.to_string()).unwrap_or_default();
    let lasts = Lasts::ALL.map(|lasts| (lasts.as_str().to_owned(), how_long(lasts).to_owned())).to_vec();
    view! {
        <Card title="Status" lead="A line beside your name. Leave it empty to clear it.">
            <CommandForm does="account.set_status" says="Your status is set." done=look_again() class="stack">
                <FormField name="text" label="What are you up to?" value=text maxlength=80 />
                <FormSelect name="lasts" label="Clear it" options=lasts />
                <Submit>"Set status"</Submit>
            </CommandForm>
        </Card>
    }
}

const fn how_long(lasts: Lasts) -> &'static str {
    match lasts {
        Lasts::UntilCleared => "when I say so",
        Lasts::HalfHour => "after half an hour",
        Lasts::Hour => "after an hour",
        Lasts::FourHours => "after four hours",
        Lasts::Day => "after a day",
    }
}

#[component]
fn DayCard(me: Me) -> impl IntoView {
    view! {
        <Card title="Your day" lead="Totals and streaks count by your own day, wherever you are and however late you work.">
            <CommandForm does="account.set_day" says="Saved." done=look_again() class="stack">
                <FormField name="zone" label="Time zone" hint="Like Europe/Lisbon" value=me.zone.to_string() required=true maxlength=64 />
                <FormField name="day_end" label="Your day ends at" kind=FieldKind::Time hint="At 04:00, half past two in the night still counts for the day before" value=me.day_end.to_string() required=true />
                <Submit>"Save"</Submit>
            </CommandForm>
        </Card>
    }
}
