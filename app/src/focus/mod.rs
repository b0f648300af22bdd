//! One's own focus: a clock of one's own, what one did today and this week, and every session with
//! its account. Nobody else sees it.

mod history;
mod page;
mod signals;
mod totals;

use leptos::prelude::*;
use page::FocusPage;

/// Everything under `/focus`.
pub fn pages() -> AnyView {
    FocusPage().into_any()
}
