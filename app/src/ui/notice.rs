//! A sentence that stands in the page until its reason is gone.

use leptos::prelude::*;

use super::{Icon, IconMark, Tone};

#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let (icon, role) = match tone {
        Tone::Bad | Tone::Danger => (Icon::Alert, "alert"),
        Tone::Good => (Icon::Check, "status"),
        Tone::Primary | Tone::Plain | Tone::Ghost => (Icon::Info, "note"),
    };
    view! { <div class="notice" data-tone=tone.as_str() role=role><IconMark icon /><p>{children()}</p></div> }
}
