//! Finding people: those one shares a hive with, and no others.

mod store;

use focushive::{
    caller::Member,
    hive::{Companion, FindPeople},
};

use crate::{failure::Failure, services::Services};

/// Nobody, where nothing is looked for.
pub async fn people(services: &Services, by: Member, ask: FindPeople) -> Result<Vec<Companion>, Failure> {
    let words = ask.find.trim().trim_start_matches('@');
    if words.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store::companions(&services.db, by.id, words, services.clock.now()).await?)
}
