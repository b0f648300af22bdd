//! Pages that say that something is not there, or could not be shown. The way back is always in
//! sight.

use leptos::prelude::*;

use super::{Frame, GuestFrame};
use crate::{
    backend::{CallError, say_status},
    ui::Empty,
    visit::Session,
};

/// There is no such page; in the frame one knows.
#[component]
pub fn NotFound() -> impl IntoView {
    if Session::get().me.get_untracked().is_some() {
        say_status(404);
        view! { <Frame heading="Not found"><Nothing /></Frame> }.into_any()
    } else {
        LostGuest().into_any()
    }
}

/// The same, for a page that only guests come to.
#[component]
pub fn LostGuest() -> impl IntoView {
    say_status(404);
    view! {
        <GuestFrame title="Not found · FocusHive">
            <h1 class="visually-hidden">"Not found"</h1>
            <Nothing />
        </GuestFrame>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Empty title="There is nothing here">
            <p>"The address may be mistyped, or what was here is gone, or it is not for you to see."</p>
            <a class="button" data-tone="primary" href="/">"To the lobby"</a>
        </Empty>
    }
}

/// Part of a page could not be had; the rest of it stays.
#[component]
pub fn Trouble(error: CallError) -> impl IntoView {
    let title = match error.0.code.as_str() {
        "not_found" => "There is nothing here",
        "forbidden" | "signed_out" => "This is not for you to see",
        "unreachable" => "FocusHive cannot be reached",
        _ => "That did not work",
    };
    let words = error.0.sentence();
    view! { <div role="alert"><Empty title><p>{words}</p></Empty></div> }
}
