//! What stays unread, by mail.

use focushive::notification::{Days, LookSummary, Summary};
use leptos::prelude::*;

use crate::{
    backend::Asked,
    form::{CommandForm, FormField, FormSelect, Submit},
    layout::Loaded,
    ui::{Card, FieldKind, Notice, Tone},
    visit::Session,
};

/// Where the house sends no mail there is nothing to choose.
#[component]
pub fn SummaryCard() -> impl IntoView {
    Session::get().of(|visit| visit.sends_mail).then(|| {
        let asked = Asked::new(|| LookSummary {});
        view! {
            <Card title="A summary by mail" lead="What you left unread, and nothing that you read on any device. It says who and where, never what was written.">
                <Unconfirmed />
                <Loaded asked view={move |summary: Summary| view! { <SummaryForm summary /> }} />
            </Card>
        }
    })
}

#[component]
fn Unconfirmed() -> impl IntoView {
    let me = Session::get().me;
    move || {
        let confirmed = me.with(|me| me.as_ref().is_none_or(|me| me.email_verified));
        (!confirmed).then(|| {
            view! {
                <Notice tone=Tone::Plain>
                    "None is sent before your address is confirmed: "<a href="/settings">"see Profile"</a>"."
                </Notice>
            }
        })
    }
}

#[component]
fn SummaryForm(summary: Summary) -> impl IntoView {
    let options = Days::ALL.map(|days| (days.as_str().to_owned(), days.words().to_owned())).to_vec();
    view! {
        <CommandForm does="summary.set" says="Saved." class="stack">
            <FormSelect name="days" label="Send it" options value=summary.days.as_str() />
            <FormField name="at" label="At" kind=FieldKind::Time value=format!("{:02}:{:02}", summary.at / 60, summary.at % 60) required=true />
            <FormField name="after_hours" label="What was unread for so many hours" kind=FieldKind::Number value=summary.after_hours.to_string() required=true />
            <Submit>"Save"</Submit>
        </CommandForm>
    }
}
