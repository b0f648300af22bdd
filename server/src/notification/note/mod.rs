//! Noting what somebody is to be told of, in the transaction of what happened: it is kept with it,
//! or not at all. After commit the teller is rung.

mod store;

use std::collections::HashMap;

use focushive::{
    Moment,
    chat::Message,
    id::{HiveId, UserId},
    notification::{Actor, HOLD_BACK, Place, Said, What},
    text::HiveName,
};
use sqlx::PgConnection;

use crate::failure::Failure;

pub struct Note {
    pub user: UserId,
    pub what: What,
    pub at: Moment,
    /// When it may be told at the earliest.
    pub due_at: Moment,
    /// What it comes from; the same is told to the same person once.
    pub source: String,
}

pub async fn note(db: &mut PgConnection, notes: &[Note]) -> Result<(), Failure> {
    if notes.is_empty() {
        return Ok(());
    }
    Ok(store::insert(db, notes).await?)
}

/// A message as those see it who may be told of it.
pub struct Written<'a> {
    pub hive: HiveId,
    pub message: &'a Message,
    /// Whom it answers.
    pub answers: Option<UserId>,
}

/// Everybody who is to be told of what was written: whoever is mentioned, whoever is answered, and
/// who wants to know of every message. Nobody is told of their own.
pub async fn messages(db: &mut PgConnection, written: &[Written<'_>], now: Moment) -> Result<bool, Failure> {
    let mut named = store::Named::default();
    for (n, one) in (1..).zip(written) {
        for user in &one.message.mentions {
            named.add(n, one.hive, *user, one.message.author.id, true);
        }
        if let Some(user) = one.answers {
            named.add(n, one.hive, user, one.message.author.id, false);
        }
        named.wrote(n, one.hive, one.message.author.id);
    }
    let found = store::concerned(&mut *db, &named).await?;
    if found.is_empty() {
        return Ok(false);
    }
    let mut hives: HashMap<HiveId, HiveName> = HashMap::new();
    let mut notes = Vec::with_capacity(found.len());
    for concerned in found {
        let Some(one) = usize::try_from(concerned.n - 1).ok().and_then(|n| written.get(n)) else { continue };
        let name = hives.entry(one.hive).or_insert(concerned.hive_name).clone();
        let said = Said {
            by: Actor { id: one.message.author.id, name: one.message.author.name.clone() },
            hive: Place { id: one.hive, name },
            message: one.message.seq,
        };
        let what = match concerned.why.as_str() {
            "mention" => What::Mention(said),
            "reply" => What::Reply(said),
            "direct" => What::Direct(said),
            _ => What::HiveMessage(said),
        };
        let source = format!("chat:{}:{}", one.hive, one.message.seq);
        notes.push(Note { user: concerned.user, what, at: one.message.at, due_at: now.after(HOLD_BACK), source });
    }
    note(db, &notes).await?;
    Ok(true)
}
