//! One's own history: pages, days as one lives them, and ten thousand sessions.

use std::collections::BTreeMap;

use focushive::{
    Moment,
    day::{DayEnd, day_of},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, UtcOffset, macros::datetime};
use uuid::Uuid;

use crate::harness::{House, Person, Socket};

/// A session of somebody alone, as though it had been.
async fn had(house: &House, user: Uuid, ordinal: i64, at: OffsetDateTime, seconds: i32) {
    sqlx::query(
        "with p as (insert into timer_phase (place, ordinal, phase, round, began_at, ended_at, planned_ms, pauses,
                                             ending, attended)
                    values ($1, $2, 'focus', 1, $3, $3 + make_interval(secs => $4), $4 * 1000, '[]', 'completed', true))
         insert into stint (id, user_id, place, ordinal, began_at, ended_at, credited_seconds, void)
         values (gen_random_uuid(), $1, $1, $2, $3, $3 + make_interval(secs => $4), $4, false)",
    )
    .bind(user)
    .bind(ordinal)
    .bind(at)
    .bind(seconds)
    .execute(&house.services.db)
    .await
    .unwrap();
}

async fn own_clock(house: &House, person: &Person) -> (Uuid, Socket) {
    let mut socket = Socket::open(house, person).await;
    let id: Uuid = socket.id().await.parse().unwrap();
    let sql = "insert into timer (place, user_id, facts, revision) values ($1, $1, '{}', 0)";
    sqlx::query(sql).bind(id).execute(&house.services.db).await.unwrap();
    (id, socket)
}

#[tokio::test]
async fn a_day_ends_when_and_where_one_says_and_a_streak_outlives_the_change_of_clocks() {
    let (house, mut ada) = House::open().await;
    let (id, mut socket) = own_clock(&house, &ada).await;
    // In Lisbon clocks go forward on 31 March 2030, at one in the morning.
    let answer = ada.ask("account.set_day", &[("zone", "Europe/Lisbon"), ("day_end", "04:00")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let sessions = [
        datetime!(2030-03-29 20:00 UTC),
        // Half past three on the 31st by the clock is still the 30th.
        datetime!(2030-03-31 02:30 UTC),
        datetime!(2030-03-31 03:10 UTC),
        datetime!(2030-04-01 02:50 UTC),
        datetime!(2030-04-01 09:00 UTC),
    ];
    for (n, at) in (1..).zip(sessions) {
        had(&house, id, n, at, 600).await;
    }
    let noon = datetime!(2030-04-01 12:00 UTC) - house.services.clock.now().0;
    house.services.clock.advance(noon);
    let totals = socket.ok("focus.totals", json!({})).await;
    let days: Vec<(&str, i64)> = totals["days"].as_array().unwrap()[10..]
        .iter()
        .map(|day| (day["date"].as_str().unwrap(), day["seconds"].as_i64().unwrap()))
        .collect();
    assert_eq!(days, [("2030-03-29", 600), ("2030-03-30", 600), ("2030-03-31", 1200), ("2030-04-01", 600)]);
    assert_eq!((&totals["streak_days"], &totals["today_seconds"]), (&json!(4), &json!(600)));
    // The first of April is a Monday.
    assert_eq!(totals["week_seconds"], 600);
}

#[tokio::test]
async fn pages_of_ten_thousand_sessions_come_quickly_and_none_is_left_out() {
    let (house, ada) = House::open().await;
    let (id, mut socket) = own_clock(&house, &ada).await;
    let now = house.services.clock.now().0;
    sqlx::query(
        "with n as (select n, $2::timestamptz - make_interval(mins => n * 35) as at from generate_series(1, 10000) n),
              p as (insert into timer_phase (place, ordinal, phase, round, began_at, ended_at, planned_ms, pauses,
                                             ending, attended)
                    select $1, n, 'focus', 1, at, at + interval '25 min', 1500000, '[]', 'completed', true from n),
              q as (insert into pull (user_id, at, kind) select $1, at + interval '1 min', 'inner' from n)
         insert into stint (id, user_id, place, ordinal, began_at, ended_at, credited_seconds, void)
         select gen_random_uuid(), $1, $1, n, at, at + interval '25 min', 1500, false from n",
    )
    .bind(id)
    .bind(now)
    .execute(&house.services.db)
    .await
    .unwrap();
    sqlx::query("analyze stint, pull").execute(&house.services.db).await.unwrap();
    let mut before = Value::Null;
    let mut seen = 0;
    for _ in 0..3 {
        let page = socket.ok("focus.history", json!({ "before": before })).await;
        let stints = page["stints"].as_array().unwrap();
        seen += stints.len();
        before = stints.last().unwrap()["from"].clone();
        assert_eq!((&page["earlier"], &stints[0]["inner"]), (&json!(true), &json!(1)));
    }
    assert_eq!(seen, 150);
    let last = json!({ "before": (now - Duration::minutes(35 * 9_990)).format(
        &time::format_description::well_known::Rfc3339).unwrap() });
    let page = socket.ok("focus.history", last).await;
    assert_eq!((page["stints"].as_array().unwrap().len(), &page["earlier"]), (10, &json!(false)));
    for does in ["focus.history", "focus.totals"] {
        let median = median(&mut socket, does).await;
        println!("{does} over 10,000 sessions: median {median:?}");
        assert!(median < std::time::Duration::from_millis(250), "{does}: {median:?}");
    }
}

/// How far a zone's clocks are from the world's at each of these instants, as Postgres knows it.
async fn offsets(house: &House, zone: &str, at: &[OffsetDateTime]) -> Vec<UtcOffset> {
    let sql =
        "select extract(epoch from (at at time zone $1) - (at at time zone 'UTC'))::int from unnest($2) as t (at)";
    let seconds: Vec<i32> = sqlx::query_scalar(sql).bind(zone).bind(at).fetch_all(&house.services.db).await.unwrap();
    seconds.into_iter().map(|seconds| UtcOffset::from_whole_seconds(seconds).unwrap()).collect()
}

#[tokio::test]
async fn wherever_clocks_change_each_session_counts_for_the_day_of_the_rule() {
    let places = [
        ("America/New_York", "00:00", datetime!(2030-03-10 07:00 UTC)),
        // There they change by half an hour.
        ("Australia/Lord_Howe", "02:30", datetime!(2030-04-06 15:00 UTC)),
        ("Europe/Lisbon", "04:00", datetime!(2030-10-27 01:00 UTC)),
    ];
    for (zone, day_end, change) in places {
        let (house, mut ada) = House::open().await;
        let (id, mut socket) = own_clock(&house, &ada).await;
        let answer = ada.ask("account.set_day", &[("zone", zone), ("day_end", day_end)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let began: Vec<OffsetDateTime> = (-70..70).map(|n| change + Duration::minutes(37 * n)).collect();
        for (n, at) in (1..).zip(&began) {
            had(&house, id, n, *at, 60).await;
        }
        let end = DayEnd::parse(day_end).unwrap();
        let mut rule = BTreeMap::<String, i64>::new();
        for (at, offset) in began.iter().zip(offsets(&house, zone, &began).await) {
            *rule.entry(day_of(Moment(*at), offset, end).to_string()).or_default() += 60;
        }
        house.services.clock.advance(change + Duration::days(3) - house.services.clock.now().0);
        let totals = socket.ok("focus.totals", json!({})).await;
        let days = totals["days"].as_array().unwrap().iter();
        let days = days.map(|day| (day["date"].as_str().unwrap().to_owned(), day["seconds"].as_i64().unwrap()));
        assert_eq!(days.filter(|(_, seconds)| *seconds > 0).collect::<BTreeMap<_, _>>(), rule, "{zone}");
    }
}

#[tokio::test]
async fn of_two_that_began_at_one_instant_no_page_leaves_one_out() {
    let (house, ada) = House::open().await;
    let (id, mut socket) = own_clock(&house, &ada).await;
    for n in 1..=6 {
        let at = datetime!(2030-01-02 10:00 UTC) + Duration::hours((n + 1) / 2);
        had(&house, id, n, at, 600).await;
    }
    let (mut before, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = socket.ok("focus.history", json!({ "before": before, "limit": 3 })).await;
        let stints = page["stints"].as_array().unwrap().clone();
        seen.extend(stints.iter().map(|stint| stint["id"].to_string()));
        if page["earlier"] == false {
            break;
        }
        before = stints.last().unwrap()["from"].clone();
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 6);
}

async fn median(socket: &mut Socket, does: &str) -> std::time::Duration {
    let mut times = Vec::new();
    for _ in 0..21 {
        let began = std::time::Instant::now();
        socket.ok(does, json!({})).await;
        times.push(began.elapsed());
    }
    times.sort();
    times[10]
}
