//! The title of a page, in the browser's tab.

use leptos::prelude::*;
use leptos_meta::Title;

/// People's words go into titles, and the framework writes a title as it is: a `<` could end it and
/// begin a script. One that looks the same takes its place.
#[component]
pub(super) fn PageTitle(#[prop(into)] words: String) -> impl IntoView {
    view! { <Title text=words.replace('<', "‹") /> }
}
