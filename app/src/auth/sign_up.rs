//! Making an account: through an invite link, or freely where the owner says so.

use focushive::{invite, setting::Registration, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    backend::{Asked, say_status},
    form::{PlainField, PlainForm, PlainSubmit},
    layout::Gate,
    ui::{FieldKind, Notice, Tone},
    visit::Session,
};

#[component]
pub fn SignUpPage() -> impl IntoView {
    if Session::get().of(|visit| visit.registration == Registration::Invite) {
        return view! { <Closed reason="People come in here by invitation. Ask somebody who is here for a link.".to_owned() /> }.into_any();
    }
    view! {
        <Gate heading="Join" lead="A name, an address, a password: that is all.">
            <SignUpForm secret=String::new() />
            <p class="gate-foot">"Been here before? "<a href="/sign-in">"Sign in"</a></p>
        </Gate>
    }
    .into_any()
}

/// An invite link was opened. Nothing is used up by looking.
#[component]
pub fn InvitePage() -> impl IntoView {
    let params = use_params_map();
    let secret = move || params.with(|params| params.get("secret").unwrap_or_default());
    let welcome = Asked::new(move || invite::Open { secret: secret() });
    let shown = move || {
        welcome.get().map(|got| match got {
            Ok(welcome) => view! { <Welcome welcome secret=secret() /> }.into_any(),
            Err(error) => view! { <Closed reason=error.0.sentence() /> }.into_any(),
        })
    };
    view! { <Suspense>{shown}</Suspense> }
}

#[component]
fn Welcome(welcome: invite::Welcome, secret: String) -> impl IntoView {
    let house = Session::get().of(|visit| visit.house.as_ref().map_or("FocusHive".to_owned(), ToString::to_string));
    let lead = match welcome.made_by {
        Some(name) => format!("{name} invites you to {house}."),
        None => format!("You are invited to {house}."),
    };
    let role = (welcome.role != Role::Member).then(|| format!("You will be {} here.", welcome.role.as_str()));
    view! {
        <Gate heading="Come in" lead>
            {role.map(|role| view! { <Notice tone=Tone::Plain>{role}</Notice> })}
            <SignUpForm secret />
            <p class="gate-foot">"Have an account already? "<a href="/sign-in">"Sign in"</a></p>
        </Gate>
    }
}

#[component]
fn SignUpForm(secret: String) -> impl IntoView {
    view! {
        <PlainForm does="auth.sign_up">
            <input type="hidden" name="invite" value=secret />
            <PersonFields form="auth.sign_up" />
            <ZoneField />
            <PlainSubmit words="Join" />
        </PlainForm>
    }
}

/// The three things an account is made of.
#[component]
pub fn PersonFields(form: &'static str) -> impl IntoView {
    view! {
        <PlainField form=form name="name" label="Your name" hint="As others will see it" autocomplete="name" maxlength=60 />
        <PlainField form=form name="email" label="Email" kind=FieldKind::Email autocomplete="username" maxlength=254 />
        <PlainField form=form name="password" label="Password" kind=FieldKind::Password hint="At least 10 characters; a few unrelated words are best" autocomplete="new-password" maxlength=200 />
    }
}

/// The browser's time zone, where a script can tell it. Without one it is set later, in Settings.
#[component]
pub fn ZoneField() -> impl IntoView {
    let zone = RwSignal::new(String::new());
    Effect::new(move || zone.set(crate::ui::local_zone()));
    view! { <input type="hidden" name="zone" value=zone /> }
}

/// A door that is shut, and why.
#[component]
fn Closed(reason: String) -> impl IntoView {
    say_status(410);
    view! {
        <Gate heading="This door is shut">
            <Notice tone=Tone::Bad>{reason}</Notice>
            <p class="gate-foot"><a href="/sign-in">"Sign in"</a>" if you have an account."</p>
        </Gate>
    }
}
