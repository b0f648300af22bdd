//! What others try, and the answer they get.

use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{House, PASSWORD, Socket};

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let (_house, mut owner) = House::open().await;
    let token = owner.token().await;
    let form = [("do", "account.set_profile"), ("csrf", token.as_str()), ("name", "Owned"), ("handle", "owned")];
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "null"),
    ] {
        let request = owner
            .request(Method::POST, "/settings")
            .header("accept", "application/json")
            .header(header, value)
            .form(&form);
        let answer = owner.send(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "forged"), "{header}: {value}");
    }
    assert_eq!(owner.ask("account.look", &[]).await.json()["ok"]["name"], "Ada");
}

#[tokio::test]
async fn a_form_without_our_token_or_with_somebody_elses_is_refused() {
    let (house, mut owner) = House::open().await;
    let foreign = house.visitor().token().await;
    for token in ["", "x.y", foreign.as_str()] {
        let form = [("do", "account.set_profile"), ("csrf", token), ("name", "Owned"), ("handle", "owned")];
        let request = owner.request(Method::POST, "/settings").header("accept", "application/json").form(&form);
        assert_eq!(owner.send(request).await.code(), "forged");
    }
    let request =
        owner.request(Method::POST, "/api/call").json(&json!({ "request": { "do": "account.look", "with": {} } }));
    assert_eq!(owner.send(request).await.code(), "forged");
    let request = owner.request(Method::POST, "/api/v1/auth/logout");
    assert_eq!(owner.send(request).await.code(), "forged");
    assert!(owner.is_signed_in().await);
}

#[tokio::test]
async fn html_and_sql_in_every_field_stay_text() {
    let (_house, mut owner) = House::open().await;
    let nasty = "<img src=x onerror=alert(1)>'; drop table \"user\"; --";
    assert_eq!(owner.ask("account.set_profile", &[("name", nasty), ("handle", "ada")]).await.status, 200);
    owner.ask("account.set_status", &[("text", nasty)]).await;
    owner.ask("setting.set", &[("house", nasty), ("registration", "open")]).await;
    let key = uuid::Uuid::new_v4().to_string();
    owner.ask("sector.create", &[("key", &key), ("name", nasty)]).await;
    for page in ["/", "/settings", "/admin", "/admin/sectors", "/admin/house", "/admin/log"] {
        let answer = owner.get(page).await;
        assert_eq!(answer.status, 200, "{page}");
        assert!(!answer.body.contains("<img src=x"), "{page}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused() {
    let (house, _) = House::open().await;
    let mut visitor = house.visitor();
    let body = "x".repeat(10 * 1024 * 1024);
    for path in ["/sign-in", "/api/call", "/api/v1/auth/login"] {
        let request = visitor
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone());
        let status = visitor.send(request).await.status;
        assert!(status == 413 || status == 403, "{path}: {status}");
    }
    let form = [("do", "auth.sign_in"), ("email", &body[..100_000])];
    let request = visitor.request(Method::POST, "/sign-in").header("accept", "application/json").form(&form);
    assert_eq!(visitor.send(request).await.code(), "too_large");
}

#[tokio::test]
async fn the_way_on_after_sign_in_stays_in_the_house() {
    let (house, _) = House::open().await;
    for (next, goes) in
        [("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/settings", "/settings")]
    {
        let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", next)];
        let answer = house.visitor().submit("/sign-in", "auth.sign_in", &fields).await;
        assert_eq!(answer.json()["go"], goes, "{next}");
    }
}

#[tokio::test]
async fn every_answer_keeps_browsers_careful() {
    let (house, mut owner) = House::open().await;
    for path in ["/", "/nowhere", "/healthz", "/api/v1/auth/me", "/export"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(
            !policy.split(';').any(|part| part.trim().starts_with("script-src") && part.contains("unsafe-inline")),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    let page = house.visitor().get("/sign-in").await;
    let cookie = page.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn behind_https_cookies_demand_it() {
    let house = House::with(&[("FOCUSHIVE_PUBLIC_URL", "https://focus.example.org")]).await;
    let answer = house.visitor().get("/setup").await;
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
    let owner = house.owner().await;
    assert!(owner.cookies.contains_key("__Host-focushive"));
}

#[tokio::test]
async fn a_request_id_is_kept_if_plain_and_replaced_if_not() {
    let (house, _) = House::open().await;
    let mut visitor = house.visitor();
    for (sent, kept) in [("abc-123", true), ("a b", false)] {
        let request = visitor.request(Method::GET, "/healthz").header("x-request-id", sent);
        assert_eq!(visitor.send(request).await.header("x-request-id") == sent, kept);
    }
}

/// How many pages are drawn at the same time, by and by.
const PAGES: usize = 300;

/// How many tries, and how many of them at once.
const FLOOD: usize = 10_000;
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_sign_ins_do_not_stall_others() {
    let (house, mut owner) = House::open().await;
    let mut guesser = house.visitor();
    let token = guesser.token().await;
    let flood = tokio::spawn(async move {
        let tries = (0..FLOOD).map(|n| {
            let (email, token) = (format!("p{}@example.org", n % 500), token.clone());
            let mut guesser = guesser.clone();
            async move {
                let form =
                    [("do", "auth.sign_in"), ("csrf", &token), ("email", &email), ("password", "guess guess guess")];
                let request =
                    guesser.request(Method::POST, "/sign-in").header("accept", "application/json").form(&form);
                guesser.send(request).await.status
            }
        });
        futures::stream::iter(tries).buffer_unordered(AT_ONCE).collect::<Vec<u16>>().await
    });
    let mut slowest = Duration::ZERO;
    while !flood.is_finished() {
        let began = std::time::Instant::now();
        assert_eq!(owner.get("/settings").await.status, 200);
        slowest = slowest.max(began.elapsed());
    }
    let answers = flood.await.unwrap();
    assert_eq!(answers.len(), FLOOD);
    assert!(answers.iter().all(|status| matches!(status, 401 | 429 | 503)));
    // Generous, since machines differ; a stall would be the length of the flood.
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[tokio::test]
async fn whoever_sends_a_head_drop_by_drop_is_cut_off() {
    let house = House::with(&[("FOCUSHIVE_HEAD_SECONDS", "1")]).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let drops = async {
        while stream.write_all(b"x-a: b\r\n").await.is_ok() {
            let mut byte = [0];
            let read = tokio::time::timeout(Duration::from_millis(200), stream.read(&mut byte)).await;
            if matches!(read, Ok(Ok(0) | Err(_))) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), drops).await.expect("the connection stays open");
}

#[tokio::test]
async fn an_open_door_is_no_mill_for_accounts() {
    let (house, mut owner) = House::open().await;
    owner.ask("setting.set", &[("house", "Test"), ("registration", "open")]).await;
    let mut waited = 0;
    for n in 0..21 {
        let mut bot = house.visitor();
        let email = format!("bot{n}@example.org");
        let form = [("name", "Bot"), ("email", email.as_str()), ("password", PASSWORD)];
        let began = std::time::Instant::now();
        assert_eq!(bot.submit("/sign-up", "auth.sign_up", &form).await.status, 200);
        if began.elapsed() >= Duration::from_secs(1) {
            waited += 1;
        }
    }
    assert!(waited >= 1, "the 21st account from one place came as quickly as the first");
    assert_eq!(owner.get("/").await.status, 200);
}

/// Pages are drawn on several threads at once, and put away on others than they were made on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_that_are_drawn_at_the_same_time_do_not_hurt_each_other() {
    let (house, owner) = House::open().await;
    let mut socket = Socket::open(&house, &owner).await;
    let hive = socket.ok("hive.create", json!({ "key": uuid::Uuid::new_v4(), "name": "Library" })).await;
    let hive = format!("/hive/{}", hive["id"].as_str().unwrap());
    let members = format!("{hive}/members");
    let paths = ["/", &hive, &members, "/focus", "/settings", "/settings/chat", "/admin", "/ui", "/nowhere"];
    let drawn = paths.iter().cycle().take(PAGES).map(|path| {
        let mut owner = owner.clone();
        // Each on a connection of its own: one that breaks off is not tried again unseen.
        let request = owner.request(Method::GET, path).header("connection", "close");
        async move { ((*path).to_owned(), owner.send(request).await) }
    });
    let drawn: Vec<_> = futures::stream::iter(drawn).buffer_unordered(16).collect().await;
    for (path, answer) in drawn {
        assert!(answer.body.contains("</html>"), "{path}: {} {}", answer.status, answer.body);
    }
}
