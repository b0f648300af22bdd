//! A device of somebody with a clock that is wrong and a network that is slow: what it shows is
//! computed as a page of ours does, by the domain's own clock and timer.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use focushive::{
    clock::{Clock, PINGS, Reading},
    moment::Moment,
    timer::{Face, Timer},
};
use futures::{SinkExt, StreamExt};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::hive::timer;

/// What is wrong with a device.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub wall_error_ms: f64,
    /// Each way, at least; and at most so much more.
    pub latency_ms: u64,
    pub jitter_ms: u64,
    /// How long its own timers take to ring, as in a tab that is not looked at.
    pub throttled: Duration,
}

pub struct Device {
    pub trouble: Trouble,
    began: Instant,
    random: Mutex<StdRng>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clock: Clock,
    timer: Option<Timer>,
    /// Whether it is connected, and its clock measured since.
    synced: bool,
    asleep_since: Option<Instant>,
    slept: Duration,
}

/// What a device shows at an instant.
#[derive(Debug)]
pub struct Shown {
    /// What is left of the phase, in milliseconds.
    pub left_ms: f64,
    pub ordinal: u64,
    pub synced: bool,
    pub asleep: bool,
}

impl Shown {
    /// How far what it shows is from what is left by the facts and the true time; a device that is on
    /// at another phase is off by all of it.
    pub fn error_ms(&self, facts: &Timer) -> f64 {
        let (ordinal, left_ms) = left(facts, true_ms()).unwrap();
        if ordinal == self.ordinal { self.left_ms - left_ms } else { f64::INFINITY }
    }
}

/// The phase that is on by then, and how much of it is left.
pub fn left(facts: &Timer, at_ms: f64) -> Option<(u64, f64)> {
    let nanos = (at_ms * 1_000_000.0) as i128;
    let at = Moment(time::OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap());
    let mut timer = facts.clone();
    timer.roll(at, None);
    let Face::Down { left, .. } = timer.face(at) else { return None };
    Some((timer.ordinal, left.as_seconds_f64() * 1000.0))
}

pub fn true_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

impl Device {
    pub fn new(trouble: Trouble, seed: u64) -> Arc<Self> {
        let random = Mutex::new(StdRng::seed_from_u64(seed));
        Arc::new(Self { trouble, began: Instant::now(), random, state: Mutex::default() })
    }

    /// Both clocks; the steady one stands still while the device sleeps.
    fn reading(&self, state: &State) -> Reading {
        let asleep = state.asleep_since.map_or(Duration::ZERO, |since| since.elapsed());
        let steady = self.began.elapsed().saturating_sub(state.slept + asleep);
        Reading { steady: steady.as_secs_f64() * 1000.0, wall: true_ms() + self.trouble.wall_error_ms }
    }

    pub fn fall_asleep(&self) {
        self.state.lock().unwrap().asleep_since = Some(Instant::now());
    }

    pub fn wake(&self) {
        let mut state = self.state.lock().unwrap();
        let since = state.asleep_since.take().unwrap();
        state.slept += since.elapsed();
    }

    pub fn shown(&self) -> Option<Shown> {
        let state = self.state.lock().unwrap();
        let (ordinal, left_ms) = left(state.timer.as_ref()?, state.clock.now(self.reading(&state)))?;
        Some(Shown { left_ms, ordinal, synced: state.synced, asleep: state.asleep_since.is_some() })
    }

    fn delay(&self) -> Duration {
        let more = self.random.lock().unwrap().random_range(0..=self.trouble.jitter_ms);
        Duration::from_millis(self.trouble.latency_ms + more)
    }

    async fn awake(&self) {
        while self.state.lock().unwrap().asleep_since.is_some() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Comes back for ever, as a page does.
    pub async fn live(self: Arc<Self>, url: String, cookies: String, hive: String) {
        loop {
            self.awake().await;
            let _ = self.connected(&url, &cookies, &hive).await;
            self.state.lock().unwrap().synced = false;
            sleep(Duration::from_millis(200).max(self.trouble.throttled)).await;
        }
    }

    async fn connected(&self, url: &str, cookies: &str, hive: &str) -> Option<()> {
        let mut request = format!("ws://{url}/ws").into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookies.parse().unwrap());
        request.headers_mut().insert("origin", format!("http://{url}").parse().unwrap());
        let (stream, _) = connect_async(request).await.ok()?;
        let (mut sink, mut source) = stream.split();
        let (out, mut outgoing) = mpsc::unbounded_channel::<(Instant, Value)>();
        let (arrive, mut incoming) = mpsc::unbounded_channel::<(Instant, Value)>();
        let sending = async {
            while let Some((at, frame)) = outgoing.recv().await {
                sleep_until(at).await;
                sink.send(Message::text(frame.to_string())).await.ok()?;
            }
            Some(())
        };
        let hearing = async {
            while let Some(Ok(message)) = source.next().await {
                let Message::Text(text) = message else { continue };
                let frame = serde_json::from_str(&text).unwrap();
                arrive.send((Instant::now() + self.delay(), frame)).ok()?;
            }
            None::<()>
        };
        let say = |frame: Value| out.send((Instant::now() + self.delay(), frame)).unwrap();
        say(json!({ "id": "1", "join": format!("hive/{hive}/live") }));
        say(json!({ "id": "2", "do": "hive.enter", "with": { "hive": hive } }));
        let doing = async {
            let mut sent = self.ping(&say);
            let mut pings = 1;
            while let Some((at, frame)) = incoming.recv().await {
                sleep_until(at).await;
                self.awake().await;
                self.hear(&frame);
                if frame["pong"].is_u64() && pings <= PINGS {
                    self.pong(&frame, sent, pings == PINGS);
                    pings += 1;
                    sleep(self.trouble.throttled).await;
                    sent = self.ping(&say);
                }
            }
        };
        tokio::select! { _ = sending => {}, _ = hearing => {}, () = doing => {} }
        None
    }

    fn ping(&self, say: &impl Fn(Value)) -> Reading {
        say(json!({ "ping": 1 }));
        self.reading(&self.state.lock().unwrap())
    }

    fn pong(&self, frame: &Value, sent: Reading, last: bool) {
        let now: Moment = serde_json::from_value(frame["now"].clone()).unwrap();
        let mut state = self.state.lock().unwrap();
        let heard = self.reading(&state);
        state.clock.pong(sent, (now.0.unix_timestamp_nanos() / 1_000_000) as f64, heard);
        if last {
            state.clock.settle(heard);
            state.synced = true;
        }
    }

    fn hear(&self, frame: &Value) {
        let told = match frame["event"].as_str() {
            Some("timer.changed") => &frame["data"]["timer"],
            _ if frame["ok"]["snapshot"]["timer"].is_object() => &frame["ok"]["snapshot"]["timer"],
            _ => return,
        };
        let told = timer(told);
        let known = &mut self.state.lock().unwrap().timer;
        if known.as_ref().is_none_or(|known| told.revision >= known.revision) {
            *known = Some(told);
        }
    }
}
