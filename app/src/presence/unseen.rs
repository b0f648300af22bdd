//! A standing word to those who look offline, and the way back: nobody should wonder for a day why
//! they are not greeted.

use focushive::account::Me;
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    form::{CommandForm, Submit},
    ui::Tone,
    visit::Session,
};

#[component]
pub fn Unseen() -> impl IntoView {
    let session = Session::get();
    let me = Memo::new(move |_| session.me.get().filter(Me::looks_offline));
    move || {
        me.get().map(|me| {
            view! {
                <div class="unseen">
                    <p>"You look offline to everybody. Messages still arrive."</p>
                    <WayBack me />
                </div>
            }
        })
    }
}

/// By the same door as one came: what was switched off, or what was chosen.
#[component]
fn WayBack(me: Me) -> impl IntoView {
    // Everything on the page begins anew, the seats that one takes with it.
    let done = Callback::new(|_: Value| drop(window().location().reload()));
    if me.privacy.presence {
        return view! { <CommandForm does="presence.set" done><input type="hidden" name="choice" value="" /><Back /></CommandForm> }.into_any();
    }
    let privacy = me.privacy;
    let sent = [
        ("presence", true),
        ("typing", privacy.typing),
        ("read_receipts", privacy.read_receipts),
        ("focus_totals", privacy.focus_totals),
    ];
    let sent = sent
        .into_iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| view! { <input type="hidden" name=name value="true" /> });
    view! { <CommandForm does="account.set_privacy" done>{sent.collect_view()}<Back /></CommandForm> }.into_any()
}

#[component]
fn Back() -> impl IntoView {
    view! { <Submit tone=Tone::Plain small=true>"Be seen again"</Submit> }
}
