//! One's own focus: a clock of one's own, what one did today and this week, and every session with
//! its account. Nobody else sees it.

mod history;
mod page;
mod signals;
mod totals;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use page::FocusPage;

/// Everything under `/focus`.
pub struct FocusPages;

#[lazy_route]
impl LazyRoute for FocusPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        FocusPage().into_any()
    }
}
