//! The SQL of noting what somebody is to be told of.

use focushive::{
    Moment,
    id::{HiveId, UserId},
    text::HiveName,
};
use sqlx::{PgExecutor, query, query_as};
use uuid::Uuid;

use super::Note;
use crate::{notification::store::json, topic::stored};

/// Notes for people whose account is in use; the same is noted once.
pub async fn insert(db: impl PgExecutor<'_>, notes: &[Note]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = notes.iter().map(|_| Uuid::now_v7()).collect();
    let users: Vec<Uuid> = notes.iter().map(|note| note.user.0).collect();
    let sources: Vec<&str> = notes.iter().map(|note| note.source.as_str()).collect();
    let kinds: Vec<&str> = notes.iter().map(|note| note.what.kind().as_str()).collect();
    let whats: Vec<String> = notes.iter().map(|note| json(&note.what)).collect();
    let hives: Vec<Option<Uuid>> = notes.iter().map(|note| note.what.hive().map(|hive| hive.0)).collect();
    let messages: Vec<Option<i64>> = notes.iter().map(|note| note.what.message().map(stored)).collect();
    let ats: Vec<Moment> = notes.iter().map(|note| note.at).collect();
    let dues: Vec<Moment> = notes.iter().map(|note| note.due_at).collect();
    query!(
        r#"insert into notification (id, user_id, source, kind, what, hive_id, message, at, due_at)
           select new.id, new.user_id, new.source, new.kind, new.what, new.hive_id, new.message, new.at, new.due_at
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bigint[],
                       $8::timestamptz[], $9::timestamptz[])
             as new (id, user_id, source, kind, what, hive_id, message, at, due_at)
           join "user" u on u.id = new.user_id and u.active
           on conflict on constraint notification_once do nothing"#,
        &ids,
        &users,
        &sources as &[&str],
        &kinds as &[&str],
        &whats,
        &hives as &[Option<Uuid>],
        &messages as &[Option<i64>],
        &ats as &[Moment],
        &dues as &[Moment],
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whom messages name, and who wrote in which hive: a row each.
#[derive(Default)]
pub struct Named {
    ns: Vec<i32>,
    hives: Vec<Uuid>,
    users: Vec<Uuid>,
    authors: Vec<Uuid>,
    mentioned: Vec<bool>,
    wrote_ns: Vec<i32>,
    wrote_hives: Vec<Uuid>,
    wrote_authors: Vec<Uuid>,
}

impl Named {
    pub fn add(&mut self, n: i32, hive: HiveId, user: UserId, author: UserId, mentioned: bool) {
        self.ns.push(n);
        self.hives.push(hive.0);
        self.users.push(user.0);
        self.authors.push(author.0);
        self.mentioned.push(mentioned);
    }

    pub fn wrote(&mut self, n: i32, hive: HiveId, author: UserId) {
        self.wrote_ns.push(n);
        self.wrote_hives.push(hive.0);
        self.wrote_authors.push(author.0);
    }
}

pub struct Concerned {
    pub n: i32,
    pub user: UserId,
    pub why: String,
    pub hive_name: HiveName,
}

/// Members of the hive who are mentioned, with it or all together, or answered, or who want to know
/// of every message, and the other one of a pair: each once, for the nearest reason.
pub async fn concerned(db: impl PgExecutor<'_>, named: &Named) -> sqlx::Result<Vec<Concerned>> {
    query_as!(
        Concerned,
        r#"with wrote as (
               select * from unnest($6::int[], $7::uuid[], $8::uuid[]) as wrote (n, hive, author)
           ), told as (
               select named.n, named.hive, named.user_id,
                      case when named.mentioned then 'mention' else 'reply' end as why
               from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bool[])
                 as named (n, hive, user_id, author, mentioned)
               join hive_member m on m.hive_id = named.hive and m.user_id = named.user_id
               where named.user_id <> named.author
               union all
               select named.n, named.hive, m.user_id, 'mention'
               from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bool[])
                 as named (n, hive, user_id, author, mentioned)
               join hive_member m on m.hive_id = named.hive
               where named.user_id = '00000000-0000-0000-0000-000000000000' and m.user_id <> named.author
               union all
               select wrote.n, wrote.hive, c.user_id, 'written'
               from wrote
               join notification_choice c on c.kind = 'hive_message' and c.level <> 'off' and c.hive_id = wrote.hive
               join hive_member m on m.hive_id = wrote.hive and m.user_id = c.user_id
               where c.user_id <> wrote.author
               union all
               select wrote.n, wrote.hive, c.user_id, 'written'
               from wrote
               join notification_choice c on c.kind = 'hive_message' and c.level <> 'off' and c.hive_id is null
               join hive_member m on m.hive_id = wrote.hive and m.user_id = c.user_id
               where c.user_id <> wrote.author
               union all
               select wrote.n, wrote.hive, m.user_id, 'direct'
               from wrote
               join hive h on h.id = wrote.hive and h.pair is not null
               join hive_member m on m.hive_id = wrote.hive
               where m.user_id <> wrote.author
           )
           select distinct on (told.n, told.user_id) told.n as "n!", told.user_id as "user!: UserId",
                  told.why as "why!", h.name as "hive_name!: HiveName"
           from told join hive h on h.id = told.hive
           order by told.n, told.user_id,
                    case told.why when 'direct' then 0 when 'mention' then 1 when 'reply' then 2 else 3 end"#,
        &named.ns,
        &named.hives,
        &named.users,
        &named.authors,
        &named.mentioned,
        &named.wrote_ns,
        &named.wrote_hives,
        &named.wrote_authors,
    )
    .fetch_all(db)
    .await
}
