//! A herd: a thousand sockets, a server that is told to stop and started again, and everybody back
//! in time, none the poorer, while whoever else asks something gets an answer.

use std::time::{Duration, Instant};

use focushive::protocol::Topic;
use futures::{SinkExt, StreamExt, future::join_all, stream};
use nix::sys::signal::Signal;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message as Frame, client::IntoClientRequest},
};

use super::seeds;
use crate::harness::{House, Process, Socket};

const HERD: usize = 1000;
const HIVES: usize = 20;

/// How long until the last one is back, and how long anybody else may wait meanwhile.
const BACK_WITHIN: Duration = Duration::from_secs(30);
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

const MANY: [(&str, &str); 2] =
    [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000")];

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One of the herd: listens to a hive, and knows the last number it heard there.
struct One {
    url: String,
    token: String,
    topic: Topic,
    heard: u64,
    stream: Option<Stream>,
    dice: StdRng,
}

impl One {
    /// Comes in, and goes on from where it was; or not, if nobody is there yet.
    async fn come(&mut self) -> Option<()> {
        let mut request = self.url.as_str().into_client_request().ok()?;
        request.headers_mut().insert("authorization", self.token.parse().ok()?);
        let (mut stream, _) = connect_async(request).await.ok()?;
        let join = json!({ "id": "join", "join": self.topic, "since": self.heard });
        stream.send(Frame::text(join.to_string())).await.ok()?;
        let Frame::Text(text) = stream.next().await?.ok()? else { return None };
        let joined: Value = serde_json::from_str(&text).ok()?;
        assert!(joined["ok"]["reset"].is_null(), "{joined}");
        let mut missed = joined["ok"]["replay"].as_u64()?;
        while missed > 0 {
            let Frame::Text(text) = stream.next().await?.ok()? else { continue };
            self.fold(&text);
            missed -= 1;
        }
        self.stream = Some(stream);
        Some(())
    }

    fn fold(&mut self, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap();
        if let Some(seq) = frame["seq"].as_u64() {
            assert_eq!(seq, self.heard + 1, "a hole, or something told twice");
            self.heard = seq;
        }
    }

    /// Until the server says bye; the answer is when to come back.
    async fn bye(&mut self) -> Duration {
        let mut stream = self.stream.take().unwrap();
        let mut retry = None;
        while let Some(Ok(frame)) = stream.next().await {
            let Frame::Text(text) = frame else { continue };
            let heard: Value = serde_json::from_str(&text).unwrap();
            retry = heard["bye"]["retry_in_ms"].as_u64().or(retry);
            self.fold(&text);
        }
        Duration::from_millis(retry.expect("the server says when to come back"))
    }

    /// As every page of ours does: at the time it was told, and then ever more rarely.
    async fn come_back(&mut self, after: Duration) -> u32 {
        let (mut wait, mut tries) = (after, 0);
        loop {
            tokio::time::sleep(wait).await;
            tries += 1;
            if self.come().await.is_some() {
                return tries;
            }
            wait = Duration::from_millis(self.dice.random_range(200..=500 << tries.min(4)));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_come_back_after_a_restart_in_time_and_miss_nothing() {
    let seed = seeds("herd", 1).next().unwrap();
    let (house, token, hives) = scene().await;
    let url = house.database_url();
    let mut server = Process::start(&[MANY[0], MANY[1], ("DATABASE_URL", url.as_str())]).await;
    let mut herd = gather(&server, &token, &hives, seed).await;
    let mut writer = Socket::to(server.address, &[("authorization", &token)]).await.unwrap();
    write(&mut writer, &hives).await;
    let began = Instant::now();
    server.signal(Signal::SIGTERM);
    let byes = join_all(herd.iter_mut().map(One::bye)).await;
    let (stopped, well) = server.wait().await;
    assert!(well && stopped < Duration::from_secs(10), "{stopped:?}");
    // Written while they are away, as by another node.
    let mut other = Socket::to(house.address, &[("authorization", &token)]).await.unwrap();
    write(&mut other, &hives).await;
    server.start_again();
    server.wait_until_ready().await;
    let coming = join_all(herd.iter_mut().zip(byes).map(|(one, after)| one.come_back(after)));
    let (tries, slowest) = watch(&server, coming).await;
    let (back, tries): (Duration, u32) = (began.elapsed(), tries.iter().sum());
    eprintln!("herd: {HERD} back in {back:?} with {tries} tries; the others waited {slowest:?} at most");
    assert!(back < BACK_WITHIN, "the last one is back after {back:?}");
    assert!(slowest < ANSWERED_WITHIN, "somebody else waited {slowest:?}");
    for hive in &hives {
        let head = server::topic::head(&house.services, *hive).await.unwrap();
        assert!(herd.iter().filter(|one| one.topic == *hive).all(|one| one.heard == head), "{hive}");
    }
}

async fn gather(server: &Process, token: &str, hives: &[Topic], seed: u64) -> Vec<One> {
    let mut dice = StdRng::seed_from_u64(seed);
    let herd = (0..HERD).map(|n| One {
        url: format!("ws://{}/ws", server.address),
        token: token.to_owned(),
        topic: hives[n % hives.len()],
        heard: 0,
        stream: None,
        dice: StdRng::seed_from_u64(dice.random()),
    });
    let coming = stream::iter(herd).map(|mut one| async move {
        one.come().await.unwrap();
        one
    });
    coming.buffer_unordered(32).collect().await
}

async fn write(writer: &mut Socket, hives: &[Topic]) {
    for hive in hives.iter().cycle().take(3 * hives.len()) {
        let hive = json!(hive.to_string().trim_start_matches("hive/"));
        writer.ok("chat.send", json!({ "hive": hive, "key": uuid::Uuid::new_v4(), "body": "Hello" })).await;
    }
}

/// While something goes on: how long others wait for the cheapest answer there is.
async fn watch<T>(server: &Process, going_on: impl Future<Output = T>) -> (T, Duration) {
    let url = format!("http://{}/healthz", server.address);
    let mut going_on = std::pin::pin!(going_on);
    let mut slowest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        tokio::select! {
            done = &mut going_on => return (done, slowest),
            answer = reqwest::get(&url) => assert_eq!(answer.unwrap().status(), 200),
        }
        slowest = slowest.max(asked.elapsed());
    }
}

async fn scene() -> (House, String, Vec<Topic>) {
    let house = House::with(&MANY).await;
    let ada = house.owner().await;
    let login = house.visitor().login("ada@example.org").await;
    let token = format!("Bearer {}", login["access_token"].as_str().unwrap());
    let mut socket = Socket::open(&house, &ada).await;
    let mut hives = Vec::new();
    for n in 0..HIVES {
        let with = json!({ "key": uuid::Uuid::new_v4(), "name": format!("Herd {n}") });
        let made = socket.ok("hive.create", with).await;
        hives.push(format!("hive/{}", made["id"].as_str().unwrap()).parse().unwrap());
    }
    (house, token, hives)
}
