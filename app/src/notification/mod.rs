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
use page::NotificationsPage;
pub use panel::panel;
pub use state::BellState;

/// Everything under `/notifications`.
pub fn pages() -> AnyView {
    NotificationsPage().into_any()
}
