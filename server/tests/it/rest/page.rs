//! Lists that go on.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::two;
use crate::harness::{Client, House};

/// Everything, page by page, by the links that the pages give.
async fn follow(client: &Client, first: &str) -> Vec<Value> {
    let (mut path, mut pages) = (first.to_owned(), Vec::new());
    loop {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let (page, link) = (answer.json(), answer.header("link").to_owned());
        assert_eq!(link.is_empty(), page["next"].is_null());
        pages.push(page);
        if link.is_empty() {
            return pages;
        }
        let (to, rel) = link.split_once('>').unwrap();
        assert_eq!(rel, "; rel=\"next\"");
        path = to.strip_prefix("</api/v1").unwrap().to_owned();
        assert!(pages.len() < 20, "it never ends");
    }
}

fn numbers(pages: &[Value]) -> Vec<u64> {
    let messages = pages.iter().flat_map(|page| page["messages"].as_array().unwrap());
    messages.map(|message| message["body"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn two_hundred_and_fifty_messages_come_each_once_back_and_forth() {
    let house = House::with(&[("FOCUSHIVE_SENDS_PER_MINUTE", "10000")]).await;
    house.owner().await;
    let ada = Client::of(&house, "ada@example.org").await;
    let hive = ada.hive("Library").await;
    for from in (0..250).step_by(50) {
        let one = |n: u64| json!({ "hive": hive, "key": uuid::Uuid::new_v4(), "body": n.to_string() });
        let messages: Vec<Value> = (from..from + 50).map(one).collect();
        assert_eq!(ada.ask(Method::POST, "/messages", json!({ "messages": messages })).await.status, 201);
    }
    let back = follow(&ada, &format!("/hives/{hive}/messages?limit=40")).await;
    assert_eq!(back.len(), 7);
    let mut seen = numbers(&back);
    seen.sort_unstable();
    assert_eq!(seen, (0..250).collect::<Vec<_>>());
    let forth = follow(&ada, &format!("/hives/{hive}/messages?after=0&limit=60")).await;
    assert_eq!(numbers(&forth), (0..250).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_that_is_at_hand_as_a_whole_comes_in_pages_too() {
    let (_house, ada, _) = two().await;
    for n in 0..7 {
        ada.hive(&format!("Hive {n}")).await;
    }
    let pages = follow(&ada, "/hives?limit=3").await;
    let sizes: Vec<usize> = pages.iter().map(|page| page["items"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    let ids: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|card| card["hive"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 7);
}

#[tokio::test]
async fn what_one_was_told_of_comes_in_pages() {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    let ada = Client::of(&house, "ada@example.org").await;
    let bob = Client::of(&house, "bob@example.org").await;
    for n in 0..5 {
        let said = json!({ "title": format!("News {n}"), "text": "something", "audience": "everybody" });
        ada.ok(Method::POST, "/announcements", said).await;
    }
    house.pass(time::Duration::seconds(6));
    for _ in 0..200 {
        if bob.look("/notifications/bell").await["count"]["unread"] == 5 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let pages = follow(&bob, "/notifications?limit=2").await;
    let told: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| page["rows"].as_array().unwrap())
        .map(|row| row["notification"]["what"]["title"].to_string())
        .collect();
    assert_eq!((pages.len(), told.len()), (3, 5));
}
