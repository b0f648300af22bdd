//! What is attested of a session that is recorded already: after an outage of ours people are heard
//! again only when its phase is over. It is added, so that what a session counts is what its account says.

mod store;

use focushive::{
    Moment,
    focus::{Attested, LEAST, account, credit},
};
use sqlx::PgConnection;

use super::record;
use crate::{failure::Failure, hub::Published, presence::Stretch};

/// Until nothing is being recorded where these are.
pub async fn wait(db: &mut PgConnection, stretches: &[Stretch]) -> Result<(), Failure> {
    Ok(store::hold_clocks(db, stretches).await?)
}

/// In the transaction that writes these.
pub async fn add(db: &mut PgConnection, stretches: &[Stretch], now: Moment) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    for (stint, user) in store::touched(&mut *db, stretches).await? {
        let Some((place, over)) = super::store::phase_of(&mut *db, stint).await? else { continue };
        let heard = super::attest::store::attested(&mut *db, place, Some(user), over.span).await?;
        let attested: Vec<Attested> = heard.into_iter().map(|(_, attested)| attested).collect();
        let credited = record::seconds(credit(&account(over.span, &over.pauses, &attested)));
        if store::raise(&mut *db, stint, credited, record::seconds(LEAST)).await? {
            told.extend(record::tell(&mut *db, user, stint, now).await?);
        }
    }
    Ok(told)
}
