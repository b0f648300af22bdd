//! How a page wakes without being in the way of whoever uses it: in short turns, a part of the page or
//! a task after another. Only in the browser.

mod links;
mod part;
mod turns;

pub use part::{Part, pause, wake};
pub use turns::InTurns;
