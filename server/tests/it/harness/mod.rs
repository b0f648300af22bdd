//! A house for a test: its own database in a Postgres that all tests of this run share, its own
//! server on a free port, and people who talk to it by HTTP.

mod client;
mod device;
pub mod engineio;
mod hive;
mod letters;
mod people;
mod postgres;
mod process;
mod proxy;
mod socket;
mod socketio;
mod stomp;

use std::{net::SocketAddr, sync::Arc};

use leptos::config::LeptosOptions;
use server::{
    clock::Clock,
    config::Config,
    database,
    http::{self, App},
    services::Services,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use client::Client;
pub use device::{Device, Shown, Trouble, left, true_ms};
pub use hive::{Hive, timer};
pub use letters::Letters;
pub use people::{Answer, Person};
pub use postgres::database;
pub use process::Process;
pub use proxy::{Break, Fate, Proxy, Upstream};
pub use socket::Socket;
pub use socketio::SocketIo;
pub use stomp::{Heard as StompHeard, Stomp};

pub const PASSWORD: &str = "seven blue herons";

/// People come in by links of one owner's, faster than anybody makes them.
const FREE: [(&str, &str); 1] = [("FOCUSHIVE_INVITES_PER_MINUTE", "1000000")];

/// A clock at nine of the next morning: hours of a test pass within one day, whenever it runs.
pub fn morning() -> Clock {
    let clock = Clock::default();
    let now = clock.now().0;
    let nine = now.replace_time(time::macros::time!(9:00));
    clock.advance(if nine > now { nine - now } else { nine - now + time::Duration::DAY });
    clock
}

/// A running server with an empty house.
pub struct House {
    pub services: Services,
    pub address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl House {
    pub async fn empty() -> Self {
        Self::with(&[]).await
    }

    /// With settings of its own.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(database().await, settings).await
    }

    /// On a database that the test knows as well.
    pub async fn on(url: String, settings: &[(&str, &str)]) -> Self {
        Self::at(Clock::default(), url, settings).await
    }

    /// At a time of day of its own.
    pub async fn at(clock: Clock, url: String, settings: &[(&str, &str)]) -> Self {
        let find = |name: &str| match name {
            "DATABASE_URL" => Some(url.clone()),
            "FOCUSHIVE_DATABASE_CONNECTIONS" => Some("6".to_owned()),
            _ => settings.iter().chain(&FREE).find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
        };
        Self::start(Config::read(&find).unwrap(), clock).await
    }

    async fn start(config: Config, clock: Clock) -> Self {
        let connections = config.data.connections;
        let db = database::Database::open(&config.data).await.unwrap().connect(connections).await.unwrap();
        database::migrate(&db).await.unwrap();
        let services = Services::build_with(config, db, clock).await.unwrap();
        let site = LeptosOptions::builder().output_name("focushive").site_root("/nowhere").build();
        let router = http::router(App { services: services.clone(), site });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = services.config.limits.clone();
        let serving = async move { http::connection::serve(listener, router, &limits, CancellationToken::new()).await };
        let server = tokio::spawn(serving);
        Self { services, address, server }
    }

    /// A second server on the same database, at the same time of day.
    pub async fn beside(&self) -> Self {
        Self::start(Config::clone(&self.services.config), self.services.clock.clone()).await
    }

    /// Stops the server, and starts it again some time later.
    pub async fn restart(self, after: time::Duration) -> Self {
        let (clock, config, db) =
            (self.services.clock.clone(), Arc::clone(&self.services.config), self.services.db.clone());
        self.close().await;
        db.close().await;
        clock.advance(after);
        Self::start(Config::clone(&config), clock).await
    }

    /// Stops the server for good; its database stays. Whoever still holds a connection of old is not
    /// waited for.
    pub async fn close(self) {
        self.services.stop.cancel();
        self.services.tasks.close();
        let _ = tokio::time::timeout(std::time::Duration::from_millis(500), self.services.tasks.wait()).await;
    }

    /// Moves the time of day on, and lets the clocks know.
    pub fn pass(&self, by: time::Duration) {
        self.services.clock.advance(by);
        self.services.alarm.notify_one();
        self.services.teller.ring();
        self.services.summaries.notify_one();
    }

    /// Until every clock that is due has been brought to now.
    pub async fn quiet(&self) {
        for _ in 0..200 {
            let due: i64 = sqlx::query_scalar("select count(*) from timer where wakes_at <= $1")
                .bind(self.services.clock.now().0)
                .fetch_one(&self.services.db)
                .await
                .unwrap();
            if due == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the alarm does not ring");
    }

    /// A house with its owner, who is signed in.
    pub async fn open() -> (Self, Person) {
        let house = Self::empty().await;
        let owner = house.owner().await;
        (house, owner)
    }

    pub async fn owner(&self) -> Person {
        let mut owner = self.visitor();
        let answer = owner
            .submit(
                "/setup",
                "house.set_up",
                &[("house", "Test"), ("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        owner
    }

    /// Where its database is, for a server beside it.
    pub fn database_url(&self) -> String {
        self.services.config.data.database_url.as_ref().unwrap().expose().to_owned()
    }

    /// The Postgres that this database is in.
    pub fn postgres(&self) -> Upstream {
        let url = self.database_url();
        let (_, folder) = url.split_once("?host=").unwrap();
        Upstream::Unix(std::path::Path::new(folder).join(".s.PGSQL.5432"))
    }

    pub fn database_url_through(&self, proxy: &Proxy) -> String {
        let url = self.database_url();
        let (url, _) = url.split_once('?').unwrap();
        url.replacen("localhost", &proxy.address.to_string(), 1)
    }

    pub fn visitor(&self) -> Person {
        Person::new(self.address)
    }

    /// Somebody of this name who came in through an invite link of the owner's.
    pub async fn member(&self, owner: &mut Person, name: &str, role: &str) -> Person {
        let link = owner.invite(role, 1).await;
        let mut person = self.visitor();
        let answer = person.accept(&link, name).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        person
    }
}
