//! How loud somebody wants what: chosen for a kind, or for a kind in one hive.

mod store;

use focushive::{
    Fault,
    caller::Member,
    id::{HiveId, UserId},
    notification::{Choice, Choices, Choose, Kind, Less, ListChoices},
};
use sqlx::PgConnection;

use crate::{failure::Failure, hive, services::Services};

/// Everything somebody chose.
pub async fn of(db: &mut PgConnection, user: UserId) -> Result<Choices, Failure> {
    Ok(Choices(store::all(db, user).await?))
}

pub async fn list(services: &Services, by: Member, ask: ListChoices) -> Result<Vec<Choice>, Failure> {
    let choices = of(&mut *services.db.acquire().await?, by.id).await?;
    let kinds: &[Kind] = if ask.hive.is_some() { &Kind::OF_HIVES } else { &Kind::CHOSEN };
    let choice = |kind: &Kind| Choice {
        kind: *kind,
        chosen: choices.chosen(*kind, ask.hive),
        level: choices.level(*kind, ask.hive).0,
    };
    Ok(kinds.iter().map(choice).collect())
}

pub async fn choose(services: &Services, by: Member, ask: Choose) -> Result<(), Failure> {
    if let Some(hive) = ask.hive {
        if !Kind::OF_HIVES.contains(&ask.kind) {
            return Err(Fault::field("kind", "this one is chosen for all hives together").into());
        }
        hive::open_to(services, by, hive).await?;
    }
    Ok(store::set(&services.db, by.id, ask.hive, ask.kind, ask.level).await?)
}

/// One step quieter, for what comes from where this came.
pub async fn less(services: &Services, by: Member, ask: Less) -> Result<Choice, Failure> {
    let (kind, hive) = store::kind_of(&services.db, by.id, ask.notification).await?.ok_or(Fault::NotFound)?;
    let hive = hive.filter(|_| Kind::OF_HIVES.contains(&kind));
    let choices = of(&mut *services.db.acquire().await?, by.id).await?;
    let level = choices.level(kind, hive).0.less();
    store::set(&services.db, by.id, hive, kind, Some(level)).await?;
    Ok(Choice { kind, chosen: Some(level), level })
}

/// Members of a hive who want to be told of every such thing there.
pub async fn wanting(db: &mut PgConnection, kind: Kind, hive: HiveId) -> Result<Vec<UserId>, Failure> {
    Ok(store::wanting(db, kind, hive).await?)
}
