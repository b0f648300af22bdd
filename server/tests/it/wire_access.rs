//! Who may listen to what, the same over every door: a table of topics and people, and what ends it.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{House, Person, Socket, SocketIo, Stomp};

/// How one is related to the hive that is asked for; and one who has been suspended.
const PEOPLE: [&str; 6] = ["stranger", "member", "host", "other", "admin", "suspended"];

/// Where the same is asked for.
const DOORS: [&str; 4] = ["native", "stomp", "sockjs", "socket.io"];

/// A topic, what REST shows of it, and who may have both, in the order of `PEOPLE`.
struct Row {
    topic: String,
    shown_at: Vec<String>,
    may: [bool; 6],
}

fn row(topic: impl Into<String>, shown_at: &[String], may: [bool; 6]) -> Row {
    Row { topic: topic.into(), shown_at: shown_at.to_vec(), may }
}

fn table(scene: &Scene) -> Vec<Row> {
    let Scene { hive, open, pair, member, sector, .. } = scene;
    let theirs = [false, true, true, false, false, false];
    let everybody = [true, true, true, true, true, false];
    let nobody = [false; 6];
    let nil = Uuid::nil();
    let durable = |hive: &str| ["messages", "members"].map(|what| format!("/hives/{hive}/{what}"));
    let live = |hive: &str| ["presence", "timer"].map(|what| format!("/hives/{hive}/{what}"));
    let mut rows = vec![
        row(format!("hive/{hive}"), &durable(hive), theirs),
        row(format!("hive/{hive}/live"), &live(hive), theirs),
        row(format!("hive/{open}"), &durable(open), everybody),
        row(format!("hive/{open}/live"), &live(open), everybody),
        row(format!("hive/{nil}"), &durable(&nil.to_string()), nobody),
        row(format!("hive/{nil}/live"), &live(&nil.to_string()), nobody),
        // Of a member and a host alone.
        row(format!("hive/{pair}"), &durable(pair), theirs),
        row(format!("hive/{pair}/live"), &live(pair), theirs),
        // One's own has no path with a name in it: there it is always whoever asks.
        row(format!("user/{member}"), &[], [false, true, false, false, false, false]),
        row(format!("sector/{sector}"), &[], [false, true, false, false, false, false]),
        row(format!("sector/{nil}"), &[], nobody),
        row("presence", &["/hives".to_owned()], everybody),
        row("announcements", &["/notifications".to_owned()], everybody),
        row("admin", &["/audit".to_owned()], [false, false, false, false, true, false]),
    ];
    // Of what there is not yet nobody hears, whoever they are.
    let ids = ["conversation", "forum", "post", "board", "doc", "calendar"].map(|kind| format!("{kind}/{hive}"));
    rows.extend(ids.into_iter().map(|topic| row(topic, &[], nobody)));
    rows
}

struct Scene {
    house: House,
    owner: Person,
    people: Vec<Somebody>,
    hive: String,
    open: String,
    pair: String,
    /// Whose own topic is asked for, and whose sector.
    member: String,
    sector: String,
}

/// Somebody with a browser and a token, both from when they were let in.
struct Somebody {
    name: &'static str,
    person: Person,
    token: String,
}

/// Ada owns the house and the others are what their names say, in it and in the hives.
async fn scene() -> Scene {
    let free = [("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"), ("FOCUSHIVE_JOINS_PER_MINUTE", "1000000")];
    let house = House::with(&free).await;
    let mut owner = house.owner().await;
    let mut people = Vec::new();
    for name in PEOPLE {
        let role = if name == "admin" { "admin" } else { "member" };
        let person = house.member(&mut owner, name, role).await;
        let token = house.visitor().login(&email(name)).await["access_token"].as_str().unwrap().to_owned();
        people.push(Somebody { name, person, token });
    }
    let mut host = Socket::open(&house, &people[2].person).await;
    let mut make = async |access: &str| {
        let with = json!({ "key": Uuid::new_v4(), "name": access, "access": access });
        host.ok("hive.create", with).await["id"].as_str().unwrap().to_owned()
    };
    let (hive, open, elsewhere) = (make("invite").await, make("public").await, make("invite").await);
    for (one, hive) in [(1, &hive), (3, &elsewhere), (5, &hive)] {
        let with = json!({ "hive": hive, "rank": "member", "lasts": "week", "max_uses": 1 });
        let link = host.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
        let mut socket = Socket::open(&house, &people[one].person).await;
        socket.ok("hive.accept", json!({ "secret": link.rsplit('/').next().unwrap() })).await;
    }
    let (member, suspended) = (owner.find(&house, "member").await, owner.find(&house, "suspended").await);
    let pair = host.ok("message.open", json!({ "to": member })).await["hive"].as_str().unwrap().to_owned();
    let mut ada = Socket::open(&house, &owner).await;
    let sector = Uuid::new_v4().to_string();
    ada.ok("sector.create", json!({ "key": sector, "name": "Design" })).await;
    for user in [&member, &suspended] {
        ada.ok("member.set_sector", json!({ "user": user, "sector": sector })).await;
    }
    ada.ok("member.suspend", json!({ "user": suspended })).await;
    Scene { house, owner, people, hive, open, pair, member, sector }
}

fn email(name: &str) -> String {
    format!("{name}@example.org")
}

/// Whether somebody gets in by a door and may listen there.
async fn hears(scene: &Scene, door: &str, who: &Somebody, topic: &str) -> bool {
    match door {
        "native" => {
            let mut socket = Socket::open(&scene.house, &who.person).await;
            socket.say(&json!({ "id": "1", "join": topic })).await;
            socket.hear().await.is_some_and(|answer| answer.get("ok").is_some())
        }
        "stomp" => listens(Stomp::dial(&scene.house, &[]).await.unwrap(), who, topic).await,
        "sockjs" => listens(Stomp::dial_sockjs(&scene.house).await, who, topic).await,
        "socket.io" => {
            let (mut io, answer) = SocketIo::dial(&scene.house, "/", &json!({ "token": who.token })).await;
            answer.starts_with("40") && io.emit("join-room", &json!(topic)).await["success"] == json!(true)
        }
        other => panic!("there is no door {other}"),
    }
}

async fn listens(mut stomp: Stomp, who: &Somebody, topic: &str) -> bool {
    stomp.connect(&who.token).await.command == "CONNECTED" && stomp.listens(1, &format!("/topic/{topic}")).await
}

/// Whether REST shows it to them.
async fn shown(scene: &Scene, who: &Somebody, path: &str) -> bool {
    let request = scene.house.visitor().request(Method::GET, &format!("/api/v1{path}")).bearer_auth(&who.token);
    let answer = scene.house.visitor().send(request).await;
    assert!([200, 401, 403, 404].contains(&answer.status), "{} {path}: {}", who.name, answer.body);
    answer.status == 200
}

#[tokio::test]
async fn the_same_people_hear_the_same_topics_over_every_door() {
    let scene = scene().await;
    for Row { topic, shown_at, may } in table(&scene) {
        for (who, may) in scene.people.iter().zip(may) {
            for door in DOORS {
                assert_eq!(hears(&scene, door, who, &topic).await, may, "{} {topic} by {door}", who.name);
            }
            for path in &shown_at {
                assert_eq!(shown(&scene, who, path).await, may, "{} {topic} at {path}", who.name);
            }
        }
    }
}

#[tokio::test]
async fn who_is_suspended_or_put_out_hears_nothing_more_over_any_door() {
    let scene = scene().await;
    let Scene { house, people, hive, member, mut owner, .. } = scene;
    let topic = format!("/topic/chat/{hive}");
    let who = &people[1];
    let mut bare = Stomp::dial(&house, &[]).await.unwrap();
    let mut sockjs = Stomp::dial_sockjs(&house).await;
    let (mut io, _) = SocketIo::dial(&house, "/", &json!({ "token": who.token })).await;
    for stomp in [&mut bare, &mut sockjs] {
        assert_eq!(stomp.connect(&who.token).await.command, "CONNECTED");
        stomp.subscribe("1", &topic, "").await;
    }
    io.emit("join-room", &json!(hive)).await;
    let mut host = Socket::open(&house, &people[2].person).await;
    host.ok("hive.kick", json!({ "hive": hive, "user": member })).await;
    host.ok("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": "not for them" })).await;
    for stomp in [&mut bare, &mut sockjs] {
        stomp.say("SEND\ndestination:/app/hive.list\nreceipt:after\n\n\0").await;
        assert_eq!(stomp.receipt("after").await.command, "RECEIPT");
        assert!(!stomp.kept().any(|heard| heard.body.contains("not for them")));
    }
    io.emit("hive.list", &json!({})).await;
    assert!(!io.kept().any(|packet| packet.contains("not for them")));

    owner.ask("member.suspend", &[("user", &member)]).await;
    for stomp in [&mut bare, &mut sockjs] {
        assert_eq!(stomp.end().await, ("signed_out".to_owned(), 4401));
    }
    assert!(io.end().await.last().unwrap().starts_with("41"));
    let with = json!({ "email": email("member"), "password": crate::harness::PASSWORD });
    assert_eq!(house.visitor().post("/api/v1/auth/login", with).await.status, 401);
}

#[tokio::test]
async fn who_leaves_a_sector_or_loses_a_role_does_not_hear_it_any_more() {
    let scene = scene().await;
    let mut ada = Socket::open(&scene.house, &scene.owner).await;
    let admin = scene.owner.find(&scene.house, "admin").await;
    let none = json!({ "user": scene.member, "sector": Value::Null });
    for (n, topic, does, with) in [
        (1, format!("sector/{}", scene.sector), "member.set_sector", none),
        (4, "admin".to_owned(), "member.set_role", json!({ "user": admin, "role": "member" })),
    ] {
        let who = &scene.people[n];
        let mut native = Socket::open(&scene.house, &who.person).await;
        let mut stomp = Stomp::dial(&scene.house, &[]).await.unwrap();
        assert!(native.join(&topic, None).await.get("ok").is_some());
        stomp.connect(&who.token).await;
        assert!(stomp.listens(1, &format!("/topic/{topic}")).await);
        ada.ok(does, with).await;
        assert_eq!(native.end().await.0, "changed", "{topic}");
        assert_eq!(stomp.end().await.0, "changed", "{topic}");
        for door in DOORS {
            assert!(!hears(&scene, door, who, &topic).await, "{topic} by {door}");
        }
    }
    // A sector that is removed has no readers either.
    ada.ok("member.set_sector", json!({ "user": scene.member, "sector": scene.sector })).await;
    let mut native = Socket::open(&scene.house, &scene.people[1].person).await;
    let topic = format!("sector/{}", scene.sector);
    assert!(native.join(&topic, None).await.get("ok").is_some());
    ada.ok("sector.remove", json!({ "sector": scene.sector })).await;
    assert!(!scene.house.services.hub.is_heard(topic.parse().unwrap()));
}
