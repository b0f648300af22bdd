//! Whoever comes first: a hundred at the same time want what only some of them can have.

use focushive::{
    Caller, Fault,
    caller::Member,
    hive::{Accept, Join},
    id::{SessionId, UserId},
    protocol::{Backend, Reply, Request},
    user::Role,
};
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{House, Socket};

/// A house with Ada's hive, and her socket.
async fn scene(access: &str) -> (House, Socket, Value) {
    let (house, ada) = House::open().await;
    let mut owner = Socket::open(&house, &ada).await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Den", "access": access });
    let hive = owner.ok("hive.create", with).await["id"].clone();
    (house, owner, hive)
}

/// A hundred people of the house, and a question of each at the same time.
async fn all_at_once(house: &House, request: &Request) -> Vec<Result<Reply, Fault>> {
    let sql = r#"insert into "user" (id, email, handle, name)
                 select gen_random_uuid(), 'm' || n || '@example.org', 'm' || n, 'Member' from generate_series(1, 100) n
                 returning id"#;
    let people: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(&house.services.db).await.unwrap();
    let asks = people.into_iter().map(|id| {
        let (services, request) = (house.services.clone(), request.clone());
        let session = SessionId(Uuid::new_v4());
        let member = Member { id: UserId(id), role: Role::Member, session, connection: None, seen: None };
        tokio::spawn(async move {
            loop {
                // The database has few connections, so some wait their turn.
                match services.handle(Caller::Member(member), request.clone()).await {
                    Err(Fault::Unavailable { .. }) => {}
                    answer => return answer,
                }
            }
        })
    });
    join_all(asks).await.into_iter().map(Result::unwrap).collect()
}

/// How many belong to a hive beside its owner.
async fn others(house: &House, hive: &Value) -> i64 {
    let sql = "select count(*) - 1 from hive_member where hive_id = $1";
    let hive: Uuid = hive.as_str().unwrap().parse().unwrap();
    sqlx::query_scalar(sql).bind(hive).fetch_one(&house.services.db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_who_come_by_one_link_at_once_seven_get_in_and_the_others_are_told_why() {
    let (house, mut owner, hive) = scene("private").await;
    let with = json!({ "hive": hive, "rank": "member", "lasts": "hour", "max_uses": 7 });
    let link = owner.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
    let accept = Accept { secret: link.rsplit('/').next().unwrap().to_owned() };
    let answers = all_at_once(&house, &Request::AcceptInvite(accept)).await;
    let refused: Vec<&Fault> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(refused.iter().all(|fault| fault.code() == "invite_refused"), "{refused:?}");
    assert_eq!((refused.len(), others(&house, &hive).await), (93, 7));
    let uses = owner.ok("hive.invites", json!({ "hive": hive })).await;
    assert_eq!(uses, json!([]), "it lets nobody in any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_who_join_at_once_as_many_get_in_as_there_are_seats() {
    let (house, mut owner, hive) = scene("public").await;
    let set = json!({ "hive": hive, "name": "Small", "access": "public", "seats": 8 });
    owner.ok("hive.set", set).await;
    let join = Join { hive: serde_json::from_value(hive.clone()).unwrap() };
    let answers = all_at_once(&house, &Request::JoinHive(join)).await;
    let refused: Vec<&Fault> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(refused.iter().all(|fault| fault.code() == "conflict"), "{refused:?}");
    assert_eq!((refused.len(), others(&house, &hive).await), (93, 7));
}
