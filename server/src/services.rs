//! What every use case is given: the database, the clock, mail, hashing, keys. Cheap to clone.

use std::{ops::Deref, sync::Arc};

use focushive::{
    account::Me,
    id::{HiveId, SessionId, UserId},
};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    account,
    auth::{self, identify::SignedIn, password::Hasher, throttle::Throttle},
    chat::{self, writer::Writer},
    clock::Clock,
    config::Config,
    hive::{self, Standing, handover},
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
    together::Together,
    token::keyring::Keyring,
    topic,
};

#[derive(Clone)]
pub struct Services(Arc<Parts>);

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// They are there once, however many hold them.
pub struct Parts {
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
    /// What many look up at once: whose a sign-in is, who somebody is, what they are in a hive, and
    /// how far a durable topic has come.
    pub sign_ins: Together<SessionId, SignedIn>,
    pub people: Together<UserId, Me>,
    pub standings: Together<(HiveId, UserId), Standing>,
    pub heads: Together<Uuid, i64>,
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

impl Services {
    /// Everything over a database that is there and migrated.
    pub async fn build(config: Config, db: PgPool) -> Result<Self, BuildProblem> {
        Self::build_with(config, db, Clock::default()).await
    }

    /// The same, at a time of day of its own.
    pub async fn build_with(config: Config, db: PgPool, clock: Clock) -> Result<Self, BuildProblem> {
        let (hub, presence) = (Hub::new((&config.limits).into()), Presence::default());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let teller = Teller::default();
        hub.go_rounds(&tasks, &stop);
        tasks.spawn(presence::keep(presence.clone(), hub.clone(), clock.clone(), stop.clone()));
        let company = presence::company::keep(presence.clone(), hub.clone(), clock.clone(), db.clone(), stop.clone());
        tasks.spawn(company);
        tasks.spawn(chat::deleting::keep(db.clone(), clock.clone(), stop.clone()));
        if let Some(gaps) = hub.gaps() {
            let most = config.limits.replay_events;
            let keeper = topic::Keeper { db: db.clone(), hub: hub.clone(), clock: clock.clone(), most };
            tasks.spawn(topic::keep(keeper, gaps, stop.clone()));
        }
        let services = Self(Arc::new(Parts {
            limits: Limits::new(&config.limits),
            writer: Writer::start(&db, &hub, &clock, &teller, &tasks),
            sign_ins: auth::identify::sign_ins(&db, &clock, &tasks),
            people: account::people(&db, &tasks),
            standings: hive::standings(&db, &tasks),
            heads: topic::heads(&db, &tasks),
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
        }));
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
