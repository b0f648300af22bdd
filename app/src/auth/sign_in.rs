//! Signing in.

use focushive::setting::Registration;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    form::{PlainField, PlainForm, PlainSubmit},
    layout::Gate,
    ui::FieldKind,
    visit::Session,
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let open = Session::get().of(|visit| visit.registration == Registration::Open);
    view! {
        <Gate heading="Sign in" lead="Good to see you again.">
            <PlainForm does="auth.sign_in">
                <input type="hidden" name="next" value=next />
                <PlainField form="auth.sign_in" name="email" label="Email" kind=FieldKind::Email autocomplete="username" autofocus=true />
                <PlainField form="auth.sign_in" name="password" label="Password" kind=FieldKind::Password autocomplete="current-password" />
                <PlainSubmit words="Sign in" />
            </PlainForm>
            <p class="gate-foot">
                <a href="/forgot">"Forgot your password?"</a>
                {open.then(|| view! { <a href="/sign-up">"Make an account"</a> })}
            </p>
        </Gate>
    }
}
