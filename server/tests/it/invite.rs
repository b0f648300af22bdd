//! Invite links: role, expiry, uses.

use focushive::user::Role;
use time::Duration;

use crate::harness::{House, PASSWORD};

#[tokio::test]
async fn a_link_lets_in_with_its_role_and_shows_why_when_it_is_used_up() {
    let (house, mut owner) = House::open().await;
    let link = owner.invite("moderator", 1).await;
    assert_eq!(house.visitor().accept(&link, "Bob").await.status, 200);
    let role: String = sqlx::query_scalar("select role from \"user\" where handle = 'bob'")
        .fetch_one(&house.services.db)
        .await
        .unwrap();
    assert_eq!(role, Role::Moderator.as_str());

    let page = house.visitor().get(&format!("/invite/{link}")).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("used as often as it may be"));
    assert_eq!(house.visitor().accept(&link, "Eve").await.code(), "invite_refused");
    let people: i64 = sqlx::query_scalar("select count(*) from \"user\"").fetch_one(&house.services.db).await.unwrap();
    assert_eq!(people, 2);
}

#[tokio::test]
async fn a_link_expires_and_can_be_withdrawn() {
    let (house, mut owner) = House::open().await;
    let link = owner.invite("member", 5).await;
    let list = owner.ask("invite.list", &[]).await.json();
    let id = list["ok"][0]["id"].as_str().unwrap().to_owned();
    let other = owner.invite("member", 5).await;
    owner.ask("invite.withdraw", &[("invite", &id)]).await;
    assert!(house.visitor().accept(&link, "Eve").await.body.contains("withdrawn"));
    house.services.clock.advance(Duration::days(8));
    assert!(house.visitor().accept(&other, "Eve").await.body.contains("expired"));
}

#[tokio::test]
async fn a_hundred_at_once_take_exactly_the_uses_there_are() {
    let (house, mut owner) = House::open().await;
    let link = owner.invite("member", 7).await;
    let digest = server::secret::digest(&link);
    let tries = (0..100).map(|_| {
        let (db, digest, now) = (house.services.db.clone(), digest.clone(), house.services.clock.now());
        tokio::spawn(async move {
            loop {
                // The pool is small, so some wait their turn.
                match server::invite::store::take_use(&db, &digest, now).await {
                    Ok(role) => return role.is_some(),
                    Err(sqlx::Error::PoolTimedOut) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        })
    });
    let taken = futures::future::join_all(tries).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
    assert_eq!(taken, 7);
}

#[tokio::test]
async fn asking_twice_with_one_key_makes_one_link() {
    let (_house, mut owner) = House::open().await;
    let key = uuid::Uuid::new_v4().to_string();
    let fields = [("key", key.as_str()), ("role", "member"), ("lasts", "day"), ("max_uses", "1")];
    let first = owner.ask("invite.create", &fields).await.json();
    let second = owner.ask("invite.create", &fields).await.json();
    assert_eq!(first["ok"]["link"], second["ok"]["link"]);
    assert_eq!(owner.ask("invite.list", &[]).await.json()["ok"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_invites_above_their_own_role() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "moderator").await;
    let key = uuid::Uuid::new_v4().to_string();
    let fields = [("key", key.as_str()), ("role", "admin"), ("lasts", "day"), ("max_uses", "1")];
    let answer = bob.ask("invite.create", &fields).await;
    assert_eq!((answer.status, answer.json()["problems"][0]["field"].clone()), (422, "role".into()));
}

#[tokio::test]
async fn an_address_that_is_taken_uses_nothing_up() {
    let (house, mut owner) = House::open().await;
    let link = owner.invite("member", 1).await;
    let fields = [("invite", link.as_str()), ("name", "Eve"), ("email", "ada@example.org"), ("password", PASSWORD)];
    let answer = house.visitor().submit(&format!("/invite/{link}"), "auth.sign_up", &fields).await;
    assert_eq!(answer.json()["problems"][0]["field"], "email");
    assert_eq!(house.visitor().accept(&link, "Bob").await.status, 200);
}
