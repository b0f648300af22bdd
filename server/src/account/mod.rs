//! One's own account: made, looked at, changed, taken along, removed.

pub mod address;
pub mod avatar;
pub mod export;
pub mod rest;
pub mod store;

use focushive::{
    Fault, Moment,
    account::{ChangePassword, Me, Privacy, Remove, SetDay, SetEnterKey, SetProfile, SetReadPolicy, SetStatus},
    auth::{self as rules, SignUp},
    caller::Member,
    id::UserId,
    notification::What,
    text::{Email, Handle, Name},
    user::{Role, Status},
};
use sqlx::{PgConnection, PgPool};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    auth,
    failure::Failure,
    notification::{
        self,
        note::{Note, note},
        summary,
    },
    services::Services,
    together::Together,
};

/// Makes an account within the caller's transaction.
pub async fn create(
    tx: &mut PgConnection,
    sign_up: &SignUp,
    password_hash: &str,
    role: Role,
    now: Moment,
) -> Result<UserId, Failure> {
    let user = UserId(Uuid::now_v7());
    let handle = free_handle(tx, &sign_up.name, &sign_up.email, user).await?;
    let new = store::NewUser { id: user, sign_up, handle: &handle, password_hash, role, now };
    store::insert(&mut *tx, new).await?;
    Ok(user)
}

/// A handle made from the name, or from the address, or from the id if both are taken.
async fn free_handle(tx: &mut PgConnection, name: &Name, email: &Email, user: UserId) -> Result<Handle, Failure> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let tail: String = user.to_string().chars().rev().take(6).collect();
    let wishes =
        [slug(name.as_str()), slug(local), format!("{}-{tail}", slug(name.as_str())), format!("person-{tail}")];
    for wish in wishes {
        if let Ok(handle) = Handle::parse(&wish)
            && !handle.is_everybodys()
            && !store::handle_taken(&mut *tx, &handle).await?
        {
            return Ok(handle);
        }
    }
    Err(Failure::internal("no handle is free"))
}

fn slug(text: &str) -> String {
    let plain: String = text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(20).collect()
}

/// The account as its owner sees it now.
/// Who somebody is, looked up together.
pub fn people(db: &PgPool, tasks: &TaskTracker) -> Together<UserId, Me> {
    let db = db.clone();
    Together::start(tasks, move |users: Vec<UserId>| {
        let db = db.clone();
        async move {
            let users: Vec<Uuid> = users.iter().map(|user| user.0).collect();
            let found = store::people(&db, &users).await?;
            Ok(found.into_iter().map(|me| (me.id, me)).collect())
        }
    })
}

pub async fn look_up(services: &Services, user: UserId) -> Result<Me, Failure> {
    let mut me = services.people.find(user).await?.ok_or(Fault::SignedOut)?;
    me.status = me.status.and_then(|status| status.at(services.clock.now()));
    Ok(me)
}

pub async fn set_profile(services: &Services, member: Member, ask: SetProfile) -> Result<(), Failure> {
    if ask.handle.is_everybodys() {
        return Err(Fault::field("handle", "this one calls everybody: choose another").into());
    }
    store::set_profile(&services.db, member.id, &ask.name, &ask.handle).await?;
    services.presence.look_again(member.id);
    Ok(())
}

pub async fn set_status(services: &Services, member: Member, ask: SetStatus) -> Result<(), Failure> {
    let until = ask.lasts.until(services.clock.now());
    let status = ask.text.map(|text| Status { text, until });
    Ok(store::set_status(&services.db, member.id, status.as_ref()).await?)
}

pub async fn set_day(services: &Services, member: Member, ask: SetDay) -> Result<(), Failure> {
    if jiff::tz::TimeZone::get(ask.zone.as_str()).is_err() {
        return Err(Fault::field("zone", "there is no such time zone").into());
    }
    store::set_day(&services.db, member.id, &ask.zone, ask.day_end).await?;
    // Quiet hours and summaries are by the clock on the wall, and that is another now.
    summary::move_to(services, member.id, &ask.zone).await?;
    notification::look_again(services, member.id).await
}

pub async fn set_privacy(services: &Services, member: Member, ask: Privacy) -> Result<(), Failure> {
    store::set_privacy(&services.db, member.id, ask).await?;
    services.hub.show_typing(member.id, ask.typing);
    services.presence.set_shown(member.id, ask.presence);
    Ok(())
}

pub async fn set_read_policy(services: &Services, member: Member, ask: SetReadPolicy) -> Result<(), Failure> {
    Ok(store::set_read_policy(&services.db, member.id, ask.policy).await?)
}

pub async fn set_enter_key(services: &Services, member: Member, ask: SetEnterKey) -> Result<(), Failure> {
    Ok(store::set_enter_key(&services.db, member.id, ask.key).await?)
}

/// A new password ends every other sign-in.
pub async fn change_password(services: &Services, member: Member, ask: ChangePassword) -> Result<(), Failure> {
    let me = look_up(services, member.id).await?;
    confirm(services, member, "current", &ask.current).await?;
    if rules::too_easy(&ask.new, &me.email) {
        return Err(Fault::field("new", rules::TOO_EASY).into());
    }
    let hash = services.hasher.hash(ask.new).await?;
    let mut tx = services.db.begin().await?;
    auth::store::set_password(&mut *tx, member.id, &hash).await?;
    auth::store::end_sessions(&mut *tx, member.id, Some(member.session)).await?;
    let at = services.clock.now();
    let source = format!("password:{at}");
    note(&mut tx, &[Note { user: member.id, what: What::PasswordChanged, at, due_at: at, source }]).await?;
    tx.commit().await?;
    services.teller.ring();
    auth::sessions_ended(services, member.id, Some(member.session));
    Ok(())
}

/// Removes the account: nobody can sign in to it again, and what it wrote stays without a name.
pub async fn remove(services: &Services, member: Member, ask: Remove) -> Result<(), Failure> {
    let me = look_up(services, member.id).await?;
    if ask.handle != me.handle {
        return Err(Fault::field("handle", format!("type {} to confirm", me.handle)).into());
    }
    confirm(services, member, "password", &ask.password).await?;
    let mut tx = services.db.begin().await?;
    store::lock_owners(&mut *tx).await?;
    if me.role == Role::Owner && store::other_owners(&mut *tx, member.id).await? == 0 {
        let message = "you are the only owner: make somebody else owner first";
        return Err(Fault::conflict(message).into());
    }
    store::anonymise(&mut tx, member.id, services.clock.now()).await?;
    tx.commit().await?;
    auth::sessions_ended(services, member.id, None);
    tracing::info!(user.id = %member.id, "an account was removed by its owner");
    Ok(())
}

async fn confirm(
    services: &Services,
    member: Member,
    field: &str,
    password: &focushive::text::Password,
) -> Result<(), Failure> {
    match auth::confirm_password(services, member.id, password.as_str().to_owned()).await {
        Err(Failure::Fault(Fault::WrongCredentials)) => Err(Fault::field(field, "this is not your password").into()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_handle() {
        assert_eq!(slug("Ada King  Lovelace"), "ada-king-lovelace");
        assert_eq!(slug("李小龍"), "");
        assert_eq!(slug("O’Neil <b>"), "o-neil-b");
    }
}
