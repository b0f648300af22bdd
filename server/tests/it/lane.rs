//! Consent, and lanes: what is asked of the others, and how the clock goes for one alone.

use focushive::timer::{OVERTIME, Run};
use serde_json::{Value, json};
use time::Duration;

use crate::harness::{Hive, timer};

fn nothing() -> Value {
    json!({})
}

#[tokio::test]
async fn a_member_proposes_and_more_than_half_decide() {
    let mut hive = Hive::of(&["Bob", "Carl", "Dora"]).await;
    hive.act(0, "timer.start", nothing()).await;
    let done = hive.ok(1, "timer.pause", nothing()).await;
    assert_eq!((&done["timer"]["is"], &done["proposal"]["asked"]), (&json!("running"), &json!(4)));
    let asked = hive.sockets[2].event("timer.proposed").await["data"].clone();
    assert_eq!((&asked["open"], &asked["proposal"]["act"]), (&json!(true), &json!("pause")));
    let answer = json!({ "proposal": asked["proposal"]["id"], "yes": true });
    assert_eq!(hive.refused(3, "timer.skip", nothing()).await, "conflict");
    hive.ok(2, "timer.answer", answer.clone()).await;
    // The same voice twice is one.
    hive.ok(2, "timer.answer", answer.clone()).await;
    assert!(matches!(hive.sync().await.run, Run::Running { .. }));
    hive.ok(3, "timer.answer", answer.clone()).await;
    let paused = hive.sync().await;
    assert!(matches!(paused.run, Run::Paused { .. }));
    assert_eq!(paused.last.unwrap().name.as_str(), "Bob");
    assert_eq!(hive.refused(3, "timer.answer", answer).await, "conflict");
    assert_eq!(
        hive.refused(
            1,
            "timer.set",
            json!({
                "focus_minutes": 25, "short_minutes": 5, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
            })
        )
        .await,
        "forbidden"
    );
}

#[tokio::test]
async fn a_host_decides_alone_and_silence_decides_nothing() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.start", nothing()).await;
    let propose = async |hive: &mut Hive| hive.ok(1, "timer.pause", nothing()).await["proposal"]["id"].clone();
    let first = propose(&mut hive).await;
    hive.house.pass(Duration::seconds(21));
    assert_eq!(hive.refused(2, "timer.answer", json!({ "proposal": first, "yes": true })).await, "conflict");
    assert_eq!(hive.ok(0, "timer.sync", nothing()).await["proposal"], Value::Null);
    let second = propose(&mut hive).await;
    hive.ok(0, "timer.answer", json!({ "proposal": second, "yes": false })).await;
    assert!(matches!(hive.sync().await.run, Run::Running { .. }));
    let third = propose(&mut hive).await;
    hive.ok(0, "timer.answer", json!({ "proposal": third, "yes": true })).await;
    assert!(matches!(hive.sync().await.run, Run::Paused { .. }));
    hive.act(0, "timer.resume", nothing()).await;
    // What a host does settles what is asked.
    let fourth = propose(&mut hive).await;
    hive.act(0, "timer.extend", json!({ "seconds": 60 })).await;
    assert_eq!(hive.refused(2, "timer.answer", json!({ "proposal": fourth, "yes": true })).await, "conflict");
    let told = hive.sockets[2].rest().await;
    let settled = told.iter().filter(|told| told["event"] == "timer.proposed" && told["data"]["open"] == false);
    assert_eq!(settled.count(), 3);
}

#[tokio::test]
async fn with_nobody_else_there_a_member_just_does_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.ok(0, "hive.exit", nothing()).await;
    assert!(matches!(hive.act(1, "timer.start", nothing()).await.run, Run::Running { .. }));
    hive.act(1, "timer.undo", nothing()).await;
}

#[tokio::test]
async fn what_was_proposed_for_a_phase_lapses_with_it() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass(Duration::minutes(25) - Duration::seconds(10), &[0, 1, 2]).await;
    let proposal = hive.ok(1, "timer.skip", nothing()).await["proposal"]["id"].clone();
    hive.pass(Duration::seconds(12), &[0, 1, 2]).await;
    let rest = hive.sync().await;
    assert!(!rest.is_focus() && rest.phase().is_some(), "{rest:?}");
    hive.ok(2, "timer.answer", json!({ "proposal": proposal, "yes": true })).await;
    assert_eq!(hive.sync().await.run, rest.run, "nobody agreed to skip the break");
}

#[tokio::test]
async fn three_minutes_are_proposed_agreed_to_and_over_by_themselves() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let started = hive.act(0, "timer.start", nothing()).await;
    let asked = hive.ok(1, "timer.pause", json!({ "minutes": 3 })).await["proposal"].clone();
    assert_eq!((&asked["act"], &asked["minutes"]), (&json!("pause"), &json!(3)));
    hive.ok(2, "timer.answer", json!({ "proposal": asked["id"], "yes": true })).await;
    assert!(matches!(hive.sync().await.run, Run::Paused { until: Some(_), .. }));
    hive.pass(Duration::minutes(3) + Duration::seconds(2), &[0, 1, 2]).await;
    let told = loop {
        let told = hive.told(0).await;
        if matches!(told.run, Run::Running { .. }) && told.revision > started.revision {
            break told;
        }
    };
    let moved = told.ends_at().unwrap().since(started.ends_at().unwrap());
    assert_eq!(moved, Duration::minutes(3));
    assert_eq!(hive.refused(0, "timer.pause", json!({ "minutes": 61 })).await, "invalid");
}

#[tokio::test]
async fn overtime_counts_from_when_one_was_there_again() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", json!({
        "focus_minutes": 25, "short_minutes": 30, "long_minutes": 30, "rounds": 4, "flow_ratio": 5, "auto_break": true,
    }))
    .await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let before = hive.recorded(1).await;
    // The machine of one of them sleeps for ten minutes, then they say that they went on.
    hive.pass(Duration::minutes(10), &[0]).await;
    hive.sockets[1].ok("presence.beat", nothing()).await;
    for who in [0, 1] {
        hive.ok(who, "hive.enter", nothing()).await;
        hive.ok(who, "timer.lane", json!({ "to": "overtime" })).await;
    }
    hive.pass(Duration::minutes(2), &[0, 1]).await;
    for who in [0, 1] {
        hive.ok(who, "timer.lane", json!({ "to": "in_step" })).await;
    }
    let more = async |hive: &mut Hive, who: usize| {
        let page = hive.sockets[who].ok("focus.history", nothing()).await;
        page["stints"][0]["credited_seconds"].as_i64().unwrap() - i64::from(before.credited_seconds)
    };
    let (there, asleep) = (more(&mut hive, 0).await, more(&mut hive, 1).await);
    assert!((705..=735).contains(&there), "{there}");
    assert!((105..=150).contains(&asleep), "{asleep}");
}

/// What the others see of somebody, once it is so.
async fn seen(hive: &mut Hive, handle: &str, state: &str) -> Value {
    for _ in 0..100 {
        let seats = hive.ok(0, "presence.list", nothing()).await;
        let seat = seats.as_array().unwrap().iter().find(|seat| seat["person"]["handle"] == handle);
        if let Some(seat) = seat.filter(|seat| seat["state"]["is"] == state) {
            return seat["state"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    panic!("{handle} is not {state}: {}", hive.ok(0, "presence.list", nothing()).await);
}

async fn lane(hive: &mut Hive, who: usize) -> Value {
    hive.sockets[who].event("lane.changed").await["data"]["lane"].clone()
}

#[tokio::test]
async fn four_people_are_in_four_lanes_and_the_clock_of_the_hive_does_not_move() {
    let mut hive = Hive::of(&["Bob", "Carl", "Dora", "Eve"]).await;
    let everybody = [0, 1, 2, 3, 4];
    hive.ok(4, "timer.lane", json!({ "to": "out" })).await;
    assert_eq!(lane(&mut hive, 4).await["is"], "out");
    let rhythm = json!({
        "focus_minutes": 25, "short_minutes": 10, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
        "auto_break": true, "auto_focus": true,
    });
    hive.act(0, "timer.set", rhythm).await;
    let start = hive.act(0, "timer.start", nothing()).await;
    // Whoever waited for the next start is in step with it.
    assert_eq!(lane(&mut hive, 4).await["is"], "in_step");
    hive.pass(Duration::minutes(5), &everybody).await;
    let steps = [(1, "pause", "paused"), (3, "flow", "flow"), (4, "out", "out")];
    for (who, step, is) in steps {
        hive.ok(who, "timer.lane", json!({ "to": step })).await;
        assert_eq!(lane(&mut hive, who).await["is"], is);
    }
    assert_eq!(hive.refused(2, "timer.lane", json!({ "to": "overtime" })).await, "conflict");
    seen(&mut hive, "bob", "paused").await;
    seen(&mut hive, "dora", "in_flow").await;
    seen(&mut hive, "carl", "focusing").await;
    seen(&mut hive, "eve", "around").await;
    let now = hive.sync().await;
    assert_eq!((now.wakes_at(), now.revision), (start.wakes_at(), start.revision));
    // A pause of all is no new start for those who sit out.
    hive.act(0, "timer.pause", nothing()).await;
    hive.act(0, "timer.resume", nothing()).await;
    assert_eq!(hive.ok(4, "timer.sync", nothing()).await["lane"]["is"], "out");
    let rest = hive.pass_to_the_end(&everybody).await;
    hive.pass(Duration::minutes(3), &everybody).await;
    hive.ok(2, "timer.lane", json!({ "to": "overtime" })).await;
    let over = seen(&mut hive, "carl", "overtime").await;
    assert_eq!(over["since"], json!(rest.started_at().unwrap().to_string()));
    hive.pass(Duration::minutes(2), &everybody).await;
    hive.ok(3, "timer.lane", json!({ "to": "in_step" })).await;
    assert_eq!(hive.sync().await.revision, rest.revision);
    let credited = async |hive: &mut Hive, who: usize| {
        let page = hive.sockets[who].ok("focus.history", nothing()).await;
        let stints = page["stints"].as_array().unwrap().iter();
        stints.map(|stint| stint["credited_seconds"].as_i64().unwrap()).sum::<i64>()
    };
    hive.ok(2, "timer.lane", json!({ "to": "in_step" })).await;
    for (who, seconds) in [(0, 1500), (1, 300), (2, 1800), (3, 1800), (4, 300)] {
        let sum = credited(&mut hive, who).await;
        assert!((sum - seconds).abs() <= 15, "{who}: {sum} instead of {seconds}");
    }
    // One's own rhythm is what it was.
    let own = timer(&hive.sockets[3].ok("timer.sync", nothing()).await["timer"]);
    assert_eq!((own.rhythm, own.run), (focushive::timer::Rhythm::default(), Run::Idle));
}

#[tokio::test]
async fn overtime_ends_after_a_quarter_of_an_hour_though_nothing_else_happens() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.pass_to_the_end(&[0, 1]).await;
    hive.ok(1, "timer.lane", json!({ "to": "overtime" })).await;
    hive.recorded(1).await;
    assert_eq!(lane(&mut hive, 1).await["is"], "overtime");
    hive.pass(OVERTIME + Duration::minutes(3), &[0, 1]).await;
    let longer = hive.recorded(1).await;
    assert_eq!(lane(&mut hive, 1).await["is"], "in_step");
    assert!((i64::from(longer.credited_seconds) - 2400).abs() <= 15, "{longer:?}");
    assert_eq!(longer.span.length().whole_minutes(), 40);
}

#[tokio::test]
async fn flow_in_a_hive_begins_also_where_ones_own_clock_was_due_to_rest() {
    let mut hive = Hive::of(&["Bob"]).await;
    let own = json!({
        "focus_minutes": 10, "short_minutes": 5, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
        "auto_break": false, "auto_focus": false,
    });
    hive.sockets[1].ok("timer.set", own).await;
    hive.sockets[1].ok("timer.start", nothing()).await;
    hive.pass(Duration::minutes(10) + Duration::seconds(1), &[0, 1]).await;
    hive.house.quiet().await;
    assert_eq!(hive.sockets[1].ok("timer.sync", nothing()).await["timer"]["next"], "short_break");
    hive.act(0, "timer.start", nothing()).await;
    assert_eq!(hive.ok(1, "timer.lane", json!({ "to": "flow" })).await["is"], "flow");
    let clock = hive.sockets[1].ok("timer.sync", nothing()).await["timer"].clone();
    assert_eq!((&clock["phase"], &clock["rhythm"]["focus_minutes"]), (&json!("flow"), &json!(10)));
}

#[tokio::test]
async fn flow_ends_with_ones_own_clock_and_a_pause_with_the_session() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.ok(1, "timer.lane", json!({ "to": "flow" })).await;
    hive.ok(2, "timer.lane", json!({ "to": "pause" })).await;
    assert_eq!(
        (lane(&mut hive, 1).await["is"].clone(), lane(&mut hive, 2).await["is"].clone()),
        ("flow".into(), "paused".into())
    );
    hive.sockets[1].ok("timer.stop", nothing()).await;
    assert_eq!(lane(&mut hive, 1).await["is"], "in_step");
    hive.act(0, "timer.stop", nothing()).await;
    assert_eq!(lane(&mut hive, 2).await["is"], "in_step");
    assert_eq!(hive.refused(2, "timer.lane", json!({ "to": "pause" })).await, "conflict");
}
