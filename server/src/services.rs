//! What every use case is given: the database, the clock, mail, hashing, keys. Cheap to clone.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use focushive::Moment;
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{password::Hasher, throttle::Throttle},
    chat::{self, writer::Writer},
    config::Config,
    hive::handover,
    hub::Hub,
    limit::Limits,
    mail::Mailer,
    notification::{
        summary,
        teller::{self, Teller},
    },
    presence::{self, Presence},
    push,
    timer::{alarm, vote::Votes},
    token::keyring::Keyring,
    topic,
};

#[derive(Clone)]
pub struct Services {
    pub db: PgPool,
    pub clock: Clock,
    pub mail: Mailer,
    pub hasher: Hasher,
    pub throttle: Throttle,
    pub limits: Limits,
    pub hub: Hub,
    pub presence: Presence,
    pub writer: Writer,
    pub votes: Votes,
    /// Rings when a clock changed, so that the next boundary is not slept through.
    pub alarm: Arc<Notify>,
    /// Rings when there is something to tell somebody.
    pub teller: Teller,
    /// Rings when there is something to push.
    pub pushes: Arc<Notify>,
    pub push_key: push::Key,
    /// Rings when somebody wants their summary at another time.
    pub summaries: Arc<Notify>,
    /// Rings when what waited for a break may go out.
    pub freed: Arc<Notify>,
    /// What goes on beside requests, and the word to stop; the end of the server waits for it.
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    pub keyring: Keyring,
    pub config: Arc<Config>,
    /// What cookies and form tokens are signed with.
    pub cookie_key: Arc<[u8]>,
}

/// The one place the time of day is read. A test moves it on by hand.
#[derive(Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> Moment {
        let ahead = Duration::milliseconds(self.ahead_ms.load(Ordering::Relaxed));
        Moment(OffsetDateTime::now_utc()).after(ahead)
    }

    /// Moves the clock on; for tests of what happens later.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Services {
    /// Everything over a database that is there and migrated.
    pub async fn build(config: Config, db: PgPool) -> Result<Self, BuildProblem> {
        Self::build_with(config, db, Clock::default()).await
    }

    /// The same, at a time of day of its own.
    pub async fn build_with(config: Config, db: PgPool, clock: Clock) -> Result<Self, BuildProblem> {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let teller = Teller::default();
        tasks.spawn(presence::keep(presence.clone(), hub.clone(), clock.clone(), stop.clone()));
        tasks.spawn(chat::deleting::keep(db.clone(), clock.clone(), stop.clone()));
        if let Some(gaps) = hub.gaps() {
            let keeper = topic::Keeper { db: db.clone(), hub: hub.clone(), clock: clock.clone() };
            tasks.spawn(topic::keep(keeper, gaps, stop.clone()));
        }
        let services = Self {
            limits: Limits::new(&config.limits),
            writer: Writer::start(&db, &hub, &clock, &teller, &tasks),
            hub,
            presence,
            tasks,
            stop,
            cookie_key: crate::auth::store::cookie_key(&db, &crate::secret::random::<64>()).await?.into(),
            keyring: Keyring::load(&db, clock.now()).await?,
            mail: Mailer::new(&config.mail)?,
            hasher: Hasher::new(config.sign_in.hashers),
            throttle: Throttle::default(),
            push_key: push::key(&db).await?,
            clock,
            db,
            votes: Votes::default(),
            alarm: Arc::default(),
            teller,
            pushes: Arc::default(),
            summaries: Arc::default(),
            freed: Arc::default(),
            config: Arc::new(config),
        };
        alarm::begin(&services).await;
        services.tasks.spawn(alarm::keep(services.clone(), services.stop.clone()));
        services.tasks.spawn(handover::keep(services.clone(), services.stop.clone()));
        services.tasks.spawn(teller::keep(services.clone(), services.stop.clone()));
        services.tasks.spawn(summary::keep(services.clone(), services.stop.clone()));
        services.tasks.spawn(push::keep(services.clone(), services.stop.clone()));
        services.tasks.spawn(chat::held::delivery::keep(services.clone(), services.stop.clone()));
        Ok(services)
    }

    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.public_url())
    }
}

/// Why the services cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BuildProblem {
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("mail cannot be sent: {0}")]
    Mail(#[from] crate::mail::MailProblem),
}
