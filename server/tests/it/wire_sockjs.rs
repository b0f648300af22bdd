//! SockJS: what each transport says to the letter, and the STOMP dialect on all of them.

use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::harness::{Hive, House, Person};

/// A session of somebody's, made of requests.
struct Session {
    person: Person,
    path: String,
    waiting: Vec<String>,
}

impl Session {
    fn new(house: &House, name: &str) -> Self {
        Self { person: house.visitor(), path: format!("/ws-sockjs/000/{name}"), waiting: Vec::new() }
    }

    async fn post(&mut self, transport: &str, body: &str) -> (u16, String) {
        let request = self.person.request(Method::POST, &format!("{}/{transport}", self.path)).body(body.to_owned());
        let answer = self.person.send(request).await;
        (answer.status, answer.body)
    }

    async fn get(&mut self, transport: &str) -> (u16, String) {
        let request = self.person.request(Method::GET, &format!("{}/{transport}", self.path));
        let answer = self.person.send(request).await;
        (answer.status, answer.body)
    }

    async fn say(&mut self, frame: &str) {
        assert_eq!(self.post("xhr_send", &json!([frame]).to_string()).await, (204, String::new()));
    }

    /// The next STOMP frame, by polling.
    async fn hear(&mut self) -> String {
        while self.waiting.is_empty() {
            let (_, body) = self.post("xhr", "").await;
            let messages = body.trim_end().strip_prefix('a').unwrap_or_else(|| panic!("no messages: {body}"));
            self.waiting = serde_json::from_str(messages).unwrap();
        }
        self.waiting.remove(0)
    }

    async fn connect(&mut self, house: &House, email: &str) {
        let token = house.visitor().login(email).await["access_token"].as_str().unwrap().to_owned();
        self.say(&format!("CONNECT\naccept-version:1.2\npasscode:{token}\n\n\0")).await;
        let connected = self.hear().await;
        assert!(connected.starts_with("CONNECTED\n"), "{connected}");
    }
}

#[tokio::test]
async fn it_says_what_it_is() {
    let (house, _) = House::open().await;
    let mut visitor = house.visitor();
    let get = |path: &str| house.visitor().request(Method::GET, path).header("origin", "https://elsewhere.example");
    for path in ["/ws-sockjs", "/ws-sockjs/"] {
        let answer = visitor.send(get(path)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "Welcome to SockJS!\n"));
    }
    let info = visitor.send(get("/ws-sockjs/info")).await;
    assert_eq!((&info.json()["websocket"], &info.json()["origins"]), (&json!(true), &json!(["*:*"])));
    assert_eq!(info.header("access-control-allow-origin"), "https://elsewhere.example");
    assert!(info.header("cache-control").contains("no-store") && info.header("set-cookie").is_empty());
    let page = visitor.send(get("/ws-sockjs/iframe-1.6.1.html")).await;
    // The library is there before it is called.
    let (library, call) = (page.body.find("sockjs.min.js").unwrap(), page.body.find("SockJS.bootstrap_iframe();"));
    assert!(call.is_some_and(|call| call > library) && page.header("x-frame-options").is_empty());
    let again = get("/ws-sockjs/iframe.html").header("if-none-match", page.header("etag"));
    assert_eq!(visitor.send(again).await.status, 304);
    let script = visitor.send(get("/ws-sockjs/sockjs.min.js")).await;
    assert!(script.body.starts_with("/* sockjs-client v1.6.1"));
    let asked =
        house.visitor().request(Method::OPTIONS, "/ws-sockjs/0/0/xhr").header("origin", "https://elsewhere.example");
    let asked = visitor.send(asked).await;
    assert_eq!((asked.status, asked.header("access-control-allow-methods")), (204, "OPTIONS, POST"));
    // A page from a file has an origin without a name; what asks without one is no browser.
    for (origin, allowed, credentials) in [(Some("null"), "null", "true"), (None, "*", "")] {
        let mut asked = house.visitor().request(Method::GET, "/ws-sockjs/info");
        if let Some(origin) = origin {
            asked = asked.header("origin", origin);
        }
        let info = visitor.send(asked).await;
        let said = ["access-control-allow-origin", "access-control-allow-credentials"].map(|name| info.header(name));
        assert_eq!(said, [allowed, credentials], "{origin:?}");
    }
    for path in [
        "/ws-sockjs/a",
        "/ws-sockjs/a.b/c/xhr",
        "/ws-sockjs/a/b/nothing",
        "/ws-sockjs/a/b",
        "/ws-sockjs//",
        "/ws-sockjs///xhr",
    ] {
        assert_eq!(visitor.send(get(path)).await.status, 404, "{path}");
        // No form of ours is posted to anything below.
        let posted = visitor.send(house.visitor().request(Method::POST, path)).await.status;
        assert!([404, 405].contains(&posted), "{path}: {posted}");
    }
}

#[tokio::test]
async fn all_below_is_answered_before_the_house_has_an_owner() {
    let house = House::empty().await;
    let mut visitor = house.visitor();
    for (path, status) in
        [("/ws-sockjs/", 200), ("/ws-sockjs/info", 200), ("/ws-sockjs/a/b", 404), ("/ws-sockjs//xhr", 404)]
    {
        assert_eq!(visitor.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_request_that_is_no_websocket_is_told_what_is_missing() {
    let (house, _) = House::open().await;
    let mut visitor = house.visitor();
    let ask = |method, headers: &[(&'static str, &'static str)]| {
        let request = house.visitor().request(method, "/ws-sockjs/0/0/websocket");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let plain = visitor.send(ask(Method::GET, &[])).await;
    assert_eq!((plain.status, plain.body.trim()), (400, "Can \"Upgrade\" only to \"WebSocket\"."));
    let closed = visitor.send(ask(Method::GET, &[("upgrade", "WebSocket"), ("connection", "close")])).await;
    assert_eq!((closed.status, closed.body.trim()), (400, "\"Connection\" must be \"Upgrade\"."));
    let posted = visitor.send(ask(Method::POST, &[])).await;
    assert_eq!((posted.status, posted.header("allow"), posted.header("content-type")), (405, "GET", ""));
}

#[tokio::test]
async fn a_session_is_made_of_polls_and_sends() {
    let hive = Hive::of(&["Bob"]).await;
    let mut bob = Session::new(&hive.house, "polls");
    assert_eq!(bob.post("xhr_send", "[\"x\"]").await.0, 404, "there is no session yet");
    assert_eq!(bob.post("xhr", "").await, (200, "o\n".to_owned()));
    assert_eq!(bob.post("xhr_send", "").await, (500, "Payload expected.".to_owned()));
    assert_eq!(bob.post("xhr_send", "[\"x").await, (500, "Broken JSON encoding.".to_owned()));
    bob.connect(&hive.house, "bob@example.org").await;
    bob.say(&format!("SUBSCRIBE\nid:1\ndestination:/topic/chat/{}\nreceipt:s\n\n\0", hive.id)).await;
    assert!(bob.hear().await.starts_with("RECEIPT\nreceipt-id:s\n"));
    bob.say(&format!("SEND\ndestination:/app/chat/send/{}\n\n{{\"body\":\"by polls\"}}\0", hive.id)).await;
    let told = bob.hear().await;
    assert!(told.contains("CHAT_MESSAGE") && told.contains("by polls"), "{told}");
    bob.say("DISCONNECT\nreceipt:d\n\n\0").await;
    assert!(bob.hear().await.starts_with("RECEIPT\nreceipt-id:d\n"));
    for _ in 0..2 {
        assert_eq!(
            bob.post("xhr", "").await,
            (200, "c[1000,\"done\"]\n".to_owned()),
            "whoever asks once more is told again"
        );
    }
}

#[tokio::test]
async fn only_one_listens_and_who_breaks_off_is_gone() {
    let (house, _) = House::open().await;
    let mut one = Session::new(&house, "one");
    one.post("xhr", "").await;
    let other = one
        .person
        .clone()
        .request(Method::POST, "/ws-sockjs/000/one/xhr")
        .timeout(std::time::Duration::from_millis(600));
    let polling = tokio::spawn(other.send());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(one.post("xhr", "").await.1, "c[2010,\"Another connection still open\"]\n");
    assert!(polling.await.unwrap().is_err(), "it was cut short");
    let mut ended = String::new();
    for _ in 0..50 {
        ended = one.post("xhr", "").await.1;
        if !ended.contains("2010") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(ended, "c[1002,\"Connection interrupted\"]\n");
}

#[tokio::test]
async fn every_transport_writes_a_frame_its_own_way() {
    let (house, _) = House::open().await;
    for (n, transport, method, kind, prelude, opened) in [
        (0, "xhr_streaming", Method::POST, "application/javascript", "hhhh", "h\no\n"),
        (1, "eventsource", Method::GET, "text/event-stream", "\r\n", "\r\ndata: o\r\n\r\n"),
        (2, "htmlfile?c=cb", Method::GET, "text/html", "<!doctype html>", "<script>\np(\"o\");\n</script>\r\n"),
        (3, "jsonp?c=cb.x", Method::GET, "application/javascript", "/**/", "/**/cb.x(\"o\");\r\n"),
    ] {
        let path = format!("/ws-sockjs/1/{n}/{transport}");
        let mut response = house.visitor().request(method, &path).send().await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind), "{transport}");
        assert!(response.headers()["set-cookie"].to_str().unwrap().starts_with("JSESSIONID=dummy; Path=/"));
        let mut text = String::new();
        while !text.ends_with(opened) {
            let chunk = response.chunk().await.unwrap().unwrap_or_else(|| panic!("{transport}: {text}"));
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        assert!(text.starts_with(prelude), "{transport}: {text}");
    }
    let mut visitor = Session::new(&house, "bad");
    assert_eq!(visitor.get("htmlfile").await, (500, "\"callback\" parameter required".to_owned()));
    assert_eq!(visitor.get("jsonp?c=%28alert%29").await, (500, "invalid \"callback\" parameter".to_owned()));
    assert_eq!(visitor.get("xhr").await.0, 405);
}

#[tokio::test]
async fn what_is_said_by_a_form_is_heard() {
    let (house, _) = House::open().await;
    let mut ada = Session::new(&house, "form");
    ada.get("jsonp?c=cb").await;
    let token = house.visitor().login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let said = json!([format!("CONNECT\naccept-version:1.1\npasscode:{token}\n\n\0")]).to_string();
    let request = ada.person.request(Method::POST, &format!("{}/jsonp_send", ada.path)).form(&[("d", said)]);
    let answer = ada.person.send(request).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    let (_, heard) = ada.get("jsonp?c=cb").await;
    assert!(heard.starts_with("/**/cb(\"a[\\\"CONNECTED\\\\nversion:1.1"), "{heard}");
}

#[tokio::test]
async fn on_a_websocket_the_frames_are_the_same() {
    let (house, _) = House::open().await;
    let token = house.visitor().login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let connect = format!("CONNECT\naccept-version:1.2\npasscode:{token}\n\n\0");
    let url = format!("ws://{}/ws-sockjs/1/2/websocket", house.address);
    let (mut socket, _) = connect_async(url).await.unwrap();
    let text = |message: Option<Result<Message, _>>| match message {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(socket.next().await), "o");
    socket.send(Message::text(json!([connect]).to_string())).await.unwrap();
    let heard: Vec<String> = serde_json::from_str(text(socket.next().await).strip_prefix('a').unwrap()).unwrap();
    assert!(heard[0].starts_with("CONNECTED"));
    socket.send(Message::text(json!("DISCONNECT\nreceipt:1\n\n\0").to_string())).await.unwrap();
    assert!(text(socket.next().await).contains("RECEIPT"));
    assert_eq!(text(socket.next().await), "c[1000,\"done\"]");

    let (mut broken, _) = connect_async(format!("ws://{}/ws-sockjs/1/3/websocket", house.address)).await.unwrap();
    assert_eq!(text(broken.next().await), "o");
    broken.send(Message::text("[\"x")).await.unwrap();
    let end = broken.next().await;
    assert!(!matches!(end, Some(Ok(Message::Text(_)))), "nothing is said to whoever does not speak this: {end:?}");

    let (mut raw, _) = connect_async(format!("ws://{}/ws-sockjs/websocket", house.address)).await.unwrap();
    raw.send(Message::text(connect)).await.unwrap();
    assert!(text(raw.next().await).starts_with("CONNECTED"));
    let refused = house.visitor().request(Method::GET, "/ws-sockjs/1/2/websocket").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 400);
}

#[tokio::test]
async fn a_cookie_counts_only_from_our_own_pages() {
    let (house, ada) = House::open().await;
    for (n, origin, is_known) in
        [(0, format!("http://{}", house.address), true), (1, "https://evil.example".to_owned(), false)]
    {
        let mut session = Session { person: ada.clone(), path: format!("/ws-sockjs/9/{n}"), waiting: Vec::new() };
        let mut heard = Vec::new();
        for (transport, body) in [
            ("xhr", String::new()),
            ("xhr_send", json!(["CONNECT\naccept-version:1.2\n\n\0"]).to_string()),
            ("xhr", String::new()),
        ] {
            let path = format!("{}/{transport}", session.path);
            let request = session.person.request(Method::POST, &path).header("origin", &origin).body(body);
            heard.push(session.person.send(request).await.body);
        }
        let told: Vec<Value> = serde_json::from_str(heard[2].trim_end().strip_prefix('a').unwrap()).unwrap();
        assert_eq!(told[0].as_str().unwrap().starts_with("CONNECTED"), is_known, "{origin}: {told:?}");
    }
}
