//! What somebody learns of a hive that is none of their business: nothing, whatever they ask.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{House, Person, Socket};

/// One of every request, as the protocol keeps them.
fn requests() -> Vec<Value> {
    let kept = include_str!("../../../src/protocol/snapshots/focushive__protocol__golden__requests.snap");
    let (_, requests) = kept.split_once("\n[").unwrap();
    serde_json::from_str(&format!("[{requests}")).unwrap()
}

/// Ada's private hive with all that is in one, and a stranger to it.
struct Scene {
    house: House,
    owner: Person,
    hive: Value,
    /// What is there, under the names by which it is asked for.
    there: Vec<(&'static str, Value)>,
}

async fn scene() -> Scene {
    let free = ["CONNECTS", "JOINS", "REACTIONS", "SENDS"].map(|what| format!("FOCUSHIVE_{what}_PER_MINUTE"));
    let free: Vec<(&str, &str)> = free.iter().map(|name| (name.as_str(), "1000000")).collect();
    let house = House::with(&free).await;
    let owner = house.owner().await;
    let mut ada = Socket::open(&house, &owner).await;
    let with = json!({ "key": Uuid::new_v4(), "name": "Den", "access": "private" });
    let hive = ada.ok("hive.create", with).await["id"].clone();
    let with = json!({ "hive": hive, "key": Uuid::new_v4(), "body": "Among us" });
    let message = ada.ok("chat.send", with).await["seq"].clone();
    let with = json!({ "hive": hive, "key": Uuid::new_v4(), "name": "Deep" });
    let rhythm = ada.ok("rhythm.save", with).await["id"].clone();
    ada.ok("hive.invite", json!({ "hive": hive, "rank": "member", "lasts": "week", "max_uses": 3 })).await;
    let invite = ada.ok("hive.invites", json!({ "hive": hive })).await[0]["id"].clone();
    let user = json!(ada.id().await);
    let there = vec![("message", message), ("rhythm", rhythm), ("invite", invite), ("user", user)];
    Scene { house, owner, hive, there }
}

impl Scene {
    /// The request, of that hive and of what is in Ada's.
    fn of(&self, hive: &Value, with: &Value) -> Value {
        let mut with = with.clone();
        let fields = with.as_object_mut().unwrap();
        for (name, value) in &self.there {
            fields.entry(*name).and_modify(|field| *field = value.clone());
        }
        fields.entry("key").and_modify(|key| *key = json!(Uuid::new_v4()));
        fields.entry("hive").and_modify(|field| *field = hive.clone());
        with
    }
}

#[tokio::test]
async fn whatever_a_stranger_asks_of_a_private_hive_is_answered_as_of_none() {
    let mut scene = scene().await;
    let bob = scene.house.member(&mut scene.owner, "Bob", "member").await;
    let about_hives: Vec<Value> =
        requests().into_iter().filter(|request| request["with"].get("hive").is_some()).collect();
    assert!(about_hives.len() > 55, "{}", about_hives.len());
    let nowhere = json!(Uuid::now_v7());
    for request in about_hives {
        let does = request["do"].as_str().unwrap();
        // Whoever is refused too often is let go.
        let mut socket = Socket::open(&scene.house, &bob).await;
        let known = socket.ask(does, scene.of(&scene.hive, &request["with"])).await;
        let unknown = socket.ask(does, scene.of(&nowhere, &request["with"])).await;
        let without_id = |mut answer: Value| {
            answer.as_object_mut().unwrap().remove("id");
            answer.to_string().replace(scene.hive.as_str().unwrap(), nowhere.as_str().unwrap())
        };
        let known = without_id(known);
        assert_eq!(known, without_id(unknown), "{does}");
        assert!(!known.contains("trace"), "{does}: {known}");
    }
    let mut socket = Socket::open(&scene.house, &bob).await;
    for topic in ["hive/{}", "hive/{}/live"] {
        let of = |hive: &Value| topic.replace("{}", hive.as_str().unwrap());
        let known = socket.join(&of(&scene.hive), Some(0)).await["fault"].clone();
        assert_eq!(known["code"], "not_found", "{topic}");
        assert_eq!(known, socket.join(&of(&nowhere), Some(0)).await["fault"]);
    }
    // Nothing of all that was done.
    let mut ada = Socket::open(&scene.house, &scene.owner).await;
    let room = ada.ok("hive.look", json!({ "hive": scene.hive })).await;
    assert_eq!((&room["hive"]["name"], &room["members"]), (&json!("Den"), &json!(1)));
    let page = ada.ok("chat.history", json!({ "hive": scene.hive })).await;
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["messages"][0]["body"]), (1, &json!("Among us")));
    assert_eq!(ada.ok("rhythm.list", json!({ "hive": scene.hive })).await[0]["name"], "Deep");
}
