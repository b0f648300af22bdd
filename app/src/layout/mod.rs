//! What stands around a page: the rail for the signed-in, the bar for guests, and the pages that
//! say that something is not there.

mod frame;
mod guest;
mod lost;
mod rail;
mod title;

pub use frame::{Frame, Loaded};
pub use guest::{Gate, GuestFrame};
pub use lost::{NotFound, Trouble, UiPage};
use title::PageTitle;
