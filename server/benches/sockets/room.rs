//! A hive of the load tool: its members, who count what they hear, and whoever speaks in it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use tokio::sync::Notify;

use crate::{
    line::{Door, Line},
    tongue::{Kind, Tongue},
};

/// How many come in at once.
const AT_ONCE: usize = 64;

pub struct Room {
    pub hive: String,
    tongue: Tongue,
    pub lines: Vec<Line>,
    /// How many of them read.
    readers: usize,
    pub heard: Arc<Heard>,
}

/// What its members heard.
pub struct Heard {
    began: Instant,
    /// How often what is under way was heard, and how often it is to be.
    by: AtomicUsize,
    expected: AtomicUsize,
    all: Notify,
    /// When the message under way was due, in nanoseconds since the beginning.
    due: AtomicU64,
    times: Mutex<Vec<Duration>>,
    pub last: AtomicU64,
}

impl Heard {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            by: AtomicUsize::new(0),
            expected: AtomicUsize::new(0),
            all: Notify::new(),
            due: AtomicU64::new(0),
            times: Mutex::default(),
            last: AtomicU64::new(0),
        })
    }

    fn hear(&self) {
        let due = self.due.load(Ordering::Relaxed);
        if due > 0 {
            let late = self.began.elapsed().saturating_sub(Duration::from_nanos(due));
            self.times.lock().unwrap().push(late);
        }
        if self.by.fetch_add(1, Ordering::Relaxed) + 1 == self.expected.load(Ordering::Relaxed) {
            self.all.notify_one();
        }
    }

    /// Something is to be said, and should have been at this time.
    pub fn due(&self, at: Instant) {
        let since = u64::try_from(at.duration_since(self.began).as_nanos()).unwrap();
        self.due.store(since.max(1), Ordering::Relaxed);
    }

    pub fn times(&self) -> Vec<Duration> {
        std::mem::take(&mut self.times.lock().unwrap())
    }

    /// The number of the event within a frame.
    fn number(&self, frame: &[u8]) {
        let text = &frame[..frame.len().min(120)];
        let Some(at) = text.windows(6).position(|bytes| bytes == b"\"seq\":") else { return };
        let digits = text[at + 6..].iter().take_while(|byte| byte.is_ascii_digit());
        let seq = digits.fold(0, |seq, digit| seq * 10 + u64::from(digit - b'0'));
        self.last.fetch_max(seq, Ordering::Relaxed);
    }
}

impl Room {
    /// Rooms with so many members each, all of them in.
    pub async fn open(door: &Door, hives: &[String], members: usize, kind: Kind) -> Vec<Self> {
        let mut rooms: Vec<Self> = hives
            .iter()
            .map(|hive| Self {
                hive: hive.clone(),
                tongue: door.tongue,
                lines: Vec::new(),
                readers: members,
                heard: Heard::new(),
            })
            .collect();
        let seats = (0..members * rooms.len()).map(|n| {
            let room = n % rooms.len();
            (room, n / rooms.len(), rooms[room].hive.clone(), Arc::clone(&rooms[room].heard))
        });
        let seats: Vec<_> = seats.collect();
        let coming = stream::iter(seats)
            .map(|(room, who, hive, heard)| async move { (room, seat(door, who, (kind, &hive), None, heard).await) });
        let mut coming = std::pin::pin!(coming.buffer_unordered(AT_ONCE));
        while let Some((room, line)) = coming.next().await {
            rooms[room].lines.push(line);
        }
        rooms
    }

    /// So many say something at once, and it is waited until everybody has heard all of it.
    pub async fn say_and_wait(&mut self, kind: Kind, body: &str, at_once: usize) {
        self.heard.by.store(0, Ordering::Relaxed);
        self.heard.expected.store(self.readers * at_once, Ordering::Relaxed);
        for line in &mut self.lines[..at_once] {
            line.say(&self.tongue.words(kind, &self.hive, body)).await.unwrap();
        }
        tokio::time::timeout(Duration::from_secs(10), self.heard.all.notified()).await.expect("something was lost");
    }

    /// One of them says something, when it is due.
    pub async fn say(&mut self, who: usize, kind: Kind, body: &str) {
        let words = self.tongue.words(kind, &self.hive, body);
        self.lines[who].say(&words).await.unwrap();
    }

    /// Some stop reading; the others are waited for.
    pub fn stop_reading(&mut self, count: usize) {
        for line in self.lines.iter().rev().take(count) {
            line.stop_reading();
        }
        self.readers -= count;
    }
}

pub async fn seat(door: &Door, who: usize, what: (Kind, &str), since: Option<u64>, heard: Arc<Heard>) -> Line {
    let tongue = door.tongue;
    let hear = move |frame: &[u8]| {
        heard.number(frame);
        if tongue.tells(frame) {
            heard.hear();
        }
    };
    Line::open(door, who, what, since, hear).await.unwrap()
}
