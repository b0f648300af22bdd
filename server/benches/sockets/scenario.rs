//! The scenarios, the same as those the peers were measured with: see each one's first line.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;

use crate::{
    Host, Scene,
    line::Door,
    machine::Process,
    report::{Figure, figure},
    room::{Room, seat},
    tongue::{Kind, Tongue},
};

/// How long each is kept up.
const LASTS: Duration = Duration::from_secs(5);
const BRIEFLY: Duration = Duration::from_secs(2);

/// Of how many connections the memory is taken.
const IDLE: usize = 4000;
const STORM: usize = 2000;

/// In how many hives most of it happens.
const SOME: usize = 100;
const WIDE: usize = 500;

/// How many of a room speak.
const SPEAKERS: usize = 10;

/// Processor time of the server and of Postgres, from here on.
struct Meter<'a> {
    host: &'a Host,
    server: Duration,
    postgres: Duration,
    began: Instant,
}

/// What was used, in seconds.
struct Used {
    clock: f64,
    server: f64,
    postgres: f64,
}

impl<'a> Meter<'a> {
    fn start(host: &'a Host) -> Self {
        Self { host, server: host.server.cpu(), postgres: host.postgres.cpu(), began: Instant::now() }
    }

    fn read(&self) -> Used {
        let clock = self.began.elapsed().as_secs_f64();
        let used = |process: Process, before: Duration| process.cpu().saturating_sub(before).as_secs_f64();
        Used { clock, server: used(self.host.server, self.server), postgres: used(self.host.postgres, self.postgres) }
    }
}

/// Everybody comes in, is known by a token, joins a hive, and says nothing.
pub async fn idle(scene: &Scene) {
    let (_, came, reference) = come_in(&scene.reference, Kind::Chat).await;
    let (bytes, used, rate) = come_in(&scene.ours, Kind::Chat).await;
    scene.report.say(
        &format!("{IDLE} come in, signed in and joined, and are idle"),
        &[
            figure("bytes a connection", bytes).at_most(4096.0),
            figure("connections a second", rate).at_least(20_000.0).beside(reference, 45_000.0),
            figure("server ms a connection", used.server * 1000.0).beside(came.server * 1000.0, 1.0),
            figure("postgres ms a connection", used.postgres * 1000.0),
        ],
    );
}

/// Bytes a connection, what one of them used, and how many came a second.
async fn come_in(host: &Host, kind: Kind) -> (f64, Used, f64) {
    let hives = &host.hives[..SOME];
    drop(Room::open(&host.door, hives, 2, kind).await);
    let before = host.server.memory();
    let meter = Meter::start(host);
    let rooms = Room::open(&host.door, hives, IDLE / hives.len(), kind).await;
    let used = meter.read();
    let bytes = host.server.memory().saturating_sub(before);
    drop(rooms);
    let each = |sum: f64| sum / IDLE as f64;
    let used_by_one = Used { clock: each(used.clock), server: each(used.server), postgres: each(used.postgres) };
    (each(bytes as f64), used_by_one, IDLE as f64 / used.clock)
}

/// How many rooms of how many members, and how much is under way in each at once.
#[derive(Clone, Copy)]
pub struct Crowd {
    pub rooms: usize,
    pub members: usize,
    pub at_once: usize,
}

impl Crowd {
    fn seats(self) -> usize {
        self.rooms * self.members
    }
}

/// In how many rooms at a time something is under way while there are more and more of them.
const BUSY: usize = 10;

/// As much dearer than among few a delivery may be among many, and a connection as much larger.
const FLAT: f64 = 1.15;

/// What a million deliveries may cost at most, in seconds of processor time, where the reference
/// needs so many.
pub struct Most {
    pub cpu: f64,
    pub reference: f64,
}

/// What came of saying as much as it goes.
struct Flow {
    said: f64,
    delivered: f64,
    used: Used,
}

impl Flow {
    fn deliveries(&self) -> Figure {
        figure("deliveries a second", self.delivered / self.used.clock)
    }

    fn stored(&self) -> f64 {
        self.said / self.used.clock
    }

    fn cpu(&self) -> f64 {
        (self.used.server + self.used.postgres) / self.delivered * 1e6
    }

    fn postgres(&self) -> Figure {
        figure("of them Postgres", self.used.postgres / self.delivered * 1e6)
    }
}

const CPU: &str = "CPU s a million deliveries, with Postgres";

pub async fn typing(scene: &Scene, crowd: Crowd, most: Most) {
    let reference = as_fast_as_it_goes(&scene.reference, Kind::Typing, crowd).await;
    let ours = as_fast_as_it_goes(&scene.ours, Kind::Typing, crowd).await;
    let cpu = figure(CPU, ours.cpu()).at_most(most.cpu).beside(reference.cpu(), most.reference);
    let Crowd { rooms, members, at_once } = crowd;
    let scenario = format!("typing, stored nowhere: {rooms} hives of {members}, {at_once} under way in each");
    scene.report.say(&scenario, &[ours.deliveries(), cpu, ours.postgres()]);
}

pub async fn chat(scene: &Scene, crowd: Crowd) {
    let reference = as_fast_as_it_goes(&scene.reference, Kind::Chat, crowd).await;
    let ours = as_fast_as_it_goes(&scene.ours, Kind::Chat, crowd).await;
    let Crowd { rooms, members, at_once } = crowd;
    let scenario = format!("chat, stored before it is told: {rooms} hives of {members}, {at_once} under way in each");
    let stored = figure("messages a second", ours.stored()).at_least(20_000.0).beside(reference.stored(), 19_592.0);
    let cpu = figure(CPU, ours.cpu()).at_most(5.0).beside(reference.cpu(), 4.87);
    scene.report.say(&scenario, &[stored, ours.deliveries(), cpu, ours.postgres()]);
}

/// The same at another door, and how much memory those take who are idle there.
pub async fn door(scene: &Scene, tongue: Tongue, name: &str, (bytes, cpu): (f64, f64)) {
    let crowd = Crowd { rooms: 50, members: 20, at_once: 1 };
    let Host { door, server, postgres, hives } = &scene.ours;
    let door = Door { tongue, ..door.clone() };
    let at = Host { door, server: *server, postgres: *postgres, hives: hives.clone() };
    let (idle, _, _) = come_in(&at, Kind::Typing).await;
    let reference = as_fast_as_it_goes(&scene.reference, Kind::Typing, crowd).await;
    let ours = as_fast_as_it_goes(&at, Kind::Typing, crowd).await;
    scene.report.say(
        &format!("{name}: typing, 50 hives of 20"),
        &[
            figure("bytes a connection", idle).at_most(bytes),
            ours.deliveries(),
            figure(CPU, ours.cpu()).at_most(cpu).beside(reference.cpu(), 2.78),
        ],
    );
}

/// As much as before is under way, among more and more hives, and among more and more people in each.
pub async fn growth(scene: &Scene) {
    let hives = scene.ours.hives.len();
    let crowd = |rooms, members| Crowd { rooms, members, at_once: 1 };
    grow(scene, "hives of 2", [10, 100, 1000, hives].map(|rooms| crowd(rooms, 2)), |crowd| crowd.rooms).await;
    grow(scene, "people in each of 10 hives", [2, 20, 200, 1000].map(|members| crowd(BUSY, members)), |crowd| {
        crowd.members
    })
    .await;
}

async fn grow(scene: &Scene, what: &str, crowds: [Crowd; 4], size: fn(Crowd) -> usize) {
    let reference = Grown::of(&scene.reference, crowds).await;
    let ours = Grown::of(&scene.ours, crowds).await;
    let [few, .., many] = crowds;
    let scenario =
        format!("typing in {BUSY} hives at a time, as there are more {what}: {} to {}", size(few), size(many));
    let names = ["CPU s a million deliveries, few", "more", "many", "most"];
    let mut figures: Vec<Figure> = names.into_iter().zip(ours.costs).map(|(name, cost)| figure(name, cost)).collect();
    figures
        .push(figure("the dearest beside few, times", ours.dearest()).at_most(FLAT).beside(reference.dearest(), 1.0));
    figures.push(figure("bytes a connection, most", ours.bytes[3]));
    figures.push(figure("beside many, times", ours.bytes[3] / ours.bytes[2]).at_most(FLAT));
    scene.report.say(&scenario, &figures);
}

/// What a million deliveries cost in each crowd, and what a connection took.
#[derive(Default)]
struct Grown {
    costs: [f64; 4],
    bytes: [f64; 4],
}

impl Grown {
    async fn of(host: &Host, crowds: [Crowd; 4]) -> Self {
        let mut grown = Self::default();
        for (n, crowd) in crowds.into_iter().enumerate() {
            let before = host.server.memory();
            let mut open = Room::open(&host.door, &host.hives[..crowd.rooms], crowd.members, Kind::Typing).await;
            grown.bytes[n] = host.server.memory().saturating_sub(before) as f64 / crowd.seats() as f64;
            grown.costs[n] = speak(host, &mut open, Kind::Typing, crowd, (BUSY, BRIEFLY)).await.cpu();
        }
        grown
    }

    fn dearest(&self) -> f64 {
        let [few, more @ ..] = self.costs;
        more.into_iter().fold(0.0, f64::max) / few
    }
}

/// As fast as it goes: in each room what is said next waits until everybody has heard what was said.
async fn as_fast_as_it_goes(host: &Host, kind: Kind, crowd: Crowd) -> Flow {
    let mut open = Room::open(&host.door, &host.hives[..crowd.rooms], crowd.members, kind).await;
    speak(host, &mut open, kind, crowd, (crowd.rooms, LASTS)).await
}

/// The same for so long in so many rooms at a time, in all of them by turns.
async fn speak(host: &Host, open: &mut [Room], kind: Kind, crowd: Crowd, (busy, lasts): (usize, Duration)) -> Flow {
    let at_once = crowd.at_once;
    let meter = Meter::start(host);
    let until = Instant::now() + lasts;
    let speaking = open.chunks_mut(crowd.rooms.div_ceil(busy)).map(|rooms| async move {
        let mut said = 0u64;
        for n in (0..rooms.len()).cycle() {
            if Instant::now() >= until {
                break;
            }
            rooms[n].say_and_wait(kind, "Hello, this is what a message is like.", at_once).await;
            said += at_once as u64;
        }
        said
    });
    let said = join_all(speaking).await.into_iter().sum::<u64>() as f64;
    Flow { said, delivered: said * crowd.members as f64, used: meter.read() }
}

/// So many a second over all rooms, each said when it is due.
async fn at_a_pace(rooms: &mut [Room], kind: Kind, a_second: u32, body: &str) {
    let (began, count) = (Instant::now(), rooms.len());
    for n in 0..a_second * u32::try_from(LASTS.as_secs()).unwrap() {
        let due = began + Duration::from_secs(1) / a_second * n;
        // This thread has nothing else to do, and the runtime's timer is too coarse; what is heard is
        // read by the other one.
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let room = &mut rooms[n as usize % count];
        room.heard.due(due);
        // People take turns, as they do: what one says waits for what the same one said before.
        room.say(n as usize / count % SPEAKERS, kind, body).await;
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

    /// The value below which a share of all lies, in milliseconds.
    fn at(&self, share: f64) -> f64 {
        let index = ((self.0.len() as f64 * share) as usize).min(self.0.len().saturating_sub(1));
        self.0.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    fn p50(&self) -> Figure {
        figure("p50 ms", self.at(0.5))
    }

    fn p99(&self) -> Figure {
        figure("p99 ms", self.at(0.99))
    }

    fn rest(&self) -> [Figure; 2] {
        [figure("p99.9 ms", self.at(0.999)), figure("deliveries", self.0.len() as f64)]
    }
}

/// What was heard of so much a second, at the reference and at ours.
async fn heard(scene: &Scene, rooms: usize, members: usize, kind: Kind, a_second: u32) -> [Times; 2] {
    let heard = async |host: &Host| {
        let mut open = Room::open(&host.door, &host.hives[..rooms], members, kind).await;
        at_a_pace(&mut open, kind, a_second, "Hello").await;
        Times::of(&open)
    };
    [heard(&scene.reference).await, heard(&scene.ours).await]
}

/// Chat at a pace that people reach, from when a message was due until it is heard.
pub async fn latency(scene: &Scene) {
    let [reference, ours] = heard(scene, SOME, 10, Kind::Chat, 200).await;
    let p50 = ours.p50().at_most(0.6).beside(reference.at(0.5), 0.43);
    let p99 = ours.p99().at_most(1.2).beside(reference.at(0.99), 0.92);
    let [more, count] = ours.rest();
    scene.report.say("chat at 200 a second: 100 hives of 10", &[p50, p99, more, count]);
}

/// Ten thousand in five hundred rooms hear twenty thousand things a second.
pub async fn wide(scene: &Scene) {
    let [reference, ours] = heard(scene, WIDE, 20, Kind::Typing, 1000).await;
    let p50 = ours.p50().beside(reference.at(0.5), 0.1);
    let p99 = ours.p99().at_most(0.5).beside(reference.at(0.99), 0.3);
    let [more, count] = ours.rest();
    scene.report.say(&format!("typing at 1000 a second: {WIDE} hives of 20"), &[p50, p99, more, count]);
}

/// Of fifty in a room ten stop reading.
pub async fn slow_readers(scene: &Scene) {
    let (_, reference, _) = slowed(&scene.reference).await;
    let (before, ours, grown) = slowed(&scene.ours).await;
    let [more, count] = before.rest();
    let scenario = "a hive of 50, long messages, 300 a second: all read";
    scene.report.say(scenario, &[before.p50(), before.p99(), more, count]);
    let p99 = ours.p99().at_most(1.5).beside(reference.at(0.99), 1.1);
    let memory = figure("server memory grown, MB", grown).at_most(10.0);
    let [more, count] = ours.rest();
    scene.report.say("the same, and 10 of them have stopped reading", &[ours.p50(), p99, more, count, memory]);
}

/// While all read, while ten do not, and how many megabytes that took.
async fn slowed(host: &Host) -> (Times, Times, f64) {
    let mut rooms = Room::open(&host.door, &host.hives[..1], 50, Kind::Chat).await;
    let body = "x".repeat(1900);
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    let all = Times::of(&rooms);
    rooms[0].stop_reading(10);
    let before = host.server.memory();
    at_a_pace(&mut rooms, Kind::Chat, 300, &body).await;
    let grown = host.server.memory().saturating_sub(before) as f64;
    (all, Times::of(&rooms), grown / 1024.0 / 1024.0)
}

/// All links break at once, and everybody comes back at once, going on from where they were.
pub async fn storm(scene: &Scene) {
    let reference = come_back(&scene.reference, Kind::Typing).await;
    let used = come_back(&scene.ours, Kind::Chat).await;
    scene.report.say(
        &format!("{STORM} come back at once"),
        &[
            figure("seconds until the last is back", used.clock).at_most(0.3).beside(reference.clock, 0.05),
            figure("server CPU s", used.server).beside(reference.server, 1.0),
            figure("postgres CPU s", used.postgres),
        ],
    );
}

async fn come_back(host: &Host, kind: Kind) -> Used {
    let mut rooms = Room::open(&host.door, &host.hives[..SOME], STORM / SOME, kind).await;
    for room in &mut rooms {
        room.say_and_wait(kind, "before the storm", 1).await;
        room.lines.clear();
    }
    let meter = Meter::start(host);
    let coming = (0..STORM).map(|n| {
        let room = &rooms[n % rooms.len()];
        let since = (kind == Kind::Chat).then(|| room.heard.last.load(Ordering::Relaxed));
        async move { seat(&host.door, n, (kind, &room.hive), since, room.heard.clone()).await }
    });
    let back = join_all(coming).await;
    let used = meter.read();
    drop(back);
    used
}
