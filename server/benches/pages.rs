//! How long the server takes for a page: the signed-in lobby and the sign-in page, beside the
//! cheapest answer there is, so that the ratio holds on any machine. Also while sign-ins flood in.

#![expect(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it borrows the tests' house, not all of its rooms, and stops where it cannot go on"
)]

#[path = "../tests/it/harness/mod.rs"]
mod harness;

use std::time::{Duration, Instant};

use harness::{House, Person, Socket};

const WARM_UP: usize = 50;
const ASKED: usize = 500;

#[tokio::main]
async fn main() {
    // Nobody asks five hundred times in a second but a bench.
    let house = House::with(&[("FOCUSHIVE_FRAMES_PER_MINUTE", "1000000")]).await;
    let mut owner = house.owner().await;
    let mut visitor = house.visitor();
    println!(
        "{:<34} {:>10} {:>10} {:>8} {:>8}",
        "asked 500 times, one at a time", "median ms", "p99 ms", "ratio", "aim ms"
    );
    let mut report = Report { floor: measure(&mut visitor, "/healthz").await, missed: 0 };
    report.say("sign-in page", &measure(&mut visitor, "/sign-in").await, None);
    report.say("signed-in lobby", &measure(&mut owner, "/").await, Some(10.0));
    report.say("settings", &measure(&mut owner, "/settings/sessions").await, None);

    fill_bell(&house).await;
    report.say("lobby, 100,000 in the bell", &measure(&mut owner, "/").await, Some(20.0));
    report.say("notifications, 100,000 of them", &measure(&mut owner, "/notifications").await, Some(20.0));
    let mut socket = Socket::open(&house, &owner).await;
    report.say("the bell and its count", &ask(&mut socket, "notification.bell").await, Some(20.0));
    report.say("the newest thirty of it", &ask(&mut socket, "notification.list").await, Some(20.0));

    fill_history(&house).await;
    report.say("sessions, 10,000 of them", &measure(&mut owner, "/focus").await, Some(50.0));
    report.say("their sums", &ask(&mut socket, "focus.totals").await, None);

    let flood = tokio::spawn(flood(house.visitor()));
    report.say("signed-in lobby during a flood", &measure(&mut owner, "/").await, None);
    flood.abort();
    // The house stays open until nobody is at its door.
    let _ = flood.await;
    assert_eq!(report.missed, 0, "figures fall short of what is aimed at");
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

/// A hundred thousand things that the owner was told of, every third of them unread.
async fn fill_bell(house: &House) {
    let db = &house.services.db;
    sqlx::query(
        r#"insert into notification (id, user_id, source, kind, what, at, due_at, seq, level, rule, told_at, read_at)
           select gen_random_uuid(), u.id, 'bench:' || n, 'system', '{"kind":"password_changed"}', now(), now(), n + 1000,
                  'in_bell', 'default', now(), case when n % 3 > 0 then now() end
           from "user" u, generate_series(1, 100000) n where u.handle = 'ada'"#,
    )
    .execute(db)
    .await
    .expect("notifications are written");
    sqlx::query(
        r#"insert into bell (user_id, unread, attention) select id, 33333, 33333 from "user" where handle = 'ada'
           on conflict (user_id) do update set unread = 33333, attention = 33333"#,
    )
    .execute(db)
    .await
    .expect("the count is written");
    sqlx::query("analyze").execute(db).await.expect("the planner knows of it");
}

/// Ten thousand sessions of the owner, three hours apart.
async fn fill_history(house: &House) {
    let db = &house.services.db;
    sqlx::query(
        r#"insert into timer (place, user_id, facts, revision) select id, id, $1, 0 from "user" where handle = 'ada'"#,
    )
    .bind(serde_json::to_string(&focushive::timer::Timer::default()).expect("a clock is written"))
    .execute(db)
    .await
    .expect("a clock is there");
    for sql in [
        r#"insert into timer_phase (place, ordinal, phase, round, began_at, ended_at, planned_ms, pauses, ending, attended)
           select u.id, n, 'focus', 1, now() - n * interval '3 hours', now() - n * interval '3 hours' + interval '25 minutes',
                  1500000, '[]', 'completed', true
           from "user" u, generate_series(1, 10000) n where u.handle = 'ada'"#,
        "insert into stint (id, user_id, place, ordinal, began_at, ended_at, credited_seconds, void)
         select gen_random_uuid(), place, place, ordinal, began_at, ended_at, 1500, false from timer_phase",
        "analyze",
    ] {
        sqlx::query(sql).execute(db).await.expect("sessions are written");
    }
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
