//! What was noted for somebody and is not told yet.

pub mod store;

use focushive::{Moment, id::NotificationId, notification::What};
use uuid::Uuid;

pub struct Waiting {
    pub id: NotificationId,
    pub what: What,
    pub at: Moment,
    pub due_at: Moment,
    /// It waited for the end of a silence.
    pub held: bool,
    /// They have read it where it was written.
    pub is_read: bool,
    /// It was deleted meanwhile, or is nothing for them any more.
    pub is_gone: bool,
}

/// What is due, and what of it only another version of this program can read.
pub struct Due {
    pub waiting: Vec<Waiting>,
    pub strange: Vec<Uuid>,
}
