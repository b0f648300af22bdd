//! Who may listen to what, the same over every door: a table of topics and people.

use serde_json::json;
use uuid::Uuid;

use crate::harness::{House, Person, Socket, SocketIo, Stomp};

/// How one is related to the hive that is asked for.
const PEOPLE: [&str; 5] = ["stranger", "member", "host", "other", "admin"];

/// A topic, and who of them may hear it, in the same order.
fn table(hive: &str, open: &str, member: &str, sector: &str) -> Vec<(String, [bool; 5])> {
    let theirs = [false, true, true, false, false];
    vec![
        (format!("hive/{hive}"), theirs),
        (format!("hive/{hive}/live"), theirs),
        (format!("hive/{open}"), [true; 5]),
        (format!("hive/{open}/live"), [true; 5]),
        (format!("hive/{}", Uuid::nil()), [false; 5]),
        (format!("user/{member}"), [false, true, false, false, false]),
        ("presence".to_owned(), [true; 5]),
        ("announcements".to_owned(), [true; 5]),
        (format!("sector/{sector}"), [false; 5]),
        ("admin".to_owned(), [false, false, true, false, true]),
    ]
}

struct Scene {
    house: House,
    people: Vec<(&'static str, Person)>,
    hive: String,
    open: String,
}

/// Ada owns the house and hosts the hive; each of the others is what their name says.
async fn scene() -> Scene {
    let house = House::with(&[("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000")]).await;
    let mut owner = house.owner().await;
    let mut ada = Socket::open(&house, &owner).await;
    let mut make = async |access: &str| {
        let with = json!({ "key": Uuid::new_v4(), "name": access, "access": access });
        ada.ok("hive.create", with).await["id"].as_str().unwrap().to_owned()
    };
    let (hive, open, elsewhere) = (make("invite").await, make("public").await, make("invite").await);
    let mut all = vec![("host", owner.clone())];
    for (name, role) in [("Stranger", "member"), ("Member", "member"), ("Other", "member"), ("Admin", "admin")] {
        let person = house.member(&mut owner, name, role).await;
        all.push((PEOPLE.iter().find(|known| **known == name.to_lowercase()).unwrap(), person));
    }
    for (name, hive) in [("member", &hive), ("other", &elsewhere)] {
        let with = json!({ "hive": hive, "rank": "member", "lasts": "week", "max_uses": 1 });
        let link = ada.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
        let person = &all.iter().find(|(known, _)| *known == name).unwrap().1;
        let mut socket = Socket::open(&house, person).await;
        socket.ok("hive.accept", json!({ "secret": link.rsplit('/').next().unwrap() })).await;
    }
    all.sort_by_key(|(name, _)| PEOPLE.iter().position(|known| known == name));
    Scene { house, people: all, hive, open }
}

fn email(name: &str) -> String {
    format!("{}@example.org", if name == "host" { "ada" } else { name })
}

#[tokio::test]
async fn the_same_people_hear_the_same_topics_over_every_door() {
    let Scene { house, people, hive, open } = scene().await;
    let member = people[1].1.clone().find(&house, "member").await;
    let table = table(&hive, &open, &member, &Uuid::new_v4().to_string());
    for (n, (name, person)) in people.iter().enumerate() {
        let mut native = Socket::open(&house, person).await;
        let mut io = SocketIo::open(&house, "/", &email(name)).await;
        let mut stomp = Stomp::open(&house, &email(name)).await;
        for (row, (topic, may)) in table.iter().enumerate() {
            let heard = [
                native.join(topic, None).await.get("ok").is_some(),
                io.emit("join-room", &json!(topic)).await["success"] == json!(true),
                stomp.listens(row, &format!("/topic/{topic}")).await,
            ];
            if !heard[2] {
                // A refused subscription ends the session, as the protocol says.
                stomp = Stomp::open(&house, &email(name)).await;
            }
            assert_eq!(heard, [may[n]; 3], "{name} {topic}");
        }
    }
}

#[tokio::test]
async fn who_is_suspended_or_put_out_hears_nothing_more_over_any_door() {
    let Scene { house, mut people, hive, .. } = scene().await;
    let member = people[1].1.clone().find(&house, "member").await;
    let topic = format!("/topic/chat/{hive}");
    let mut stomp = Stomp::open(&house, &email("member")).await;
    let mut io = SocketIo::open(&house, "/", &email("member")).await;
    stomp.subscribe("1", &topic, "").await;
    io.emit("join-room", &json!(hive)).await;
    let mut host = Socket::open(&house, &people[2].1).await;
    host.ok("hive.kick", json!({ "hive": hive, "user": member })).await;
    host.ok("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": "not for them" })).await;
    stomp.say("SEND\ndestination:/app/hive.list\nreceipt:after\n\n\0").await;
    let after = stomp.receipt("after").await;
    assert_eq!(after.command, "RECEIPT");
    assert!(!stomp.kept().any(|heard| heard.body.contains("not for them")));
    io.emit("hive.list", &json!({})).await;
    assert!(!io.kept().any(|packet| packet.contains("not for them")));

    people[2].1.ask("member.suspend", &[("user", &member)]).await;
    assert_eq!(stomp.end().await, ("signed_out".to_owned(), 4401));
    assert!(io.end().await.last().unwrap().starts_with("41"));
    let refused = house
        .visitor()
        .post("/api/v1/auth/login", json!({ "email": email("member"), "password": crate::harness::PASSWORD }))
        .await;
    assert_eq!(refused.status, 401);
}
