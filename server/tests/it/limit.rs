//! The limits of a socket: each is reached, and the others go on.

use std::time::{Duration, Instant};

use focushive::{
    chat::Typing,
    id::UserId,
    protocol::{Event, Topic},
};
use futures::StreamExt;
use serde_json::{Value, json};
use server::hub::Published;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::{
    Message,
    client::IntoClientRequest,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::harness::{Break, Fate, House, Person, Proxy, Socket, Upstream};

async fn id(house: &House, person: &Person, handle: &str) -> UserId {
    person.find(house, handle).await.parse().unwrap()
}

/// Until the server has let go of all connections of somebody.
async fn gone(house: &House, user: UserId, within: Duration) {
    let began = Instant::now();
    while !house.services.hub.connections(user).is_empty() {
        assert!(began.elapsed() < within, "still connected after {within:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_socket_that_listens_to_nothing_and_asks_for_nothing_is_closed() {
    let house = House::with(&[("FOCUSHIVE_IDLE_SECONDS", "1"), ("FOCUSHIVE_PING_SECONDS", "1")]).await;
    let ada = house.owner().await;
    let (mut idle, mut listening) = (Socket::open(&house, &ada).await, Socket::open(&house, &ada).await);
    listening.join("announcements", None).await;
    assert_eq!(idle.end().await, ("idle".to_owned(), 1001));
    listening.ok("account.look", json!({})).await;
}

#[tokio::test]
async fn a_peer_that_is_gone_without_a_word_counts_as_dead() {
    let house = House::with(&[("FOCUSHIVE_DEAD_SECONDS", "2"), ("FOCUSHIVE_PING_SECONDS", "1")]).await;
    let ada = house.owner().await;
    let user = id(&house, &ada, "ada").await;
    let pulled = || Fate { break_after: 600, from_server: true, how: Break::HalfOpen };
    let proxy = Proxy::with_fates(Upstream::Tcp(house.address), pulled).await;
    let token = house.visitor().login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let mut socket = Socket::to(proxy.address, &[("authorization", &format!("Bearer {token}"))]).await.unwrap();
    socket.join("announcements", None).await;
    for _ in 0..20 {
        socket.say(&json!({ "ping": 1 })).await;
    }
    gone(&house, user, Duration::from_secs(8)).await;
}

#[tokio::test]
async fn whoever_does_not_say_who_they_are_in_time_is_let_go() {
    let house = House::with(&[("FOCUSHIVE_HANDSHAKE_SECONDS", "1")]).await;
    house.owner().await;
    let mut nobody = Socket::with(&house, &[]).await.unwrap();
    let began = Instant::now();
    assert_eq!(nobody.end().await, ("signed_out".to_owned(), 4401));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn who_says_more_than_anybody_can_is_told_to_wait_and_then_cut_off() {
    let house = House::with(&[("FOCUSHIVE_FRAMES_PER_MINUTE", "60")]).await;
    let ada = house.owner().await;
    for frame in
        [Message::text("{\"ping\":1}"), Message::Ping(vec![1].into()), Message::text("{\"join\":\"presence\"}")]
    {
        let mut socket = Socket::open(&house, &ada).await;
        for _ in 0..450 {
            socket.send(frame.clone()).await;
        }
        let mut refused = 0;
        while let Some(heard) = socket.hear().await {
            refused += u32::from(heard["fault"]["code"] == "rate_limited" && heard["fault"]["retry_after_ms"].is_u64());
        }
        assert_eq!((refused, socket.closed.map(|close| u16::from(close.code))), (10, Some(1008)), "{frame:?}");
    }
}

#[tokio::test]
async fn who_goes_on_sending_after_ten_refusals_is_cut_off_and_others_are_not() {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let (mut ada, mut bob) = (Socket::open(&house, &ada).await, Socket::open(&house, &bob).await);
    let message = |hive: &Value| json!({ "hive": hive, "key": uuid::Uuid::new_v4(), "body": "again" });
    let key = uuid::Uuid::new_v4();
    let hive = ada.ok("hive.create", json!({ "key": key, "name": "Library" })).await["id"].clone();
    bob.ok("hive.join", json!({ "hive": hive })).await;
    for _ in 0..60 {
        bob.say(&json!({ "do": "chat.send", "with": message(&hive) })).await;
    }
    assert_eq!(bob.end().await, ("flood".to_owned(), 1008));
    ada.ok("chat.send", message(&hive)).await;
}

#[tokio::test]
async fn sixty_four_kilobytes_are_heard_and_a_byte_more_is_not() {
    let (house, ada) = House::open().await;
    let ping = |size: usize| Message::text(format!("{{\"ping\":1{}}}", " ".repeat(size - 10)));
    let mut socket = Socket::open(&house, &ada).await;
    socket.send(ping(64 * 1024)).await;
    assert_eq!(socket.hear().await.unwrap()["pong"], 1);
    socket.send(ping(64 * 1024 + 1)).await;
    assert_eq!(socket.end().await, ("too_large".to_owned(), 1009));
}

#[tokio::test]
async fn a_message_in_a_thousand_pieces_is_too_large_all_the_same() {
    let (house, ada) = House::open().await;
    let mut socket = Socket::open(&house, &ada).await;
    let piece = vec![b' '; 10 * 1024];
    socket.send(Message::Frame(Frame::message(piece.clone(), OpCode::Data(Data::Text), false))).await;
    for _ in 0..1000 {
        socket.send(Message::Frame(Frame::message(piece.clone(), OpCode::Data(Data::Continue), false))).await;
    }
    let (reason, code) = socket.end().await;
    // It may be cut off while it is still sending, before it reads why.
    assert!(matches!((reason.as_str(), code), ("too_large", 1009) | ("", 0)), "{reason} {code}");
    gone(&house, id(&house, &ada, "ada").await, Duration::from_secs(5)).await;
}

#[tokio::test]
async fn bytes_that_are_no_text_end_the_socket() {
    let (house, ada) = House::open().await;
    let mut socket = Socket::open(&house, &ada).await;
    let bytes = vec![b'{', 0xff, 0xfe, b'}'];
    socket.send(Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true))).await;
    assert_eq!(socket.end().await, ("malformed".to_owned(), 1007));
}

/// Somebody with the smallest window there is, who joins and then reads nothing.
async fn who_does_not_read(
    house: &House,
    person: &Person,
    topic: &str,
) -> tokio_tungstenite::WebSocketStream<tokio::net::TcpStream> {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(4096).unwrap();
    let stream = tcp.connect(house.address).await.unwrap();
    let mut request = format!("ws://{}/ws", house.address).into_client_request().unwrap();
    let jar: Vec<String> = person.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    request.headers_mut().insert("cookie", jar.join("; ").parse().unwrap());
    let (mut stream, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    futures::SinkExt::send(&mut stream, Message::text(json!({ "join": topic }).to_string())).await.unwrap();
    assert!(stream.next().await.unwrap().unwrap().is_text());
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_harms_only_itself() {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let mut quick = Socket::open(&house, &ada).await;
    let key = uuid::Uuid::new_v4();
    let hive = quick.ok("hive.create", json!({ "key": key, "name": "Library" })).await["id"].clone();
    let topic: Topic = format!("hive/{}/live", hive.as_str().unwrap()).parse().unwrap();
    quick.join(&topic.to_string(), None).await;
    let mut slow = who_does_not_read(&house, &bob, &topic.to_string()).await;

    let user = id(&house, &ada, "bob").await;
    let large = Typing { user, name: "B".repeat(50_000), typing: true };
    let (mut slowest, mut told) = (Duration::ZERO, 0);
    // Far more than all buffers between here and there hold.
    while told < 400 {
        let event = || Published::volatile(topic, house.services.clock.now(), &Event::Typing(large.clone()), None);
        house.services.hub.publish((0..5).map(|_| event()).collect());
        let began = Instant::now();
        for _ in 0..5 {
            quick.event("chat.typing").await;
        }
        (slowest, told) = (slowest.max(began.elapsed()), told + 5);
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    let [connection] =
        house.services.hub.connections(user).try_into().unwrap_or_else(|all: Vec<_>| panic!("{}", all.len()));
    assert!(connection.take().is_err(), "what waits for one reader is bounded");
    // Reading again, it gets what was on the way and is told to come back and resume.
    let mut bye = Value::Null;
    while let Some(Ok(Message::Text(text))) = slow.next().await {
        let frame: Value = serde_json::from_str(&text).unwrap();
        bye = frame["bye"].clone();
    }
    assert_eq!(bye, json!({ "reason": "slow", "retry_in_ms": 0 }));
    gone(&house, user, Duration::from_secs(5)).await;
}

/// Asks until it is refused; how often that went well, and when it may be asked again.
async fn until_refused(socket: &mut Socket, does: &str, with: impl Fn(u32) -> Value) -> (u32, u64) {
    for n in 0..100 {
        let answer = socket.ask(does, with(n)).await;
        if answer["fault"]["code"] == "rate_limited" {
            return (n, answer["fault"]["retry_after_ms"].as_u64().unwrap());
        }
    }
    panic!("{does} is never refused");
}

#[tokio::test]
async fn what_one_does_too_often_is_refused_and_a_flood_is_noted_once() {
    let paced = ["JOINS", "TYPING", "REACTIONS", "INVITES", "HIVES", "UPLOADS"]
        .map(|what| format!("FOCUSHIVE_{what}_PER_MINUTE"));
    let settings: Vec<(&str, &str)> = paced.iter().map(|name| (name.as_str(), "5")).collect();
    let house = House::with(&settings).await;
    let mut owner = house.owner().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let mut socket = Socket::open(&house, &bob).await;
    let (made, wait) = until_refused(
        &mut socket,
        "hive.create",
        |n| json!({ "key": uuid::Uuid::from_u128(n.into()), "name": "Mine" }),
    )
    .await;
    assert!(made == 5 && (1..=12_000).contains(&wait), "{made} {wait}");
    let hive = socket.ok("hive.list", json!({})).await[0]["hive"]["id"].clone();
    let with = |_| json!({ "hive": hive });
    // It is the same person, whichever door they come in by.
    let mut form = bob.ask("hive.create", &[("key", &uuid::Uuid::new_v4().to_string()), ("name", "Again")]).await;
    assert_eq!((form.status, form.code().as_str()), (429, "rate_limited"));
    socket.join(&format!("hive/{}/live", hive.as_str().unwrap()), None).await;
    assert_eq!(until_refused(&mut socket, "chat.typing", with).await.0, 5);
    assert_eq!(until_refused(&mut socket, "hive.join", with).await.0, 5);
    let key = uuid::Uuid::new_v4();
    let sent = socket.ok("chat.send", json!({ "hive": hive, "key": key, "body": "hi" })).await["seq"].clone();
    let react = |_| json!({ "hive": hive, "message": sent, "emoji": "👍" });
    assert_eq!(until_refused(&mut socket, "chat.react", react).await.0, 5);
    let link = |_| json!({ "hive": hive, "rank": "member", "lasts": "day", "max_uses": 1 });
    assert_eq!(until_refused(&mut socket, "hive.invite", link).await.0, 5);
    for _ in 0..20 {
        form = bob.ask("hive.join", &[("hive", hive.as_str().unwrap())]).await;
    }
    assert_eq!(form.code(), "rate_limited");
    let log = Socket::open(&house, &owner).await.ok("audit.list", json!({})).await;
    let floods = log.as_array().unwrap().iter().filter(|entry| entry["deed"] == "did too much at once").count();
    assert_eq!(floods, 1);
    let mut ada = Socket::open(&house, &owner).await;
    ada.ok("hive.join", json!({ "hive": hive })).await;
}
