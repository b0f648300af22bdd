//! Rhythms that a hive keeps under names of its own, and takes up at the next boundary.

use focushive::timer::{Phase, Run, Saved};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::harness::Hive;

fn saved(value: Value) -> Vec<Saved> {
    serde_json::from_value(value).unwrap()
}

fn deep() -> Value {
    json!({ "style": "rounds", "focus_minutes": 50, "short_minutes": 10, "long_minutes": 20, "rounds": 3, "flow_ratio": 5,
            "auto_break": true, "auto_focus": false })
}

async fn save(hive: &mut Hive, name: &str, rhythm: Value) -> Saved {
    let with = json!({ "key": Uuid::new_v4(), "name": name, "rhythm": rhythm });
    serde_json::from_value(hive.ok(0, "rhythm.save", with).await).unwrap()
}

#[tokio::test]
async fn a_rhythm_that_is_picked_counts_from_the_next_phase_on() {
    let mut hive = Hive::of(&["Bob"]).await;
    let deep = save(&mut hive, "Deep", deep()).await;
    let started = hive.act(0, "timer.start", json!({})).await;
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    let picked = hive.act(0, "rhythm.pick", json!({ "rhythm": deep.id })).await;
    assert_eq!((&picked.run, &picked.rhythm), (&started.run, &deep.rhythm));
    let rest = hive.pass_to_the_end(&[0, 1]).await;
    let Run::Running { phase: Phase::ShortBreak, started_at, ends_at } = rest.run else { panic!("{rest:?}") };
    assert_eq!(Some(started_at), started.wakes_at());
    assert_eq!(ends_at.since(started_at), Duration::minutes(10));
}

#[tokio::test]
async fn hosts_keep_rename_and_remove_rhythms_and_members_see_them() {
    let mut hive = Hive::of(&["Bob"]).await;
    let key = Uuid::new_v4();
    // With none given, it is the one that the clock has.
    let with = json!({ "key": key, "name": "Ours" });
    let ours = hive.ok(0, "rhythm.save", with.clone()).await;
    assert_eq!(ours, hive.ok(0, "rhythm.save", with).await);
    let ours: Saved = serde_json::from_value(ours).unwrap();
    assert_eq!(ours.rhythm, hive.sync().await.rhythm);
    assert_eq!(saved(hive.ok(1, "rhythm.list", json!({})).await), std::slice::from_ref(&ours));
    let same = json!({ "key": Uuid::new_v4(), "name": "OURS" });
    assert_eq!(hive.refused(0, "rhythm.save", same).await, "invalid");
    let mut bad = deep();
    bad["rounds"] = json!(0);
    let bad = json!({ "key": Uuid::new_v4(), "name": "Bad", "rhythm": bad });
    assert_eq!(hive.refused(0, "rhythm.save", bad).await, "invalid");
    for (does, with) in [
        ("rhythm.save", json!({ "key": Uuid::new_v4(), "name": "Mine" })),
        ("rhythm.rename", json!({ "rhythm": ours.id, "name": "Mine" })),
        ("rhythm.remove", json!({ "rhythm": ours.id })),
        ("rhythm.pick", json!({ "rhythm": ours.id })),
    ] {
        assert_eq!(hive.refused(1, does, with).await, "forbidden", "{does}");
    }
    hive.ok(0, "rhythm.rename", json!({ "rhythm": ours.id, "name": "Theirs" })).await;
    assert_eq!(saved(hive.ok(0, "rhythm.list", json!({})).await)[0].name.to_string(), "Theirs");
    hive.ok(0, "rhythm.remove", json!({ "rhythm": ours.id })).await;
    assert_eq!(saved(hive.ok(0, "rhythm.list", json!({})).await), []);
    for (does, with) in [
        ("rhythm.rename", json!({ "rhythm": ours.id, "name": "Gone" })),
        ("rhythm.remove", json!({ "rhythm": ours.id })),
        ("rhythm.pick", json!({ "rhythm": ours.id })),
    ] {
        assert_eq!(hive.refused(0, does, with).await, "not_found", "{does}");
    }
}

#[tokio::test]
async fn a_hive_keeps_so_many_rhythms_and_no_more() {
    let mut hive = Hive::of(&[]).await;
    for n in 0..focushive::timer::MOST_SAVED {
        save(&mut hive, &format!("No. {n}"), deep()).await;
    }
    let one_more = json!({ "key": Uuid::new_v4(), "name": "One more" });
    assert_eq!(hive.refused(0, "rhythm.save", one_more).await, "conflict");
}
