//! Those who take up room: whoever goes on after being refused, whoever never says who they are, and
//! whoever takes their time.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};
use uuid::Uuid;

use crate::harness::{House, Socket};

/// How much more is said than may be, whatever it is.
const FLOOD: usize = 30;

#[tokio::test]
async fn whoever_goes_on_with_anything_after_ten_refusals_is_cut_off() {
    let paced = ["JOINS", "TYPING", "REACTIONS", "INVITES", "HIVES"].map(|what| format!("FOCUSHIVE_{what}_PER_MINUTE"));
    let settings: Vec<(&str, &str)> = paced.iter().map(|name| (name.as_str(), "5")).collect();
    let house = House::with(&settings).await;
    let mut owner = house.owner().await;
    let bob = house.member(&mut owner, "Bob", "member").await;
    let mut ada = Socket::open(&house, &owner).await;
    let hive = ada.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await["id"].clone();
    let mut first = Socket::open(&house, &bob).await;
    first.ok("hive.join", json!({ "hive": hive })).await;
    let user = json!(first.id().await);
    ada.ok("hive.set_rank", json!({ "hive": hive, "user": user, "rank": "host" })).await;
    let with = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "Hello" });
    let seq = ada.ok("chat.send", with).await["seq"].clone();
    for (does, with) in [
        ("hive.join", json!({ "hive": hive })),
        ("hive.accept", json!({ "secret": "guessed" })),
        ("chat.typing", json!({ "hive": hive })),
        ("chat.react", json!({ "hive": hive, "message": seq, "emoji": "👍" })),
        ("hive.invite", json!({ "hive": hive, "rank": "member", "lasts": "day", "max_uses": 1 })),
        ("hive.create", json!({ "key": Uuid::new_v4(), "name": "Mine" })),
    ] {
        let mut socket = Socket::open(&house, &bob).await;
        socket.join(&format!("hive/{}/live", hive.as_str().unwrap()), None).await;
        for _ in 0..FLOOD {
            socket.say(&json!({ "do": does, "with": with })).await;
        }
        let told = refusals(&mut socket).await;
        assert_eq!(
            (told.as_slice(), socket.closed.map(|close| close.code.into())),
            (&[true; 10][..], Some(1008)),
            "{does}"
        );
        ada.ok("chat.history", json!({ "hive": hive })).await;
    }
}

/// The refusals of a socket until its end, and whether each said when to come back.
async fn refusals(socket: &mut Socket) -> Vec<bool> {
    let (mut refused, mut bye) = (Vec::new(), Value::Null);
    while let Some(frame) = socket.hear().await {
        if frame["fault"]["code"] == "rate_limited" || frame["fault"]["code"] == "invite_refused" {
            refused.push(frame["fault"]["retry_after_ms"].as_u64().is_some_and(|wait| wait > 0));
        }
        bye = frame["bye"]["reason"].clone();
    }
    assert_eq!(bye, "flood");
    refused
}

/// How many sockets come before anybody knows whose they are, and how many connections there may be.
const NOBODIES: usize = 150;
const CONNECTIONS: &str = "160";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_never_say_who_they_are_all_are_let_go_and_their_places_given_back() {
    let settings = [
        ("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"),
        ("FOCUSHIVE_HANDSHAKE_SECONDS", "2"),
        ("FOCUSHIVE_CONNECTIONS", CONNECTIONS),
    ];
    let house = House::with(&settings).await;
    let owner = house.owner().await;
    let mut ada = Socket::open(&house, &owner).await;
    for _ in 0..2 {
        let nobodies = join_all((0..NOBODIES).map(|_| Socket::with(&house, &[]))).await;
        let mut nobodies: Vec<Socket> = nobodies.into_iter().map(Result::unwrap).collect();
        let began = Instant::now();
        ada.ok("hive.list", json!({})).await;
        // Generous, since machines differ; whoever waited for them would wait for good.
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let ends = join_all(nobodies.iter_mut().map(Socket::end)).await;
        assert!(ends.iter().all(|(reason, code)| (reason.as_str(), *code) == ("signed_out", 4401)), "{ends:?}");
    }
}

#[tokio::test]
async fn whoever_says_who_they_are_letter_by_letter_is_let_go_in_time() {
    let house = House::with(&[("FOCUSHIVE_HANDSHAKE_SECONDS", "1")]).await;
    house.owner().await;
    let token = house.visitor().login("ada@example.org").await["access_token"].clone();
    let hello = json!({ "hello": { "token": token } }).to_string();
    let piece = |n: usize, letter: u8| {
        let data = if n == 0 { Data::Text } else { Data::Continue };
        Message::Frame(Frame::message(vec![letter], OpCode::Data(data), false))
    };
    let letters: Vec<Message> = hello.bytes().enumerate().map(|(n, letter)| piece(n, letter)).collect();
    let pings = vec![Message::Ping(vec![1].into()); 100];
    for words in [letters, pings] {
        let mut nobody = Socket::with(&house, &[]).await.unwrap();
        let began = Instant::now();
        let mut said = 0;
        // Ten letters a second, for as long as anybody listens.
        while began.elapsed() < Duration::from_millis(1500) {
            nobody.send(words[said].clone()).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            said += 1;
        }
        assert_eq!(nobody.end().await, ("signed_out".to_owned(), 4401));
        assert!(said < words.len() && began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn whoever_sends_a_body_drop_by_drop_is_cut_off() {
    let house = House::with(&[("FOCUSHIVE_REQUEST_SECONDS", "1")]).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let drops = async {
        let mut bytes = [0; 1024];
        while stream.write_all(b" ").await.is_ok() {
            match tokio::time::timeout(Duration::from_millis(100), stream.read(&mut bytes)).await {
                Ok(Ok(0) | Err(_)) => return,
                Ok(Ok(count)) => heard.extend_from_slice(&bytes[..count]),
                Err(_) => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), drops).await.expect("it is waited for without end");
    let heard = String::from_utf8_lossy(&heard);
    assert!(heard.starts_with("HTTP/1.1 408"), "{heard}");
    assert_eq!(house.visitor().get("/healthz").await.status, 200);
}
