//! The links that mail (or an admin) brings: a new password, a confirmed address, no more summaries.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    form::{PlainField, PlainForm, PlainSubmit},
    layout::Gate,
    ui::{FieldKind, Notice, Tone},
    visit::Session,
};

#[component]
pub fn ForgotPage() -> impl IntoView {
    let session = Session::get();
    let asked = session.feedback("auth.forgot").is_some_and(|feedback| feedback.refusal.is_none());
    // The same words for every address, known or not.
    let words = if session.of(|visit| visit.sends_mail) {
        "If there is an account with this address, a letter with a link is on its way. The link works once, within an hour."
    } else {
        "If there is an account with this address, the people who look after this FocusHive can now see that you need a \
         link for a new password. Ask one of them for it."
    };
    view! {
        <Gate heading="Forgot your password?">
            {if asked {
                view! { <Notice tone=Tone::Good>{words}</Notice> }.into_any()
            } else {
                view! {
                    <PlainForm does="auth.forgot">
                        <PlainField form="auth.forgot" name="email" label="Email" kind=FieldKind::Email autocomplete="username" autofocus=true />
                        <PlainSubmit words="Ask for a link" />
                    </PlainForm>
                }
                .into_any()
            }}
            <p class="gate-foot"><a href="/sign-in">"Back to sign in"</a></p>
        </Gate>
    }
}

#[component]
pub fn ResetPage() -> impl IntoView {
    view! {
        <Gate heading="A new password" lead="It ends every sign-in there is, on all your devices.">
            <PlainForm does="auth.reset">
                <TokenField />
                <PlainField form="auth.reset" name="password" label="New password" kind=FieldKind::Password hint="At least 10 characters; a few unrelated words are best" autocomplete="new-password" autofocus=true />
                <PlainSubmit words="Set it and sign in" />
            </PlainForm>
        </Gate>
    }
}

/// The address is confirmed by a button, not by opening the page: mail programs open links too.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let done = Session::get().feedback("auth.verify").is_some_and(|feedback| feedback.refusal.is_none());
    view! {
        <Gate heading="Confirm your address">
            {if done {
                view! {
                    <Notice tone=Tone::Good>"Thank you: your address is confirmed."</Notice>
                    <p class="gate-foot"><a href="/">"On to FocusHive"</a></p>
                }
                .into_any()
            } else {
                view! {
                    <PlainForm does="auth.verify">
                        <TokenField />
                        <PlainSubmit words="This address is mine" />
                    </PlainForm>
                }
                .into_any()
            }}
        </Gate>
    }
}

/// The end of summaries, for whoever has the letter: nobody needs to sign in to be left alone.
#[component]
pub fn StopPage() -> impl IntoView {
    let done = Session::get().feedback("summary.stop").is_some_and(|feedback| feedback.refusal.is_none());
    let lead = if done { "" } else { "The bell goes on telling you of everything." };
    view! {
        <Gate heading="No more summaries" lead>
            {if done {
                view! {
                    <Notice tone=Tone::Good>"You get no more of them. In Settings, under Notifications, you can have them again."</Notice>
                    <p class="gate-foot"><a href="/">"On to FocusHive"</a></p>
                }
                .into_any()
            } else {
                view! {
                    <PlainForm does="summary.stop">
                        <TokenField />
                        <PlainSubmit words="Send me no more" />
                    </PlainForm>
                }
                .into_any()
            }}
        </Gate>
    }
}

/// The secret of the link that was opened.
#[component]
fn TokenField() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token").unwrap_or_default());
    view! { <input type="hidden" name="token" value=token /> }
}
