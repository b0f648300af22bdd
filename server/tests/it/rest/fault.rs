//! What is refused, and that it is said as a problem, whoever refuses it.

use reqwest::Method;
use serde_json::{Value, json};

use super::two;
use crate::harness::{Answer, Client, House};

/// The answer is a problem of this status and code.
#[track_caller]
fn is_problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{}", answer.body);
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{problem}");
    assert_eq!(problem["type"], format!("/api#{code}"));
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    problem
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in_and_a_bad_token_is_named() {
    let (house, ada, _) = two().await;
    let mut visitor = house.visitor();
    let nobody = visitor.send(visitor.request(Method::GET, "/api/v1/hives")).await;
    is_problem(&nobody, 401, "signed_out");
    let wrong = visitor.post("/api/v1/hives/7/messages", json!({ "text": 7 })).await;
    is_problem(&wrong, 401, "signed_out");
    assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"FocusHive\"");

    house.services.clock.advance(time::Duration::minutes(16));
    for token in ["nonsense", ada.token.as_str()] {
        // Also where a person seems to look, it is no page.
        let request = visitor.request(Method::GET, "/api/v1/hives").bearer_auth(token).header("accept", "text/html");
        let refused = visitor.send(request).await;
        is_problem(&refused, 401, "signed_out");
        assert!(refused.header("www-authenticate").contains("invalid_token"));
    }
}

#[tokio::test]
async fn what_http_gets_wrong_is_a_problem_too() {
    let (_house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    for path in ["/nowhere", "/hives/7/8/9", "/hive", "", "/"] {
        is_problem(&ada.get(path).await, 404, "not_found");
    }
    let wrong = ada.ask(Method::DELETE, "/hives", json!({})).await;
    is_problem(&wrong, 405, "wrong_method");
    let mut allowed: Vec<&str> = wrong.header("allow").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);

    let messages = format!("/hives/{hive}/messages");
    let post = |kind: &str, body: String| ada.request(Method::POST, &messages).header("content-type", kind).body(body);
    let plain = ada.send(post("text/plain", "{\"body\":\"x\"}".to_owned())).await;
    is_problem(&plain, 415, "wrong_type");
    for broken in ["{", "{\"body\":\"x\",}", "\u{0}", &"[".repeat(5000)] {
        is_problem(&ada.send(post("application/json", broken.to_owned())).await, 400, "malformed");
    }
    let large = format!("{{\"body\":\"{}\"}}", "x".repeat(70_000));
    is_problem(&ada.send(post("application/json", large)).await, 413, "too_large");
    is_problem(&ada.get("/hives/%ff").await, 400, "malformed");
}

#[tokio::test]
async fn signing_in_is_refused_in_the_same_words() {
    let (house, ada, _) = two().await;
    let mut visitor = house.visitor();
    let login = |kind: &str, body: &str| {
        let request = visitor.request(Method::POST, "/api/v1/auth/login").header("content-type", kind);
        request.body(body.to_owned())
    };
    let tries = [("text/plain", "{}", 415, "wrong_type"), ("application/json", "{", 400, "malformed")];
    let tries = tries.map(|(kind, body, status, code)| (login(kind, body), status, code));
    for (request, status, code) in tries {
        is_problem(&visitor.send(request).await, status, code);
    }
    let nobody = json!({ "email": "ada@example.org", "password": "not that one" });
    is_problem(&visitor.post("/api/v1/auth/login", nobody).await, 401, "wrong_credentials");
    let spent = json!({ "token": "none", "password": "six green herons" });
    is_problem(&visitor.post("/api/v1/auth/reset", spent).await, 410, "link_spent");
    assert_eq!(visitor.post("/api/v1/auth/forgot", json!({ "email": "ada@example.org" })).await.status, 204);
    let picture = |bytes: usize| ada.request(Method::PUT, "/account/avatar").body(vec![7_u8; bytes]);
    is_problem(&ada.send(picture(200_000)).await, 422, "invalid");
    is_problem(&ada.send(picture(5 * 1024 * 1024 + 1)).await, 413, "too_large");
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let (_house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    let fields = |problem: &Value| -> Vec<String> {
        problem["problems"].as_array().unwrap().iter().map(|p| p["field"].as_str().unwrap().to_owned()).collect()
    };
    let messages = format!("/hives/{hive}/messages");
    let unknown = ada.ask(Method::POST, &messages, json!({ "text": "x", "role": "owner" })).await;
    assert_eq!(fields(&is_problem(&unknown, 422, "invalid")), ["role", "text", "body"]);
    let long = ada.ask(Method::POST, &messages, json!({ "body": "x".repeat(2001) })).await;
    assert_eq!(fields(&is_problem(&long, 422, "invalid")), ["body"]);
    let settings = json!({ "name": "Library", "access": "public", "seats": 1, "slow_seconds": 9999 });
    let set = ada.ask(Method::PUT, &format!("/hives/{hive}"), settings).await;
    assert_eq!(fields(&is_problem(&set, 422, "invalid")), ["seats", "slow_seconds"]);
    for (path, field) in [
        ("/hives/7".to_owned(), "hive"),
        (format!("{messages}?before=x"), "before"),
        (format!("{messages}?before=-1"), "before"),
        (format!("{messages}?color=red"), "color"),
        (format!("{messages}?limit=5&limit=6"), "limit"),
        ("/notifications?cursor=x".to_owned(), "cursor"),
        ("/hives?limit=0".to_owned(), "limit"),
    ] {
        assert_eq!(fields(&is_problem(&ada.get(&path).await, 422, "invalid")), [field], "{path}");
    }
}

#[tokio::test]
async fn a_nul_and_a_number_beyond_all_bounds_are_refused_and_break_nothing() {
    let (_house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    assert_eq!(ada.get("/members?find=%00").await.status, 422);
    assert_eq!(ada.ask(Method::POST, "/invites/open", json!({ "secret": "a\0b" })).await.status, 410);
    let name = ada.ask(Method::POST, "/hives", json!({ "name": "a\0b" })).await;
    is_problem(&name, 422, "invalid");
    for number in ["18446744073709551615", "99999999999999999999999", "9223372036854775808"] {
        let answer = ada.get(&format!("/hives/{hive}/messages/{number}")).await;
        assert!((400..500).contains(&answer.status), "{number}: {}", answer.body);
    }
}

#[tokio::test]
async fn too_much_at_once_says_when_to_come_back() {
    let house = House::with(&[("FOCUSHIVE_FRAMES_PER_MINUTE", "60")]).await;
    house.owner().await;
    let ada = Client::of(&house, "ada@example.org").await;
    let mut refused = None;
    for _ in 0..40 {
        let answer = ada.get("/notifications/bell").await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nobody is slowed");
    is_problem(&refused, 429, "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn a_flood_of_messages_is_slowed_as_at_every_door() {
    let (_house, ada, _) = two().await;
    let messages = format!("/hives/{}/messages", ada.hive("Library").await);
    let mut statuses = Vec::new();
    for n in 0..25 {
        statuses.push(ada.ask(Method::POST, &messages, json!({ "body": n.to_string() })).await.status);
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        20 + statuses[20..].iter().filter(|s| **s == 201).count()
    );
    assert!(statuses.contains(&429));
}

#[tokio::test]
async fn a_cookie_changes_nothing_without_the_word_of_our_own_pages() {
    let (_house, mut ada) = House::open().await;
    let hive = json!({ "name": "Library" });
    let looks = ada.send(ada.request(Method::GET, "/api/v1/hives")).await;
    assert_eq!(looks.status, 200);
    let without = ada.send(ada.request(Method::POST, "/api/v1/hives").json(&hive)).await;
    is_problem(&without, 403, "forged");
    let token = ada.token().await;
    let with = |origin: &str| {
        let request = ada.request(Method::POST, "/api/v1/hives").header("x-csrf-token", &token);
        request.header("origin", origin).json(&hive)
    };
    let elsewhere = with("https://evil.example");
    let ours = ada.request(Method::POST, "/api/v1/hives").header("x-csrf-token", &token).json(&hive);
    is_problem(&ada.clone().send(elsewhere).await, 403, "forged");
    assert_eq!(ada.send(ours).await.status, 201);
}

#[tokio::test]
async fn another_site_is_let_in_if_a_setting_names_it_and_without_its_cookies() {
    const APP: &str = "https://app.example.org";
    let house = House::with(&[("FOCUSHIVE_CORS_ORIGINS", APP)]).await;
    let mut owner = house.owner().await;
    let preflight = |origin: &str| {
        let request = owner.request(Method::OPTIONS, "/api/v1/hives").header("origin", origin);
        request.header("access-control-request-method", "POST")
    };
    let (listed, unknown) = (preflight(APP), preflight("https://evil.example"));
    let listed = owner.clone().send(listed).await;
    assert_eq!((listed.status, listed.header("access-control-allow-origin")), (204, APP));
    assert!(listed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(listed.header("access-control-allow-credentials"), "");
    let unknown = owner.clone().send(unknown).await;
    assert_eq!((unknown.status, unknown.header("access-control-allow-origin")), (405, ""));

    let ada = Client::of(&house, "ada@example.org").await;
    let answer = ada.send(ada.request(Method::GET, "/hives").header("origin", APP)).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, APP));
    assert!(answer.header("access-control-expose-headers").contains("etag"));
    let with_cookie = owner.request(Method::GET, "/api/v1/hives").header("origin", APP);
    let with_cookie = owner.send(with_cookie).await;
    is_problem(&with_cookie, 401, "signed_out");
    assert_eq!(with_cookie.header("access-control-allow-origin"), APP);
    let login = json!({ "email": "ada@example.org", "password": crate::harness::PASSWORD });
    let login = owner.request(Method::POST, "/api/v1/auth/login").header("origin", APP).json(&login);
    assert_eq!(owner.send(login).await.status, 200);
}

#[tokio::test]
async fn no_other_site_is_let_in_unless_asked_for() {
    let (_house, ada, _) = two().await;
    let answer = ada.send(ada.request(Method::GET, "/hives").header("origin", "https://app.example.org")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
}
