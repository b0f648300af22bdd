//! The SQL of what is noted and not told yet.

use focushive::{
    Moment,
    id::{NotificationId, UserId},
};
use sqlx::{PgConnection, PgExecutor, query};
use uuid::Uuid;

use super::{Due, Waiting};
use crate::{notification::store::Told, topic::stored};

/// In the order in which it happened. What a later version of this program wrote is left to it.
pub async fn due(db: impl PgExecutor<'_>, user: UserId, now: Moment, limit: i64) -> sqlx::Result<Due> {
    let rows = query!(
        r#"select n.id as "id: NotificationId", n.what, n.at as "at: Moment", n.due_at as "due_at: Moment", n.held,
                  coalesce(hm.read_to >= n.message, false) and n.kind <> 'reminder' as "is_read!",
                  (n.message is not null and (hm.user_id is null or m.deleted_at is not null)) as "is_gone!"
           from notification n
           left join hive_member hm on hm.hive_id = n.hive_id and hm.user_id = n.user_id
           left join message m on m.hive_id = n.hive_id and m.seq = n.message
           where n.user_id = $1 and n.seq is null and n.due_at <= $2
           order by n.at, n.id limit $3"#,
        user as UserId,
        now as Moment,
        limit,
    )
    .fetch_all(db)
    .await?;
    let mut due = Due { waiting: Vec::new(), strange: Vec::new() };
    for row in rows {
        let (id, at, due_at, held) = (row.id, row.at, row.due_at, row.held);
        match serde_json::from_str(&row.what) {
            Ok(what) => {
                due.waiting.push(Waiting { id, what, at, due_at, held, is_read: row.is_read, is_gone: row.is_gone });
            }
            Err(_) => due.strange.push(id.0),
        }
    }
    Ok(due)
}

/// Lets some be until then.
pub async fn put_off(db: impl PgExecutor<'_>, ids: &[Uuid], until: Moment) -> sqlx::Result<()> {
    if !ids.is_empty() {
        query!("update notification set due_at = $2 where id = any($1)", ids, until as Moment).execute(db).await?;
    }
    Ok(())
}

/// Withholds what is due, for as long as it is quiet.
pub async fn hold(db: impl PgExecutor<'_>, user: UserId, now: Moment, until: Moment) -> sqlx::Result<()> {
    query!(
        "update notification set held = true, due_at = $3 where user_id = $1 and seq is null and due_at <= $2",
        user as UserId,
        now as Moment,
        until as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is withheld is looked at anew.
pub async fn unhold(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<()> {
    query!(
        "update notification set due_at = $2 where user_id = $1 and seq is null and held",
        user as UserId,
        now as Moment
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn drop_all(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<()> {
    if !ids.is_empty() {
        query!("delete from notification where id = any($1)", ids).execute(db).await?;
    }
    Ok(())
}

/// Writes down that they are told, and the first try to bring it to them.
pub async fn told(db: &mut PgConnection, news: &[Told], now: Moment) -> sqlx::Result<()> {
    let of = |told: &Told| told.new.notification.id.0;
    let ids: Vec<Uuid> = news.iter().map(of).collect();
    let seqs: Vec<i64> = news.iter().map(|told| stored(told.new.notification.seq)).collect();
    let levels: Vec<String> = news.iter().map(|told| told.new.notification.level.as_str().to_owned()).collect();
    let rules: Vec<String> = news.iter().map(|told| told.new.notification.rule.as_str().to_owned()).collect();
    let read: Vec<Option<Moment>> = news.iter().map(|told| told.new.notification.read_at).collect();
    let aloud: Vec<bool> = news.iter().map(|told| told.new.aloud && told.heard).collect();
    let arrived: Vec<Option<Moment>> = news.iter().map(|told| told.heard.then_some(now)).collect();
    query!(
        r#"with told as (
               select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::bool[],
                                    $7::timestamptz[])
               as told (id, seq, level, rule, read_at, aloud, arrived_at)
           ), marked as (
               update notification n
               set seq = told.seq, level = told.level, rule = told.rule, read_at = told.read_at, told_at = $8, held = false
               from told where told.id = n.id
           )
           insert into notification_delivery (notification_id, channel, attempt, tried_at, delivered_at, aloud)
           select id, 'in_app', 1, $8, arrived_at, aloud from told"#,
        &ids,
        &seqs,
        &levels,
        &rules,
        &read as &[Option<Moment>],
        &aloud,
        &arrived as &[Option<Moment>],
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}
