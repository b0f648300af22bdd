//! A Postgres that freezes, that breaks off, that has no connection left: what is said meanwhile,
//! what goes on without it, and that nothing acknowledged is lost.

use std::time::{Duration, Instant};

use focushive::{id::HiveId, protocol::Topic};
use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    client::{Client, Deed},
    seeds,
    truth::Truth,
};
use crate::harness::{Break, Fate, House, Process, Proxy, Socket};

/// A server that reaches its database through something that breaks.
struct Scene {
    house: House,
    server: Process,
    database: Proxy,
    token: String,
    hive: HiveId,
}

impl Scene {
    async fn new(database: impl FnOnce(&House) -> Link, settings: &[(&str, &str)]) -> Self {
        let house = House::empty().await;
        let ada = house.owner().await;
        let login = house.visitor().login("ada@example.org").await;
        let key = uuid::Uuid::new_v4();
        let made = Socket::open(&house, &ada).await.ok("hive.create", json!({ "key": key, "name": "Rig" })).await;
        let database = database(&house).await;
        let url = house.database_url_through(&database);
        let free = [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000")];
        let settings: Vec<_> = settings.iter().copied().chain(free).chain([("DATABASE_URL", url.as_str())]).collect();
        let server = Process::start(&settings).await;
        let token = login["access_token"].as_str().unwrap().to_owned();
        Self { house, server, database, token, hive: serde_json::from_value(made["id"].clone()).unwrap() }
    }

    async fn socket(&self) -> Socket {
        Socket::to(self.server.address, &[("authorization", &format!("Bearer {}", self.token))]).await.unwrap()
    }

    fn message(&self, body: &str) -> Value {
        json!({ "hive": self.hive, "key": uuid::Uuid::new_v4(), "body": body })
    }

    async fn stored(&self) -> i64 {
        sqlx::query_scalar("select count(*) from message").fetch_one(&self.house.services.db).await.unwrap()
    }
}

type Link = std::pin::Pin<Box<dyn Future<Output = Proxy>>>;

fn steady(house: &House) -> Link {
    Box::pin(Proxy::to(house.postgres()))
}

#[tokio::test]
async fn while_postgres_is_frozen_people_are_told_so_and_see_each_other_and_then_it_goes_on() {
    let scene = Scene::new(steady, &[]).await;
    let (mut ada, mut tab) = (scene.socket().await, scene.socket().await);
    let live = Topic::HiveLive(scene.hive).to_string();
    for socket in [&mut ada, &mut tab] {
        socket.join(&live, None).await;
        socket.join(&Topic::Hive(scene.hive).to_string(), None).await;
    }
    scene.database.freeze(true);
    let message = scene.message("is anybody there?");
    for _ in 0..2 {
        let began = Instant::now();
        let refused = ada.ask("chat.send", message.clone()).await;
        assert_eq!(refused["fault"]["code"], "unavailable", "{refused}");
        assert!(refused["fault"]["retry_after_ms"].as_u64().unwrap() > 0);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    let began = Instant::now();
    ada.ok("chat.typing", json!({ "hive": scene.hive })).await;
    tab.event("chat.typing").await;
    let alive = reqwest::get(format!("http://{}/healthz", scene.server.address)).await.unwrap();
    assert_eq!(alive.status(), 200);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    scene.database.freeze(false);
    // Said again under its key until it is taken, over the same socket.
    while ada.ask("chat.send", message.clone()).await.get("fault").is_some() {}
    tab.event("chat.created").await;
    assert_eq!(scene.stored().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_breaks_off_loses_no_word_and_doubles_none() {
    for seed in seeds("postgres chaos", 3) {
        let broken = |house: &House| -> Link { Box::pin(Proxy::with_fates(house.postgres(), fates(seed))) };
        let scene = Scene::new(broken, &[]).await;
        let mut dice = StdRng::seed_from_u64(seed);
        let mut clients: Vec<Client> = (0..20)
            .map(|n| {
                let to_do = (0..10).map(|m| Deed::by_chance(&mut dice, n, m)).collect();
                let own = StdRng::seed_from_u64(dice.random());
                let mut client = Client::new(scene.server.address, &scene.token, scene.hive, own, to_do);
                client.ahead = 1;
                client
            })
            .collect();
        let done = async {
            join_all(clients.iter_mut().map(|client| client.run(0))).await;
            let truth = Truth::of(&scene.house, scene.hive).await;
            join_all(clients.iter_mut().map(|client| client.run(truth.head))).await;
            truth
        };
        let truth = tokio::time::timeout(Duration::from_secs(60), done).await;
        truth.unwrap_or_else(|_| panic!("{seed} does not end")).is_what_all_have(seed, &clients);
    }
}

/// The server comes up over connections that hold, and then they break one after another.
fn fates(seed: u64) -> impl FnMut() -> Fate + Send + 'static {
    let (mut dice, mut taken) = (StdRng::seed_from_u64(seed), 0);
    move || {
        taken += 1;
        let how = match dice.random_range(0..10) {
            0..7 => Break::Cut,
            _ => Break::Stall(Duration::from_millis(dice.random_range(50..500))),
        };
        if taken > 40 {
            return Fate::WHOLE;
        }
        // Coming up takes some ten thousand bytes; the first connection does it.
        let least = if taken == 1 { 60_000 } else { 2_000 };
        Fate { break_after: dice.random_range(least..least + 20_000), from_server: dice.random_bool(0.5), how }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_writers_over_two_connections_are_all_answered() {
    let scene = Scene::new(steady, &[("FOCUSHIVE_DATABASE_CONNECTIONS", "2")]).await;
    let sockets = join_all((0..200).map(|_| scene.socket())).await;
    let began = Instant::now();
    let answers = join_all(sockets.into_iter().enumerate().map(|(n, mut socket)| {
        let (scene, message) = (&scene, scene.message(&n.to_string()));
        async move {
            // Reading asks for a connection of its own; writing shares one.
            let read = socket.ask("chat.history", json!({ "hive": scene.hive })).await;
            [socket.ask("chat.send", message).await, read]
        }
    }));
    let answers = answers.await;
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let told = |answer: &Value| answer.get("ok").is_some() || answer["fault"]["code"] == "unavailable";
    assert!(answers.iter().flatten().all(told), "{answers:?}");
    let written = answers.iter().filter(|[sent, _]| sent.get("ok").is_some()).count();
    assert!(i64::try_from(written).unwrap() <= scene.stored().await);
    scene.socket().await.ok("chat.send", scene.message("and now?")).await;
}
