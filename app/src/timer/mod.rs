//! The clock as the UI shows it: the stage of a hive, the small one that is on every page, and what
//! one says about a session when it is over.

mod acts;
mod chime;
mod controls;
mod dial;
mod elect;
mod kept;
mod keys;
mod lane;
mod lease;
mod milestone;
mod mini;
mod note;
mod open_up;
mod outcome;
mod rhythm;
mod stage;
mod title;

pub use chime::{choose, ping, preview, wake};
pub use dial::{Dial, keeps, minutes};
pub use mini::MiniClock;
pub use note::SessionNote;
pub use rhythm::RhythmCard;
pub use stage::Stage;
