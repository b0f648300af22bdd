//! What Postgres holds after a round, and that every client has the same.

use std::collections::{BTreeMap, HashMap};

use focushive::{
    chat::{History, Message, Place},
    id::{HiveId, Key},
};

use server::topic;
use sqlx::PgPool;

use super::client::Client;

pub struct Truth {
    pub head: u64,
    /// The messages as a page that is opened now gets them.
    shown: BTreeMap<u64, Message>,
    /// Every row there ever was, deleted or not.
    rows: Vec<(u64, Key)>,
}

impl Truth {
    pub async fn of(db: &PgPool, hive: HiveId) -> Self {
        let head = topic::number(topic::store::head(db, hive.0).await.unwrap());
        Self { head, shown: shown(db, hive).await, rows: rows(db, hive).await }
    }

    pub fn is_what_all_have(&self, seed: u64, clients: &[Client]) {
        let by_key: HashMap<Key, u64> = self.rows.iter().map(|(seq, key)| (*key, *seq)).collect();
        assert_eq!(by_key.len(), self.rows.len(), "round {seed}: something is there twice");
        let mut acknowledged = 0;
        for client in clients {
            for message in &client.sent {
                assert_eq!(by_key.get(&message.key), Some(&message.seq), "round {seed}: acknowledged, and not there");
            }
            assert!(client.sent.is_sorted_by_key(|message| message.seq), "round {seed}: one's own words change places");
            acknowledged += client.sent.len();
        }
        assert_eq!(acknowledged, self.rows.len(), "round {seed}: in the end everything is acknowledged");
        for client in clients {
            assert_eq!(client.heard, self.head, "round {seed}");
            for (folded, stored) in client.log.messages.values().zip(self.shown.values()) {
                assert_eq!(folded, stored, "round {seed}: what was folded is not what is stored");
            }
            assert_eq!(client.log.messages.len(), self.shown.len(), "round {seed}");
        }
        let links: u32 = clients.iter().map(|client| client.links).sum();
        eprintln!("round {seed}: {acknowledged} messages over {links} links");
    }
}

async fn shown(db: &PgPool, hive: HiveId) -> BTreeMap<u64, Message> {
    let mut db = db.acquire().await.unwrap();
    let (mut messages, mut after) = (BTreeMap::new(), 0);
    loop {
        let ask = History { hive, place: Some(Place::After(after)), limit: Some(200) };
        let page = server::chat::page(&mut db, ask).await.unwrap();
        // As it comes over the wire, where moments have milliseconds.
        let read: Vec<Message> = serde_json::from_value(serde_json::to_value(&page.messages).unwrap()).unwrap();
        messages.extend(read.into_iter().map(|message| (message.seq, message)));
        match messages.keys().next_back() {
            Some(last) if page.later => after = *last,
            _ => return messages,
        }
    }
}

async fn rows(db: &PgPool, hive: HiveId) -> Vec<(u64, Key)> {
    let rows: Vec<(i64, uuid::Uuid)> = sqlx::query_as("select seq, key from message where hive_id = $1 order by seq")
        .bind(hive.0)
        .fetch_all(db)
        .await
        .unwrap();
    rows.into_iter().map(|(seq, key)| (u64::try_from(seq).unwrap(), Key(key))).collect()
}
