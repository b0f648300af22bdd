//! The title of a page, in the browser's tab; a clock that runs may lead it.

use leptos::prelude::*;
use leptos_meta::Title;

/// What stands in the title instead of the page's own words, for as long as it is set.
#[derive(Clone, Copy)]
pub struct TabTitle(RwSignal<Option<String>>);

impl TabTitle {
    pub(super) fn provide() {
        provide_context(Self(RwSignal::new(None)));
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
    // A page that is drawn anew leaves its title behind for a moment, without what led it.
    let led = move || leads.and_then(|TabTitle(leads)| leads.try_get().flatten());
    let text = move || led().unwrap_or_else(|| words.clone()).replace('<', "‹");
    view! { <Title text /> }
}
