//! Browsers' sessions in Postgres, for tower-sessions. The cookie's id is kept as a digest, and a
//! row is bound to a `session` that its owner can see and end.

use async_trait::async_trait;
use focushive::{Moment, id::SessionId};
use sqlx::PgPool;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::store;
use crate::secret;

/// Where the sign-in is kept in a browser session's data.
pub const SIGN_IN: &str = "session";

#[derive(Clone, Debug)]
pub struct CookieStore {
    db: PgPool,
}

impl CookieStore {
    pub const fn new(db: PgPool) -> Self {
        Self { db }
    }
}

#[async_trait]
impl SessionStore for CookieStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: the primary key refuses the collision that will not happen.
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let sign_in = record.data.get(SIGN_IN).and_then(|id| serde_json::from_value::<SessionId>(id.clone()).ok());
        store::save_cookie(&self.db, &digest(&record.id), sign_in, &data, Moment(record.expiry_date))
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = store::load_cookie(&self.db, &digest(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_value(row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: row.expires_at.0 }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        store::delete_cookie(&self.db, &digest(id)).await.map_err(backend)
    }
}

fn digest(id: &Id) -> Vec<u8> {
    secret::digest(&id.to_string())
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}
