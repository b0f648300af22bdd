//! The count of a bell against its rows: several devices are told, read, mark all, take back and
//! delete in an order left to chance, and after each step what every device shows is what is there.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use sqlx::query_as;
use time::Duration;
use uuid::Uuid;

use super::seeds;
use crate::harness::Hive;

const ROUNDS: u64 = 3;
const STEPS: usize = 40;

/// What is there: unread rows, and those of them that are meant for one.
async fn there(hive: &Hive, user: Uuid) -> (i64, i64) {
    query_as(
        r#"select count(*), count(*) filter (where kind not in ('hive_message', 'announcement', 'session_started'))
           from notification where user_id = $1 and seq is not null and read_at is null"#,
    )
    .bind(user)
    .fetch_one(&hive.house.services.db)
    .await
    .unwrap()
}

async fn settled(hive: &Hive) {
    hive.house.pass(Duration::seconds(6));
    for _ in 0..300 {
        let due: i64 = sqlx::query_scalar("select count(*) from notification where seq is null and due_at <= $1")
            .bind(hive.now().0)
            .fetch_one(&hive.house.services.db)
            .await
            .unwrap();
        if due == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("somebody is not told");
}

struct Play {
    hive: Hive,
    dice: StdRng,
    written: Vec<u64>,
    keys: Vec<Uuid>,
    shown: Vec<Value>,
}

impl Play {
    async fn step(&mut self) {
        let hive = &mut self.hive;
        match self.dice.random_range(0..7) {
            0 | 1 => {
                let body = if self.dice.random_bool(0.7) { "@ada look" } else { "nothing for anybody" };
                let sent = hive.ok(1, "chat.send", json!({ "key": Uuid::new_v4(), "body": body })).await;
                self.written.push(sent["seq"].as_u64().unwrap());
                settled(hive).await;
            }
            2 => {
                let some: Vec<&Value> = self.shown.iter().filter(|_| self.dice.random_bool(0.3)).collect();
                hive.sockets[0].ok("notification.read", json!({ "notifications": some })).await;
            }
            3 => {
                let key = Uuid::new_v4();
                let to = self.dice.random_range(0..40);
                hive.sockets[0].ok("notification.read_all", json!({ "to": to, "key": key })).await;
                self.keys.push(key);
            }
            4 => {
                if let Some(key) = self.keys.pop() {
                    hive.sockets[0].ask("notification.undo_read", json!({ "key": key })).await;
                }
            }
            5 => {
                if let Some(message) = self.written.pop() {
                    hive.ok(1, "chat.delete", json!({ "message": message })).await;
                }
            }
            _ => {
                if let Some(to) = self.written.last() {
                    hive.ok(0, "chat.read", json!({ "to": to, "revision": 0 })).await;
                }
            }
        }
        let page = self.hive.sockets[0].ok("notification.list", json!({ "limit": 100 })).await;
        self.shown = page["rows"].as_array().unwrap().iter().map(|row| row["notification"]["id"].clone()).collect();
    }
}

#[tokio::test]
async fn the_count_is_that_of_the_unread_rows_whatever_is_done() {
    for seed in seeds("bell", ROUNDS) {
        let mut hive = Hive::of(&["Bob"]).await;
        let ada: Uuid = hive.sockets[0].id().await.parse().unwrap();
        let choice = json!({ "kind": "hive_message", "level": "in_bell" });
        hive.sockets[0].ok("notification.choose", choice).await;
        let dice = StdRng::seed_from_u64(seed);
        let mut play = Play { hive, dice, written: Vec::new(), keys: Vec::new(), shown: Vec::new() };
        for _ in 0..STEPS {
            play.step().await;
            let told = play.hive.sockets[0].ok("notification.bell", json!({})).await;
            let (unread, attention) = there(&play.hive, ada).await;
            assert_eq!(told["count"], json!({ "unread": unread, "attention": attention }), "seed {seed}");
            let heard = play.hive.sockets[0].rest().await;
            if let Some(last) = heard.iter().rev().find(|frame| frame["event"] == json!("notification.count")) {
                assert_eq!(last["data"], told["count"], "seed {seed}");
            }
        }
        play.hive.close().await;
    }
}
