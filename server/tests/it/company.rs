//! The topic `presence`: who is there of those one shares a hive with, wherever they are.

use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::harness::{House, Person, Socket, SocketIo, Stomp};

struct Scene {
    house: House,
    owner: Person,
    bob: Person,
    /// Listens to `presence`, and shares the library with Bob.
    ada: Socket,
    /// Listens too, and shares nothing with anybody.
    cleo: Socket,
    library: String,
    ids: [String; 3],
}

async fn make(socket: &mut Socket, name: &str) -> String {
    let made = socket.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": name })).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn scene() -> Scene {
    let (house, mut owner) = House::open().await;
    let bob = house.member(&mut owner, "Bob", "member").await;
    let cleo = house.member(&mut owner, "Cleo", "member").await;
    let mut ada = Socket::open(&house, &owner).await;
    let library = make(&mut ada, "Library").await;
    let mut bobs = Socket::open(&house, &bob).await;
    bobs.ok("hive.join", json!({ "hive": library })).await;
    let mut cleo = Socket::open(&house, &cleo).await;
    let ids = [ada.id().await, bobs.id().await, cleo.id().await];
    for socket in [&mut ada, &mut cleo] {
        let joined = socket.join("presence", None).await;
        assert_eq!(joined["ok"]["snapshot"]["seats"], json!([]));
    }
    Scene { house, owner, bob, ada, cleo, library, ids }
}

/// Who is there now and how, and who is gone.
async fn next(socket: &mut Socket) -> (Vec<(String, String)>, Vec<Value>) {
    let told = socket.event("presence.changed").await;
    assert_eq!(told["topic"], "presence");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let here = told["data"]["here"].as_array().unwrap().iter();
    let here = here.map(|seat| (text(&seat["person"]["handle"]), text(&seat["state"]["is"]))).collect();
    (here, told["data"]["gone"].as_array().unwrap().clone())
}

fn is(handle: &str, state: &str) -> (Vec<(String, String)>, Vec<Value>) {
    (vec![(handle.to_owned(), state.to_owned())], Vec::new())
}

/// They heard of nobody.
async fn nobody(socket: &mut Socket) {
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let heard = socket.rest().await;
    assert!(heard.iter().all(|frame| frame["event"] != "presence.changed"), "{heard:?}");
}

#[tokio::test]
async fn somebody_is_seen_by_those_they_share_a_hive_with_and_by_nobody_else() {
    let mut scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.bob).await;
    desk.ok("presence.beat", json!({})).await;
    assert_eq!(next(&mut scene.ada).await, is("bob", "around"));
    desk.ok("presence.beat", json!({ "active": false })).await;
    assert_eq!(next(&mut scene.ada).await, is("bob", "away"));
    // A second tab is nothing new, and whoever comes to listen sees how it is.
    let mut tab = Socket::open(&scene.house, &scene.bob).await;
    let seats = tab.join("presence", None).await["ok"]["snapshot"]["seats"].clone();
    assert_eq!((&seats[0]["person"]["handle"], &seats[0]["state"]["is"]), (&json!("bob"), &json!("away")));
    tab.ok("hive.enter", json!({ "hive": scene.library })).await;
    tab.ok("timer.start", json!({ "hive": scene.library })).await;
    while next(&mut scene.ada).await != is("bob", "focusing") {}
    desk.leave().await;
    tab.ok("timer.stop", json!({ "hive": scene.library })).await;
    while next(&mut scene.ada).await != is("bob", "around") {}
    tab.leave().await;
    scene.house.services.clock.advance(Duration::seconds(11));
    assert_eq!(next(&mut scene.ada).await, (vec![], vec![json!(scene.ids[1])]));
    nobody(&mut scene.cleo).await;
}

#[tokio::test]
async fn whoever_joins_a_hive_and_whoever_leaves_it_hear_of_each_other() {
    let mut scene = scene().await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let mut ada = Socket::open(&scene.house, &scene.owner).await;
    for socket in [&mut bob, &mut ada, &mut scene.cleo] {
        socket.ok("presence.beat", json!({})).await;
    }
    assert_eq!(scene.cleo.join("presence", None).await["ok"]["snapshot"]["seats"], json!([]));
    scene.cleo.rest().await;
    scene.ada.rest().await;
    scene.cleo.ok("hive.join", json!({ "hive": scene.library })).await;
    let (mut here, gone) = next(&mut scene.cleo).await;
    here.sort();
    assert_eq!(
        (here, gone.len()),
        ([("ada", "around"), ("bob", "around")].map(|(a, b)| (a.into(), b.into())).into(), 0)
    );
    while next(&mut scene.ada).await != is("cleo", "around") {}
    scene.cleo.ok("hive.leave", json!({ "hive": scene.library })).await;
    assert_eq!(next(&mut scene.ada).await, (vec![], vec![json!(scene.ids[2])]));
    let (here, mut gone) = next(&mut scene.cleo).await;
    gone.sort_by_key(ToString::to_string);
    let mut others = [&scene.ids[0], &scene.ids[1]].map(|id| json!(id));
    others.sort_by_key(ToString::to_string);
    assert_eq!((here, gone.as_slice()), (vec![], others.as_slice()));
    // Two hives of the same people say everything once.
    let again = make(&mut ada, "Annex").await;
    bob.ok("hive.join", json!({ "hive": again })).await;
    nobody(&mut scene.ada).await;
    bob.ok("presence.set", json!({ "choice": "do_not_disturb" })).await;
    assert_eq!(next(&mut scene.ada).await, is("bob", "do_not_disturb"));
    nobody(&mut scene.ada).await;
    bob.ok("hive.leave", json!({ "hive": again })).await;
    nobody(&mut scene.ada).await;
}

#[tokio::test]
async fn whoever_looks_offline_or_is_not_shown_is_seen_nowhere() {
    let mut scene = scene().await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    bob.ok("presence.beat", json!({})).await;
    assert_eq!(next(&mut scene.ada).await, is("bob", "around"));
    let gone = (vec![], vec![json!(scene.ids[1])]);
    bob.ok("presence.set", json!({ "choice": "offline" })).await;
    assert_eq!(next(&mut scene.ada).await, gone);
    bob.ok("presence.set", json!({})).await;
    assert_eq!(next(&mut scene.ada).await, is("bob", "around"));
    let shows = |presence: &str| {
        [("typing", "true"), ("read_receipts", "true"), ("presence", presence), ("focus_totals", "true")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    for (presence, then) in [("false", gone), ("true", is("bob", "around"))] {
        let fields = shows(presence);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = scene.bob.ask("account.set_privacy", &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(next(&mut scene.ada).await, then);
    }
    // A choice of before counts from the first word of a device on.
    bob.ok("presence.set", json!({ "choice": "offline" })).await;
    assert_eq!(next(&mut scene.ada).await, (vec![], vec![json!(scene.ids[1])]));
    let Scene { house, owner, bob, ada, cleo, .. } = scene;
    drop((ada, cleo));
    let house = house.restart(Duration::minutes(5)).await;
    let (mut ada, mut desk) = (Socket::open(&house, &owner).await, Socket::open(&house, &bob).await);
    ada.join("presence", None).await;
    desk.ok("presence.beat", json!({})).await;
    nobody(&mut ada).await;
}

#[tokio::test]
async fn other_doors_hear_the_same() {
    let scene = scene().await;
    let mut stomp = Stomp::open(&scene.house, "ada@example.org").await;
    stomp.subscribe("1", "/topic/presence", "").await;
    let mut io = SocketIo::open(&scene.house, "/", "ada@example.org").await;
    assert_eq!(io.emit("join-room", &json!("presence")).await["success"], json!(true));
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    bob.ok("presence.beat", json!({})).await;
    let told = stomp.message("STATUS_UPDATE").await.json();
    assert_eq!((&told["senderId"], &told["payload"]["status"]), (&json!(scene.ids[1]), &json!("ONLINE")));
    let told = io.event("user_status").await;
    let status = [&told["userId"], &told["status"], &told["roomId"]];
    assert_eq!(status, [&json!(scene.ids[1]), &json!("around"), &json!("presence")]);
}
