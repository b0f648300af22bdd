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
mod reference;
mod report;
mod room;
mod scenario;
mod tongue;

use harness::{House, Person, Socket};
use line::Door;
use reference::Reference;
use report::Report;
use scenario::{Crowd, Most};
use serde_json::json;
use tongue::Tongue;

/// With two in each they stay below twenty thousand open files, which many machines allow a process.
const HIVES: usize = 9000;

/// How many of them are made as people make them; the others only have to be there.
const MADE: usize = 500;

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

/// A server under load, and the hives there are.
pub struct Host {
    door: Door,
    server: machine::Process,
    postgres: machine::Process,
    hives: Vec<String>,
}

pub struct Scene {
    ours: Host,
    reference: Host,
    report: Report,
    /// They end with it.
    _house: House,
    _process: harness::Process,
    _reference: Reference,
}

impl Scene {
    async fn open(report: Report) -> Self {
        // Both are started from here, and stay where this is now.
        let here = machine::Process(std::process::id().try_into().unwrap());
        let pinned = here.stay_on(1) && here.stay_on(0);
        let house = House::with(&FREE).await;
        let ada = house.owner().await;
        let mut socket = Socket::open(&house, &ada).await;
        let mut hives = Vec::new();
        for n in 0..MADE {
            let with = json!({ "key": uuid::Uuid::new_v4(), "name": format!("Hive {n}") });
            hives.push(socket.ok("hive.create", with).await["id"].as_str().unwrap().to_owned());
        }
        hives.extend(more_hives(&house, HIVES - MADE).await);
        let tokens = people(&house, ada).await;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&house.services.db).await.unwrap();
        let postgres = machine::Process(machine::parent(backend).unwrap());
        let url = house.database_url();
        let settings: Vec<_> = FREE.into_iter().chain([("DATABASE_URL", url.as_str())]).collect();
        let process = harness::Process::start(&settings).await;
        let reference = Reference::start(&url).await;
        // The server that made it all ready has nothing to do with what is measured.
        house.services.stop.cancel();
        let door = Door { address: process.address, tongue: Tongue::Native, tokens };
        let scene = Self {
            reference: Host {
                door: Door { address: reference.address, ..door.clone() },
                server: machine::Process(reference.child.id().unwrap().try_into().unwrap()),
                postgres,
                hives: hives.clone(),
            },
            ours: Host { door, server: machine::Process(process.pid().as_raw()), postgres, hives },
            report,
            _house: house,
            _process: process,
            _reference: reference,
        };
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

fn main() {
    reference::serve_if_told();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let missed = runtime.unwrap().block_on(measure());
    if missed > 0 {
        eprintln!("\n{missed} figures fall short of what is aimed at");
        std::process::exit(1);
    }
}

/// All of it, or what is named on the command line; how many figures fall short.
async fn measure() -> u32 {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let named = |name: &str| words.iter().all(|word| word.starts_with("--")) || words.iter().any(|word| word == name);
    let scene = Scene::open(Report::new(words.iter().any(|word| word == "--json"))).await;
    let crowd = |rooms, members, at_once| Crowd { rooms, members, at_once };
    if named("idle") {
        scenario::idle(&scene).await;
    }
    if named("typing") {
        scenario::typing(&scene, crowd(50, 20, 1), Most { cpu: 3.0, reference: 2.78 }).await;
    }
    if named("burst") {
        scenario::typing(&scene, crowd(50, 20, 16), Most { cpu: 0.45, reference: 0.43 }).await;
    }
    if named("room") {
        scenario::typing(&scene, crowd(1, 1000, 2), Most { cpu: 3.0, reference: 2.78 }).await;
    }
    if named("growth") {
        scenario::growth(&scene).await;
    }
    if named("chat") {
        scenario::chat(&scene, crowd(100, 10, 1)).await;
    }
    if named("pace") {
        scenario::latency(&scene).await;
    }
    if named("wide") {
        scenario::wide(&scene).await;
    }
    if named("slow") {
        scenario::slow_readers(&scene).await;
    }
    if named("storm") {
        scenario::storm(&scene).await;
    }
    if named("stomp") {
        scenario::door(&scene, Tongue::Stomp, "STOMP", (6.0 * 1024.0, 4.0)).await;
    }
    if named("sockjs") {
        scenario::door(&scene, Tongue::SockJs, "SockJS", (6.0 * 1024.0, 4.0)).await;
    }
    if named("socketio") {
        scenario::door(&scene, Tongue::SocketIo, "Socket.IO", (10.0 * 1024.0, 4.5)).await;
    }
    scene.report.missed()
}

/// Hives written straight into the database.
async fn more_hives(house: &House, count: usize) -> Vec<String> {
    let made = r#"with made as (
                      insert into hive (id, name, access, made_by, key)
                      select gen_random_uuid(), 'Hive ' || n, 'public', (select id from "user" limit 1), gen_random_uuid()
                      from generate_series(1, $1) n returning id
                  ), heads as (insert into topic_head (topic, seq) select id, 0 from made)
                  select id::text from made"#;
    sqlx::query_scalar(made).bind(i32::try_from(count).unwrap()).fetch_all(&house.services.db).await.unwrap()
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
    // Else Postgres would do so by itself, in the middle of what is measured.
    sqlx::query("vacuum analyze hive, hive_member, topic_head").execute(&house.services.db).await.unwrap();
    tokens
}
