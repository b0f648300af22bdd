//! The bell as the UI shows it: how much waits, the panel it opens, the card after a silence, and
//! the page of everything. What counts is what the server counted.

mod bell;
mod digest;
mod opened;
mod page;
mod panel;
mod row;
mod state;

pub use bell::BellButton;
pub use digest::DigestCard;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use page::NotificationsPage;
pub use state::BellState;

/// Everything under `/notifications`.
pub struct NotificationPages;

#[lazy_route]
impl LazyRoute for NotificationPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        NotificationsPage().into_any()
    }
}
