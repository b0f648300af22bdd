//! The clock of a hive, over sockets: what everybody sees, what is refused, and what is taken back.

use focushive::{
    moment::Moment,
    timer::{Phase, Run},
};
use serde_json::{Value, json};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use crate::harness::{Hive, Socket, timer};

fn nothing() -> Value {
    json!({})
}

fn rhythm(focus: u16, short: u16, more: Value) -> Value {
    let mut rhythm = json!({
        "focus_minutes": focus, "short_minutes": short, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
        "auto_break": true, "auto_focus": true,
    });
    rhythm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rhythm
}

#[tokio::test]
async fn a_start_reaches_the_others_at_once_and_names_who_started() {
    let mut hive = Hive::of(&["Bob"]).await;
    let began = std::time::Instant::now();
    let started = hive.act(0, "timer.start", json!({ "goal": "Chapter 3" })).await;
    let told = hive.sockets[1].event("timer.changed").await;
    assert!(began.elapsed() < std::time::Duration::from_secs(1));
    assert_eq!(timer(&told["data"]["timer"]), started);
    assert_eq!((&told["data"]["acted"]["name"], &told["data"]["acted"]["act"]), (&json!("Ada"), &json!("start")));
    assert_eq!(started.wakes_at().unwrap().since(started.started_at().unwrap()), Duration::minutes(25));
    let mut late = Socket::open(&hive.house, &hive.people[1]).await;
    let late_topic = format!("hive/{}/live", hive.id);
    let live = late.join(&late_topic, None).await["ok"]["snapshot"].clone();
    assert_eq!(timer(&live["timer"]), started);
    // The clock is told before what it means for anybody.
    let order = hive.sockets[0].event("timer.changed").await;
    assert_eq!(order["data"]["timer"]["is"], "running");
    let seat = hive.sockets[0].event("presence.changed").await;
    assert!(seat["data"]["here"].as_array().unwrap().iter().any(|seat| seat["state"]["is"] == "focusing"), "{seat}");
    // Facts, and never ticks: for twelve minutes nobody hears anything of it, and the joiner's end is the others'.
    hive.sockets[1].rest().await;
    hive.pass(Duration::minutes(12), &[0, 1]).await;
    let ticks = hive.sockets[1]
        .rest()
        .await
        .into_iter()
        .filter(|told| told["topic"] == late_topic && told["event"] != "presence.changed");
    assert_eq!(ticks.collect::<Vec<_>>(), Vec::<Value>::new());
    let view = late.ok("timer.sync", hive.hive()).await;
    assert_eq!(timer(&view["timer"]), started);
}

#[tokio::test]
async fn of_two_who_start_at_once_one_starts_and_the_other_is_told_so() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = hive.people[0].find(&hive.house, "bob").await;
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": "host" })).await;
    let ask = hive.hive();
    let (ada, bob) = hive.sockets.split_at_mut(1);
    let (a, b) = tokio::join!(ada[0].ask("timer.start", ask.clone()), bob[0].ask("timer.start", ask));
    let (won, lost) = if a["fault"].is_null() { (a, b) } else { (b, a) };
    assert_eq!((won["fault"].is_null(), &lost["fault"]["code"]), (true, &json!("conflict")));
    assert_eq!(hive.sync().await, timer(&won["ok"]["timer"]));
}

#[tokio::test]
async fn it_pauses_goes_on_is_extended_skipped_and_stopped() {
    let mut hive = Hive::of(&["Bob"]).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    hive.house.pass(Duration::minutes(10));
    let paused = hive.act(0, "timer.pause", nothing()).await;
    let Run::Paused { paused_remaining_ms, .. } = paused.run else { panic!("{paused:?}") };
    assert!(paused_remaining_ms.abs_diff(15 * 60_000) < 2_000, "{paused_remaining_ms}");
    assert_eq!(hive.refused(0, "timer.pause", nothing()).await, "conflict");
    hive.house.pass(Duration::hours(2));
    let resumed = hive.act(0, "timer.resume", nothing()).await;
    let left = |timer: &focushive::timer::Timer, now: Moment| timer.wakes_at().unwrap().since(now);
    assert!((left(&resumed, hive.now()) - Duration::minutes(15)).abs() < Duration::seconds(2));
    let longer = hive.act(0, "timer.extend", json!({ "seconds": 300 })).await;
    assert_eq!(left(&longer, resumed.wakes_at().unwrap()), Duration::minutes(5));
    assert_eq!(hive.refused(0, "timer.extend", json!({ "seconds": -1800 })).await, "conflict");
    let skipped = hive.act(0, "timer.skip", nothing()).await;
    assert_eq!((skipped.phase(), skipped.ordinal), (Some(Phase::ShortBreak), started.ordinal + 1));
    let stopped = hive.act(0, "timer.stop", nothing()).await;
    assert_eq!((&stopped.run, stopped.round), (&Run::Idle, 0));
    let phases = hive.phases().await;
    let endings: Vec<_> = phases.iter().map(|(_, phase, ending, _)| (phase.as_str(), ending.as_str())).collect();
    assert_eq!(endings, [("focus", "skipped"), ("short_break", "stopped")]);
    let names: Vec<Value> =
        hive.sockets[1].rest().await.iter().map(|told| told["data"]["acted"]["act"].clone()).collect();
    for act in ["start", "pause", "resume", "extend", "skip", "stop"] {
        assert!(names.contains(&json!(act)), "{act}");
    }
}

#[tokio::test]
async fn another_rhythm_leaves_what_runs_alone_unless_it_is_asked_not_to() {
    let mut hive = Hive::of(&["Bob"]).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    hive.house.pass(Duration::minutes(10));
    let set = hive.act(0, "timer.set", rhythm(50, 10, nothing())).await;
    assert_eq!((set.wakes_at(), set.rhythm.focus_minutes), (started.wakes_at(), 50));
    let now = hive.act(0, "timer.set", rhythm(50, 10, json!({ "now": true }))).await;
    assert_eq!(now.wakes_at().unwrap().since(started.started_at().unwrap()), Duration::minutes(50));
    assert_eq!(hive.refused(0, "timer.set", rhythm(0, 10, nothing())).await, "invalid");
    assert_eq!(hive.refused(1, "timer.set", rhythm(20, 10, nothing())).await, "forbidden");
}

#[tokio::test]
async fn two_servers_record_each_boundary_once() {
    let mut hive = Hive::of(&["Bob"]).await;
    let beside = hive.house.beside().await;
    hive.act(0, "timer.set", rhythm(10, 5, nothing())).await;
    hive.act(0, "timer.start", nothing()).await;
    for _ in 0..20 {
        hive.pass(Duration::minutes(1), &[0, 1]).await;
        beside.services.alarm.notify_one();
        tokio::join!(hive.house.quiet(), beside.quiet());
        hive.seen().await;
    }
    let phases = hive.phases().await;
    let seen: Vec<_> = phases.iter().map(|(ordinal, phase, ..)| (*ordinal, phase.as_str())).collect();
    assert_eq!(seen, [(1, "focus"), (2, "short_break")]);
    let timer = hive.sync().await;
    assert_eq!((timer.phase(), timer.ordinal), (Some(Phase::Focus), 3));
}

#[tokio::test]
async fn a_server_that_was_away_over_three_boundaries_shows_the_phase_that_is_on() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", rhythm(10, 5, nothing())).await;
    let started = hive.act(0, "timer.start", nothing()).await.started_at().unwrap();
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    let mut hive = hive.restart(Duration::minutes(22)).await;
    let timer = hive.sync().await;
    assert_eq!((timer.phase(), timer.ordinal), (Some(Phase::ShortBreak), 4));
    assert_eq!(timer.wakes_at().unwrap().since(started), Duration::minutes(30));
    hive.house.quiet().await;
    let seen: Vec<_> = hive.phases().await.into_iter().map(|(n, phase, _, attended)| (n, phase, attended)).collect();
    let phase = |n, phase: &str, attended| (n, phase.to_owned(), attended);
    assert_eq!(seen, [phase(1, "focus", true), phase(2, "short_break", false), phase(3, "focus", false)]);
    let notes = "select count(*) from notification group by user_id";
    let notices: Vec<i64> = sqlx::query_scalar(notes).fetch_all(&hive.house.services.db).await.unwrap();
    assert_eq!(notices, [1, 1], "one notice each, whatever was missed");
    hive.house.pass(Duration::minutes(3));
    hive.told(0).await;
    let more = hive.sockets[0].rest().await;
    assert!(more.iter().all(|told| told["event"] != "timer.changed"), "{more:?}");
}

#[tokio::test]
async fn an_event_tells_all_boundaries_that_were_missed_at_once() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", rhythm(10, 5, nothing())).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.sockets[1].rest().await;
    // As though no alarm had rung for so long.
    hive.house.pass(Duration::minutes(26));
    let told = hive.sockets[1].event("timer.changed").await;
    assert_eq!(told["data"]["ended"].as_array().unwrap().len(), 3);
    assert_eq!(told["data"]["timer"]["phase"], "short_break");
}

#[tokio::test]
async fn with_nobody_there_it_parks_and_whoever_comes_first_chooses() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", rhythm(25, 5, nothing())).await;
    let start = hive.act(0, "timer.start", nothing()).await.started_at().unwrap();
    hive.ok(1, "timer.lane", json!({ "to": "pause" })).await;
    for who in 0..2 {
        hive.ok(who, "hive.exit", nothing()).await;
    }
    hive.house.pass(Duration::minutes(26));
    let parked = loop {
        let timer = hive.told(0).await;
        if matches!(timer.run, Run::Waiting { .. }) {
            break timer;
        }
    };
    assert!(matches!(parked.run, Run::Waiting { next: Phase::ShortBreak, parked: true, .. }), "{parked:?}");
    hive.house.pass(Duration::minutes(14));
    hive.ok(0, "hive.enter", nothing()).await;
    let joined = hive.act(0, "timer.start", json!({ "grid": true })).await;
    assert_eq!((joined.phase(), joined.round), (Some(Phase::Focus), 2));
    assert_eq!(joined.wakes_at().unwrap().since(start), Duration::minutes(55));
    hive.act(0, "timer.undo", nothing()).await;
    let afresh = hive.act(0, "timer.start", nothing()).await;
    assert_eq!((afresh.phase(), afresh.round), (Some(Phase::Focus), 1));
    assert!(afresh.wakes_at().unwrap().since(hive.now()) > Duration::seconds(1498));
    // A pause of one's own was for the session that was on.
    assert_eq!(hive.ok(1, "timer.sync", nothing()).await["lane"]["is"], "in_step");
}

#[tokio::test]
async fn where_nobody_was_when_the_server_went_down_it_parks_all_the_same() {
    let mut hive = Hive::of(&[]).await;
    hive.act(0, "timer.set", rhythm(25, 5, nothing())).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::seconds(12), &[0]).await;
    hive.seen().await;
    hive.ok(0, "hive.exit", nothing()).await;
    hive.pass(Duration::minutes(20), &[]).await;
    // The house says once more that it runs.
    let mut alive = Moment(time::OffsetDateTime::UNIX_EPOCH);
    while hive.now().since(alive) > Duration::seconds(11) {
        hive.house.quiet().await;
        let at = sqlx::query_scalar("select at from alive").fetch_one(&hive.house.services.db).await;
        alive = Moment(at.unwrap());
    }
    let Hive { house, id, people, sockets } = hive;
    drop(sockets);
    let house = house.restart(Duration::minutes(10)).await;
    let mut back = Socket::open(&house, &people[0]).await;
    let mut waited = 0;
    loop {
        let timer = back.ok("timer.sync", json!({ "hive": id })).await["timer"].clone();
        if timer["is"] == "waiting" {
            assert_eq!((&timer["parked"], &timer["ordinal"]), (&json!(true), &json!(1)));
            return;
        }
        waited += 1;
        assert!(waited < 100, "{timer}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_long_break_comes_after_so_many_rounds_also_over_a_restart() {
    let mut hive = Hive::of(&[]).await;
    hive.act(0, "timer.set", rhythm(10, 5, json!({ "rounds": 2 }))).await;
    hive.act(0, "timer.start", nothing()).await;
    assert_eq!(hive.pass_to_the_end(&[0]).await.phase(), Some(Phase::ShortBreak));
    let mut hive = hive.restart(Duration::seconds(10)).await;
    let second = hive.pass_to_the_end(&[0]).await;
    assert_eq!((second.phase(), second.round), (Some(Phase::Focus), 2));
    assert_eq!(hive.pass_to_the_end(&[0]).await.phase(), Some(Phase::LongBreak));
    let again = hive.pass_to_the_end(&[0]).await;
    assert_eq!((again.phase(), again.round), (Some(Phase::Focus), 1));
}

#[tokio::test]
async fn a_new_day_begins_a_new_cycle_where_the_owner_lives() {
    let mut hive = Hive::of(&[]).await;
    hive.fill_in(0, "account.set_day", &[("zone", "Asia/Tokyo"), ("day_end", "04:00")]).await;
    let to = datetime!(2030-01-06 18:30 UTC) - hive.now().0;
    hive.house.pass(to);
    hive.ok(0, "hive.enter", nothing()).await;
    hive.act(0, "timer.set", rhythm(10, 5, json!({ "auto_focus": false }))).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    // Four in the morning in Tokyo.
    assert_eq!(started.day_ends_at, Some(Moment(datetime!(2030-01-06 19:00 UTC))));
    hive.pass_to_the_end(&[0]).await;
    hive.pass_to_the_end(&[0]).await;
    assert_eq!(hive.act(0, "timer.start", nothing()).await.round, 2);
    hive.pass_to_the_end(&[0]).await;
    hive.house.pass(Duration::minutes(20));
    let next_day = hive.act(0, "timer.start", nothing()).await;
    assert_eq!((next_day.phase(), next_day.round), (Some(Phase::Focus), 1));
    assert_eq!(next_day.day_ends_at, Some(Moment(datetime!(2030-01-07 19:00 UTC))));
}

#[tokio::test]
async fn an_aligned_rhythm_falls_on_the_half_hour() {
    let mut hive = Hive::of(&[]).await;
    let to = datetime!(2030-01-06 10:12:34 UTC) - hive.now().0;
    hive.house.pass(to);
    hive.ok(0, "hive.enter", nothing()).await;
    hive.act(0, "timer.set", rhythm(25, 5, json!({ "style": "aligned" }))).await;
    let first = hive.act(0, "timer.start", nothing()).await;
    assert_eq!(first.wakes_at(), Some(Moment(datetime!(2030-01-06 10:25 UTC))));
    assert_eq!(hive.pass_to_the_end(&[0]).await.wakes_at(), Some(Moment(datetime!(2030-01-06 10:30 UTC))));
    assert_eq!(hive.pass_to_the_end(&[0]).await.wakes_at(), Some(Moment(datetime!(2030-01-06 10:55 UTC))));
}

#[tokio::test]
async fn flow_counts_up_and_earns_its_break() {
    let mut hive = Hive::of(&[]).await;
    hive.act(0, "timer.set", rhythm(25, 5, json!({ "style": "flow" }))).await;
    assert_eq!(hive.act(0, "timer.start", nothing()).await.phase(), Some(Phase::Flow));
    assert_eq!(hive.refused(0, "timer.extend", json!({ "seconds": 60 })).await, "conflict");
    hive.pass(Duration::minutes(40), &[0]).await;
    let rest = hive.act(0, "timer.skip", nothing()).await;
    assert_eq!(rest.phase(), Some(Phase::ShortBreak));
    let earned = rest.wakes_at().unwrap().since(rest.started_at().unwrap());
    assert!((earned - Duration::minutes(8)).abs() < Duration::seconds(2), "{earned}");
}

#[tokio::test]
async fn a_clock_is_started_only_so_often_in_an_hour() {
    let mut hive = Hive::of(&[]).await;
    for _ in 0..12 {
        hive.act(0, "timer.start", nothing()).await;
        hive.act(0, "timer.stop", nothing()).await;
    }
    assert_eq!(hive.refused(0, "timer.start", nothing()).await, "conflict");
    hive.house.pass(Duration::hours(1));
    hive.act(0, "timer.start", nothing()).await;
}

#[tokio::test]
async fn skipping_to_and_fro_starts_it_anew_only_so_often() {
    let mut hive = Hive::of(&[]).await;
    hive.act(0, "timer.start", nothing()).await;
    for _ in 0..11 {
        hive.act(0, "timer.skip", nothing()).await;
    }
    assert_eq!(hive.refused(0, "timer.skip", nothing()).await, "conflict");
    hive.act(0, "timer.pause", nothing()).await;
}

#[tokio::test]
async fn a_clock_is_touched_only_by_those_who_may() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let carl = hive.people[0].find(&hive.house, "carl").await;
    hive.ok(0, "hive.kick", json!({ "user": carl })).await;
    let bob = hive.people[0].find(&hive.house, "bob").await;
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": "guest" })).await;
    hive.act(0, "timer.start", nothing()).await;
    for who in [1, 2] {
        for does in ["timer.pause", "timer.resume", "timer.skip", "timer.stop", "timer.undo", "timer.open_up"] {
            assert_eq!(hive.refused(who, does, nothing()).await, "forbidden", "{does}");
        }
        assert_eq!(hive.refused(who, "timer.extend", json!({ "seconds": 60 })).await, "forbidden");
        hive.act(who, "timer.sync", nothing()).await;
    }
    assert_eq!(hive.refused(2, "timer.lane", json!({ "to": "pause" })).await, "forbidden");
    hive.act(0, "timer.stop", nothing()).await;
    hive.ok(0, "hive.archive", nothing()).await;
    assert_eq!(hive.refused(0, "timer.start", nothing()).await, "conflict");
}

#[tokio::test]
async fn the_clock_of_a_private_hive_is_no_clock_to_a_stranger() {
    let mut hive = Hive::of(&["Bob"]).await;
    let made = json!({ "key": Uuid::new_v4(), "name": "Secret", "access": "private" });
    let secret = hive.sockets[0].ok("hive.create", made).await["id"].clone();
    hive.sockets[0].ok("timer.start", json!({ "hive": secret })).await;
    for does in ["timer.sync", "timer.start", "timer.pause", "timer.stop", "timer.undo", "timer.open_up", "timer.acts"]
    {
        let mut stranger = Socket::open(&hive.house, &hive.people[1]).await;
        let known = stranger.ask(does, json!({ "hive": secret })).await;
        let unknown = stranger.ask(does, json!({ "hive": Uuid::now_v7() })).await;
        assert_eq!((&known["fault"], &known["fault"]["code"]), (&unknown["fault"], &json!("not_found")), "{does}");
    }
    let joined = hive.sockets[1].join(&format!("hive/{}/live", secret.as_str().unwrap()), None).await;
    assert_eq!(joined["fault"]["code"], "not_found");
}
