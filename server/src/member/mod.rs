//! Looking after people: who they are, what they may do, and whether they may come in.

pub mod rest;
pub mod store;

use focushive::{
    Fault, caller,
    id::{SectorId, UserId},
    member::{List, PAGE, Page},
    notification::{Actor, What},
    protocol::{Event, Topic, event::RoleChanged},
    user::Role,
};
use sqlx::PgConnection;

use crate::{
    account,
    audit::{self, Entry},
    auth,
    failure::Failure,
    notification::note::{Note, note},
    services::Services,
    topic,
};

pub async fn list(services: &Services, ask: List) -> Result<Page, Failure> {
    let find = ask.find.as_deref().map(str::trim).filter(|find| !find.is_empty());
    let now = services.clock.now();
    let mut members = store::page(&services.db, ask.after.as_deref(), find, i64::from(PAGE) + 1, now).await?;
    let total = store::count(&services.db, find).await?;
    let more = members.len() > usize::from(PAGE);
    members.truncate(PAGE.into());
    let next = members.last().filter(|_| more).map(|last| last.person.handle.to_string());
    Ok(Page { members, total, next })
}

/// Hands somebody a role. The last owner keeps theirs.
pub async fn set_role(services: &Services, by: caller::Member, user: UserId, role: Role) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    account::store::lock_owners(&mut *tx).await?;
    let before = store::lock_role(&mut *tx, user).await?.ok_or(Fault::NotFound)?;
    by.role.may_hand(before, role)?;
    if before == Role::Owner && role != Role::Owner && account::store::other_owners(&mut *tx, user).await? == 0 {
        return Err(Fault::conflict("a house needs an owner: make somebody else owner first").into());
    }
    store::set_role(&mut *tx, user, role).await?;
    if before != role && user != by.id {
        note_role(services, &mut tx, by, user, role).await?;
    }
    audit::note(&mut *tx, Entry::new(by.id, "role changed").about(user).change(before.as_str(), role.as_str())).await?;
    let event = Event::RoleChanged(RoleChanged { role });
    let told = topic::append(&mut tx, Topic::User(user), services.clock.now(), &[event]).await?;
    tx.commit().await?;
    services.hub.publish(told);
    services.teller.ring();
    // Each socket carries its person's role: they come back with the new one.
    services.hub.reconnect(user);
    Ok(())
}

async fn note_role(
    services: &Services,
    db: &mut PgConnection,
    by: caller::Member,
    user: UserId,
    role: Role,
) -> Result<(), Failure> {
    let at = services.clock.now();
    let actor = Actor { id: by.id, name: account::look_up(services, by.id).await?.name };
    let (what, source) = (What::Role { by: actor, role }, format!("role:{at}"));
    note(db, &[Note { user, what, at, due_at: at, source }]).await
}

pub async fn set_sector(
    services: &Services,
    by: caller::Member,
    user: UserId,
    sector: Option<SectorId>,
) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    store::lock_role(&mut *tx, user).await?.ok_or(Fault::NotFound)?;
    let before =
        account::store::people(&mut *tx, &[user.0]).await?.pop().and_then(|me| me.sector).map(|sector| sector.id);
    store::set_sector(&mut *tx, user, sector).await?;
    audit::note(&mut *tx, Entry::new(by.id, "sector changed").about(user)).await?;
    tx.commit().await?;
    if before != sector {
        // What is said to one sector is not for another's people.
        services.hub.reconnect(user);
    }
    Ok(())
}

/// Shuts somebody out: no sign-in works, and every one there is ends at once.
pub async fn suspend(services: &Services, by: caller::Member, user: UserId) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    account::store::lock_owners(&mut *tx).await?;
    below(by, store::lock_role(&mut *tx, user).await?, user)?;
    store::set_active(&mut *tx, user, false).await?;
    auth::store::end_sessions(&mut *tx, user, None).await?;
    audit::note(&mut *tx, Entry::new(by.id, "suspended").about(user)).await?;
    tx.commit().await?;
    auth::sessions_ended(services, user, None);
    Ok(())
}

pub async fn restore(services: &Services, by: caller::Member, user: UserId) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    below(by, store::lock_role(&mut *tx, user).await?, user)?;
    store::set_active(&mut *tx, user, true).await?;
    audit::note(&mut *tx, Entry::new(by.id, "restored").about(user)).await?;
    tx.commit().await?;
    Ok(())
}

/// Signs somebody out everywhere.
pub async fn sign_out(services: &Services, by: caller::Member, user: UserId) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    below(by, store::lock_role(&mut *tx, user).await?, user)?;
    auth::store::end_sessions(&mut *tx, user, None).await?;
    audit::note(&mut *tx, Entry::new(by.id, "signed out everywhere").about(user)).await?;
    tx.commit().await?;
    auth::sessions_ended(services, user, None);
    Ok(())
}

/// Nobody acts upon themselves here, nor upon a role that is not below their own.
fn below(by: caller::Member, role: Option<Role>, user: UserId) -> Result<(), Fault> {
    let role = role.ok_or(Fault::NotFound)?;
    if by.id == user {
        return Err(Fault::conflict("this is your own account"));
    }
    if by.role.outranks(role) { Ok(()) } else { Err(Fault::Forbidden) }
}
