//! What somebody says about themselves, gone at its time on every page that shows it.

use focushive::user::Status;
use leptos::prelude::*;

use crate::live::Live;

/// The words of a status as long as it holds; else something that is always there.
#[component]
pub fn StatusText(status: Option<Status>, #[prop(optional, into)] otherwise: String) -> impl IntoView {
    let Some(Status { text, until }) = status else { return otherwise.into_any() };
    let now = Live::get().now;
    let is_over = Memo::new(move |_| until.zip(now.get()).is_some_and(|(until, now)| until <= now));
    (move || if is_over.get() { otherwise.clone() } else { text.to_string() }).into_any()
}
