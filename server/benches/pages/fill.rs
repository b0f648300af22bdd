//! What a house has in it that is in use: written straight into the database, since how it got there
//! is not what is measured.

use sqlx::PgPool;

/// Twenty hives of the owner. In the first there are forty, and fifty messages.
pub async fn hives(db: &PgPool) {
    for sql in [
        r#"insert into "user" (id, name, handle, email, role, password_hash)
           select gen_random_uuid(), 'Person ' || n, 'person' || n, 'person' || n || '@example.org', 'member', '-'
           from generate_series(1, 39) n"#,
        r#"insert into hive_member (hive_id, user_id, rank)
           select h.id, u.id, 'member' from hive h, "user" u where h.name = 'Hive 0' and u.handle <> 'ada'"#,
    ] {
        sqlx::query(sql).execute(db).await.expect("people are written");
    }
}

/// A hundred thousand things that the owner was told of, every third of them unread.
pub async fn bell(db: &PgPool) {
    sqlx::query(
        r#"insert into notification (id, user_id, source, kind, what, at, due_at, seq, level, rule, told_at, read_at)
           select gen_random_uuid(), u.id, 'bench:' || n, 'system', '{"kind":"password_changed"}', now(), now(), n + 1000,
                  'in_bell', 'default', now(), case when n % 3 > 0 then now() end
           from "user" u, generate_series(1, 100000) n where u.handle = 'ada'"#,
    )
    .execute(db)
    .await
    .expect("notifications are written");
    sqlx::query(
        r#"insert into bell (user_id, unread, attention) select id, 33333, 33333 from "user" where handle = 'ada'
           on conflict (user_id) do update set unread = 33333, attention = 33333"#,
    )
    .execute(db)
    .await
    .expect("the count is written");
    sqlx::query("analyze").execute(db).await.expect("the planner knows of it");
}

/// Ten thousand sessions of the owner, three hours apart.
pub async fn history(db: &PgPool) {
    sqlx::query(
        r#"insert into timer (place, user_id, facts, revision) select id, id, $1, 0 from "user" where handle = 'ada'"#,
    )
    .bind(serde_json::to_string(&focushive::timer::Timer::default()).expect("a clock is written"))
    .execute(db)
    .await
    .expect("a clock is there");
    for sql in [
        r#"insert into timer_phase (place, ordinal, phase, round, began_at, ended_at, planned_ms, pauses, ending, attended)
           select u.id, n, 'focus', 1, now() - n * interval '3 hours', now() - n * interval '3 hours' + interval '25 minutes',
                  1500000, '[]', 'completed', true
           from "user" u, generate_series(1, 10000) n where u.handle = 'ada'"#,
        "insert into stint (id, user_id, place, ordinal, began_at, ended_at, credited_seconds, void)
         select gen_random_uuid(), place, place, ordinal, began_at, ended_at, 1500, false from timer_phase",
        "analyze",
    ] {
        sqlx::query(sql).execute(db).await.expect("sessions are written");
    }
}
