//! Pages that say that something is not there, or could not be shown. The way back is always in
//! sight.

use focushive::Fault;
use leptos::prelude::*;

use super::{Frame, GuestFrame};
use crate::{
    backend::{CallError, say_status},
    ui::{Empty, Gallery},
    visit::Session,
};

/// There is no such page; in the frame one knows.
#[component]
pub fn NotFound() -> impl IntoView {
    say_status(404);
    let note = view! {
        <Empty title="There is nothing here">
            <p>"The address may be mistyped, or what was here is gone, or it is not for you to see."</p>
            <a class="button" data-tone="primary" href="/">"To the lobby"</a>
        </Empty>
    };
    if Session::get().me.get_untracked().is_some() {
        view! { <Frame heading="Not found">{note}</Frame> }.into_any()
    } else {
        view! { <GuestFrame title="Not found · FocusHive">{note}</GuestFrame> }.into_any()
    }
}

/// Part of a page could not be had; the rest of it stays.
#[component]
pub fn Trouble(error: CallError) -> impl IntoView {
    let title = match &error {
        CallError::Fault(Fault::NotFound) => "There is nothing here",
        CallError::Fault(Fault::Forbidden | Fault::SignedOut) => "This is not for you to see",
        CallError::Fault(_) => "That did not work",
        CallError::Unreachable => "FocusHive cannot be reached",
    };
    let words = error.to_string();
    view! { <div role="alert"><Empty title><p>{words}"."</p></Empty></div> }
}

/// Every component in every state, for whoever looks after the look.
#[component]
pub fn UiPage() -> impl IntoView {
    if Session::get().of(|visit| visit.ui_page) { Gallery().into_any() } else { NotFound().into_any() }
}
