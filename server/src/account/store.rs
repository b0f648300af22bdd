//! The SQL of accounts.

use focushive::{
    Moment,
    account::{Me, Privacy},
    auth::SignUp,
    chat::{EnterKey, ReadPolicy},
    day::DayEnd,
    id::{AvatarId, SectorId, UserId},
    presence::Choice,
    text::{Email, Handle, Name, SectorName, StatusText, Zone},
    user::{Role, Sector, Status},
};
use sqlx::{PgConnection, PgExecutor, query, query_scalar};
use uuid::Uuid;

pub struct NewUser<'a> {
    pub id: UserId,
    pub sign_up: &'a SignUp,
    pub handle: &'a Handle,
    pub password_hash: &'a str,
    pub role: Role,
    pub now: Moment,
}

pub async fn insert(db: impl PgExecutor<'_>, new: NewUser<'_>) -> sqlx::Result<()> {
    query!(
        r#"insert into "user" (id, email, handle, name, password_hash, role, zone, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        new.id as UserId,
        &new.sign_up.email as &Email,
        new.handle as &Handle,
        &new.sign_up.name as &Name,
        new.password_hash,
        new.role as Role,
        &new.sign_up.zone as &Zone,
        new.now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn handle_taken(db: impl PgExecutor<'_>, handle: &Handle) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from "user" where handle = $1) as "taken!""#, handle as &Handle)
        .fetch_one(db)
        .await
}

pub async fn people(db: impl PgExecutor<'_>, users: &[Uuid]) -> sqlx::Result<Vec<Me>> {
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle", u.email as "email: Email",
                  u.email_verified_at is not null as "email_verified!", u.role as "role: Role",
                  s.id as "sector_id?: SectorId", s.name as "sector_name?: SectorName",
                  u.avatar_id as "avatar: AvatarId",
                  u.status_text as "status_text: StatusText", u.status_until as "status_until: Moment",
                  u.zone as "zone: Zone", u.day_end,
                  u.send_typing, u.send_read_receipts, u.send_presence, u.send_focus_totals,
                  u.read_policy as "read_policy: ReadPolicy", u.enter_key as "enter_key: EnterKey", u.presence as "presence: Choice"
           from "user" u left join sector s on s.id = u.sector_id
           where u.id = any($1) and u.removed_at is null"#,
        users,
    )
    .fetch_all(db)
    .await?;
    let me = rows.into_iter().map(|row| Me {
        id: row.id,
        name: row.name,
        handle: row.handle,
        email: row.email,
        email_verified: row.email_verified,
        role: row.role,
        sector: row.sector_id.zip(row.sector_name).map(|(id, name)| Sector { id, name }),
        avatar: row.avatar,
        status: row.status_text.map(|text| Status { text, until: row.status_until }),
        zone: row.zone,
        day_end: u16::try_from(row.day_end).ok().and_then(|m| DayEnd::from_minutes(m).ok()).unwrap_or_default(),
        privacy: Privacy {
            typing: row.send_typing,
            read_receipts: row.send_read_receipts,
            presence: row.send_presence,
            focus_totals: row.send_focus_totals,
        },
        read_policy: row.read_policy,
        enter_key: row.enter_key,
        presence: row.presence,
    });
    Ok(me.collect())
}

pub async fn set_profile(db: impl PgExecutor<'_>, user: UserId, name: &Name, handle: &Handle) -> sqlx::Result<()> {
    query!(
        r#"update "user" set name = $2, handle = $3 where id = $1"#,
        user as UserId,
        name as &Name,
        handle as &Handle,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_status(db: impl PgExecutor<'_>, user: UserId, status: Option<&Status>) -> sqlx::Result<()> {
    query!(
        r#"update "user" set status_text = $2, status_until = $3 where id = $1"#,
        user as UserId,
        status.map(|status| &status.text) as Option<&StatusText>,
        status.and_then(|status| status.until) as Option<Moment>,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_day(db: impl PgExecutor<'_>, user: UserId, zone: &Zone, end: DayEnd) -> sqlx::Result<()> {
    query!(
        r#"update "user" set zone = $2, day_end = $3 where id = $1"#,
        user as UserId,
        zone as &Zone,
        i16::try_from(end.minutes()).unwrap_or_default(),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_privacy(db: impl PgExecutor<'_>, user: UserId, privacy: Privacy) -> sqlx::Result<()> {
    query!(
        r#"update "user" set send_typing = $2, send_read_receipts = $3, send_presence = $4, send_focus_totals = $5
           where id = $1"#,
        user as UserId,
        privacy.typing,
        privacy.read_receipts,
        privacy.presence,
        privacy.focus_totals,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_read_policy(db: impl PgExecutor<'_>, user: UserId, policy: ReadPolicy) -> sqlx::Result<()> {
    query!(r#"update "user" set read_policy = $2 where id = $1"#, user as UserId, policy as ReadPolicy)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn set_enter_key(db: impl PgExecutor<'_>, user: UserId, key: EnterKey) -> sqlx::Result<()> {
    query!(r#"update "user" set enter_key = $2 where id = $1"#, user as UserId, key as EnterKey).execute(db).await?;
    Ok(())
}

pub async fn set_avatar(tx: &mut PgConnection, user: UserId, avatar: AvatarId, image: &[u8]) -> sqlx::Result<()> {
    query!("insert into avatar (id, image) values ($1, $2)", avatar as AvatarId, image).execute(&mut *tx).await?;
    drop_avatar(&mut *tx, user).await?;
    query!(r#"update "user" set avatar_id = $2 where id = $1"#, user as UserId, avatar as AvatarId).execute(tx).await?;
    Ok(())
}

/// The picture goes; the reference to it with it.
pub async fn drop_avatar(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!(r#"delete from avatar where id = (select avatar_id from "user" where id = $1)"#, user as UserId)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn avatar(db: impl PgExecutor<'_>, avatar: AvatarId) -> sqlx::Result<Option<Vec<u8>>> {
    query_scalar!("select image from avatar where id = $1", avatar as AvatarId).fetch_optional(db).await
}

/// Changes of who is owner happen one after the other.
pub async fn lock_owners(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    query!(r#"select pg_advisory_xact_lock(hashtext('owners')) as "locked?: ()""#).fetch_one(db).await?;
    Ok(())
}

pub async fn other_owners(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<i64> {
    query_scalar!(
        r#"select count(*) as "count!" from "user" where role = 'owner' and active and removed_at is null and id <> $1"#,
        user as UserId,
    )
    .fetch_one(db)
    .await
}

/// What names or reaches the person is overwritten; ids that others refer to stay.
pub async fn anonymise(tx: &mut PgConnection, user: UserId, now: Moment) -> sqlx::Result<()> {
    drop_avatar(&mut *tx, user).await?;
    query!(
        r#"update "user" set name = 'Somebody who left', handle = 'left-' || replace(id::text, '-', ''),
               email = id::text || '@removed.invalid', password_hash = null, role = 'member', sector_id = null,
               active = false, status_text = null, status_until = null, email_verified_at = null, removed_at = $2,
               goal = null
           where id = $1"#,
        user as UserId,
        now as Moment,
    )
    .execute(&mut *tx)
    .await?;
    forget_focus(&mut *tx, user).await?;
    query!("delete from held_message where author = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from draft where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from session where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from one_time_link where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from reset_request where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from address_change where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!(
        "update invite set withdrawn_at = coalesce(withdrawn_at, $2) where made_by = $1",
        user as UserId,
        now as Moment,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// When and on what somebody focused is theirs alone, and goes with them.
async fn forget_focus(tx: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    query!("delete from timer where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from timer_lane where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from stint where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from attested where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from pull where user_id = $1", user as UserId).execute(&mut *tx).await?;
    query!("delete from signals where user_id = $1", user as UserId).execute(tx).await?;
    Ok(())
}
