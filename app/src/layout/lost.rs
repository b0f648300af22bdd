//! Pages that say that something is not there, or could not be shown. The way back is always in
//! sight.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{Frame, GuestFrame};
use crate::{
    backend::{CallError, say_status},
    ui::Empty,
    visit::Session,
};

/// Every path that leads nowhere.
pub struct LostPages;

#[lazy_route]
impl LazyRoute for LostPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        NotFound().into_any()
    }
}

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
        view! { <GuestFrame title="Not found · FocusHive"><h1 class="visually-hidden">"Not found"</h1>{note}</GuestFrame> }.into_any()
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
