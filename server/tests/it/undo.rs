//! What is taken back, and one's own clock: alone, and opened up to a hive.

use focushive::timer::{Did, MOST_ACTS, Phase, Run};
use serde_json::{Value, json};
use time::Duration;

use crate::harness::{Hive, Socket, timer};

fn nothing() -> Value {
    json!({})
}

#[tokio::test]
async fn whoever_did_it_or_a_host_takes_it_back_within_ten_seconds() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let bob = hive.people[0].find(&hive.house, "bob").await;
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": "host" })).await;
    let started = hive.act(1, "timer.start", nothing()).await;
    assert_eq!(hive.refused(2, "timer.undo", nothing()).await, "forbidden");
    let undone = hive.act(0, "timer.undo", nothing()).await;
    assert_eq!((&undone.run, undone.revision), (&Run::Idle, started.revision + 1));
    assert_eq!(hive.refused(0, "timer.undo", nothing()).await, "conflict");
    hive.act(1, "timer.start", nothing()).await;
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": "member" })).await;
    hive.act(1, "timer.undo", nothing()).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.house.pass(Duration::seconds(11));
    assert_eq!(hive.refused(0, "timer.undo", nothing()).await, "conflict");
}

#[tokio::test]
async fn what_somebody_did_meanwhile_is_not_taken_back_instead() {
    let mut hive = Hive::of(&["Bob"]).await;
    let started = hive.act(0, "timer.start", nothing()).await.last.unwrap();
    hive.act(0, "timer.pause", nothing()).await;
    assert_eq!(hive.refused(0, "timer.undo", json!({ "at": started.at })).await, "conflict");
    let paused = hive.sync().await;
    assert!(matches!(paused.run, Run::Paused { .. }), "{paused:?}");
    let back = hive.act(0, "timer.undo", json!({ "at": paused.last.unwrap().at })).await;
    assert!(matches!(back.run, Run::Running { .. }), "{back:?}");
}

#[tokio::test]
async fn who_did_what_to_a_clock_can_be_read_by_all_who_see_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.act(0, "timer.extend", json!({ "seconds": 300 })).await;
    hive.act(0, "timer.skip", nothing()).await;
    hive.act(0, "timer.undo", nothing()).await;
    let acts: Vec<Did> = serde_json::from_value(hive.ok(1, "timer.acts", nothing()).await).unwrap();
    let words: Vec<String> = acts.iter().map(|did| format!("{} {}", did.name, did.words())).collect();
    assert_eq!(words, ["Ada took that back", "Ada skipped ahead", "Ada added 5 min", "Ada started"]);
    assert!(acts.windows(2).all(|pair| pair[0].at >= pair[1].at));
    for _ in 0..30 {
        hive.act(0, "timer.extend", json!({ "seconds": 60 })).await;
        hive.act(0, "timer.undo", nothing()).await;
    }
    let most = hive.ok(1, "timer.acts", nothing()).await;
    assert_eq!(most.as_array().unwrap().len(), MOST_ACTS);
}

#[tokio::test]
async fn a_skip_that_is_taken_back_leaves_no_trace() {
    let mut hive = Hive::of(&["Bob"]).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(20), &[0, 1]).await;
    hive.act(0, "timer.skip", nothing()).await;
    assert_eq!(hive.recorded(1).await.credited_seconds / 60, 20);
    let undone = hive.act(0, "timer.undo", nothing()).await;
    assert_eq!((undone.wakes_at(), undone.ordinal), (started.wakes_at(), started.ordinal));
    assert_eq!(hive.phases().await, []);
    assert_eq!(hive.sockets[1].ok("focus.history", nothing()).await["stints"], json!([]));
    hive.pass_to_the_end(&[0, 1]).await;
    let whole = hive.recorded(1).await;
    assert!((1490..=1500).contains(&whole.credited_seconds), "{whole:?}");
    assert_eq!(hive.phases().await.len(), 1);
}

#[tokio::test]
async fn a_stop_that_is_taken_back_goes_on_and_ends_when_it_would_have() {
    let mut hive = Hive::of(&[]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(25) - Duration::seconds(3), &[0]).await;
    hive.act(0, "timer.stop", nothing()).await;
    hive.house.pass(Duration::seconds(5));
    let undone = hive.act(0, "timer.undo", nothing()).await;
    assert_eq!((undone.phase(), undone.round), (Some(Phase::ShortBreak), 1));
    let phases = hive.phases().await;
    assert_eq!((phases.len(), phases[0].2.as_str()), (1, "completed"));
}

#[tokio::test]
async fn what_was_done_just_before_a_boundary_is_taken_back_after_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(23) + Duration::seconds(50), &[0, 1]).await;
    hive.act(0, "timer.extend", json!({ "seconds": -60 })).await;
    hive.pass(Duration::seconds(15), &[0, 1]).await;
    assert_eq!(hive.sync().await.phase(), Some(Phase::ShortBreak));
    assert_eq!(hive.refused(0, "timer.undo", nothing()).await, "conflict", "it is fifteen seconds ago");
    hive.act(0, "timer.stop", nothing()).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(23) + Duration::seconds(58), &[0, 1]).await;
    hive.act(0, "timer.extend", json!({ "seconds": -60 })).await;
    hive.pass(Duration::seconds(5), &[0, 1]).await;
    let told = hive.sync().await;
    assert_eq!(told.phase(), Some(Phase::ShortBreak));
    let undone = hive.act(0, "timer.undo", nothing()).await;
    assert_eq!((undone.phase(), undone.ordinal), (Some(Phase::Focus), started.ordinal + 2));
    let whole = hive.pass_to_the_end(&[0, 1]).await;
    assert_eq!(whole.phase(), Some(Phase::ShortBreak));
    assert_eq!(hive.phases().await.len(), 3, "each boundary is recorded once");
}

#[tokio::test]
async fn whoever_was_out_of_step_is_again_once_the_stop_is_taken_back() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.ok(1, "timer.lane", json!({ "to": "pause" })).await;
    hive.ok(2, "timer.lane", json!({ "to": "out" })).await;
    let lanes = async |hive: &mut Hive| {
        let mut lanes = Vec::new();
        for who in [1, 2] {
            lanes.push(hive.ok(who, "timer.sync", nothing()).await["lane"]["is"].clone());
        }
        lanes
    };
    assert_eq!(lanes(&mut hive).await, ["paused", "out"]);
    hive.act(0, "timer.stop", nothing()).await;
    assert_eq!(lanes(&mut hive).await, ["in_step", "in_step"]);
    hive.act(0, "timer.undo", nothing()).await;
    assert_eq!(lanes(&mut hive).await, ["paused", "out"]);
    hive.pass_to_the_end(&[0, 1, 2]).await;
    assert!(hive.recorded(0).await.credited_seconds > 1480);
    let page = hive.sockets[1].ok("focus.history", nothing()).await;
    let credited = page["stints"][0]["credited_seconds"].as_u64().unwrap_or_default();
    assert!(credited < 60, "their pause went on: {page}");
}

#[tokio::test]
async fn one_works_alone_with_the_same_clock() {
    let mut hive = Hive::of(&["Bob"]).await;
    let ask = |socket: &'static str| (socket, json!({ "goal": "Chapter 3" }));
    let (start, goal) = ask("timer.start");
    let alone = timer(&hive.sockets[1].ok(start, goal).await["timer"]);
    assert_eq!(alone.phase(), Some(Phase::Focus));
    assert_eq!(hive.sockets[1].ok("timer.mine", nothing()).await[0]["hive"], Value::Null);
    assert_eq!(hive.sockets[0].ok("timer.mine", nothing()).await, json!([]));
    for _ in 0..61 {
        hive.pass(Duration::seconds(25), &[1]).await;
    }
    let stint = hive.recorded(1).await;
    assert_eq!((stint.hive, stint.place.as_str()), (None, "On your own"));
    assert!((1490..=1500).contains(&stint.credited_seconds), "{stint:?}");
    assert_eq!(stint.goal.unwrap().as_str(), "Chapter 3");
    assert!(hive.sockets[0].rest().await.iter().all(|told| told["event"] != "timer.changed"));
}

#[tokio::test]
async fn of_two_hives_the_clock_of_the_one_that_was_entered_last_comes_first() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    for name in ["Attic", "Kitchen", "Porch"] {
        hive.house.pass(Duration::SECOND);
        let made = json!({ "key": uuid::Uuid::new_v4(), "name": name });
        let other = json!({ "hive": hive.sockets[0].ok("hive.create", made).await["id"] });
        let mut tab = Socket::open(&hive.house, &hive.people[0]).await;
        tab.ok("hive.enter", other.clone()).await;
        tab.ok("timer.start", other.clone()).await;
        assert_eq!(hive.sockets[0].ok("timer.mine", nothing()).await[0]["hive"], other["hive"]);
    }
}

#[tokio::test]
async fn ones_own_clock_goes_on_as_a_hives_and_stays_one_session() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(
        0,
        "timer.set",
        json!({
            "focus_minutes": 50, "short_minutes": 10, "long_minutes": 20, "rounds": 3, "flow_ratio": 5,
        }),
    )
    .await;
    assert_eq!(hive.refused(1, "timer.open_up", nothing()).await, "conflict");
    hive.ok(1, "hive.set_goal", json!({ "goal": "Another" })).await;
    let alone = timer(&hive.sockets[1].ok("timer.start", json!({ "goal": "Chapter 3" })).await["timer"]);
    hive.pass(Duration::minutes(3), &[0, 1]).await;
    // It begins a session for the others too: they are asked, or their host is.
    let asked = hive.ok(1, "timer.open_up", nothing()).await["proposal"].clone();
    assert_eq!(asked["act"], "open_up");
    hive.ok(0, "timer.answer", json!({ "proposal": asked["id"], "yes": true })).await;
    let shared = hive.sync().await;
    assert_eq!(hive.refused(0, "timer.undo", nothing()).await, "conflict", "it stays with the others");
    assert_eq!((shared.wakes_at(), shared.started_at()), (alone.wakes_at(), alone.started_at()));
    // Whoever may not set the hive's rhythm does not do so by the way.
    assert_eq!(shared.rhythm.focus_minutes, 50);
    assert_eq!(timer(&hive.sockets[1].ok("timer.sync", nothing()).await["timer"]).run, Run::Idle);
    hive.pass_to_the_end(&[0, 1]).await;
    let (ada, bob) = (hive.recorded(0).await, hive.recorded(1).await);
    assert!((1485..=1500).contains(&bob.credited_seconds), "{bob:?}");
    assert!((1305..=1320).contains(&ada.credited_seconds), "{ada:?}");
    assert_eq!(bob.hive.unwrap().to_string(), hive.id);
    assert_eq!(bob.goal.unwrap().as_str(), "Chapter 3", "what one works on goes along");
    let page = hive.sockets[1].ok("focus.history", nothing()).await;
    assert_eq!(page["stints"].as_array().unwrap().len(), 1);
    hive.act(0, "timer.start", nothing()).await;
    hive.sockets[1].ok("timer.start", nothing()).await;
    assert_eq!(hive.refused(1, "timer.open_up", nothing()).await, "conflict");
}

#[tokio::test]
async fn a_goal_of_ones_own_stays_until_it_is_another_or_none() {
    let mut hive = Hive::of(&[]).await;
    for (said, goal) in [
        (json!({ "goal": "Chapter 3" }), json!("Chapter 3")),
        (nothing(), json!("Chapter 3")),
        (json!({ "goal": " " }), Value::Null),
    ] {
        hive.sockets[0].ok("timer.start", said).await;
        assert_eq!(hive.sockets[0].ok("timer.sync", nothing()).await["goal"], goal);
        hive.sockets[0].ok("timer.stop", nothing()).await;
    }
    hive.act(0, "timer.start", json!({ "goal": "Together" })).await;
    hive.act(0, "timer.stop", nothing()).await;
    hive.act(0, "timer.start", json!({ "goal": "" })).await;
    assert_eq!(hive.ok(0, "hive.look", nothing()).await["me"]["goal"], Value::Null);
}

#[tokio::test]
async fn the_clock_of_a_hive_that_is_archived_stops_and_counts_up_to_then() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(10), &[0, 1]).await;
    hive.ok(0, "hive.archive", nothing()).await;
    assert_eq!(hive.sync().await.run, Run::Idle);
    let bob = hive.recorded(1).await;
    assert!((590..=605).contains(&bob.credited_seconds), "{bob:?}");
    assert_eq!(hive.refused(0, "timer.start", nothing()).await, "conflict");
}
