//! Hives: who finds them, who comes in, and what each rank may do.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{House, PASSWORD, Person, Socket};

async fn make(socket: &mut Socket, access: &str) -> String {
    let with = json!({ "key": Uuid::new_v4(), "name": "Library", "access": access });
    socket.ok("hive.create", with).await["id"].as_str().unwrap().to_owned()
}

/// A house with its owner and Bob, and a socket of each.
async fn two() -> (House, Person, Socket, Socket) {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let (a, b) = (Socket::open(&house, &ada).await, Socket::open(&house, &bob).await);
    (house, ada, a, b)
}

fn names(cards: &Value) -> Vec<String> {
    cards.as_array().unwrap().iter().map(|card| card["hive"]["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn whoever_makes_a_hive_owns_it_and_asking_twice_makes_one() {
    let (_house, _ada, mut ada, _bob) = two().await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Library", "purpose": "Reading" });
    let (first, again) = (ada.ok("hive.create", with.clone()).await, ada.ok("hive.create", with).await);
    assert_eq!(first, again);
    let room = ada.ok("hive.look", json!({ "hive": first["id"] })).await;
    assert_eq!((&room["me"]["rank"], &room["members"]), (&json!("owner"), &json!(1)));
    assert_eq!(names(&ada.ok("hive.list", json!({})).await).len(), 1);
}

#[tokio::test]
async fn the_lobby_says_how_a_session_goes_to_those_who_are_not_in_it() {
    let (_house, _ada, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    ada.join(&format!("hive/{hive}/live"), None).await;
    ada.ok("hive.enter", json!({ "hive": hive })).await;
    let ends_at = ada.ok("timer.start", json!({ "hive": hive })).await["timer"]["ends_at"].clone();
    loop {
        let told = ada.event("presence.changed").await;
        if told["data"]["here"][0]["state"]["is"] == "focusing" {
            break;
        }
    }
    let cards = bob.ok("hive.list", json!({})).await;
    let card: focushive::hive::Card = serde_json::from_value(cards[0].clone()).unwrap();
    assert_eq!((card.rank, card.focusing()), (None, 1));
    let next = card.timer.unwrap().next_break().unwrap();
    assert_eq!(json!(next), ends_at);
    // Of one that is closed to them they know that it is there.
    let set = json!({ "hive": hive, "name": "Ours", "access": "invite" });
    ada.ok("hive.set", set).await;
    let card = bob.ok("hive.list", json!({})).await[0].clone();
    assert_eq!((&card["here"], &card["timer"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn what_a_member_says_of_themselves_is_seen_by_the_others_until_its_time() {
    let (house, _ada, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    ada.ok("account.set_status", json!({ "text": "Tea", "lasts": "half_hour" })).await;
    let with = json!({ "hive": hive });
    assert_eq!(bob.ok("hive.members", with.clone()).await[0]["person"]["status"]["text"], "Tea");
    house.services.clock.advance(time::Duration::minutes(30));
    assert_eq!(bob.ok("hive.members", with).await[0]["person"]["status"], Value::Null);
}

#[tokio::test]
async fn a_private_hive_is_no_hive_to_a_stranger() {
    let (house, mut owner, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "private").await;
    let random = Uuid::now_v7().to_string();
    let carl = house.member(&mut owner, "Carl", "member").await;
    let mut carl = Socket::open(&house, &carl).await;
    assert_eq!(names(&bob.ok("hive.list", json!({})).await), [] as [&str; 0]);
    for does in
        ["hive.look", "hive.join", "hive.members", "chat.history", "hive.enter", "presence.list", "hive.archive"]
    {
        let known = bob.ask(does, json!({ "hive": hive })).await;
        let unknown = carl.ask(does, json!({ "hive": random })).await;
        assert_eq!(known["fault"], unknown["fault"], "{does}");
        assert_eq!(known["fault"]["code"], "not_found", "{does}");
    }
}

#[tokio::test]
async fn a_public_hive_is_looked_into_and_joined_and_an_invite_only_one_is_only_seen() {
    let (_house, _ada, mut ada, mut bob) = two().await;
    let (open, closed) = (make(&mut ada, "public").await, make(&mut ada, "invite").await);
    assert_eq!(names(&bob.ok("hive.list", json!({})).await).len(), 2);
    bob.ok("chat.history", json!({ "hive": open })).await;
    assert_eq!(bob.refused("chat.history", json!({ "hive": closed })).await, "forbidden");
    let send = |hive: &str| json!({ "hive": hive, "key": Uuid::new_v4(), "body": "hi" });
    assert_eq!(bob.refused("chat.send", send(&open)).await, "forbidden");
    bob.ok("hive.join", json!({ "hive": open })).await;
    bob.ok("hive.join", json!({ "hive": open })).await;
    bob.ok("chat.send", send(&open)).await;
    assert_eq!(bob.refused("hive.join", json!({ "hive": closed })).await, "forbidden");

    let with = json!({ "hive": closed, "rank": "member", "lasts": "day", "max_uses": 1 });
    let link = ada.ok("hive.invite", with).await["link"].as_str().unwrap().to_owned();
    let secret = link.rsplit('/').next().unwrap();
    assert_eq!(bob.ok("hive.accept", json!({ "secret": secret })).await["hive"], json!(closed));
    bob.ok("chat.send", send(&closed)).await;
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_says_and_no_longer_than_it_says() {
    let (house, mut owner, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "private").await;
    let with = json!({ "hive": hive, "rank": "guest", "lasts": "hour", "max_uses": 1 });
    let secret = |link: Value| link["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let once = secret(ada.ok("hive.invite", with.clone()).await);
    let late = secret(ada.ok("hive.invite", with.clone()).await);
    bob.ok("hive.accept", json!({ "secret": once })).await;
    bob.ok("hive.accept", json!({ "secret": late })).await;
    let carl = house.member(&mut owner, "Carl", "member").await;
    let mut carl = Socket::open(&house, &carl).await;
    assert_eq!(carl.refused("hive.accept", json!({ "secret": once })).await, "invite_refused");
    house.services.clock.advance(time::Duration::hours(1));
    assert_eq!(carl.refused("hive.accept", json!({ "secret": late })).await, "invite_refused");
    // A guest reads and reacts.
    let send = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "hi" });
    assert_eq!(bob.refused("chat.send", send).await, "forbidden");
    assert_eq!(bob.refused("hive.invite", with).await, "forbidden");
}

#[tokio::test]
async fn a_full_hive_takes_nobody_in() {
    let (house, mut owner, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    ada.ok("hive.set", json!({ "hive": hive, "name": "Small", "access": "public", "seats": 2 })).await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    let carl = house.member(&mut owner, "Carl", "member").await;
    assert_eq!(Socket::open(&house, &carl).await.refused("hive.join", json!({ "hive": hive })).await, "conflict");
}

#[tokio::test]
async fn a_changed_rank_counts_on_open_sockets_at_once() {
    let (house, ada_person, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    let id = ada_person.find(&house, "bob").await;
    bob.join(&format!("user/{id}"), None).await;
    let set = json!({ "hive": hive, "name": "Ours", "access": "public" });
    assert_eq!(bob.refused("hive.set", set.clone()).await, "forbidden");
    let rank = |rank: &str| json!({ "hive": hive, "user": id, "rank": rank });
    ada.ok("hive.set_rank", rank("host")).await;
    assert_eq!(bob.event("part.changed").await["data"]["me"]["rank"], "host");
    bob.ok("hive.set", set.clone()).await;
    ada.ok("hive.set_rank", rank("member")).await;
    assert_eq!(bob.refused("hive.set", set).await, "forbidden");
    assert_eq!(bob.refused("hive.set_rank", rank("owner")).await, "forbidden");
    let me = ada_person.find(&house, "ada").await;
    let last = json!({ "hive": hive, "user": me, "rank": "member" });
    assert_eq!(ada.refused("hive.set_rank", last).await, "conflict");
    assert_eq!(ada.refused("hive.leave", json!({ "hive": hive })).await, "conflict");
}

#[tokio::test]
async fn whoever_is_put_out_hears_nothing_more_and_a_ban_keeps_them_out() {
    let (house, ada_person, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    let id = ada_person.find(&house, "bob").await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    bob.join(&format!("hive/{hive}"), None).await;
    ada.ok("hive.ban", json!({ "hive": hive, "user": id, "lasts": "hour" })).await;
    let send = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "he is gone" });
    ada.ok("chat.send", send).await;
    assert!(bob.rest().await.iter().all(|event| event["event"] != "chat.created"));
    assert_eq!(bob.refused("hive.join", json!({ "hive": hive })).await, "conflict");
    assert_eq!(bob.join(&format!("hive/{hive}"), None).await["fault"]["code"], "forbidden");
    ada.ok("hive.pardon", json!({ "hive": hive, "user": id })).await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    ada.ok("hive.kick", json!({ "hive": hive, "user": id })).await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    let me = ada_person.find(&house, "ada").await;
    assert_eq!(bob.refused("hive.kick", json!({ "hive": hive, "user": me })).await, "forbidden");
}

#[tokio::test]
async fn an_archived_hive_is_read_only_until_it_is_opened_again() {
    let (_house, _ada, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    ada.ok("hive.archive", json!({ "hive": hive })).await;
    let send = || json!({ "hive": hive, "key": Uuid::new_v4(), "body": "hi" });
    assert_eq!(bob.refused("chat.send", send()).await, "conflict");
    bob.ok("chat.history", json!({ "hive": hive })).await;
    assert_eq!(bob.refused("hive.reopen", json!({ "hive": hive })).await, "forbidden");
    ada.ok("hive.reopen", json!({ "hive": hive })).await;
    bob.ok("chat.send", send()).await;
}

#[tokio::test]
async fn new_rules_are_agreed_to_anew() {
    let (_house, _ada, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    bob.ok("hive.join", json!({ "hive": hive })).await;
    let set = |rules: &str| json!({ "hive": hive, "name": "Library", "access": "public", "rules": rules });
    ada.ok("hive.set", set("Be kind.")).await;
    bob.ok("hive.accept_rules", json!({ "hive": hive, "version": 1 })).await;
    let seen = |room: Value| (room["hive"]["rules"]["version"].as_u64(), room["me"]["rules_seen"].as_u64());
    assert_eq!(seen(bob.ok("hive.look", json!({ "hive": hive })).await), (Some(1), Some(1)));
    ada.ok("hive.set", set("Be kind. Be quiet.")).await;
    bob.ok("hive.accept_rules", json!({ "hive": hive, "version": 1 })).await;
    assert_eq!(seen(bob.ok("hive.look", json!({ "hive": hive })).await), (Some(2), Some(1)));
}

#[tokio::test]
async fn whoever_only_looked_in_hears_nothing_once_the_door_is_shut() {
    let (house, mut owner, mut ada, mut bob) = two().await;
    let carl = house.member(&mut owner, "Carl", "member").await;
    let mut carl = Socket::open(&house, &carl).await;
    let beside = house.beside().await;
    let mut there = Socket::open(&beside, &house.member(&mut owner, "Dora", "member").await).await;
    for access in ["private", "invite"] {
        let hive = make(&mut ada, "public").await;
        carl.ok("hive.join", json!({ "hive": hive })).await;
        let (topic, live) = (format!("hive/{hive}"), format!("hive/{hive}/live"));
        for socket in [&mut ada, &mut bob, &mut carl, &mut there] {
            let own = format!("user/{}", socket.id().await);
            for topic in [&own, &topic, &live] {
                assert!(socket.join(topic, None).await["fault"].is_null(), "{topic}");
            }
            socket.rest().await;
        }
        ada.ok("hive.set", json!({ "hive": hive, "name": "Ours", "access": access })).await;
        for stranger in [&mut bob, &mut there] {
            // On the server beside it is heard of a moment later.
            let told = stranger.event("part.changed").await;
            assert_eq!(told["data"], json!({ "hive": hive, "me": null }));
        }
        ada.ok("chat.typing", json!({ "hive": hive, "typing": true })).await;
        ada.ok("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": "among us" })).await;
        assert_eq!(carl.event("chat.created").await["data"]["body"], "among us", "members hear on");
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        for stranger in [&mut bob, &mut there] {
            assert_eq!(stranger.rest().await, [] as [Value; 0]);
            assert!(!stranger.join(&topic, None).await["fault"].is_null());
        }
    }
}

#[tokio::test]
async fn a_mute_that_is_over_is_over_everywhere() {
    let (house, ada_person, mut ada, mut bob) = two().await;
    let hive = make(&mut ada, "public").await;
    let (id, live) = (ada_person.find(&house, "bob").await, format!("hive/{hive}/live"));
    bob.ok("hive.join", json!({ "hive": hive })).await;
    bob.join(&live, None).await;
    let typing = json!({ "hive": hive });
    bob.ok("chat.typing", typing.clone()).await;
    ada.ok("hive.mute", json!({ "hive": hive, "user": id, "lasts": "hour" })).await;
    assert_eq!(bob.refused("chat.typing", typing.clone()).await, "forbidden");
    let muted = |list: Value| {
        let of_bob = list.as_array().unwrap().iter().find(|member| member["person"]["id"] == json!(id)).cloned();
        of_bob.unwrap()["muted_until"].is_string()
    };
    assert!(muted(ada.ok("hive.members", typing.clone()).await));
    // A connection that comes while it lasts is no worse off afterwards.
    let mut again = house.visitor();
    again.sign_in("bob@example.org", PASSWORD).await;
    let mut phone = Socket::open(&house, &again).await;
    phone.join(&live, None).await;
    house.services.clock.advance(time::Duration::minutes(61));
    for device in [&mut bob, &mut phone] {
        device.ok("chat.typing", typing.clone()).await;
    }
    assert!(!muted(ada.ok("hive.members", typing).await));
}

#[tokio::test]
async fn the_lobby_is_told_that_it_changed_and_of_no_private_hive() {
    let (_house, _ada, mut ada, mut bob) = two().await;
    bob.join("presence", None).await;
    let told = |frames: Vec<Value>| frames.iter().filter(|frame| frame["event"] == "lobby.changed").count();
    let private = make(&mut ada, "private").await;
    let set = |hive: &str, access: &str, name: &str| json!({ "hive": hive, "name": name, "access": access });
    ada.ok("hive.set", set(&private, "private", "Secret")).await;
    ada.ok("hive.archive", json!({ "hive": private })).await;
    assert_eq!(bob.rest().await, [] as [Value; 0], "to a stranger there is no such hive");
    ada.ok("hive.reopen", json!({ "hive": private })).await;

    let hive = make(&mut ada, "public").await;
    assert_eq!(bob.event("lobby.changed").await["data"], json!({}));
    for access in ["private", "public"] {
        ada.ok("hive.set", set(&hive, access, "Ours")).await;
        assert_eq!(told(bob.rest().await), 1, "{access}");
    }
    for does in ["hive.join", "hive.leave"] {
        bob.ok(does, json!({ "hive": hive })).await;
        assert_eq!(told(bob.rest().await), 1, "{does}");
    }
    ada.ok("hive.archive", json!({ "hive": hive })).await;
    assert_eq!(told(bob.rest().await), 1);
}

#[tokio::test]
async fn hives_are_found_by_name_and_people_only_where_one_is_oneself() {
    let (house, mut owner, mut ada, mut bob) = two().await;
    let carl = house.member(&mut owner, "Carl", "member").await;
    let mut carl = Socket::open(&house, &carl).await;
    let (library, closed) = (make(&mut ada, "public").await, make(&mut bob, "private").await);
    bob.ok("hive.join", json!({ "hive": library })).await;
    let find = |words: &str| json!({ "find": words });

    let found = ada.ok("hive.find_people", find("@bo")).await;
    assert_eq!((&found[0]["person"]["handle"], &found[0]["hive"]), (&json!("bob"), &json!(library)));
    assert_eq!(ada.ok("hive.find_people", find("B")).await, found);
    for nobody in ["carl", "ada", "%", " "] {
        assert_eq!(ada.ok("hive.find_people", find(nobody)).await, json!([]), "{nobody}");
    }
    assert_eq!(carl.ok("hive.find_people", find("bob")).await, json!([]));

    assert_eq!(names(&bob.ok("hive.list", find("LIBR")).await).len(), 2);
    assert_eq!(names(&carl.ok("hive.list", find("libr")).await), [library]);
    assert_eq!(names(&bob.ok("hive.list", find("%")).await), [] as [&str; 0]);
    assert!(names(&bob.ok("hive.list", json!({})).await).contains(&closed));
}
