//! The tokens of outside clients, and what becomes of tokens that are not as they should be.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::Duration;

use crate::harness::{House, PASSWORD, Socket};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_signs_in_and_is_who_it_is() {
    let (house, _) = House::open().await;
    let mut client = house.visitor();
    let tokens = client.login("ada@example.org").await;
    let me = client.me(&text(&tokens, "access_token")).await;
    assert_eq!((me.status, me.json()["handle"].clone()), (200, json!("ada")));
}

#[tokio::test]
async fn an_access_token_is_over_after_fifteen_minutes() {
    let (house, _) = House::open().await;
    let mut client = house.visitor();
    let token = text(&client.login("ada@example.org").await, "access_token");
    house.services.clock.advance(Duration::minutes(15) + Duration::SECOND);
    assert_eq!(client.me(&token).await.code(), "signed_out");
}

#[tokio::test]
async fn a_token_that_was_altered_or_says_none_is_refused() {
    let (house, _) = House::open().await;
    let mut client = house.visitor();
    let token = text(&client.login("ada@example.org").await, "access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    let with = |change: Value| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        URL_SAFE_NO_PAD.encode(header.to_string())
    };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let mut later = claims.clone();
    later["exp"] = json!(4_000_000_000_u64);
    let later = URL_SAFE_NO_PAD.encode(later.to_string());
    let forged = [
        format!("{}.{}.", with(json!({ "alg": "none" })), parts[1]),
        format!("{}.{}.{}", with(json!({ "alg": "none" })), parts[1], parts[2]),
        format!("{}.{}.{}", with(json!({ "alg": "HS512" })), parts[1], parts[2]),
        format!("{}.{}.{}", with(json!({ "alg": "RS256" })), parts[1], parts[2]),
        format!("{}.{}.{}", with(json!({ "kid": uuid::Uuid::new_v4().to_string() })), parts[1], parts[2]),
        format!("{}.{later}.{}", parts[0], parts[2]),
        "not.a.token".to_owned(),
        String::new(),
    ];
    for token in forged {
        let answer = client.me(&token).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "signed_out"), "{token}");
    }
}

#[tokio::test]
async fn a_token_signed_by_a_retired_key_is_refused() {
    let (house, _) = House::open().await;
    let services = &house.services;
    let mut client = house.visitor();
    let token = text(&client.login("ada@example.org").await, "access_token");
    services.clock.advance(Duration::days(31));
    services.keyring.refresh(&services.db, services.clock.now()).await.unwrap();
    let keys: i64 = sqlx::query_scalar("select count(*) from token_key").fetch_one(&services.db).await.unwrap();
    assert_eq!(keys, 2);
    assert_eq!(client.me(&token).await.status, 401);
    services.clock.advance(Duration::days(2));
    services.keyring.refresh(&services.db, services.clock.now()).await.unwrap();
    assert_eq!(client.me(&token).await.status, 401);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_sign_in() {
    let (house, ada) = House::open().await;
    let mut client = house.visitor();
    let first = client.login("ada@example.org").await;
    let body = json!({ "refresh_token": first["refresh_token"] });
    let second = client.post("/api/v1/auth/refresh", body.clone()).await;
    assert_eq!(second.status, 200, "{}", second.body);
    let second = second.json();
    assert_eq!(client.me(&text(&second, "access_token")).await.status, 200);

    assert_eq!(client.post("/api/v1/auth/refresh", body).await.code(), "signed_out");
    assert_eq!(client.me(&text(&second, "access_token")).await.status, 401);
    let fresh = json!({ "refresh_token": second["refresh_token"] });
    assert_eq!(client.post("/api/v1/auth/refresh", fresh).await.code(), "signed_out");
    let mut ada = Socket::open(&house, &ada).await;
    let own = format!("user/{}", ada.id().await);
    ada.join(&own, Some(0)).await;
    assert_eq!(ada.event("notification.new").await["data"]["what"], json!({ "kind": "token_reused" }));
}

#[tokio::test]
async fn logging_out_ends_the_token_at_once() {
    let (house, _) = House::open().await;
    let mut client = house.visitor();
    let token = text(&client.login("ada@example.org").await, "access_token");
    let request = client.request(reqwest::Method::POST, "/api/v1/auth/logout").bearer_auth(&token);
    assert_eq!(client.send(request).await.status, 204);
    assert_eq!(client.me(&token).await.status, 401);
}

#[tokio::test]
async fn a_client_registers_where_the_owner_lets_it() {
    let (house, mut owner) = House::open().await;
    let body = json!({ "name": "Bob", "email": "bob@example.org", "password": PASSWORD });
    assert_eq!(house.visitor().post("/api/v1/auth/register", body.clone()).await.code(), "invite_refused");
    owner.ask("setting.set", &[("house", "Test"), ("registration", "open")]).await;
    assert_eq!(house.visitor().post("/api/v1/auth/register", body).await.status, 201);
}

#[tokio::test]
async fn a_client_opens_an_empty_house_once() {
    let house = House::empty().await;
    let body = |house: &str| json!({ "house": house, "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
    let refused = house.visitor().post("/api/v1/auth/setup", body("")).await;
    assert_eq!((refused.status, refused.code()), (422, "invalid".to_owned()));
    let made = house.visitor().post("/api/v1/auth/setup", body("Test")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let me = house.visitor().me(&text(&made.json(), "access_token")).await;
    assert_eq!((me.status, &me.json()["role"]), (200, &json!("owner")));
    assert_eq!(house.visitor().post("/api/v1/auth/setup", body("Again")).await.status, 404);
}

#[tokio::test]
async fn a_body_with_a_field_nobody_asked_for_is_refused() {
    let (house, _) = House::open().await;
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "role": "owner" });
    assert_eq!(house.visitor().post("/api/v1/auth/login", body).await.status, 422);
}
