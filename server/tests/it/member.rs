//! Looking after people.

use crate::harness::{House, PASSWORD};

#[tokio::test]
async fn somebody_suspended_is_out_at_once_and_cannot_come_in() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let token = bob.login("bob@example.org").await["access_token"].as_str().unwrap().to_owned();
    let id = owner.find(&house, "bob").await;
    assert_eq!(owner.ask("member.suspend", &[("user", &id)]).await.status, 200);
    assert!(!bob.is_signed_in().await);
    assert_eq!(bob.me(&token).await.status, 401);
    assert_eq!(bob.sign_in("bob@example.org", PASSWORD).await.code(), "wrong_credentials");
    owner.ask("member.restore", &[("user", &id)]).await;
    assert_eq!(bob.sign_in("bob@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_role_that_was_lost_is_lost_at_the_next_request() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "admin").await;
    let id = owner.find(&house, "bob").await;
    assert_eq!(bob.ask("audit.list", &[]).await.status, 200);
    owner.ask("member.set_role", &[("user", &id), ("role", "member")]).await;
    assert_eq!(bob.ask("audit.list", &[]).await.code(), "forbidden");
    assert_eq!(bob.get("/admin").await.status, 404);
}

#[tokio::test]
async fn the_last_owner_stays_owner() {
    let (house, mut owner) = House::open().await;
    let id = owner.find(&house, "ada").await;
    assert_eq!(owner.ask("member.set_role", &[("user", &id), ("role", "member")]).await.code(), "conflict");
    let remove = [("handle", "ada"), ("password", PASSWORD)];
    assert_eq!(owner.ask("account.remove", &remove).await.code(), "conflict");
    house.member(&mut owner, "Bob", "owner").await;
    assert_eq!(owner.ask("account.remove", &remove).await.status, 200);
}

#[tokio::test]
async fn nobody_acts_upon_a_role_that_is_not_below_theirs() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "moderator").await;
    house.member(&mut owner, "Carol", "moderator").await;
    for handle in ["ada", "carol"] {
        let id = owner.find(&house, handle).await;
        assert_eq!(bob.ask("member.suspend", &[("user", &id)]).await.code(), "forbidden");
    }
    let own = owner.find(&house, "bob").await;
    assert_eq!(bob.ask("member.suspend", &[("user", &own)]).await.code(), "conflict");
}

#[tokio::test]
async fn members_are_told_nothing_of_the_administration() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    for does in ["member.list", "invite.list", "sector.list", "setting.look", "audit.list"] {
        assert_eq!(bob.ask(does, &[]).await.code(), "forbidden", "{does}");
        assert_eq!(house.visitor().ask(does, &[]).await.code(), "signed_out", "{does}");
    }
    for page in ["/admin", "/admin/invites", "/admin/sectors", "/admin/house", "/admin/log"] {
        assert_eq!(bob.get(page).await.status, 404, "{page}");
        assert_eq!(owner.get(page).await.status, 200, "{page}");
    }
}

#[tokio::test]
async fn a_sector_has_people_and_leaves_them_when_it_goes() {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    let key = uuid::Uuid::new_v4().to_string();
    assert_eq!(owner.ask("sector.create", &[("key", &key), ("name", "Research")]).await.status, 200);
    let id = owner.find(&house, "bob").await;
    owner.ask("member.set_sector", &[("user", &id), ("sector", &key)]).await;
    assert_eq!(owner.ask("sector.list", &[]).await.json()["ok"][0]["members"], 1);
    let twin = uuid::Uuid::new_v4().to_string();
    assert_eq!(owner.ask("sector.create", &[("key", &twin), ("name", "RESEARCH")]).await.status, 422);
    assert_eq!(owner.ask("sector.remove", &[("sector", &key)]).await.status, 200);
    assert_eq!(owner.ask("member.list", &[]).await.json()["ok"]["members"][1]["sector"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_search_takes_wildcards_for_plain_text() {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    for (find, found) in [("bo", 1), ("%", 0), ("_", 0), ("'; drop table invite; --", 0), ("EXAMPLE", 2)] {
        let total = owner.ask("member.list", &[("find", find)]).await.json()["ok"]["total"].clone();
        assert_eq!(total, found, "{find}");
    }
}
