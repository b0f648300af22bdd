//! What the owner decides for the house, and whether there is a house yet.

pub mod rest;
pub mod store;

use focushive::{Fault, caller::Member, setting::Settings};

use crate::{
    audit::{self, Entry},
    failure::Failure,
    seen,
    services::Services,
};

/// Whether the house has its owner.
pub async fn is_set_up(services: &Services) -> Result<bool, Failure> {
    Ok(store::settings(&services.db).await?.is_some())
}

pub async fn look(services: &Services) -> Result<Settings, Failure> {
    Ok(store::settings(&services.db).await?.ok_or(Fault::NotFound)?)
}

pub async fn set(services: &Services, by: Member, ask: Settings) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    let before = store::lock(&mut *tx).await?.ok_or(Fault::NotFound)?;
    seen::unchanged(by, &before)?;
    store::set(&mut *tx, &ask).await?;
    let text = |s: &Settings| format!("{}, registration {:?}", s.house, s.registration);
    audit::note(&mut *tx, Entry::new(by.id, "settings changed").change(text(&before), text(&ask))).await?;
    tx.commit().await?;
    Ok(())
}
