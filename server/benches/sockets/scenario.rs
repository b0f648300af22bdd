//! The scenarios, the same as those the peers were measured with: see each one's first line.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;

use crate::{
    Scene,
    machine::Process,
    report::at,
    room::{Kind, Room, seat},
};

/// How long each is kept up.
const LASTS: Duration = Duration::from_secs(5);

/// Of how many connections the memory is taken.
const IDLE: usize = 4000;
const STORM: usize = 2000;

/// How many of a room speak.
const SPEAKERS: usize = 10;

/// Processor time of the server and of Postgres, from here on.
struct Meter<'a> {
    scene: &'a Scene,
    server: Duration,
    postgres: Duration,
    began: Instant,
}

impl<'a> Meter<'a> {
    fn start(scene: &'a Scene) -> Self {
        Self { scene, server: scene.server().cpu(), postgres: scene.postgres.cpu(), began: Instant::now() }
    }

    /// Seconds of the clock, of the server and of Postgres.
    fn read(&self) -> (f64, f64, f64) {
        let seconds = self.began.elapsed().as_secs_f64();
        let used = |process: Process, before: Duration| process.cpu().saturating_sub(before).as_secs_f64();
        (seconds, used(self.scene.server(), self.server), used(self.scene.postgres, self.postgres))
    }
}

/// Everybody comes in, is known by a token, joins a hive, and says nothing.
pub async fn idle(scene: &Scene) {
    drop(Room::open(&scene.door, &scene.hives, 2, Kind::Chat).await);
    let before = scene.server().memory();
    let meter = Meter::start(scene);
    let rooms = Room::open(&scene.door, &scene.hives, IDLE / scene.hives.len(), Kind::Chat).await;
    let (seconds, server, postgres) = meter.read();
    let bytes = scene.server().memory().saturating_sub(before);
    let each = |sum: f64| sum / IDLE as f64;
    scene.report.say(
        &format!("{IDLE} come in, signed in and joined, and are idle"),
        &[
            ("bytes a connection", each(bytes as f64)),
            ("connections a second", IDLE as f64 / seconds),
            ("server ms a connection", each(server) * 1000.0),
            ("postgres ms a connection", each(postgres) * 1000.0),
        ],
    );
    drop(rooms);
}

/// One message under way in each room, as fast as it goes.
pub async fn as_fast_as_it_goes(scene: &Scene, kind: Kind, rooms: usize, members: usize) {
    let mut open = Room::open(&scene.door, &scene.hives[..rooms], members, kind).await;
    let meter = Meter::start(scene);
    let until = Instant::now() + LASTS;
    let speaking = open.iter_mut().map(|room| async move {
        let mut said = 0u64;
        while Instant::now() < until {
            room.say_and_wait(kind, "Hello, this is what a message is like.").await;
            said += 1;
        }
        said
    });
    let said: u64 = join_all(speaking).await.into_iter().sum();
    let (seconds, server, postgres) = meter.read();
    let delivered = said as f64 * members as f64;
    let name = match kind {
        Kind::Typing => "typing, stored nowhere",
        Kind::Chat => "chat, stored before it is told",
    };
    scene.report.say(
        &format!("{name}: {rooms} hives of {members}, one under way in each"),
        &[
            ("messages a second", said as f64 / seconds),
            ("deliveries a second", delivered / seconds),
            ("server CPU s a million deliveries", server / delivered * 1e6),
            ("postgres CPU s a million deliveries", postgres / delivered * 1e6),
        ],
    );
}

/// So many a second over all rooms, each said when it is due.
async fn at_a_pace(rooms: &mut [Room], kind: Kind, a_second: u32, body: &str) {
    let (began, count) = (Instant::now(), rooms.len());
    for n in 0..a_second * u32::try_from(LASTS.as_secs()).unwrap() {
        let due = began + Duration::from_secs(1) / a_second * n;
        // The timer's last millisecond is waited for awake.
        tokio::time::sleep(due.saturating_duration_since(Instant::now()).saturating_sub(Duration::from_millis(2)))
            .await;
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        let room = &mut rooms[n as usize % count];
        room.heard.due(due);
        let words = kind.words(&room.hive, body);
        // People take turns, as they do: what one says waits for what the same one said before.
        room.lines[n as usize / count % SPEAKERS].say(&words).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
}

fn times(rooms: &[Room]) -> [(&'static str, f64); 4] {
    let mut times: Vec<Duration> = rooms.iter().flat_map(|room| room.heard.times()).collect();
    times.sort_unstable();
    [
        ("p50 ms", at(&times, 0.5)),
        ("p99 ms", at(&times, 0.99)),
        ("p99.9 ms", at(&times, 0.999)),
        ("deliveries", times.len() as f64),
    ]
}

/// Chat at a pace that people reach, from when a message was due until it is heard.
pub async fn latency(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives, 10, Kind::Chat).await;
    at_a_pace(&mut rooms, Kind::Chat, 200, "Hello").await;
    scene.report.say("chat at 200 a second: 100 hives of 10", &times(&rooms));
}

/// Of fifty in a room ten stop reading.
pub async fn slow_readers(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives[..1], 50, Kind::Chat).await;
    let body = "x".repeat(1900);
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    scene.report.say("a hive of 50, long messages, 300 a second: all read", &times(&rooms));
    rooms[0].stop_reading(10);
    let before = scene.server().memory();
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    let grown = scene.server().memory().saturating_sub(before);
    let mut figures = times(&rooms).to_vec();
    figures.push(("server memory grown, KB a slow reader", grown as f64 / 10.0 / 1024.0));
    scene.report.say("the same, and 10 of them have stopped reading", &figures);
}

/// All links break at once, and everybody comes back at once, going on from where they were.
pub async fn storm(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives, STORM / scene.hives.len(), Kind::Chat).await;
    for room in &mut rooms {
        room.say_and_wait(Kind::Chat, "before the storm").await;
        room.lines.clear();
    }
    let meter = Meter::start(scene);
    let coming = (0..STORM).map(|n| {
        let room = &rooms[n % rooms.len()];
        let since = room.heard.last.load(Ordering::Relaxed);
        async move { seat(&scene.door, &Kind::Chat.topic(&room.hive), Some(since), room.heard.clone()).await }
    });
    let back = join_all(coming).await;
    let (seconds, server, postgres) = meter.read();
    scene.report.say(
        &format!("{STORM} come back at once"),
        &[("seconds until the last is back", seconds), ("server CPU s", server), ("postgres CPU s", postgres)],
    );
    drop(back);
}
