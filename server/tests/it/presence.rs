//! Who is here: seats that are taken, kept and given up, and what others see of it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{House, Person, Socket};

struct Scene {
    house: House,
    bob: Person,
    /// Watches the hive.
    ada: Socket,
    hive: String,
}

async fn scene() -> Scene {
    let (house, mut owner) = House::open().await;
    let bob = house.member(&mut owner, "Bob", "member").await;
    let mut ada = Socket::open(&house, &owner).await;
    let made = ada.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await;
    let hive = made["id"].as_str().unwrap().to_owned();
    Socket::open(&house, &bob).await.ok("hive.join", json!({ "hive": hive })).await;
    let joined = ada.join(&format!("hive/{hive}/live"), None).await;
    assert_eq!(joined["ok"]["snapshot"]["seats"], json!([]));
    Scene { house, bob, ada, hive }
}

impl Scene {
    fn hive(&self) -> Value {
        json!({ "hive": self.hive })
    }

    /// The next difference: who is there and how, and how many are gone.
    async fn next(&mut self) -> (Vec<(String, String)>, usize) {
        let told = self.ada.event("presence.changed").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let here = told["data"]["here"].as_array().unwrap().iter();
        let here = here.map(|seat| (text(&seat["person"]["handle"]), text(&seat["state"]["is"]))).collect();
        (here, told["data"]["gone"].as_array().unwrap().len())
    }
}

fn bob(state: &str) -> (Vec<(String, String)>, usize) {
    (vec![("bob".to_owned(), state.to_owned())], 0)
}

#[tokio::test]
async fn somebody_comes_and_goes_and_two_tabs_are_one_seat() {
    let mut scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.bob).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    let mut tab = Socket::open(&scene.house, &scene.bob).await;
    tab.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.ada.ok("presence.list", scene.hive()).await.as_array().unwrap().len(), 1);
    desk.ok("hive.exit", scene.hive()).await;
    tab.ok("hive.set_goal", json!({ "hive": scene.hive, "goal": "Chapter 3" })).await;
    let told = scene.ada.event("presence.changed").await;
    assert_eq!(told["data"]["here"][0]["goal"], "Chapter 3");
    assert_eq!(told["data"]["gone"], json!([]));
    tab.ok("hive.exit", scene.hive()).await;
    assert_eq!(scene.next().await, (vec![], 1));
}

#[tokio::test]
async fn a_reload_shows_nothing_and_a_lost_device_is_gone_after_its_lease() {
    let mut scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.bob).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    drop(desk);
    let mut back = Socket::open(&scene.house, &scene.bob).await;
    back.ok("hive.enter", scene.hive()).await;
    scene.house.services.clock.advance(time::Duration::seconds(70));
    back.ok("presence.beat", json!({})).await;
    scene.house.services.clock.advance(time::Duration::seconds(70));
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert!(scene.ada.rest().await.iter().all(|frame| frame["event"] != "presence.changed"));
    drop(back);
    scene.house.services.clock.advance(time::Duration::seconds(10));
    assert_eq!(scene.next().await, (vec![], 1));
}

#[tokio::test]
async fn who_closes_a_page_is_gone_sooner_than_who_is_cut_off_and_who_loads_it_anew_was_never_gone() {
    let mut scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.bob).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    desk.leave().await;
    let mut back = Socket::open(&scene.house, &scene.bob).await;
    back.ok("hive.enter", scene.hive()).await;
    scene.house.services.clock.advance(time::Duration::seconds(9));
    // What the page was before goes with it.
    back.ok("hive.exit", scene.hive()).await;
    assert_eq!(scene.next().await, (vec![], 1));
    back.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    back.leave().await;
    scene.house.services.clock.advance(time::Duration::seconds(11));
    assert_eq!(scene.next().await, (vec![], 1));
}

#[tokio::test]
async fn the_most_present_device_counts_and_a_choice_counts_more() {
    let mut scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.bob).await;
    let mut phone = Socket::open(&scene.house, &scene.bob).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    desk.ok("presence.beat", json!({ "active": false })).await;
    assert_eq!(scene.next().await, bob("away"));
    phone.ok("presence.beat", json!({ "active": true })).await;
    assert_eq!(scene.next().await, bob("around"));
    phone.ok("presence.set", json!({ "choice": "do_not_disturb" })).await;
    assert_eq!(scene.next().await, bob("do_not_disturb"));
    desk.ok("presence.beat", json!({ "active": true })).await;
    phone.ok("presence.set", json!({ "choice": "offline" })).await;
    assert_eq!(scene.next().await, (vec![], 1));
    phone.ok("presence.set", json!({})).await;
    assert_eq!(scene.next().await, bob("around"));
}

#[tokio::test]
async fn whoever_does_not_want_to_be_seen_is_not() {
    let mut scene = scene().await;
    let off = [("typing", "true"), ("read_receipts", "true"), ("presence", "false"), ("focus_totals", "false")];
    let mut bob = scene.bob.clone();
    bob.ask("account.set_privacy", &off).await;
    let mut desk = Socket::open(&scene.house, &bob).await;
    desk.ok("hive.enter", scene.hive()).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(scene.ada.ok("presence.list", scene.hive()).await, json!([]));
}

#[tokio::test]
async fn signing_out_and_being_put_out_empty_the_seat_at_once() {
    let mut scene = scene().await;
    let mut person = scene.bob.clone();
    let mut desk = Socket::open(&scene.house, &person).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    let id = person.find(&scene.house, "bob").await;
    scene.ada.ok("hive.kick", json!({ "hive": scene.hive, "user": id })).await;
    assert_eq!(scene.next().await, (vec![], 1));
    desk.ok("hive.join", scene.hive()).await;
    desk.ok("hive.enter", scene.hive()).await;
    assert_eq!(scene.next().await, bob("around"));
    person.submit("/settings", "auth.sign_out", &[]).await;
    assert_eq!(scene.next().await, (vec![], 1));
}
