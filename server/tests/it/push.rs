//! Pushes, to a push service of the test's own that opens what it is sent.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::{
    SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
    elliptic_curve::sec1::ToEncodedPoint,
};
use serde_json::{Value, json};
use sqlx::query_scalar;
use time::Duration;
use tokio::net::TcpListener;
use uuid::Uuid;
use web_push_native::{Auth, decrypt};

use crate::harness::{Hive, House, PASSWORD, Person, Socket};

const AUTH: [u8; 16] = [7; 16];

/// Everything that was pushed, to which browser, and how each browser's push service answers.
#[derive(Clone)]
struct Service {
    address: String,
    browser: SecretKey,
    pushed: Arc<Mutex<Vec<(String, Value)>>>,
    answers: Arc<Mutex<StatusCode>>,
}

async fn take(
    State(service): State<Service>,
    Path(browser): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let said = headers["authorization"].to_str().unwrap();
    let (token, key) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let (words, signature) = token.rsplit_once('.').unwrap();
    let read = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let signature = Signature::from_slice(&read(signature)).unwrap();
    VerifyingKey::from_sec1_bytes(&read(key)).unwrap().verify(words.as_bytes(), &signature).unwrap();
    let claims: Value = serde_json::from_slice(&read(words.split('.').nth(1).unwrap())).unwrap();
    assert_eq!(claims["aud"], json!(service.address));
    assert_eq!(
        (&headers["content-encoding"], &headers["ttl"]),
        (&"aes128gcm".parse().unwrap(), &"3600".parse().unwrap())
    );
    if browser == "stalled" {
        std::future::pending::<()>().await;
    }
    let opened = decrypt(body.to_vec(), &service.browser, &Auth::from(AUTH)).unwrap();
    let broken = browser == "broken";
    service.pushed.lock().unwrap().push((browser, serde_json::from_slice(&opened).unwrap()));
    if broken { StatusCode::INTERNAL_SERVER_ERROR } else { *service.answers.lock().unwrap() }
}

impl Service {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            browser: SecretKey::from_slice(&[3; 32]).unwrap(),
            pushed: Arc::default(),
            answers: Arc::new(Mutex::new(StatusCode::CREATED)),
        };
        let router = Router::new().route("/{browser}", post(take)).with_state(service.clone());
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        service
    }

    fn subscription(&self, browser: &str) -> Value {
        let key = URL_SAFE_NO_PAD.encode(self.browser.public_key().to_encoded_point(false).as_bytes());
        let auth = URL_SAFE_NO_PAD.encode(AUTH);
        json!({ "endpoint": format!("{}/{browser}", self.address), "p256dh": key, "auth": auth })
    }

    fn answer(&self, status: StatusCode) {
        *self.answers.lock().unwrap() = status;
    }

    fn so_far(&self) -> usize {
        self.pushed.lock().unwrap().len()
    }

    /// What was pushed, once it is so many.
    async fn pushed(&self, many: usize) -> Vec<(String, Value)> {
        for _ in 0..500 {
            let pushed = self.pushed.lock().unwrap().clone();
            if pushed.len() >= many {
                return pushed;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("nothing more is pushed");
    }
}

/// A hive in a house that speaks to this push service.
async fn hive(service: &Service) -> Hive {
    let settings = [("FOCUSHIVE_PUSH_SERVICES", service.address.as_str())];
    Hive::in_house(House::with(&settings).await, &["Bob"]).await
}

async fn mention(hive: &mut Hive) {
    hive.ok(1, "chat.send", json!({ "key": Uuid::new_v4(), "body": "@ada the secret word" })).await;
    hive.house.pass(Duration::seconds(6));
}

async fn waiting(hive: &Hive) -> i64 {
    query_scalar("select count(*) from push_job").fetch_one(&hive.house.services.db).await.unwrap()
}

#[tokio::test]
async fn whoever_looks_is_pushed_to_after_a_minute_if_they_did_not_read_it() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    assert_eq!(hive.sockets[0].ok("push.key", json!({})).await["browsers"], json!(1));
    mention(&mut hive).await;
    let read = hive.sockets[0].event("notification.new").await["data"]["id"].clone();
    hive.sockets[0].ok("notification.read", json!({ "notifications": [read] })).await;
    mention(&mut hive).await;
    hive.sockets[0].event("notification.new").await;
    assert_eq!(service.so_far(), 0);
    hive.house.pass(Duration::seconds(61));
    hive.house.services.pushes.notify_one();
    let pushed = service.pushed(1).await;
    assert_eq!(pushed[0].0, "laptop");
    assert_eq!(pushed[0].1["title"], json!("Bob mentioned you in Library"));
    assert!(!pushed[0].1.to_string().contains("secret word"), "words stay in the house: {}", pushed[0].1);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!((service.so_far(), waiting(&hive).await), (1, 0));
    let delivered: i64 =
        query_scalar("select count(*) from notification_delivery where channel = 'push' and delivered_at is not null")
            .fetch_one(&hive.house.services.db)
            .await
            .unwrap();
    assert_eq!(delivered, 1);
}

#[tokio::test]
async fn whoever_is_away_is_pushed_to_at_once_and_nobody_in_focus() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    hive.act(0, "timer.start", json!({})).await;
    hive.sockets[0].event("bell.changed").await;
    mention(&mut hive).await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!((service.so_far(), waiting(&hive).await), (0, 0));
    hive.act(0, "timer.stop", json!({})).await;
    hive.sockets[0].event("digest.changed").await;
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    mention(&mut hive).await;
    service.pushed(1).await;
}

#[tokio::test]
async fn of_two_devices_the_one_at_hand_is_told_and_both_where_nobody_knows_which_that_is() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    let mut phone = Person::new(hive.house.address);
    phone.sign_in("ada@example.org", PASSWORD).await;
    let mut phone = Socket::open(&hive.house, &phone).await;
    phone.ok("push.subscribe", service.subscription("phone")).await;
    phone.ok("presence.beat", json!({ "active": true })).await;
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    phone.ok("presence.beat", json!({ "active": false })).await;
    mention(&mut hive).await;
    assert_eq!(service.pushed(1).await[0].0, "phone");
    phone.leave().await;
    hive.house.pass(Duration::seconds(80));
    mention(&mut hive).await;
    let mut told: Vec<String> = service.pushed(3).await.into_iter().skip(1).map(|(browser, _)| browser).collect();
    told.sort();
    assert_eq!(told, ["laptop", "phone"]);
}

#[tokio::test]
async fn nobody_is_pushed_to_while_they_are_not_to_be_disturbed_or_have_it_before_their_eyes() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    mention(&mut hive).await;
    hive.sockets[0].event("notification.new").await;
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "hour" })).await;
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    let look = async |hive: &Hive, after: Duration| {
        hive.house.pass(after);
        hive.house.services.pushes.notify_one();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    };
    look(&hive, Duration::minutes(2)).await;
    assert_eq!((service.so_far(), waiting(&hive).await), (0, 1), "it is held back by the snooze");
    hive.sockets[0].join(&format!("hive/{}", hive.id), None).await;
    hive.house.pass(Duration::minutes(59));
    hive.sockets[0].ok("presence.beat", json!({ "active": true })).await;
    look(&hive, Duration::seconds(20)).await;
    assert_eq!((service.so_far(), waiting(&hive).await), (0, 1), "they look at the hive");
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    look(&hive, Duration::seconds(61)).await;
    service.pushed(1).await;
}

#[tokio::test]
async fn what_waited_is_pushed_to_whoever_was_away_when_the_card_came_once_for_each_line() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("phone")).await;
    hive.act(0, "timer.start", json!({})).await;
    hive.sockets[0].event("bell.changed").await;
    for _ in 0..3 {
        mention(&mut hive).await;
    }
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    hive.act(0, "timer.skip", json!({})).await;
    let card = hive.sockets[0].event("digest.changed").await["data"].clone();
    let titles =
        |pushed: &[(String, Value)]| pushed.iter().map(|(_, words)| words["title"].clone()).collect::<Vec<_>>();
    let own = service.so_far();
    hive.house.pass(Duration::seconds(61));
    hive.house.services.pushes.notify_one();
    let pushed = service.pushed(own + 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let mentions = titles(&service.pushed(own + 1).await)
        .iter()
        .filter(|title| **title == json!("Bob mentioned you in Library"))
        .count();
    assert_eq!(mentions, 1, "{card}");
    let first = card["lines"][0]["first"].as_str().unwrap();
    let path = pushed.last().unwrap().1["path"].as_str().unwrap().to_owned();
    assert!(path.ends_with(&format!("#told={first}")), "{path}");
}

#[tokio::test]
async fn a_browser_that_is_not_to_be_told_or_not_there_is_known_no_more() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    let laptop = service.subscription("laptop");
    let ask = json!({ "endpoint": laptop["endpoint"] });
    let known = async |hive: &mut Hive| hive.sockets[0].ok("push.key", ask.clone()).await["known"].clone();
    assert_eq!(known(&mut hive).await, json!(false));
    hive.sockets[0].ok("push.subscribe", laptop.clone()).await;
    assert_eq!(known(&mut hive).await, json!(true));
    assert_eq!(hive.sockets[1].ok("push.key", ask.clone()).await["known"], json!(false), "it is not Bob's");
    hive.sockets[0].ok("push.unsubscribe", ask.clone()).await;
    assert_eq!(known(&mut hive).await, json!(false));
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    mention(&mut hive).await;
    hive.sockets[0].event("notification.new").await;
    assert_eq!((service.so_far(), waiting(&hive).await), (0, 0));
    hive.sockets[0].ok("push.subscribe", laptop).await;
    service.answer(StatusCode::NOT_FOUND);
    mention(&mut hive).await;
    service.pushed(1).await;
    for _ in 0..100 {
        if known(&mut hive).await == json!(false) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("a browser that is not there is kept");
}

#[tokio::test]
async fn a_browser_that_is_gone_is_forgotten_and_one_that_fails_is_tried_again() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    service.answer(StatusCode::INTERNAL_SERVER_ERROR);
    mention(&mut hive).await;
    service.pushed(1).await;
    service.answer(StatusCode::GONE);
    for _ in 0..100 {
        hive.house.pass(Duration::seconds(21));
        hive.house.services.pushes.notify_one();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if hive.sockets[0].ok("push.key", json!({})).await["browsers"] == json!(0) {
            return;
        }
    }
    panic!("a browser that is gone is kept");
}

#[tokio::test]
async fn a_subscription_ends_with_its_sign_in_and_leads_nowhere_else() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    for endpoint in ["http://169.254.169.254/latest", "https://evil.example/x", "ftp://x"] {
        let mut ask = service.subscription("laptop");
        ask["endpoint"] = json!(endpoint);
        assert_eq!(hive.sockets[0].refused("push.subscribe", ask).await, "invalid", "{endpoint}");
    }
    hive.sockets[0].ok("push.subscribe", service.subscription("laptop")).await;
    let mut other = hive.house.visitor();
    other.sign_in("ada@example.org", crate::harness::PASSWORD).await;
    let mut other = Socket::open(&hive.house, &other).await;
    other.ok("push.subscribe", service.subscription("phone")).await;
    assert_eq!(other.ok("push.key", json!({})).await["browsers"], json!(2));
    other.ok("session.revoke_others", json!({})).await;
    assert_eq!(other.ok("push.key", json!({})).await["browsers"], json!(1));
}

#[tokio::test]
async fn a_push_service_that_stalls_holds_up_nobody_else() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    for (who, browser) in [(0, "stalled"), (1, "laptop")] {
        hive.sockets[who].ok("push.subscribe", service.subscription(browser)).await;
        hive.sockets[who].ok("presence.beat", json!({ "active": false })).await;
    }
    let began = std::time::Instant::now();
    for _ in 0..3 {
        mention(&mut hive).await;
        hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "@bob and you" })).await;
        hive.house.pass(Duration::seconds(6));
    }
    service.pushed(3).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(8), "it took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_browser_that_fails_beside_one_that_does_not_is_written_down() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    for browser in ["broken", "laptop"] {
        hive.sockets[0].ok("push.subscribe", service.subscription(browser)).await;
    }
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    mention(&mut hive).await;
    service.pushed(2).await;
    for _ in 0..100 {
        if waiting(&hive).await == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (arrived, failure): (bool, Option<String>) =
        sqlx::query_as("select delivered_at is not null, failure from notification_delivery where channel = 'push'")
            .fetch_one(&hive.house.services.db)
            .await
            .unwrap();
    assert_eq!((arrived, failure.as_deref()), (true, Some("the push service answered 500")));
}

#[tokio::test]
async fn after_four_tries_it_is_let_be() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    hive.sockets[0].ok("push.subscribe", service.subscription("broken")).await;
    hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
    mention(&mut hive).await;
    for tries in 1..=4 {
        service.pushed(tries).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        hive.house.pass(Duration::seconds(81));
        hive.house.services.pushes.notify_one();
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!((service.so_far(), waiting(&hive).await), (4, 0));
    let tried: i64 = query_scalar("select count(*) from notification_delivery where channel = 'push'")
        .fetch_one(&hive.house.services.db)
        .await
        .unwrap();
    assert_eq!(tried, 4);
}

#[tokio::test]
async fn the_key_of_the_house_outlives_a_restart() {
    let service = Service::open().await;
    let mut hive = hive(&service).await;
    let before = hive.sockets[0].ok("push.key", json!({})).await["key"].clone();
    let mut hive = hive.restart(Duration::minutes(1)).await;
    assert_eq!(hive.sockets[0].ok("push.key", json!({})).await["key"], before);
}
