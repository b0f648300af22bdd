//! The title of a page, in the browser's tab; a clock that runs may lead it.

use leptos::prelude::*;
use leptos_meta::Title;

/// What stands in the title instead of the page's own words, for as long as it is set. The server
/// writes titles last, on whichever thread that comes, where the page's own signals are not to be
/// had any more: this one belongs to whoever holds it.
#[derive(Clone)]
pub struct TabTitle(ArcRwSignal<Option<String>>);

impl TabTitle {
    pub(super) fn provide() {
        provide_context(Self(ArcRwSignal::new(None)));
    }

    /// Nothing gives the page its own title back.
    pub fn set(words: Option<String>) {
        if let Some(Self(title)) = use_context::<Self>() {
            title.set(words);
        }
    }
}

/// People's words go into titles, and the framework writes a title as it is: a `<` could end it and
/// begin a script. One that looks the same takes its place.
#[component]
pub(super) fn PageTitle(#[prop(into)] words: String) -> impl IntoView {
    let leads = use_context::<TabTitle>();
    let led = move || leads.as_ref().and_then(|TabTitle(leads)| leads.get());
    let text = move || led().unwrap_or_else(|| words.clone()).replace('<', "‹");
    view! { <Title text /> }
}
