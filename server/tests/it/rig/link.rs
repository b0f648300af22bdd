//! Link chaos: fifty people write, edit and delete over links that are cut, stall and go dead, and
//! the server is killed meanwhile. What was acknowledged is there once, in one order, in Postgres
//! and in what every client folded.

use std::time::Duration;

use focushive::id::HiveId;
use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::{
    client::{Client, Deed},
    seeds,
    truth::Truth,
};
use crate::harness::{Break, Fate, House, Person, Process, Proxy, Socket, Upstream};

const ROUNDS: u64 = 20;
const CLIENTS: usize = 50;
const DEEDS: usize = 4;

/// After so many broken links the others hold, so that a round has an end.
const BREAKS: u32 = 60;

/// How long a round may take; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_servers_that_die_lose_no_word_and_double_none() {
    let mut scene = Scene::new().await;
    for seed in seeds("link chaos", ROUNDS) {
        let round = tokio::time::timeout(PATIENCE, scene.round(seed));
        round.await.unwrap_or_else(|_| panic!("round {seed} does not end"));
    }
}

struct Scene {
    house: House,
    people: Vec<(Person, String)>,
    server: Process,
}

impl Scene {
    /// Few people with many devices each: a password takes a while.
    async fn new() -> Self {
        let settings = [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000")];
        let house = House::with(&settings).await;
        let mut ada = house.owner().await;
        let mut people = Vec::new();
        for name in ["Bob", "Eve", "Kim"] {
            let mut person = house.member(&mut ada, name, "member").await;
            let login = person.login(&format!("{}@example.org", name.to_lowercase())).await;
            people.push((person, login["access_token"].as_str().unwrap().to_owned()));
        }
        let url = house.database_url();
        let settings: Vec<_> = settings
            .into_iter()
            .chain([("DATABASE_URL", url.as_str()), ("FOCUSHIVE_ACCESS_TOKEN_SECONDS", "86400")])
            .collect();
        let server = Process::start(&settings).await;
        Self { house, people, server }
    }

    async fn round(&mut self, seed: u64) {
        let mut dice = StdRng::seed_from_u64(seed);
        let hive = self.hive().await;
        let proxy = Proxy::with_fates(Upstream::Tcp(self.server.address), fates(dice.random())).await;
        let mut clients: Vec<Client> = (0..CLIENTS)
            .map(|n| {
                let token = &self.people[n % self.people.len()].1;
                let deeds = (0..DEEDS).map(|m| Deed::by_chance(&mut dice, n, m)).collect();
                Client::new(proxy.address, token, hive, StdRng::seed_from_u64(dice.random()), deeds)
            })
            .collect();
        let (after, gently) = (Duration::from_millis(dice.random_range(20..400)), dice.random_bool(0.3));
        let killing = async {
            tokio::time::sleep(after).await;
            if gently {
                self.server.stop().await;
            } else {
                self.server.kill().await;
            }
            self.server.start_again();
        };
        tokio::join!(join_all(clients.iter_mut().map(|client| client.run(0))), killing);
        let truth = Truth::of(&self.house.services.db, hive).await;
        join_all(clients.iter_mut().map(|client| client.run(truth.head))).await;
        truth.is_what_all_have(seed, &clients);
    }

    async fn hive(&self) -> HiveId {
        let mut sockets = Vec::new();
        for (person, _) in &self.people {
            sockets.push(Socket::open(&self.house, person).await);
        }
        let made = sockets[0].ok("hive.create", json!({ "key": uuid::Uuid::new_v4(), "name": "Chaos" })).await;
        for socket in &mut sockets[1..] {
            socket.ok("hive.join", json!({ "hive": made["id"] })).await;
        }
        serde_json::from_value(made["id"].clone()).unwrap()
    }
}

/// What every link comes to, until there have been enough of them.
fn fates(seed: u64) -> impl FnMut() -> Fate + Send + 'static {
    let (mut dice, mut breaks) = (StdRng::seed_from_u64(seed), 0);
    move || {
        let how = match dice.random_range(0..100) {
            0..40 => Break::Cut,
            40..50 => Break::HalfOpen,
            50..65 => Break::Stall(Duration::from_millis(dice.random_range(20..300))),
            _ => Break::Never,
        };
        breaks += 1;
        if breaks > BREAKS {
            return Fate::WHOLE;
        }
        let from_server = dice.random_bool(0.6);
        let most = if from_server { 30_000 } else { 1_500 };
        Fate { break_after: dice.random_range(1..most), from_server, how }
    }
}
