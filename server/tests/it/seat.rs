//! A seat that outlives its connection, and a hive in which very many come and go.

use std::collections::BTreeMap;

use focushive::{
    Caller,
    caller::Member,
    id::{HiveId, SessionId, UserId},
    moment::Moment,
    presence::{Beat, Difference, Seat},
    protocol::{Backend, Request},
    user::Role,
};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::harness::{Hive, Socket};

/// What Ada hears of somebody until she hears of what she just did herself. Whatever changed before
/// is told by then: all changes of a hive are told together.
async fn of_somebody(hive: &mut Hive, user: &str) -> Vec<String> {
    let goal = Uuid::new_v4().to_string();
    hive.ok(0, "hive.set_goal", json!({ "goal": goal })).await;
    let mut states = Vec::new();
    loop {
        let told = hive.sockets[0].event("presence.changed").await["data"].clone();
        let here = told["here"].as_array().unwrap();
        let theirs = here.iter().filter(|seat| seat["person"]["id"] == user);
        states.extend(theirs.map(|seat| seat["state"]["is"].as_str().unwrap().to_owned()));
        states.extend(told["gone"].as_array().unwrap().iter().filter(|gone| **gone == user).map(|_| "gone".to_owned()));
        if here.iter().any(|seat| seat["goal"] == json!(goal)) {
            return states;
        }
    }
}

/// In the middle of a focus, Bob's only connection has just broken off.
async fn bob_is_lost() -> (Hive, String) {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = hive.sockets[1].id().await;
    hive.act(0, "timer.start", json!({})).await;
    assert_eq!(of_somebody(&mut hive, &bob).await.last().map(String::as_str), Some("focusing"));
    hive.sockets[1].ok("presence.beat", json!({})).await;
    drop(hive.sockets.pop());
    assert_eq!(of_somebody(&mut hive, &bob).await, [] as [&str; 0]);
    (hive, bob)
}

#[tokio::test]
async fn a_seat_in_a_focus_outlives_its_connection_for_two_minutes_and_its_lease() {
    let (mut hive, bob) = bob_is_lost().await;
    // Ada's device goes on speaking. Twenty seconds are left for machines that are busy.
    hive.pass(Duration::seconds(100), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, [] as [&str; 0], "for two minutes nobody notices");
    hive.pass(Duration::seconds(21), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, ["reconnecting"]);
    hive.pass(Duration::seconds(55), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, [] as [&str; 0]);
    hive.pass(Duration::seconds(20), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, ["gone"]);
    assert_eq!(hive.ok(0, "presence.list", json!({})).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_is_back_in_time_was_never_gone() {
    let (mut hive, bob) = bob_is_lost().await;
    hive.pass(Duration::seconds(100), &[0]).await;
    let mut back = Socket::open(&hive.house, &hive.people[1]).await;
    back.ok("hive.enter", hive.hive()).await;
    hive.pass(Duration::seconds(75), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, [] as [&str; 0]);
    // A little later they are seen to come back, and it is the same session.
    drop(back);
    hive.pass(Duration::seconds(50), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, ["reconnecting"]);
    let mut back = Socket::open(&hive.house, &hive.people[1]).await;
    back.ok("hive.enter", hive.hive()).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, ["focusing"]);
    assert_eq!(back.ok("timer.sync", hive.hive()).await["lane"]["is"], "in_step");
}

#[tokio::test]
async fn of_three_connections_that_break_off_one_by_one_only_the_last_is_noticed() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = hive.sockets[1].id().await;
    assert_eq!(of_somebody(&mut hive, &bob).await.last().map(String::as_str), Some("around"));
    for _ in 0..2 {
        let mut tab = Socket::open(&hive.house, &hive.people[1]).await;
        tab.ok("hive.enter", hive.hive()).await;
        hive.sockets.push(tab);
    }
    for left in [2, 1] {
        // The one that broke off said last that somebody looks at it.
        drop(hive.sockets.remove(1));
        let speaking: Vec<usize> = (0..=left).collect();
        // Longer than a connection that is gone counts, alone or in a session.
        hive.pass(Duration::seconds(225), &speaking).await;
        assert_eq!(of_somebody(&mut hive, &bob).await, [] as [&str; 0], "{left} are left");
    }
    drop(hive.sockets.pop());
    hive.pass(Duration::seconds(100), &[0]).await;
    assert_eq!(of_somebody(&mut hive, &bob).await, ["gone"]);
}

const MEMBERS: usize = 500;

/// They sign up, become members and sit down, all of them with a device of their own.
async fn crowd(hive: &Hive) -> Vec<Member> {
    let sql = r#"with people as (
                     insert into "user" (id, email, handle, name)
                     select gen_random_uuid(), 'm' || n || '@example.org', 'm' || n, 'Member ' || n
                     from generate_series(1, $2) n returning id)
                 insert into hive_member (hive_id, user_id, rank) select $1, id, 'member' from people
                 returning user_id"#;
    let place: Uuid = hive.id.parse().unwrap();
    let count = i64::try_from(MEMBERS).unwrap();
    let ids: Vec<Uuid> =
        sqlx::query_scalar(sql).bind(place).bind(count).fetch_all(&hive.house.services.db).await.unwrap();
    let member = |id: Uuid| {
        let (id, session) = (UserId(id), SessionId(Uuid::new_v4()));
        Member { id, role: Role::Member, session, connection: Some(1), seen: None }
    };
    let members: Vec<Member> = ids.into_iter().map(member).collect();
    let enter = Request::EnterHive(focushive::hive::Enter { hive: HiveId(place), idle_seconds: None });
    for member in &members {
        hive.house.services.handle(Caller::Member(*member), enter.clone()).await.unwrap();
    }
    members
}

fn fold(seats: &mut BTreeMap<UserId, Seat>, told: &Value) {
    serde_json::from_value::<Difference>(told["data"].clone()).unwrap().apply(seats);
}

#[tokio::test]
async fn of_five_hundred_who_come_and_go_one_is_told_once_a_second_and_all_of_it() {
    let mut hive = Hive::of(&[]).await;
    let members = crowd(&hive).await;
    let mut ada = Socket::open(&hive.house, &hive.people[0]).await;
    let snapshot = ada.join(&format!("hive/{}/live", hive.id), None).await["ok"]["snapshot"]["seats"].clone();
    let seats: Vec<Seat> = serde_json::from_value(snapshot).unwrap();
    let mut seats: BTreeMap<UserId, Seat> = seats.into_iter().map(|seat| (seat.person.id, seat)).collect();
    // For three seconds a tenth of them changes in every tenth of one.
    for n in 0..30 {
        for member in members.iter().skip(n % 10).step_by(10) {
            let beat = Request::Beat(Beat { active: (n / 10) % 2 == 1 });
            hive.house.services.handle(Caller::Member(*member), beat).await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let goal = json!({ "goal": "Home" });
    hive.ok(0, "hive.set_goal", goal).await;
    let mut told = Vec::new();
    while seats.values().all(|seat| seat.goal.is_none()) {
        let event = ada.event("presence.changed").await;
        fold(&mut seats, &event);
        told.push(event);
    }
    let at = |event: &Value| serde_json::from_value::<Moment>(event["at"].clone()).unwrap();
    let apart: Vec<Duration> = told.windows(2).map(|pair| at(&pair[1]).since(at(&pair[0]))).collect();
    assert!(apart.iter().all(|apart| *apart >= Duration::milliseconds(900)), "{apart:?}");
    let largest = told.iter().map(|event| event["data"]["here"].as_array().unwrap().len()).max();
    assert!(told.len() >= 2 && largest > Some(100), "{} differences, of at most {largest:?}", told.len());
    let listed: Vec<Seat> = serde_json::from_value(hive.ok(0, "presence.list", json!({})).await).unwrap();
    let listed: BTreeMap<UserId, Seat> = listed.into_iter().map(|seat| (seat.person.id, seat)).collect();
    assert_eq!((seats.len(), &seats), (MEMBERS + 1, &listed));
}
