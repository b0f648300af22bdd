//! Departments: made, renamed, removed by admins.

pub mod rest;
pub mod store;

use focushive::{
    Fault,
    caller::Member,
    id::SectorId,
    protocol::Topic,
    sector::{Counted, Create, Remove, Rename},
};

use crate::{
    audit::{self, Entry},
    failure::Failure,
    services::Services,
};

pub async fn list(services: &Services) -> Result<Vec<Counted>, Failure> {
    Ok(store::all(&services.db).await?)
}

pub async fn create(services: &Services, by: Member, ask: Create) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    if store::insert(&mut *tx, SectorId(ask.key.0), &ask.name).await? {
        audit::note(&mut *tx, Entry::new(by.id, "sector made").change("", ask.name.as_str())).await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn rename(services: &Services, by: Member, ask: Rename) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    let before = store::lock_name(&mut *tx, ask.sector).await?.ok_or(Fault::NotFound)?;
    store::rename(&mut *tx, ask.sector, &ask.name).await?;
    audit::note(&mut *tx, Entry::new(by.id, "sector renamed").change(before.as_str(), ask.name.as_str())).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn remove(services: &Services, by: Member, ask: Remove) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    let before = store::lock_name(&mut *tx, ask.sector).await?.ok_or(Fault::NotFound)?;
    store::delete(&mut *tx, ask.sector).await?;
    audit::note(&mut *tx, Entry::new(by.id, "sector removed").change(before.as_str(), "")).await?;
    tx.commit().await?;
    let topic = Topic::Sector(ask.sector);
    services.hub.readers(topic).into_iter().for_each(|user| services.hub.evict(user, topic));
    Ok(())
}
