//! Who wrote lately, and what was known of them then: so that what they write next is written
//! without asking first. Whether it still holds, the statement that writes looks at itself.

use std::collections::HashMap;

use focushive::{
    id::{HiveId, UserId},
    protocol::Topic,
};
use uuid::Uuid;

use super::{New, batch::Verdict, store::Known};
use crate::{
    hub::Hub,
    topic::{number, stored},
};

/// How many writers are remembered. Beyond that all are forgotten, and met again.
const MOST: usize = 4096;

#[derive(Default)]
pub struct Remembered {
    heads: HashMap<HiveId, u64>,
    writers: HashMap<(HiveId, UserId), Known>,
}

impl Remembered {
    /// The newest numbers of their hives and what is known of each, if it is known of all. Readers may
    /// have been told of something newer.
    pub fn recall(&self, news: &[New], hub: &Hub) -> Option<(HashMap<Uuid, i64>, Vec<Known>)> {
        let mut heads = HashMap::new();
        let mut known = Vec::with_capacity(news.len());
        for new in news.iter().filter(|new| new.ask.reply_to.is_none()) {
            let hive = new.ask.hive;
            let head = *self.heads.get(&hive)?;
            heads.insert(hive.0, stored(hub.told(Topic::Hive(hive)).map_or(head, |told| told.max(head))));
            known.push(self.writers.get(&(hive, new.author))?.clone());
        }
        (known.len() == news.len()).then_some((heads, known))
    }

    /// What was known of those whose words were written just now.
    pub fn keep(&mut self, news: &[New], known: Vec<Known>, verdicts: &[Verdict]) {
        if self.writers.len() + known.len() > MOST {
            *self = Self::default();
        }
        for ((new, known), verdict) in news.iter().zip(known).zip(verdicts) {
            if matches!(verdict, Verdict::Written(..)) {
                self.writers.insert((new.ask.hive, new.author), known);
            }
        }
    }

    pub fn move_on(&mut self, heads: &HashMap<Uuid, i64>) {
        self.heads.extend(heads.iter().map(|(hive, head)| (HiveId(*hive), number(*head))));
    }

    pub fn forget(&mut self, news: &[New]) {
        for new in news {
            self.heads.remove(&new.ask.hive);
            self.writers.remove(&(new.ask.hive, new.author));
        }
    }
}
