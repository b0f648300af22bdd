//! The scenarios, the same as those the peers were measured with: see each one's first line.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;

use crate::{
    Scene,
    machine::Process,
    report::{Figure, at, figure},
    room::{Kind, Room, seat},
};

/// How long each is kept up.
const LASTS: Duration = Duration::from_secs(5);

/// Of how many connections the memory is taken.
const IDLE: usize = 4000;
const STORM: usize = 2000;

/// In how many hives most of it happens.
const SOME: usize = 100;

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
    let hives = &scene.hives[..SOME];
    drop(Room::open(&scene.door, hives, 2, Kind::Chat).await);
    let before = scene.server().memory();
    let meter = Meter::start(scene);
    let rooms = Room::open(&scene.door, hives, IDLE / hives.len(), Kind::Chat).await;
    let (seconds, server, postgres) = meter.read();
    let bytes = scene.server().memory().saturating_sub(before);
    let each = |sum: f64| sum / IDLE as f64;
    scene.report.say(
        &format!("{IDLE} come in, signed in and joined, and are idle"),
        &[
            figure("bytes a connection", each(bytes as f64)).at_most(4096.0),
            figure("connections a second", IDLE as f64 / seconds).at_least(20_000.0),
            figure("server ms a connection", each(server) * 1000.0),
            figure("postgres ms a connection", each(postgres) * 1000.0),
        ],
    );
    drop(rooms);
}

/// How many rooms of how many members, and how much is under way in each at once.
pub struct Crowd {
    pub rooms: usize,
    pub members: usize,
    pub at_once: usize,
}

/// As fast as it goes: in each room what is said next waits until everybody has heard what was said.
/// `cpu` is what a million deliveries may cost at most, in seconds.
pub async fn as_fast_as_it_goes(scene: &Scene, kind: Kind, crowd: Crowd, cpu: f64) {
    let Crowd { rooms, members, at_once } = crowd;
    let mut open = Room::open(&scene.door, &scene.hives[..rooms], members, kind).await;
    let meter = Meter::start(scene);
    let until = Instant::now() + LASTS;
    let speaking = open.iter_mut().map(|room| async move {
        let mut said = 0u64;
        while Instant::now() < until {
            room.say_and_wait(kind, "Hello, this is what a message is like.", at_once).await;
            said += at_once as u64;
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
    let stored = figure("messages a second", said as f64 / seconds);
    scene.report.say(
        &format!("{name}: {rooms} hives of {members}, {at_once} under way in each"),
        &[
            if kind == Kind::Chat { stored.at_least(20_000.0) } else { stored },
            figure("deliveries a second", delivered / seconds),
            figure("CPU s a million deliveries, with Postgres", (server + postgres) / delivered * 1e6).at_most(cpu),
            figure("of them Postgres", postgres / delivered * 1e6),
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

/// From when something was due until it was heard.
struct Times(Vec<Duration>);

impl Times {
    fn of(rooms: &[Room]) -> Self {
        let mut times: Vec<Duration> = rooms.iter().flat_map(|room| room.heard.times()).collect();
        times.sort_unstable();
        Self(times)
    }

    fn p50(&self) -> Figure {
        figure("p50 ms", at(&self.0, 0.5))
    }

    fn p99(&self) -> Figure {
        figure("p99 ms", at(&self.0, 0.99))
    }

    fn rest(&self) -> [Figure; 2] {
        [figure("p99.9 ms", at(&self.0, 0.999)), figure("deliveries", self.0.len() as f64)]
    }
}

/// Chat at a pace that people reach, from when a message was due until it is heard.
pub async fn latency(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives[..SOME], 10, Kind::Chat).await;
    at_a_pace(&mut rooms, Kind::Chat, 200, "Hello").await;
    let times = Times::of(&rooms);
    let [more, count] = times.rest();
    let figures = [times.p50().at_most(0.6), times.p99().at_most(1.2), more, count];
    scene.report.say("chat at 200 a second: 100 hives of 10", &figures);
}

/// Ten thousand in five hundred rooms hear twenty thousand things a second.
pub async fn wide(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives, 20, Kind::Typing).await;
    at_a_pace(&mut rooms, Kind::Typing, 1000, "").await;
    let times = Times::of(&rooms);
    let [more, count] = times.rest();
    let figures = [times.p50(), times.p99().at_most(0.5), more, count];
    scene.report.say(&format!("typing at 1000 a second: {} hives of 20", rooms.len()), &figures);
}

/// Of fifty in a room ten stop reading.
pub async fn slow_readers(scene: &Scene) {
    let mut rooms = Room::open(&scene.door, &scene.hives[..1], 50, Kind::Chat).await;
    let body = "x".repeat(1900);
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    let all = Times::of(&rooms);
    let [more, count] = all.rest();
    scene.report.say("a hive of 50, long messages, 300 a second: all read", &[all.p50(), all.p99(), more, count]);
    rooms[0].stop_reading(10);
    let before = scene.server().memory();
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    let grown = scene.server().memory().saturating_sub(before);
    let others = Times::of(&rooms);
    let [more, count] = others.rest();
    let memory = figure("server memory grown, MB", grown as f64 / 1024.0 / 1024.0).at_most(10.0);
    let figures = [others.p50(), others.p99().at_most(1.5), more, count, memory];
    scene.report.say("the same, and 10 of them have stopped reading", &figures);
}

/// All links break at once, and everybody comes back at once, going on from where they were.
pub async fn storm(scene: &Scene) {
    let hives = &scene.hives[..SOME];
    let mut rooms = Room::open(&scene.door, hives, STORM / hives.len(), Kind::Chat).await;
    for room in &mut rooms {
        room.say_and_wait(Kind::Chat, "before the storm", 1).await;
        room.lines.clear();
    }
    let meter = Meter::start(scene);
    let coming = (0..STORM).map(|n| {
        let room = &rooms[n % rooms.len()];
        let since = room.heard.last.load(Ordering::Relaxed);
        async move { seat(&scene.door, n, &Kind::Chat.topic(&room.hive), Some(since), room.heard.clone()).await }
    });
    let back = join_all(coming).await;
    let (seconds, server, postgres) = meter.read();
    scene.report.say(
        &format!("{STORM} come back at once"),
        &[
            figure("seconds until the last is back", seconds).at_most(0.3),
            figure("server CPU s", server),
            figure("postgres CPU s", postgres),
        ],
    );
    drop(back);
}
