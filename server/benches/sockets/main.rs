//! What the server reaches over sockets, with its Postgres: the executable as it is released, one
//! processor for both of them, another for the load. `cargo bench -p server --bench sockets` prints a
//! table, with `-- --json` a line a scenario.

#![expect(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it borrows the tests' house, not all of its rooms, and stops where it cannot go on"
)]

#[path = "../../tests/it/harness/mod.rs"]
mod harness;
mod line;
mod machine;
mod report;
mod room;
mod scenario;

use harness::{House, Person, Socket};
use line::Door;
use report::Report;
use room::Kind;
use scenario::Crowd;
use serde_json::json;

const HIVES: usize = 500;

/// How many people come in, each by many connections.
const PEOPLE: usize = 20;

/// Nobody is held back here, and nobody is looked after.
const FREE: [(&str, &str); 11] = [
    ("FOCUSHIVE_CONNECTS_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_SENDS_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_JOINS_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_TYPING_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_INVITES_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_HIVES_PER_MINUTE", "100000000"),
    ("FOCUSHIVE_FRAMES_PER_MINUTE", "1000000000"),
    ("FOCUSHIVE_CONNECTIONS", "100000"),
    ("FOCUSHIVE_SILENT_CONNECTIONS", "100000"),
    ("FOCUSHIVE_PING_SECONDS", "3600"),
    ("FOCUSHIVE_DEAD_SECONDS", "7200"),
];

pub struct Scene {
    house: House,
    process: harness::Process,
    postgres: machine::Process,
    door: Door,
    hives: Vec<String>,
    report: Report,
}

impl Scene {
    fn server(&self) -> machine::Process {
        machine::Process(self.process.pid().as_raw())
    }

    async fn open(report: Report) -> Self {
        // Both are started from here, and stay where this is now.
        let here = machine::Process(std::process::id().try_into().unwrap());
        let pinned = here.stay_on(1) && here.stay_on(0);
        let house = House::with(&FREE).await;
        let ada = house.owner().await;
        let mut socket = Socket::open(&house, &ada).await;
        let mut hives = Vec::new();
        for n in 0..HIVES {
            let with = json!({ "key": uuid::Uuid::new_v4(), "name": format!("Hive {n}") });
            hives.push(socket.ok("hive.create", with).await["id"].as_str().unwrap().to_owned());
        }
        let tokens = people(&house, ada).await;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&house.services.db).await.unwrap();
        let postgres = machine::Process(machine::parent(backend).unwrap());
        let url = house.database_url();
        let settings: Vec<_> = FREE.into_iter().chain([("DATABASE_URL", url.as_str())]).collect();
        let process = harness::Process::start(&settings).await;
        let door = Door { address: process.address, tokens };
        let scene = Self { house, process, postgres, door, hives, report };
        let pinned = pinned && here.stay_on(1);
        if !scene.report.json {
            println!(
                "{}",
                if pinned { "server and Postgres on one processor, the load on another" } else { "unpinned" }
            );
        }
        scene
    }
}

#[tokio::main(worker_threads = 1)]
async fn main() {
    let report = Report::new(std::env::args().any(|word| word == "--json"));
    let scene = Scene::open(report).await;
    scenario::idle(&scene).await;
    let crowd = |rooms, members, at_once| Crowd { rooms, members, at_once };
    scenario::as_fast_as_it_goes(&scene, Kind::Typing, crowd(50, 20, 1), 3.0).await;
    scenario::as_fast_as_it_goes(&scene, Kind::Typing, crowd(50, 20, 16), 0.45).await;
    scenario::as_fast_as_it_goes(&scene, Kind::Chat, crowd(100, 10, 1), 5.0).await;
    scenario::latency(&scene).await;
    scenario::wide(&scene).await;
    scenario::slow_readers(&scene).await;
    scenario::storm(&scene).await;
    let missed = scene.report.missed();
    drop(scene);
    if missed > 0 {
        eprintln!("\n{missed} figures fall short of what is aimed at");
        std::process::exit(1);
    }
}

/// Members of every hive, each with a token of their own. They are written straight into the
/// database: letting them in is not what is measured.
async fn people(house: &House, mut ada: Person) -> Vec<String> {
    let mut tokens = Vec::new();
    for n in 0..PEOPLE {
        let name = format!("p{n}");
        house.member(&mut ada, &name, "member").await;
        let login = house.visitor().login(&format!("{name}@example.org")).await;
        tokens.push(format!("Bearer {}", login["access_token"].as_str().unwrap()));
    }
    let joined = r#"insert into hive_member (hive_id, user_id, rank)
                    select h.id, u.id, 'member' from hive h, "user" u where u.handle <> 'ada'"#;
    sqlx::query(joined).execute(&house.services.db).await.unwrap();
    tokens
}
