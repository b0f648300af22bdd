//! The SQL of reading what was written. Writing many messages at once is in `writer/store.rs`.

use focushive::{
    Moment,
    chat::{Message, Place, Quote, Version},
    id::{AvatarId, HiveId, Key, MessageId, UserId},
    text::{Body, Emoji, Handle, Name},
    user::Person,
};
use sqlx::{PgConnection, PgExecutor, query, query_as};
use uuid::Uuid;

use crate::topic::{number, stored};

struct Row {
    seq: i64,
    id: MessageId,
    key: Key,
    author: UserId,
    name: Name,
    handle: Handle,
    avatar: Option<AvatarId>,
    body: Body,
    html: String,
    at: Moment,
    edited_at: Option<Moment>,
    pinned: bool,
    mentions: Vec<UserId>,
    reply_to: Option<i64>,
    reply_name: Option<String>,
    reply_body: Option<Body>,
}

impl From<Row> for Message {
    fn from(row: Row) -> Self {
        let quote = |seq| Quote {
            seq: number(seq),
            name: row.reply_name.unwrap_or_default(),
            excerpt: row.reply_body.map(|body| body.excerpt()).unwrap_or_default(),
        };
        Self {
            seq: number(row.seq),
            id: row.id,
            key: row.key,
            author: Person { id: row.author, name: row.name, handle: row.handle, avatar: row.avatar, status: None },
            body: row.body,
            html: row.html,
            at: row.at,
            edited_at: row.edited_at,
            reply: row.reply_to.map(quote),
            mentions: row.mentions,
            reactions: Vec::new(),
            pinned: row.pinned,
        }
    }
}

/// Which messages: those after and before some numbers, from one end, or the pinned ones.
struct Span {
    after: i64,
    before: i64,
    newest_first: bool,
    pinned_only: bool,
    limit: i64,
}

/// A window of messages in order, and whether there are earlier and later ones.
pub struct Window {
    pub messages: Vec<Message>,
    pub earlier: bool,
    pub later: bool,
}

pub async fn window(db: &mut PgConnection, hive: HiveId, place: Option<Place>, limit: u16) -> sqlx::Result<Window> {
    let most = usize::from(limit);
    Ok(match place {
        None => cut(before(db, hive, i64::MAX, limit).await?, most, false),
        Some(Place::Before(seq)) => cut(before(db, hive, stored(seq), limit).await?, most, true),
        Some(Place::After(seq)) => {
            let mut messages = after(db, hive, stored(seq), limit).await?;
            let later = messages.len() > most;
            messages.truncate(most);
            Window { messages, earlier: true, later }
        }
        Some(Place::Around(seq)) => {
            let half = limit / 2;
            // The one in the middle is there however narrow the window is.
            let first = limit - half;
            let up_to = cut(before(db, hive, stored(seq.saturating_add(1)), first).await?, first.into(), true);
            let mut onward = after(db, hive, stored(seq), half).await?;
            let later = onward.len() > usize::from(half);
            onward.truncate(half.into());
            Window { messages: up_to.messages.into_iter().chain(onward).collect(), earlier: up_to.earlier, later }
        }
    })
}

/// Turns a span that was read from its end into a window.
fn cut(mut newest_first: Vec<Message>, most: usize, later: bool) -> Window {
    let earlier = newest_first.len() > most;
    newest_first.truncate(most);
    newest_first.reverse();
    Window { messages: newest_first, earlier, later }
}

async fn before(db: &mut PgConnection, hive: HiveId, seq: i64, limit: u16) -> sqlx::Result<Vec<Message>> {
    let span = Span { after: 0, before: seq, newest_first: true, pinned_only: false, limit: i64::from(limit) + 1 };
    span_of(db, hive, span).await
}

async fn after(db: &mut PgConnection, hive: HiveId, seq: i64, limit: u16) -> sqlx::Result<Vec<Message>> {
    let span =
        Span { after: seq, before: i64::MAX, newest_first: false, pinned_only: false, limit: i64::from(limit) + 1 };
    span_of(db, hive, span).await
}

pub async fn pinned(db: &mut PgConnection, hive: HiveId) -> sqlx::Result<Vec<Message>> {
    let span = Span { after: 0, before: i64::MAX, newest_first: true, pinned_only: true, limit: 100 };
    span_of(db, hive, span).await
}

pub async fn one(db: &mut PgConnection, hive: HiveId, seq: u64) -> sqlx::Result<Option<Message>> {
    let (after, before) = (stored(seq) - 1, stored(seq) + 1);
    let span = Span { after, before, newest_first: false, pinned_only: false, limit: 1 };
    Ok(span_of(db, hive, span).await?.pop())
}

async fn span_of(db: &mut PgConnection, hive: HiveId, span: Span) -> sqlx::Result<Vec<Message>> {
    // Both orders are walks along the primary key, and the pinned ones, the last hundred to be pinned,
    // have an index of their own; the planner sees which one is asked for.
    let rows = query_as!(
        Row,
        r#"select m.seq as "seq!", m.id as "id!: MessageId", m.key as "key!: Key", u.id as "author!: UserId",
                  u.name as "name!: Name", u.handle as "handle!: Handle", u.avatar_id as "avatar: AvatarId",
                  m.body as "body!: Body", m.html as "html!", m.at as "at!: Moment", m.edited_at as "edited_at: Moment",
                  m.pinned_at is not null as "pinned!", m.mentions as "mentions!: Vec<UserId>", m.reply_to,
                  ru.name as "reply_name?", r.body as "reply_body?: Body"
           from (
               (select * from message where $4 and not $6 and hive_id = $1 and seq > $2 and seq < $3
                and deleted_at is null order by hive_id desc, seq desc limit $5)
               union all
               (select * from message where $6 and hive_id = $1 and pinned_at is not null and deleted_at is null
                order by hive_id desc, pinned_at desc limit $5)
               union all
               (select * from message where not $4 and hive_id = $1 and seq > $2 and seq < $3 and deleted_at is null
                order by hive_id, seq limit $5)
           ) m
           join "user" u on u.id = m.author
           left join message r on r.hive_id = m.hive_id and r.seq = m.reply_to and r.deleted_at is null
           left join "user" ru on ru.id = r.author
           order by case when $4 then -m.seq else m.seq end"#,
        hive as HiveId,
        span.after,
        span.before,
        span.newest_first,
        span.limit,
        span.pinned_only,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut messages: Vec<Message> = rows.into_iter().map(Message::from).collect();
    add_reactions(db, hive, &mut messages).await?;
    Ok(messages)
}

async fn add_reactions(db: &mut PgConnection, hive: HiveId, messages: &mut [Message]) -> sqlx::Result<()> {
    let numbers: Vec<i64> = messages.iter().map(|message| stored(message.seq)).collect();
    let rows = query!(
        r#"select seq, emoji as "emoji: Emoji", user_id as "user: UserId" from message_reaction
           where hive_id = $1 and seq = any($2) order by at, user_id"#,
        hive as HiveId,
        &numbers,
    )
    .fetch_all(db)
    .await?;
    for row in rows {
        if let Some(message) = messages.iter_mut().find(|message| stored(message.seq) == row.seq) {
            message.react(&row.emoji, row.user);
        }
    }
    Ok(())
}

/// The members of a hive among these handles.
pub async fn mentioned(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    handles: &[Handle],
) -> sqlx::Result<Vec<(UserId, Handle)>> {
    let names: Vec<String> = handles.iter().map(|handle| handle.as_str().to_owned()).collect();
    let rows = query!(
        r#"select u.id as "id: UserId", u.handle as "handle: Handle" from "user" u
           join hive_member m on m.user_id = u.id and m.hive_id = $1 where u.handle = any($2)"#,
        hive as HiveId,
        &names,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.handle)).collect())
}

pub struct Change<'a> {
    pub hive: HiveId,
    pub message: u64,
    pub body: &'a Body,
    pub html: &'a str,
    pub mentions: &'a [UserId],
    pub now: Moment,
}

/// Keeps what it said before, and writes what it says now.
pub async fn edit(db: &mut PgConnection, change: Change<'_>) -> sqlx::Result<()> {
    let mentions: Vec<Uuid> = change.mentions.iter().map(|user| user.0).collect();
    query!(
        r#"with before as (
               insert into message_version (hive_id, seq, until, body)
               select hive_id, seq, $6, body from message where hive_id = $1 and seq = $2
           )
           update message set body = $3, html = $4, mentions = $5, edited_at = $6 where hive_id = $1 and seq = $2"#,
        change.hive as HiveId,
        stored(change.message),
        change.body as &Body,
        change.html,
        &mentions,
        change.now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// False if it is there already.
pub async fn react(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    message: u64,
    emoji: &Emoji,
    user: UserId,
) -> sqlx::Result<bool> {
    let done = query!(
        r#"insert into message_reaction (hive_id, seq, emoji, user_id, at) values ($1, $2, $3, $4, clock_timestamp())
           on conflict do nothing"#,
        hive as HiveId,
        stored(message),
        emoji as &Emoji,
        user as UserId,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if it was not there.
pub async fn unreact(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    message: u64,
    emoji: &Emoji,
    user: UserId,
) -> sqlx::Result<bool> {
    let done = query!(
        "delete from message_reaction where hive_id = $1 and seq = $2 and emoji = $3 and user_id = $4",
        hive as HiveId,
        stored(message),
        emoji as &Emoji,
        user as UserId,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_pin(db: impl PgExecutor<'_>, hive: HiveId, message: u64, at: Option<Moment>) -> sqlx::Result<()> {
    query!(
        "update message set pinned_at = $3 where hive_id = $1 and seq = $2",
        hive as HiveId,
        stored(message),
        at as Option<Moment>,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn versions(db: impl PgExecutor<'_>, hive: HiveId, message: u64) -> sqlx::Result<Vec<Version>> {
    query_as!(
        Version,
        r#"select body as "body: Body", until as "until: Moment" from message_version
           where hive_id = $1 and seq = $2 order by until desc limit 100"#,
        hive as HiveId,
        stored(message),
    )
    .fetch_all(db)
    .await
}
