//! How long the server takes for a page, beside the cheapest answer there is, and how many it answers
//! a second: the executable as it is released, one processor for it and its Postgres, another for
//! whoever asks. Also while sign-ins flood in.

#![expect(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it borrows the tests' house, not all of its rooms, and stops where it cannot go on"
)]

mod fill;
#[path = "../../tests/it/harness/mod.rs"]
mod harness;
#[path = "../sockets/machine.rs"]
mod machine;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use harness::{House, PASSWORD, Person, Process, Socket};
use serde_json::json;
use uuid::Uuid;

const WARM_UP: usize = 50;
const ASKED: usize = 500;

/// How many ask at once where it goes as fast as it can, and for how long.
const AT_ONCE: usize = 8;
const LASTS: Duration = Duration::from_secs(5);

/// Nobody asks five hundred times in a second but a bench.
const FREE: [(&str, &str); 3] = [
    ("FOCUSHIVE_FRAMES_PER_MINUTE", "1000000"),
    ("FOCUSHIVE_HIVES_PER_MINUTE", "1000000"),
    ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let here = machine::Process(std::process::id().try_into().expect("a process has a number"));
    let pinned = here.stay_on(1) && here.stay_on(0);
    let house = House::with(&FREE).await;
    house.owner().await;
    let db = house.services.db.clone();
    let url = house.database_url();
    let settings: Vec<_> = FREE.into_iter().chain([("DATABASE_URL", url.as_str())]).collect();
    let process = Process::start(&settings).await;
    // The server that made it all ready has nothing to do with what is measured.
    house.services.stop.cancel();
    let pinned = pinned && here.stay_on(1);
    println!("{}", if pinned { "server and Postgres on one processor, whoever asks on another" } else { "unpinned" });
    let mut visitor = Person::new(process.address);
    let mut owner = Person::new(process.address);
    assert_eq!(owner.sign_in("ada@example.org", PASSWORD).await.status, 200);
    let mut socket = Socket::of(process.address, &owner).await;
    let hive = live_in(&mut socket, &db).await;
    println!(
        "{:<34} {:>10} {:>10} {:>8} {:>8}",
        "asked 500 times, one at a time", "median ms", "p99 ms", "ratio", "aim ms"
    );
    let mut report = Report { floor: measure(&mut visitor, "/healthz").await, missed: 0 };
    report.say("sign-in page", &measure(&mut visitor, "/sign-in").await, None);
    report.say("signed-in lobby of 20 hives", &measure(&mut owner, "/").await, Some(3.0));
    report.say("a hive of 40, 50 messages shown", &measure(&mut owner, &hive).await, Some(6.0));
    report.say("settings", &measure(&mut owner, "/settings/sessions").await, None);

    report.rate("lobbies a second", many(&owner, "/").await);
    report.rate("hives a second", many(&owner, &hive).await);

    fill::bell(&db).await;
    report.say("lobby, 100,000 in the bell", &measure(&mut owner, "/").await, Some(20.0));
    report.say("notifications, 100,000 of them", &measure(&mut owner, "/notifications").await, Some(20.0));
    report.say("the bell and its count", &ask(&mut socket, "notification.bell").await, Some(20.0));
    report.say("the newest thirty of it", &ask(&mut socket, "notification.list").await, Some(20.0));

    fill::history(&db).await;
    report.say("sessions, 10,000 of them", &measure(&mut owner, "/focus").await, Some(50.0));
    report.say("their sums", &ask(&mut socket, "focus.totals").await, None);

    let flood = tokio::spawn(flood(visitor));
    report.say("signed-in lobby during a flood", &measure(&mut owner, "/").await, None);
    flood.abort();
    // The house stays open until nobody is at its door.
    let _ = flood.await;
    if report.missed > 0 {
        eprintln!("{} figures fall short of what is aimed at", report.missed);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Twenty hives, and the path of one that people talk in.
async fn live_in(socket: &mut Socket, db: &sqlx::PgPool) -> String {
    let mut first = None;
    for n in 0..20 {
        let made = socket.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": format!("Hive {n}") })).await;
        first = first.or(made["id"].as_str().map(str::to_owned));
    }
    let hive = first.expect("a hive is made");
    fill::hives(db).await;
    for n in 0..60 {
        let body = format!("Message {n}: the *third* chapter is done, see https://example.org/{n}");
        socket.ok("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": body })).await;
    }
    format!("/hive/{hive}")
}

/// How many a second are answered to some who ask at once.
async fn many(person: &Person, path: &str) -> f64 {
    let began = Instant::now();
    let asking = (0..AT_ONCE).map(|_| {
        let mut person = person.clone();
        async move {
            let mut answered = 0;
            while began.elapsed() < LASTS {
                assert_eq!(person.get(path).await.status, 200);
                answered += 1;
            }
            answered
        }
    });
    let answered: usize = futures::future::join_all(asking).await.into_iter().sum();
    answered as f64 / began.elapsed().as_secs_f64()
}

async fn measure(person: &mut Person, path: &str) -> Vec<Duration> {
    let mut times = Vec::with_capacity(ASKED);
    for n in 0..WARM_UP + ASKED {
        let began = Instant::now();
        assert_eq!(person.get(path).await.status, 200);
        if n >= WARM_UP {
            times.push(began.elapsed());
        }
    }
    times.sort_unstable();
    times
}

async fn ask(socket: &mut Socket, does: &str) -> Vec<Duration> {
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let began = Instant::now();
        socket.ok(does, serde_json::json!({})).await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times
}

/// What is said of each, beside the cheapest answer there is.
struct Report {
    floor: Vec<Duration>,
    missed: u32,
}

impl Report {
    /// So many a second, of five hundred.
    fn rate(&mut self, name: &str, rate: f64) {
        let missed = rate < 500.0;
        self.missed += u32::from(missed);
        println!("{name:<34} {rate:>10.0} {:>27}{}", "500", if missed { " MISSED" } else { "" });
    }

    fn say(&mut self, name: &str, times: &[Duration], aim: Option<f64>) {
        let at = |times: &[Duration], share: usize| times[times.len() * share / 100].as_secs_f64() * 1000.0;
        let (median, ratio) = (at(times, 50), at(times, 50) / at(&self.floor, 50));
        let missed = aim.is_some_and(|aim| median > aim);
        self.missed += u32::from(missed);
        let aim = aim.map(|aim| format!("{aim:>8.0}")).unwrap_or_default();
        println!(
            "{name:<34} {median:>10.2} {:>10.2} {ratio:>8.1} {aim}{}",
            at(times, 99),
            if missed { " MISSED" } else { "" }
        );
    }
}

/// Sixteen people who guess without end.
async fn flood(visitor: Person) {
    let guess = |n: usize| {
        let mut visitor = visitor.clone();
        async move {
            loop {
                visitor.sign_in(&format!("p{n}@example.org"), "guess guess guess").await;
            }
        }
    };
    futures::future::join_all((0..16).map(guess)).await;
}
