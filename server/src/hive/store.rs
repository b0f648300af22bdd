//! The SQL of hives and of who belongs to them.

use focushive::{
    Moment,
    hive::{Access, Create, Hive, MOST_LISTED, Member, Membership, Rank, Rules, Set},
    id::{AvatarId, HiveId, UserId},
    text::{Goal, Handle, HiveName, Name, Purpose, RulesText, StatusText},
    user::{Person, Status},
};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

/// A hive, and what somebody is in it.
pub struct Found {
    pub hive: Hive,
    pub me: Option<Membership>,
    pub members: u32,
    pub banned_until: Option<Moment>,
}

struct Row {
    id: HiveId,
    name: HiveName,
    purpose: Option<Purpose>,
    access: Access,
    seats: Option<i16>,
    slow_seconds: i16,
    rules: Option<RulesText>,
    rules_version: i32,
    archived: bool,
    pair: bool,
    rank: Option<Rank>,
    muted_until: Option<Moment>,
    rules_seen: Option<i32>,
    goal: Option<Goal>,
    offered: bool,
    members: i64,
    banned_until: Option<Moment>,
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        let version = u32::try_from(row.rules_version).unwrap_or_default();
        Self {
            hive: Hive {
                id: row.id,
                name: row.name,
                purpose: row.purpose,
                access: row.access,
                seats: row.seats.and_then(|seats| u16::try_from(seats).ok()),
                slow_seconds: u16::try_from(row.slow_seconds).unwrap_or_default(),
                rules: row.rules.map(|text| Rules { version, text }),
                archived: row.archived,
                pair: row.pair,
            },
            me: row.rank.map(|rank| Membership {
                rank,
                muted_until: row.muted_until,
                rules_seen: row.rules_seen.and_then(|seen| u32::try_from(seen).ok()).unwrap_or_default(),
                goal: row.goal,
                offered: row.offered,
            }),
            members: u32::try_from(row.members).unwrap_or(u32::MAX),
            banned_until: row.banned_until,
        }
    }
}

/// One hive, as somebody stands to it.
pub async fn find(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Option<Found>> {
    let row = sqlx::query_as!(
        Row,
        r#"select h.id as "id: HiveId", coalesce(other.name, h.name) as "name!: HiveName", h.pair is not null as "pair!",
                  h.purpose as "purpose: Purpose",
                  h.access as "access: Access", h.seats, h.slow_seconds, h.rules as "rules: RulesText", h.rules_version,
                  h.archived_at is not null as "archived!", m.rank as "rank?: Rank",
                  m.muted_until as "muted_until: Moment", m.rules_seen as "rules_seen?", m.goal as "goal?: Goal",
                  exists (select from hive_handover where hive_id = h.id and offered_to = $2) as "offered!",
                  (select count(*) from hive_member where hive_id = h.id) as "members!",
                  b.until as "banned_until?: Moment"
           from hive h
           left join lateral (select u.name from hive_member o join "user" u on u.id = o.user_id
                              where h.pair is not null and o.hive_id = h.id and o.user_id <> $2 limit 1) other on true
           left join hive_member m on m.hive_id = h.id and m.user_id = $2
           left join hive_ban b on b.hive_id = h.id and b.user_id = $2
           where h.id = $1"#,
        hive as HiveId,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Found::from))
}

/// How somebody stands to a hive: what it takes to know what they may there.
#[derive(Clone)]
pub struct Standing {
    pub hive: HiveId,
    pub user: UserId,
    pub name: HiveName,
    pub access: Access,
    pub archived: bool,
    pub rank: Option<Rank>,
    pub muted_until: Option<Moment>,
    pub banned_until: Option<Moment>,
}

/// The same for each of these, where there is the hive.
pub async fn standings(db: impl PgExecutor<'_>, hives: &[Uuid], users: &[Uuid]) -> sqlx::Result<Vec<Standing>> {
    sqlx::query_as!(
        Standing,
        r#"select h.id as "hive: HiveId", w.user_id as "user!: UserId", h.name as "name: HiveName",
                  h.access as "access: Access", h.archived_at is not null as "archived!", m.rank as "rank?: Rank",
                  m.muted_until as "muted_until?: Moment", b.until as "banned_until?: Moment"
           from unnest($1::uuid[], $2::uuid[]) as w (hive_id, user_id)
           join hive h on h.id = w.hive_id
           left join lateral (select * from hive_member m where m.hive_id = h.id and m.user_id = w.user_id limit 1) m
             on true
           left join lateral (select * from hive_ban b where b.hive_id = h.id and b.user_id = w.user_id limit 1) b
             on true"#,
        hives,
        users,
    )
    .fetch_all(db)
    .await
}

/// Every hive somebody can see: their own first, the archived ones last.
pub async fn visible(
    db: impl PgExecutor<'_>,
    user: UserId,
    find: Option<&str>,
    now: Moment,
) -> sqlx::Result<Vec<Found>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select h.id as "id: HiveId", coalesce(other.name, h.name) as "name!: HiveName", h.pair is not null as "pair!",
                  h.purpose as "purpose: Purpose",
                  h.access as "access: Access", h.seats, h.slow_seconds, h.rules as "rules: RulesText", h.rules_version,
                  h.archived_at is not null as "archived!", m.rank as "rank?: Rank",
                  m.muted_until as "muted_until: Moment", m.rules_seen as "rules_seen?", m.goal as "goal?: Goal",
                  exists (select from hive_handover where hive_id = h.id and offered_to = $1) as "offered!",
                  (select count(*) from hive_member where hive_id = h.id) as "members!",
                  b.until as "banned_until?: Moment"
           from hive h
           left join lateral (select u.name from hive_member o join "user" u on u.id = o.user_id
                              where h.pair is not null and o.hive_id = h.id and o.user_id <> $1 limit 1) other on true
           left join hive_member m on m.hive_id = h.id and m.user_id = $1
           left join hive_ban b on b.hive_id = h.id and b.user_id = $1 and b.until > $2
           where (m.user_id is not null
                  or (h.access <> 'private' and h.archived_at is null and b.user_id is null))
             and ($3::text is null or position(lower($3) in lower(h.name)) > 0
                  or position(lower($3) in lower(coalesce(h.purpose, ''))) > 0)
           order by h.archived_at is not null, m.user_id is null, lower(h.name), h.id
           limit $4"#,
        user as UserId,
        now as Moment,
        find,
        i64::from(MOST_LISTED),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Found::from).collect())
}

/// Makes a hive, once for each key; the answer is its id, and whether it is new.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: HiveId,
    by: UserId,
    ask: &Create,
    now: Moment,
) -> sqlx::Result<Option<HiveId>> {
    query_scalar!(
        r#"insert into hive (id, name, purpose, access, made_by, key, created_at) values ($1, $2, $3, $4, $5, $6, $7)
           on conflict on constraint hive_key_unique do nothing
           returning id as "id: HiveId""#,
        id as HiveId,
        &ask.name as &HiveName,
        &ask.purpose as &Option<Purpose>,
        ask.access as Access,
        by as UserId,
        ask.key.0,
        now as Moment,
    )
    .fetch_optional(db)
    .await
}

/// The hive somebody made under this key.
pub async fn made(db: impl PgExecutor<'_>, by: UserId, key: Uuid) -> sqlx::Result<HiveId> {
    query_scalar!(r#"select id as "id: HiveId" from hive where made_by = $1 and key = $2"#, by as UserId, key)
        .fetch_one(db)
        .await
}

/// Nobody joins, leaves, writes in or changes a hive while somebody else does. It is the lock that
/// its messages are written under, taken first by everybody: with two of them, in two orders, those
/// who edit and those who write would wait for each other.
pub async fn lock(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<()> {
    query!("select seq from topic_head where topic = $1 for update", hive.0).fetch_optional(db).await?;
    Ok(())
}

pub async fn set(db: impl PgExecutor<'_>, ask: &Set) -> sqlx::Result<()> {
    query!(
        r#"update hive set name = $2, purpose = $3, access = $4, seats = $5, slow_seconds = $6,
                  rules_version = rules_version + case when rules is distinct from $7 then 1 else 0 end, rules = $7
           where id = $1"#,
        ask.hive as HiveId,
        &ask.name as &HiveName,
        &ask.purpose as &Option<Purpose>,
        ask.access as Access,
        ask.seats.and_then(|seats| i16::try_from(seats).ok()),
        i16::try_from(ask.slow_seconds).unwrap_or_default(),
        &ask.rules as &Option<RulesText>,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_archived(db: impl PgExecutor<'_>, hive: HiveId, at: Option<Moment>) -> sqlx::Result<()> {
    query!("update hive set archived_at = $2 where id = $1", hive as HiveId, at as Option<Moment>).execute(db).await?;
    Ok(())
}

/// False if they belong to it already.
pub async fn add_member(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    user: UserId,
    rank: Rank,
    now: Moment,
) -> sqlx::Result<bool> {
    // What was written before one came is not unread.
    let added = query!(
        r#"insert into hive_member (hive_id, user_id, rank, joined_at, read_to)
           values ($1, $2, $3, $4, coalesce((select seq from topic_head where topic = $1), 0))
           on conflict do nothing"#,
        hive as HiveId,
        user as UserId,
        rank as Rank,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(added.rows_affected() == 1)
}

pub async fn remove_member(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<()> {
    query!("delete from hive_member where hive_id = $1 and user_id = $2", hive as HiveId, user as UserId)
        .execute(db)
        .await?;
    Ok(())
}

/// Everybody who belongs to it, or one of them. A mute that is over is none.
pub async fn members(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    only: Option<UserId>,
    now: Moment,
) -> sqlx::Result<Vec<Member>> {
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle",
                  u.avatar_id as "avatar: AvatarId", m.rank as "rank: Rank",
                  case when m.muted_until > $3 then m.muted_until end as "muted_until: Moment",
                  m.joined_at as "joined_at: Moment",
                  u.status_text as "status_text: StatusText", u.status_until as "status_until: Moment"
           from hive_member m join "user" u on u.id = m.user_id
           where m.hive_id = $1 and ($2::uuid is null or m.user_id = $2)
           order by array_position(array['owner', 'host', 'member', 'guest'], m.rank), lower(u.name), u.id
           limit 1000"#,
        hive as HiveId,
        only as Option<UserId>,
        now as Moment,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Member {
            person: Person {
                id: row.id,
                name: row.name,
                handle: row.handle,
                avatar: row.avatar,
                status: row.status_text.and_then(|text| Status { text, until: row.status_until }.at(now)),
            },
            rank: row.rank,
            muted_until: row.muted_until,
            joined_at: row.joined_at,
        })
        .collect())
}

/// Those of some people who may not look in: no members of a hive that is closed, or banned from it.
pub async fn strangers(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    users: &[UserId],
    now: Moment,
) -> sqlx::Result<Vec<UserId>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    query_scalar!(
        r#"select reader as "reader!: UserId"
           from unnest($2::uuid[]) reader join hive h on h.id = $1
           where not exists (select from hive_member where hive_id = h.id and user_id = reader)
             and (h.access <> 'public'
                  or exists (select from hive_ban where hive_id = h.id and user_id = reader and until > $3))"#,
        hive as HiveId,
        &users,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

pub async fn owners(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<i64> {
    query_scalar!(
        r#"select count(*) as "count!" from hive_member where hive_id = $1 and rank = 'owner'"#,
        hive as HiveId,
    )
    .fetch_one(db)
    .await
}

pub async fn accept_rules(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, version: u32) -> sqlx::Result<()> {
    query!(
        r#"update hive_member m set rules_seen = $3 from hive h
           where h.id = $1 and m.hive_id = $1 and m.user_id = $2 and h.rules_version = $3"#,
        hive as HiveId,
        user as UserId,
        i32::try_from(version).unwrap_or_default(),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_goal(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, goal: Option<&Goal>) -> sqlx::Result<()> {
    query!(
        "update hive_member set goal = $3 where hive_id = $1 and user_id = $2",
        hive as HiveId,
        user as UserId,
        goal as Option<&Goal>,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn name(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<Option<HiveName>> {
    query_scalar!(r#"select name as "name: HiveName" from hive where id = $1"#, hive as HiveId).fetch_optional(db).await
}
