//! What a member with bad intentions can say over a socket, and what comes of it.

use std::time::Duration;

use focushive::protocol::Topic;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::harness::{House, Person, Socket};

/// Ada's public hive, and Bob, who is a member of the house.
async fn scene() -> (House, Person, Person, String) {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Library" });
    let hive = Socket::open(&house, &ada).await.ok("hive.create", with).await["id"].as_str().unwrap().to_owned();
    (house, ada, bob, hive)
}

#[tokio::test]
async fn nobody_acts_as_somebody_else_whatever_their_words_say() {
    let (house, ada, bob, hive) = scene().await;
    let other = ada.find(&house, "ada").await;
    let jar: Vec<String> = bob.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let headers = [("cookie", jar.join("; ")), ("x-user-id", other.clone()), ("x-forwarded-user", "ada".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut socket = Socket::with(&house, &headers).await.unwrap();
    assert_eq!(socket.ok("account.look", json!({})).await["handle"], "bob");
    socket.ok("hive.join", json!({ "hive": hive })).await;
    for field in ["author", "senderId", "user", "by", "id", "seq", "at", "html"] {
        let mut message = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "I am Ada" });
        message[field] = json!(other);
        assert_eq!(socket.refused("chat.send", message).await, "invalid", "{field}");
    }
    let message = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "I am Bob" });
    assert_eq!(socket.ok("chat.send", message).await["author"]["handle"], "bob");
}

#[tokio::test]
async fn what_hides_in_a_name_is_refused_and_what_hides_in_a_message_is_left_out() {
    let (house, ada, _, hive) = scene().await;
    for hidden in ["\u{0}", "\u{1b}[31m", "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}", "\u{ad}", "\u{2028}"] {
        let mut socket = Socket::open(&house, &ada).await;
        let text = format!("ab{hidden}cd");
        let asks = [
            ("hive.create", json!({ "key": Uuid::new_v4(), "name": text })),
            ("hive.create", json!({ "key": Uuid::new_v4(), "name": "Fine", "purpose": text })),
            ("hive.set_goal", json!({ "hive": hive, "goal": text })),
            ("account.set_profile", json!({ "name": text, "handle": "ada" })),
            ("account.set_profile", json!({ "name": "Ada", "handle": text })),
            ("account.set_status", json!({ "text": text })),
            ("chat.react", json!({ "hive": hive, "message": 1, "emoji": text })),
        ];
        for (does, with) in asks {
            assert_eq!(socket.refused(does, with.clone()).await, "invalid", "{does} {with}");
        }
    }
    let mut socket = Socket::open(&house, &ada).await;
    for control in ["\u{0}", "\u{1b}", "\u{7f}", "\u{feff}", "\u{2028}"] {
        let message = json!({ "hive": hive, "key": Uuid::new_v4(), "body": format!("ab{control}cd") });
        assert_eq!(socket.ok("chat.send", message).await["body"], "abcd");
        let draft = json!({ "hive": hive, "text": format!("ab{control}cd") });
        socket.ok("chat.set_draft", draft).await;
    }
    let nothing = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "\u{0}\u{feff}" });
    assert_eq!(socket.refused("chat.send", nothing).await, "invalid");
}

#[tokio::test]
async fn what_hides_is_refused_in_whatever_a_host_names_and_left_out_of_what_is_written_at_length() {
    let (house, ada, bob, hive) = scene().await;
    let user = bob.find(&house, "bob").await;
    let mut owner = Socket::open(&house, &ada).await;
    let with = |body: &str| json!({ "hive": hive, "key": Uuid::new_v4(), "body": body });
    let message = owner.ok("chat.send", with("Hello")).await["seq"].clone();
    let set = |name: &str, rules: &str| json!({ "hive": hive, "name": name, "access": "public", "rules": rules });
    for hidden in ["\u{0}", "\u{1b}[31m", "\n", "\u{202e}", "\u{2067}", "\u{200b}", "\u{2060}", "\u{2029}"] {
        let mut socket = Socket::open(&house, &ada).await;
        let text = format!("ab{hidden}cd");
        let asks = [
            ("hive.set", set(&text, "Be kind.")),
            ("hive.ban", json!({ "hive": hive, "user": user, "lasts": "hour", "why": text })),
            ("rhythm.save", json!({ "hive": hive, "key": Uuid::new_v4(), "name": text })),
            ("timer.start", json!({ "hive": hive, "goal": text })),
            ("sector.create", json!({ "key": Uuid::new_v4(), "name": text })),
            ("setting.set", json!({ "house": text, "registration": "open" })),
        ];
        for (does, with) in asks {
            assert_eq!(socket.refused(does, with.clone()).await, "invalid", "{does} {with}");
        }
    }
    for control in ["\u{0}", "\u{1b}", "\u{7f}", "\u{feff}", "\u{2028}"] {
        let text = format!("ab{control}cd");
        owner.ok("hive.set", set("Library", &text)).await;
        let rules = owner.ok("hive.look", json!({ "hive": hive })).await["hive"]["rules"]["text"].clone();
        assert_eq!(rules, "abcd", "{control:?}");
        owner.ok("chat.edit", json!({ "hive": hive, "message": message, "body": text })).await;
        let page = owner.ok("chat.history", json!({ "hive": hive })).await;
        assert_eq!(page["messages"][0]["body"], "abcd", "{control:?}");
        let all = owner.ok("chat.send_all", json!({ "messages": [with(&text)] })).await;
        assert_eq!((&all[0]["body"], &all[0]["html"]), (&json!("abcd"), &json!("<p>abcd</p>")), "{control:?}");
    }
}

/// What has been put into pages elsewhere, in words, in Markdown and in links.
fn corpus() -> impl Iterator<Item = &'static str> {
    include_str!("../hostile.txt").trim_end().split("\n%\n")
}

#[tokio::test]
async fn no_words_become_a_part_of_the_page() {
    let house = House::with(&[("FOCUSHIVE_SENDS_PER_MINUTE", "1000")]).await;
    let mut ada = house.owner().await;
    let mut socket = Socket::open(&house, &ada).await;
    let made = socket.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await;
    let hive = made["id"].as_str().unwrap().to_owned();
    for words in corpus() {
        let message = json!({ "hive": hive, "key": Uuid::new_v4(), "body": words });
        let html = socket.ok("chat.send", message).await["html"].as_str().unwrap().to_owned();
        is_harmless(&html, words);
        let line = words.replace('\n', " ");
        socket.ok("hive.set_goal", json!({ "hive": hive, "goal": line })).await;
        let name: String = line.chars().take(60).collect();
        socket.ok("account.set_profile", json!({ "name": name, "handle": "ada" })).await;
        socket.ok("hive.set", json!({ "hive": hive, "name": name, "purpose": line, "access": "public" })).await;
        socket.ok("hive.enter", json!({ "hive": hive })).await;
        for page in ["/".to_owned(), format!("/hive/{hive}"), "/settings".to_owned()] {
            let answer = ada.get(&page).await;
            for tag in [
                "<img src=x",
                "<svg/",
                "<iframe",
                "<math",
                "<script>alert",
                "<details open",
                "<form action=//",
                "<a href=\"javascript:",
            ] {
                assert!(!answer.body.contains(tag), "{page}: {words}");
            }
        }
    }
}

/// Only what Markdown makes is markup, and nothing in it runs or fetches.
fn is_harmless(html: &str, words: &str) {
    const MADE: [&str; 18] = [
        "p",
        "a",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "br",
        "blockquote",
        "span",
        "h1",
        "h2",
        "h3",
        "hr",
        "mark",
    ];
    for tag in html.split('<').skip(1) {
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let attributes = tag.split('>').next().unwrap_or_default().to_lowercase();
        assert!(MADE.contains(&name.as_str()), "<{name}> out of {words}: {html}");
        for bad in [" on", "style=", "src=", "javascript:", "vbscript:", "data:"] {
            assert!(!attributes.contains(bad), "{bad} out of {words}: {html}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_the_last_seat_one_gets_it() {
    let (house, mut ada, bob, hive) = scene().await;
    let mut people = vec![bob];
    for name in ["Cem", "Dot", "Eve", "Fin"] {
        people.push(house.member(&mut ada, name, "member").await);
    }
    let mut owner = Socket::open(&house, &ada).await;
    owner.ok("hive.set", json!({ "hive": hive, "name": "Small", "access": "public", "seats": 2 })).await;
    let mut sockets = Vec::new();
    for person in &people {
        sockets.push(Socket::open(&house, person).await);
    }
    let answers = join_all(sockets.iter_mut().map(|socket| socket.ask("hive.join", json!({ "hive": hive })))).await;
    let refused = answers.iter().filter(|answer| answer["fault"]["code"] == "conflict").count();
    assert_eq!((refused, answers.len()), (4, 5), "{answers:?}");
    assert_eq!(owner.ok("hive.members", json!({ "hive": hive })).await.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_for_two_lets_in_two_however_many_come_at_once() {
    let (house, mut ada, bob, _) = scene().await;
    let mut people = vec![bob];
    for name in ["Cem", "Dot", "Eve", "Fin"] {
        people.push(house.member(&mut ada, name, "member").await);
    }
    let mut owner = Socket::open(&house, &ada).await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Den", "access": "private" });
    let hive = owner.ok("hive.create", with).await["id"].clone();
    let with = json!({ "hive": hive, "rank": "member", "lasts": "hour", "max_uses": 2 });
    let link = owner.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
    let secret = link.rsplit('/').next().unwrap();
    let mut sockets = Vec::new();
    for person in &people {
        sockets.push(Socket::open(&house, person).await);
    }
    let asks = sockets.iter_mut().map(|socket| socket.ask("hive.accept", json!({ "secret": secret })));
    let answers: Vec<Value> = join_all(asks).await;
    assert_eq!(answers.iter().filter(|answer| answer.get("ok").is_some()).count(), 2, "{answers:?}");
    assert_eq!(owner.ok("hive.members", json!({ "hive": hive })).await.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_put_out_while_they_begin_to_listen_hears_nothing() {
    let (house, ada, bob, hive) = scene().await;
    let user = ada.find(&house, "bob").await;
    let (mut owner, mut other) = (Socket::open(&house, &ada).await, Socket::open(&house, &bob).await);
    let set = json!({ "hive": hive, "name": "Library", "access": "private" });
    owner.ok("hive.set", set).await;
    let topic: Topic = format!("hive/{hive}").parse().unwrap();
    for _ in 0..20 {
        let with = json!({ "hive": hive, "rank": "member", "lasts": "hour", "max_uses": 1 });
        let link = owner.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
        other.ok("hive.accept", json!({ "secret": link.rsplit('/').next().unwrap() })).await;
        let name = topic.to_string();
        let (_, joined) =
            tokio::join!(owner.ok("hive.kick", json!({ "hive": hive, "user": user })), other.join(&name, None));
        let connections = house.services.hub.connections(user.parse().unwrap());
        assert!(connections.iter().all(|connection| !connection.listens_to(topic)), "{joined}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_is_done_to_its_end_though_whoever_asked_is_gone() {
    let free = [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_JOINS_PER_MINUTE", "1000000")];
    let house = House::with(&free).await;
    let mut ada = house.owner().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let (owner, user) = (ada.find(&house, "ada").await.parse().unwrap(), ada.find(&house, "bob").await);
    let mut other = Socket::open(&house, &bob).await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Library" });
    let hive = Socket::open(&house, &ada).await.ok("hive.create", with).await["id"].clone();
    let topic: Topic = format!("hive/{}", hive.as_str().unwrap()).parse().unwrap();
    for n in 0..30 {
        other.ok("hive.join", json!({ "hive": hive })).await;
        other.join(&topic.to_string(), None).await;
        let mut socket = Socket::open(&house, &ada).await;
        socket.ok("account.look", json!({})).await;
        socket.say(&json!({ "do": "hive.kick", "with": { "hive": hive, "user": user } })).await;
        // Somewhere in the middle of it.
        tokio::time::sleep(Duration::from_micros(500 * n)).await;
        house.services.hub.end_sessions(owner, None);
        socket.end().await;
        let mut agrees = false;
        for _ in 0..200 {
            let rank = other.ok("hive.look", json!({ "hive": hive })).await["me"].clone();
            let connections = house.services.hub.connections(user.parse().unwrap());
            let listens = connections.iter().any(|connection| connection.listens_to(topic));
            agrees = listens != rank.is_null();
            if agrees {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(agrees, "{n}: put out, and listening all the same");
    }
}

#[tokio::test]
async fn json_a_hundred_thousand_deep_is_refused_and_nothing_falls_over() {
    let (house, mut ada) = House::open().await;
    let deep = format!("{{\"request\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let token = ada.token().await;
    for path in ["/api/call", "/api/v1/auth/login"] {
        let request = ada
            .request(reqwest::Method::POST, path)
            .header("content-type", "application/json")
            .header("x-csrf-token", &token)
            .body(deep.clone());
        let answer = ada.send(request).await;
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
    }
    assert_eq!(ada.get("/settings").await.status, 200);
    let mut socket = Socket::open(&house, &ada).await;
    socket.send(tokio_tungstenite::tungstenite::Message::text(&deep[..60_000])).await;
    assert_eq!(socket.hear().await.unwrap()["fault"]["code"], "invalid");
}

#[tokio::test]
async fn a_head_of_too_many_or_too_long_lines_is_refused() {
    let house = House::empty().await;
    let many: String = (0..1000).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(1024 * 1024));
    for lines in [many, long] {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        let head = format!("GET /ws HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
        // It may be refused before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = vec![0; 12];
        let read = stream.read_exact(&mut answer).await;
        assert!(read.is_err() || answer == b"HTTP/1.1 431", "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(house.visitor().get("/healthz").await.status, 200);
}
