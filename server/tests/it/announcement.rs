//! What is said to many at once, and who hears it.

use focushive::id::{SessionId, UserId};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::query;
use time::Duration;
use uuid::Uuid;

use crate::harness::{House, Socket};

const CROWD: usize = 1000;

/// How many come in at once.
const AT_ONCE: usize = 32;

/// A thousand people with a device each that listens; every tenth is of a sector, every fiftieth an
/// admin, and the last is shut out.
async fn crowd(house: &House, sector: Uuid) -> Vec<(usize, Socket)> {
    let (db, now) = (&house.services.db, house.services.clock.now());
    let ids: Vec<Uuid> = (0..CROWD).map(|_| Uuid::now_v7()).collect();
    query(
        r#"insert into "user" (id, email, handle, name, role, sector_id)
           select id, 'p' || n || '@example.org', 'p' || n, 'Person ' || n,
                  case when n % 50 = 0 then 'admin' else 'member' end, case when n % 10 = 0 then $2 end
           from unnest($1::uuid[]) with ordinality as p (id, n)"#,
    )
    .bind(&ids)
    .bind(sector)
    .execute(db)
    .await
    .unwrap();
    query(
        r#"insert into session (id, user_id, kind, label, expires_at)
           select id, id, 'token', 'crowd', now() + interval '1 day' from unnest($1::uuid[]) as p (id)"#,
    )
    .bind(&ids)
    .execute(db)
    .await
    .unwrap();
    let until = now.after(Duration::HOUR);
    let come = (1..).zip(ids).map(|(n, id)| async move {
        let token = house.services.keyring.issue(UserId(id), SessionId(id), now, until).unwrap();
        let headers = [("authorization", format!("Bearer {token}"))];
        let mut socket = Socket::with(house, &[(headers[0].0, headers[0].1.as_str())]).await.unwrap();
        socket.join(&format!("user/{id}"), None).await;
        (n, socket)
    });
    stream::iter(come).buffer_unordered(AT_ONCE).collect().await
}

/// For each of these who heard of it, and how often.
async fn heard<const N: usize>(crowd: &mut [(usize, Socket)], titles: [&str; N]) -> [Vec<usize>; N] {
    let mut heard = titles.map(|_| Vec::new());
    for (n, socket) in crowd {
        let told = socket.rest().await;
        for (title, heard) in titles.iter().zip(&mut heard) {
            let of = |frame: &&Value| frame["data"]["what"]["title"] == json!(title);
            heard.extend(std::iter::repeat_n(*n, told.iter().filter(of).count()));
        }
    }
    for heard in &mut heard {
        heard.sort_unstable();
    }
    heard
}

async fn announce(house: &House, ada: &mut Socket, title: &str, audience: &str) {
    let with = json!({ "key": Uuid::new_v4(), "title": title, "text": "Tea is ready.", "audience": audience });
    ada.ok("announcement.send", with.clone()).await;
    ada.ok("announcement.send", with).await;
    for _ in 0..1000 {
        let waits: i64 = sqlx::query_scalar("select count(*) from notification where seq is null")
            .fetch_one(&house.services.db)
            .await
            .unwrap();
        if waits == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("not everybody is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_reaches_whom_it_is_for_once_and_nobody_else() {
    let house = House::with(&[("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000")]).await;
    let owner = house.owner().await;
    let mut ada = Socket::open(&house, &owner).await;
    ada.ok("sector.create", json!({ "key": Uuid::new_v4(), "name": "Research" })).await;
    let sector = ada.ok("sector.list", json!({})).await[0]["sector"]["id"].as_str().unwrap().to_owned();
    let mut crowd = crowd(&house, sector.parse().unwrap()).await;
    query(r#"update "user" set active = false where handle = 'p999'"#).execute(&house.services.db).await.unwrap();
    announce(&house, &mut ada, "For all", "everybody").await;
    announce(&house, &mut ada, "For one sector", &sector).await;
    announce(&house, &mut ada, "For admins", "admins").await;
    let [all, sector, admins] = heard(&mut crowd, ["For all", "For one sector", "For admins"]).await;
    let those = |every: usize| (1..=CROWD).filter(|n| *n != 999 && n % every == 0).collect::<Vec<_>>();
    assert_eq!(all, those(1));
    assert_eq!(sector, those(10));
    assert_eq!(admins, those(50));
    let listed = ada.ok("announcement.list", json!({})).await;
    let told: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["told"].as_u64().unwrap()).collect();
    assert_eq!(told, [20, 100, 999]);
    assert_eq!(listed[1]["audience"], json!("Research"));
    // Whoever listens to where it is said hears it there, and nothing that is said elsewhere.
    let places = [("announcements", "everybody", "There"), ("admin", "admins", "Here")];
    for (topic, _, _) in places {
        ada.join(topic, None).await;
    }
    for (topic, audience, title) in places {
        announce(&house, &mut ada, title, audience).await;
        let told = ada.event("announcement.made").await;
        assert_eq!((&told["topic"], &told["data"]["title"]), (&json!(topic), &json!(title)));
    }
}

#[tokio::test]
async fn only_those_who_look_after_the_house_announce() {
    let (house, mut owner) = House::open().await;
    let bob = house.member(&mut owner, "Bob", "moderator").await;
    let mut bob = Socket::open(&house, &bob).await;
    let with = json!({ "key": Uuid::new_v4(), "title": "Me", "text": "me", "audience": "everybody" });
    assert_eq!(bob.refused("announcement.send", with.clone()).await, "forbidden");
    let mut ada = Socket::open(&house, &owner).await;
    let nowhere = json!({ "key": Uuid::new_v4(), "title": "Me", "text": "me", "audience": Uuid::new_v4() });
    assert_eq!(ada.refused("announcement.send", nowhere).await, "invalid");
}
