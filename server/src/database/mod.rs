//! The database: one of the host's own, or a private one that is started and stopped with the server.

pub mod backup;
pub mod private;

use std::time::Duration;

use sqlx::{
    Connection, Executor, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use thiserror::Error;

use crate::{config, telemetry::say_if_slow};
use private::{PrivatePostgres, PrivatePostgresError};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How long a request waits for a connection before it is told to come back.
const ACQUIRE: Duration = Duration::from_secs(3);

/// A connection that nobody used for so long is tried before it is. One that was used just now is
/// there; if not, whoever uses it is told to come back.
const TRIED_AFTER: Duration = Duration::from_secs(1);

/// Statements are planned once for each connection, and never compiled. Planning one takes longer than
/// doing it, and Postgres would do so again for every short list it is given.
const PLANNED_ONCE: &str = "set plan_cache_mode = force_generic_plan; set jit = off; set client_min_messages = warning";

/// A database in use.
pub struct Database {
    pub url: String,
    /// Kept alive with it, and stopped with it.
    private: Option<PrivatePostgres>,
}

#[derive(Debug, Error)]
pub enum DatabaseProblem {
    #[error(transparent)]
    Private(#[from] PrivatePostgresError),
    #[error("DATABASE_URL is not understood: {0}")]
    Url(sqlx::Error),
    #[error("the database cannot be reached: {0}")]
    Connect(#[from] sqlx::Error),
    #[error("this database was made by a newer FocusHive: use that version, or restore a backup made by this one")]
    Newer,
    #[error("the database could not be brought up to date, and nothing was changed: {0}")]
    Migrate(MigrateError),
}

impl Database {
    /// The one that is configured, started if it is ours to start.
    pub async fn open(config: &config::Data) -> Result<Self, DatabaseProblem> {
        if let Some(url) = &config.database_url {
            return Ok(Self { url: url.expose().to_owned(), private: None });
        }
        let private = PrivatePostgres::start(&config.folder, config.postgres_bin.as_deref()).await?;
        Ok(Self { url: private.url(), private: Some(private) })
    }

    /// For a command beside a server: the database of the one that runs, or else its own.
    pub async fn reach(config: &config::Data) -> Result<Self, DatabaseProblem> {
        if config.database_url.is_none()
            && let Some(url) = PrivatePostgres::running(&config.folder, config.postgres_bin.as_deref())
        {
            return Ok(Self { url, private: None });
        }
        Self::open(config).await
    }

    /// Starts the private one again whenever it dies. Never ends; what is not ours is not kept.
    pub async fn keep(&mut self) {
        match &mut self.private {
            Some(private) => private.keep().await,
            None => std::future::pending().await,
        }
    }

    /// Where the data lies, in words for a person. No password is among them.
    pub fn place(&self) -> String {
        match &self.private {
            Some(private) => private.folder().display().to_string(),
            None => "the database it was told to use".to_owned(),
        }
    }

    pub async fn connect(&self, connections: u32) -> Result<PgPool, DatabaseProblem> {
        let options: PgConnectOptions = self.url.parse().map_err(DatabaseProblem::Url)?;
        let options = options.application_name("focushive");
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
        let pool = pool
            .after_connect(|connection, _| Box::pin(async move { connection.execute(PLANNED_ONCE).await.map(drop) }))
            .test_before_acquire(false)
            .before_acquire(|connection, known| {
                Box::pin(async move {
                    if known.idle_for > TRIED_AFTER {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        Ok(pool.connect_with(options).await?)
    }

    pub async fn close(self) {
        if let Some(private) = self.private
            && let Err(error) = private.stop().await
        {
            tracing::warn!(%error, "the private database did not stop cleanly");
        }
    }
}

/// Brings the schema up to date, each step in a transaction, under a lock that other nodes wait for.
pub async fn migrate(db: &PgPool) -> Result<(), DatabaseProblem> {
    say_if_slow("bringing the database up to date", MIGRATIONS.run(db)).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => DatabaseProblem::Newer,
        other => DatabaseProblem::Migrate(other),
    })
}
