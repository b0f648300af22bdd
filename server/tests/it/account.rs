//! One's own account.

use std::io::{Cursor, Read};

use time::Duration;

use crate::harness::{House, PASSWORD, Person};

async fn me(person: &mut Person) -> serde_json::Value {
    person.ask("account.look", &[]).await.json()["ok"].clone()
}

#[tokio::test]
async fn a_status_is_gone_at_its_time() {
    let (house, mut owner) = House::open().await;
    owner.ask("account.set_status", &[("text", "tea"), ("lasts", "half_hour")]).await;
    assert_eq!(me(&mut owner).await["status"]["text"], "tea");
    house.services.clock.advance(Duration::minutes(30));
    assert_eq!(me(&mut owner).await["status"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_zone_must_be_one_and_a_day_must_end() {
    let (_house, mut owner) = House::open().await;
    let set = |zone, end| [("zone", zone), ("day_end", end)];
    assert_eq!(owner.ask("account.set_day", &set("Europe/Lisbon", "04:00")).await.status, 200);
    assert_eq!(me(&mut owner).await["day_end"], "04:00");
    for (zone, end, field) in
        [("Mars/Base", "04:00", "zone"), ("Europe/Lisbon", "13:00", "day_end"), ("'; --", "04:00", "zone")]
    {
        assert_eq!(owner.ask("account.set_day", &set(zone, end)).await.json()["problems"][0]["field"], field);
    }
}

#[tokio::test]
async fn a_handle_belongs_to_one() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let answer = bob.ask("account.set_profile", &[("name", "Bob"), ("handle", "ada")]).await;
    assert_eq!(answer.json()["problems"][0]["field"], "handle");
}

#[tokio::test]
async fn an_account_that_left_has_no_name_and_no_way_back() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    assert_eq!(bob.ask("account.remove", &[("handle", "bob"), ("password", "not this one")]).await.status, 422);
    assert_eq!(bob.ask("account.remove", &[("handle", "bob"), ("password", PASSWORD)]).await.status, 200);
    assert!(!bob.is_signed_in().await);
    assert_eq!(bob.sign_in("bob@example.org", PASSWORD).await.code(), "wrong_credentials");
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from \"user\" where name ilike '%bob%' or email ilike '%bob%' or handle ilike '%bob%'",
    )
    .fetch_one(&house.services.db)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_picture_is_drawn_anew_and_shown_to_the_signed_in() {
    let (house, mut owner) = House::open().await;
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::new(40, 300).write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert_eq!(upload(&mut owner, png.into_inner()).await, 200);
    let id = me(&mut owner).await["avatar"].as_str().unwrap().to_owned();
    let shown = owner.get(&format!("/avatar/{id}")).await;
    assert_eq!(
        (shown.status, shown.header("content-type"), shown.header("x-content-type-options")),
        (200, "image/jpeg", "nosniff")
    );
    assert_eq!(house.visitor().get(&format!("/avatar/{id}")).await.status, 401);
    assert_eq!(upload(&mut owner, b"<svg onload=alert(1)>".to_vec()).await, 422);
    assert_eq!(upload(&mut owner, vec![0; 10 * 1024 * 1024]).await, 413);
}

async fn upload(person: &mut Person, file: Vec<u8>) -> u16 {
    let token = person.token().await;
    let part = reqwest::multipart::Part::bytes(file).file_name("a.png");
    let form =
        reqwest::multipart::Form::new().text("do", "account.set_avatar").text("csrf", token).part("avatar", part);
    let request =
        person.request(reqwest::Method::POST, "/settings").header("accept", "application/json").multipart(form);
    person.send(request).await.status
}

#[tokio::test]
async fn the_export_is_one_archive_with_what_is_ones_own() {
    let (house, owner) = House::open().await;
    assert_eq!(house.visitor().get("/export").await.status, 401);
    let bytes = owner.request(reqwest::Method::GET, "/export").send().await.unwrap().bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut account = String::new();
    archive.by_name("account.json").unwrap().read_to_string(&mut account).unwrap();
    assert!(account.contains("ada@example.org") && !account.contains("argon2"));
}
