//! A lane's own connection to the database. It is kept for as long as there is much to write: giving
//! one back and taking the next costs as much as a short statement, and that next one is cold.

use std::time::Duration;

use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};

/// How long it is kept when nothing is to be written.
pub const KEPT_FOR: Duration = Duration::from_secs(1);

pub struct Kept {
    db: PgPool,
    connection: Option<PoolConnection<Postgres>>,
}

impl Kept {
    pub fn of(db: &PgPool) -> Self {
        Self { db: db.clone(), connection: None }
    }

    pub async fn get(&mut self) -> sqlx::Result<&mut PgConnection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.db.acquire().await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Where none is left for anybody else, it is not kept.
    pub fn share(&mut self) {
        if self.db.num_idle() == 0 && self.db.size() >= self.db.options().get_max_connections() {
            self.give_back();
        }
    }

    pub fn give_back(&mut self) {
        self.connection = None;
    }
}
