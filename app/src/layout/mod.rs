//! What stands around a page: the rail for the signed-in, the bar for guests, and the pages that
//! say that something is not there.

mod frame;
mod gallery;
mod guest;
mod lost;
mod rail;
mod status;
mod title;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

pub use frame::{Frame, Loaded};
pub use gallery::gallery;
pub use guest::{Gate, GuestFrame};
pub use lost::{LostGuest, NotFound, Trouble};
pub use status::StatusText;
use title::PageTitle;
pub use title::{From, TabTitle};

/// The page of an area that belongs to the path one is at.
pub fn by_path(page: fn(&str) -> AnyView) -> AnyView {
    let path = use_location().pathname;
    let shown = move || page(path.get().trim_end_matches('/'));
    shown.into_any()
}
