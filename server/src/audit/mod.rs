//! What was done to whom by whom, for those who answer for the house.

pub mod rest;
pub mod store;

use focushive::{id::UserId, member::AuditEntry};
use sqlx::PgExecutor;

use crate::{failure::Failure, services::Services};

/// One entry about to be written.
pub struct Entry {
    pub actor: UserId,
    pub deed: &'static str,
    pub subject: Option<UserId>,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Entry {
    pub const fn new(actor: UserId, deed: &'static str) -> Self {
        Self { actor, deed, subject: None, before: None, after: None }
    }

    pub const fn about(mut self, subject: UserId) -> Self {
        self.subject = Some(subject);
        self
    }

    pub fn change(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self.after = Some(after.into());
        self
    }
}

/// Written with the change itself: pass the change's transaction where there is one.
pub async fn note(db: impl PgExecutor<'_>, entry: Entry) -> Result<(), Failure> {
    Ok(store::insert(db, entry).await?)
}

/// The newest entries.
pub async fn list(services: &Services) -> Result<Vec<AuditEntry>, Failure> {
    Ok(store::newest(&services.db).await?)
}
