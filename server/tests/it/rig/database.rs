//! A Postgres that freezes, that breaks off, that has no connection left: what is said meanwhile,
//! what goes on without it, and that nothing acknowledged is lost.

use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use focushive::{id::HiveId, protocol::Topic};
use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use server::database::private::PrivatePostgres;

use super::{
    client::{Client, Deed},
    seeds,
    truth::Truth,
};
use crate::harness::{Break, Fate, House, PASSWORD, Person, Process, Proxy, Socket};

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
    // Three seconds, and some for a machine that has other things to do.
    for (does, with) in
        [("chat.send", &message), ("chat.send", &message), ("hive.members", &json!({ "hive": scene.hive }))]
    {
        let began = Instant::now();
        let refused = ada.ask(does, with.clone()).await;
        assert_eq!(refused["fault"]["code"], "unavailable", "{does}: {refused}");
        assert!(refused["fault"]["retry_after_ms"].as_u64().unwrap() > 0);
        assert!(began.elapsed() < Duration::from_millis(4_500), "{does}: {:?}", began.elapsed());
    }
    let began = Instant::now();
    ada.ok("chat.typing", json!({ "hive": scene.hive })).await;
    tab.event("chat.typing").await;
    let alive = reqwest::get(format!("http://{}/healthz", scene.server.address)).await.unwrap();
    assert_eq!(alive.status(), 200);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
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
        let mut clients = clients(&mut dice, scene.server.address, &scene.token, scene.hive);
        let done = async {
            join_all(clients.iter_mut().map(|client| client.run(0))).await;
            let truth = Truth::of(&scene.house.services.db, scene.hive).await;
            join_all(clients.iter_mut().map(|client| client.run(truth.head))).await;
            truth
        };
        let truth = tokio::time::timeout(Duration::from_secs(60), done).await;
        truth.unwrap_or_else(|_| panic!("{seed} does not end")).is_what_all_have(seed, &clients);
    }
}

/// They speak one by one: where the first of two words is refused, the second is not said.
fn clients(dice: &mut StdRng, door: SocketAddr, token: &str, hive: HiveId) -> Vec<Client> {
    let client = |n| {
        let to_do = (0..10).map(|m| Deed::by_chance(dice, n, m)).collect();
        let mut client = Client::new(door, token, hive, StdRng::seed_from_u64(dice.random()), to_do);
        client.ahead = 1;
        client
    };
    (0..20).map(client).collect()
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_database_refuses_is_told_to_nobody_and_harms_no_other() {
    let (house, ada) = House::open().await;
    let mut reader = Socket::open(&house, &ada).await;
    let key = uuid::Uuid::new_v4();
    let hive = reader.ok("hive.create", json!({ "key": key, "name": "Rig" })).await["id"].clone();
    reader.join(&format!("hive/{}", hive.as_str().unwrap()), None).await;
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
                      if new.body = 'poison' then raise exception 'disk full'; end if; return new; end $$;
                  create trigger refuse before insert on message for each row execute function refuse()";
    sqlx::raw_sql(refuse).execute(&house.services.db).await.unwrap();
    let mut writers = Vec::new();
    for _ in 0..12 {
        writers.push(Socket::open(&house, &ada).await);
    }
    let answers = join_all(writers.iter_mut().enumerate().map(|(n, socket)| {
        let body = if n == 6 { "poison".to_owned() } else { n.to_string() };
        socket.ask("chat.send", json!({ "hive": hive, "key": uuid::Uuid::new_v4(), "body": body }))
    }));
    let answers: Vec<Value> = answers.await;
    assert_eq!(answers[6]["fault"]["code"], "internal");
    assert!(answers[6]["fault"]["trace"].is_string());
    assert_eq!(answers.iter().filter(|answer| answer.get("ok").is_some()).count(), 11, "{answers:?}");
    let heard = reader.rest().await;
    assert_eq!(heard.len(), 11);
    assert!(heard.iter().all(|event| event["data"]["body"] != "poison"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_of_ours_that_is_killed_under_load_comes_back_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().to_str().unwrap();
    let free = [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000")];
    let settings = [free[0], free[1], ("FOCUSHIVE_DATA", path)];
    Process::command(&settings, &["owner", "create", "--email", "ada@example.org", "--name", "Ada"], PASSWORD).await;
    let mut server = Process::start(&settings).await;
    let login = Person::new(server.address).login("ada@example.org").await;
    let token = login["access_token"].as_str().unwrap();
    let mut socket = Socket::to(server.address, &[("authorization", &format!("Bearer {token}"))]).await.unwrap();
    let key = uuid::Uuid::new_v4();
    let made = socket.ok("hive.create", json!({ "key": key, "name": "Rig" })).await;
    let hive: HiveId = serde_json::from_value(made["id"].clone()).unwrap();

    let seed = seeds("postgres killed", 1).next().unwrap();
    let mut dice = StdRng::seed_from_u64(seed);
    let mut clients = clients(&mut dice, server.address, token, hive);
    let pid = std::fs::read_to_string(folder.path().join("postgres/postmaster.pid")).unwrap();
    let pid = nix::unistd::Pid::from_raw(pid.lines().next().unwrap().parse().unwrap());
    let killing = async {
        tokio::time::sleep(Duration::from_millis(dice.random_range(50..300))).await;
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    };
    let done = async { tokio::join!(join_all(clients.iter_mut().map(|client| client.run(0))), killing) };
    tokio::time::timeout(Duration::from_secs(60), done).await.expect("it does not come back");
    let url = PrivatePostgres::running(folder.path(), None).unwrap();
    let db = sqlx::PgPool::connect(&url).await.unwrap();
    let truth = Truth::of(&db, hive).await;
    join_all(clients.iter_mut().map(|client| client.run(truth.head))).await;
    truth.is_what_all_have(seed, &clients);
    db.close().await;
    let (took, well) = server.stop().await;
    assert!(well && took < Duration::from_secs(10), "{took:?}");
}
