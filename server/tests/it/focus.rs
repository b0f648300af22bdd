//! Focus that counts: what everybody is credited for a phase, and why.

use focushive::{
    focus::{Account, Cause, Stint, credit},
    timer::Run,
};
use serde_json::{Value, json};
use time::Duration;

use crate::harness::{Hive, Socket};

fn nothing() -> Value {
    json!({})
}

async fn start(names: &[&str], minutes: u16) -> Hive {
    let mut hive = Hive::of(names).await;
    let rhythm = json!({
        "focus_minutes": minutes, "short_minutes": 5, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
        "auto_break": true,
    });
    hive.act(0, "timer.set", rhythm).await;
    hive.act(0, "timer.start", nothing()).await;
    hive
}

fn about(stint: &Stint, seconds: i64) {
    let credited = i64::from(stint.credited_seconds);
    assert!((credited - seconds).abs() <= 15, "{credited} instead of {seconds}");
}

async fn newest(socket: &mut Socket) -> Stint {
    let history = socket.ok("focus.history", nothing()).await;
    serde_json::from_value(history["stints"][0].clone()).unwrap()
}

async fn counts_today(hive: &mut Hive, who: usize, seconds: i64) {
    let totals = hive.sockets[who].ok("focus.totals", nothing()).await;
    let today = totals["today_seconds"].as_i64().unwrap();
    assert!((today - seconds).abs() <= 15, "{today}");
}

async fn explained(hive: &mut Hive, who: usize, stint: &Stint) -> Account {
    let account = hive.sockets[who].ok("focus.explain", json!({ "stint": stint.id })).await;
    let account: Account = serde_json::from_value(account).unwrap();
    let pieces = &account.pieces;
    assert_eq!((pieces[0].span.from, pieces.last().unwrap().span.to), (stint.span.from, stint.span.to));
    assert!(pieces.windows(2).all(|pair| pair[0].span.to == pair[1].span.from));
    // What it counts is what its lines come to.
    assert_eq!(i64::from(account.stint.credited_seconds), credit(pieces).whole_seconds());
    account
}

#[tokio::test]
async fn a_machine_asleep_for_forty_of_fifty_minutes_earns_the_other_ten() {
    let mut hive = start(&["Bob"], 50).await;
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    hive.pass(Duration::minutes(40), &[0]).await;
    hive.ok(1, "hive.enter", nothing()).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let (ada, bob) = (hive.recorded(0).await, hive.recorded(1).await);
    about(&ada, 3000);
    about(&bob, 600);
    let causes: Vec<Cause> = explained(&mut hive, 1, &bob).await.pieces.iter().map(|piece| piece.cause).collect();
    assert_eq!(causes, [Cause::There, Cause::NotHeard, Cause::There]);
    // Nobody is told of anybody else's.
    let told = hive.sockets[0].rest().await;
    assert!(told.iter().all(|told| told["event"] != "focus.recorded"), "{told:?}");
    assert_eq!(hive.sockets[0].refused("focus.explain", json!({ "stint": bob.id })).await, "not_found");
    // Something of ours that reached them aloud in the middle of it is on the account too.
    assert_eq!(explained(&mut hive, 1, &bob).await.ours, []);
    sqlx::query(
        "with told as (insert into notification (id, user_id, source, kind, what, at, due_at)
                       select gen_random_uuid(), user_id, 'test', 'system', '{}', began_at, began_at from stint where id = $1
                       returning id, at)
         insert into notification_delivery (notification_id, channel, attempt, tried_at, aloud)
         select id, 'push', 1, at + interval '1 minute', true from told",
    )
    .bind(bob.id.0)
    .execute(&hive.house.services.db)
    .await
    .unwrap();
    assert_eq!(explained(&mut hive, 1, &bob).await.ours.len(), 1);
}

#[tokio::test]
async fn a_crash_a_late_arrival_and_one_who_goes_early_earn_what_they_were_there_for() {
    let mut hive = start(&["Bob", "Carl", "Dora"], 25).await;
    hive.ok(2, "hive.exit", nothing()).await;
    hive.pass(Duration::minutes(12), &[0, 1, 3]).await;
    hive.ok(2, "hive.enter", nothing()).await;
    hive.pass(Duration::seconds(8), &[0, 2, 3]).await;
    hive.ok(3, "hive.exit", nothing()).await;
    hive.pass_to_the_end(&[0, 2]).await;
    about(&hive.recorded(0).await, 1500);
    about(&hive.recorded(1).await, 720);
    about(&hive.recorded(2).await, 780);
    about(&hive.recorded(3).await, 728);
}

#[tokio::test]
async fn two_devices_and_two_hives_count_once() {
    let mut hive = start(&["Bob"], 25).await;
    let mut phone = Socket::open(&hive.house, &hive.people[1]).await;
    phone.ok("hive.enter", hive.hive()).await;
    let made = json!({ "key": uuid::Uuid::new_v4(), "name": "Kitchen" });
    let other = json!({ "hive": phone.ok("hive.create", made).await["id"] });
    let mut tab = Socket::open(&hive.house, &hive.people[1]).await;
    tab.ok("hive.enter", other.clone()).await;
    tab.ok("timer.start", other).await;
    for _ in 0..61 {
        hive.pass(Duration::seconds(25), &[0, 1]).await;
        phone.ok("presence.beat", nothing()).await;
        tab.ok("presence.beat", nothing()).await;
    }
    hive.house.quiet().await;
    hive.recorded(1).await;
    counts_today(&mut hive, 1, 1500).await;
}

#[tokio::test]
async fn who_closes_their_last_tab_just_before_the_end_earns_what_was_before_it() {
    for missed in [3, 12, 28] {
        let mut hive = start(&["Bob"], 25).await;
        hive.pass(Duration::seconds(1500 - missed), &[0, 1]).await;
        hive.sockets.pop().unwrap().leave().await;
        hive.house.quiet().await;
        hive.pass_to_the_end(&[0]).await;
        let mut back = Socket::open(&hive.house, &hive.people[1]).await;
        about(&newest(&mut back).await, 1500 - missed);
    }
}

#[tokio::test]
async fn who_loads_the_page_anew_over_the_end_loses_nothing() {
    let mut hive = start(&["Bob"], 25).await;
    hive.pass(Duration::seconds(1498), &[0, 1]).await;
    hive.sockets.pop().unwrap().leave().await;
    hive.house.quiet().await;
    hive.pass(Duration::seconds(4), &[0]).await;
    let mut back = Socket::open(&hive.house, &hive.people[1]).await;
    back.ok("hive.enter", hive.hive()).await;
    hive.sockets.push(back);
    hive.pass(Duration::seconds(12), &[0, 1]).await;
    hive.house.quiet().await;
    let stint = newest(&mut hive.sockets[1]).await;
    about(&stint, 1500);
    explained(&mut hive, 1, &stint).await;
}

#[tokio::test]
async fn who_came_late_to_what_a_host_ended_early_gave_nothing_up() {
    let mut hive = start(&["Bob"], 25).await;
    hive.ok(1, "hive.exit", nothing()).await;
    hive.pass(Duration::minutes(17), &[0]).await;
    hive.ok(1, "hive.enter", nothing()).await;
    hive.pass(Duration::minutes(3), &[0, 1]).await;
    hive.act(0, "timer.skip", nothing()).await;
    let stint = hive.recorded(1).await;
    about(&stint, 180);
    assert!(!stint.void, "{stint:?}");
}

/// So many minutes pass, while some are at work and others left their tabs open.
async fn leave_open(hive: &mut Hive, minutes: i64, awake: &[usize], open: &[usize]) {
    for _ in 0..(minutes * 60 / 25) {
        hive.pass(Duration::seconds(25), awake).await;
        for who in open {
            hive.sockets[*who].ok("presence.beat", json!({ "active": false })).await;
        }
    }
}

/// Fifteen minutes a round.
fn short_rounds() -> Value {
    json!({
        "focus_minutes": 10, "short_minutes": 5, "long_minutes": 15, "rounds": 12, "flow_ratio": 5,
        "auto_break": true, "auto_focus": true,
    })
}

#[tokio::test]
async fn a_restart_of_ours_wakes_no_tab_that_was_left_open() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", short_rounds()).await;
    hive.act(0, "timer.start", nothing()).await;
    leave_open(&mut hive, 20, &[0], &[1]).await;
    let Hive { house, id, people, sockets } = hive;
    drop(sockets);
    let house = house.restart(Duration::seconds(10)).await;
    let mut hive = Hive { house, id, people, sockets: Vec::new() };
    for (who, idle) in [(0, 0), (1, 20 * 60 + 10)] {
        let mut socket = Socket::open(&hive.house, &hive.people[who]).await;
        socket.ok("hive.enter", json!({ "hive": hive.id, "idle_seconds": idle })).await;
        hive.sockets.push(socket);
    }
    leave_open(&mut hive, 70, &[0], &[1]).await;
    counts_today(&mut hive, 1, 1800).await;
}

#[tokio::test]
async fn a_tab_that_was_left_open_focuses_for_three_rounds_and_no_longer() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.set", short_rounds()).await;
    hive.ok(1, "hive.enter", nothing()).await;
    hive.act(0, "timer.start", nothing()).await;
    for _ in 0..3 {
        leave_open(&mut hive, 30, &[0], &[1]).await;
        // Its connection breaks now and then, and it is back by itself.
        hive.sockets[1] = Socket::open(&hive.house, &hive.people[1]).await;
        hive.ok(1, "hive.enter", nothing()).await;
    }
    counts_today(&mut hive, 1, 1800).await;
}

#[tokio::test]
async fn tabs_that_were_left_open_neither_decide_nor_keep_a_rhythm_going() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.set", short_rounds()).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.ok(0, "hive.exit", nothing()).await;
    leave_open(&mut hive, 46, &[1], &[2]).await;
    // Carl touched nothing for three rounds: Bob is alone with the clock.
    assert!(hive.ok(1, "timer.pause", nothing()).await["proposal"].is_null());
    hive.act(1, "timer.resume", nothing()).await;
    leave_open(&mut hive, 65, &[], &[1, 2]).await;
    let parked = hive.sync().await;
    assert!(matches!(parked.run, Run::Waiting { parked: true, .. }), "{parked:?}");
}

#[tokio::test]
async fn pauses_of_ones_own_and_of_all_are_left_out_and_said() {
    let mut hive = start(&["Bob"], 25).await;
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    hive.ok(1, "timer.lane", json!({ "to": "pause" })).await;
    hive.pass(Duration::minutes(4), &[0, 1]).await;
    hive.ok(1, "timer.lane", json!({ "to": "in_step" })).await;
    hive.act(0, "timer.pause", nothing()).await;
    hive.pass(Duration::minutes(6), &[0, 1]).await;
    hive.act(0, "timer.resume", nothing()).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let (ada, bob) = (hive.recorded(0).await, hive.recorded(1).await);
    about(&ada, 1500);
    about(&bob, 1500 - 240);
    let causes: Vec<Cause> = explained(&mut hive, 1, &bob).await.pieces.iter().map(|piece| piece.cause).collect();
    assert_eq!(causes, [Cause::There, Cause::Paused, Cause::There, Cause::AllPaused, Cause::There]);
}

#[tokio::test]
async fn what_was_given_up_early_is_kept_and_not_counted() {
    let mut hive = start(&[], 25).await;
    hive.pass(Duration::minutes(2), &[0]).await;
    hive.act(0, "timer.stop", nothing()).await;
    let stint = hive.recorded(0).await;
    assert!(stint.void, "{stint:?}");
    let totals = hive.sockets[0].ok("focus.totals", nothing()).await;
    assert_eq!((&totals["today_seconds"], &totals["today_sessions"]), (&json!(0), &json!(0)));
    // Their own word stands above that, as it stands above every other sum.
    hive.sockets[0].ok("focus.correct", json!({ "stint": stint.id, "minutes": 2 })).await;
    let totals = hive.sockets[0].ok("focus.totals", nothing()).await;
    assert_eq!((&totals["today_seconds"], &totals["today_sessions"]), (&json!(120), &json!(1)));
}

#[tokio::test]
async fn an_outage_of_ours_in_mid_phase_costs_nobody_anything() {
    let mut hive = start(&["Bob"], 25).await;
    hive.sockets[1].ok("timer.start", json!({ "goal": "Alone" })).await;
    hive.pass(Duration::minutes(10), &[0, 1]).await;
    let mut hive = hive.restart(Duration::seconds(90)).await;
    hive.pass_to_the_end(&[0, 1]).await;
    about(&hive.recorded(0).await, 1500);
    hive.pass(Duration::seconds(20), &[0, 1]).await;
    hive.house.quiet().await;
    counts_today(&mut hive, 1, 1500).await;
}

#[tokio::test]
async fn what_is_heard_only_after_the_end_because_we_were_out_is_on_the_account_and_counted() {
    for out in [60, 120] {
        let mut hive = start(&["Bob"], 25).await;
        hive.pass(Duration::seconds(1470), &[0, 1]).await;
        let mut hive = hive.restart(Duration::seconds(out)).await;
        hive.pass(Duration::seconds(60), &[0, 1]).await;
        hive.house.quiet().await;
        let stint = newest(&mut hive.sockets[1]).await;
        about(&stint, 1485);
        explained(&mut hive, 1, &stint).await;
    }
}

#[tokio::test]
async fn whoever_is_not_shown_is_credited_all_the_same() {
    let mut hive = start(&["Bob"], 25).await;
    let off = [("typing", "true"), ("read_receipts", "true"), ("presence", "false"), ("focus_totals", "false")];
    hive.fill_in(1, "account.set_privacy", &off).await;
    hive.pass_to_the_end(&[0, 1]).await;
    about(&hive.recorded(1).await, 1500);
    let seats = hive.ok(0, "presence.list", nothing()).await;
    assert_eq!(seats.as_array().unwrap().len(), 1, "{seats}");
}

#[tokio::test]
async fn a_session_has_a_goal_an_outcome_what_pulled_and_a_word_of_ones_own() {
    let mut hive = start(&["Bob"], 25).await;
    hive.ok(1, "hive.set_goal", json!({ "goal": "=Chapter 3" })).await;
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    hive.ok(1, "focus.note", json!({ "by": "inner" })).await;
    hive.pass(Duration::minutes(1), &[0, 1]).await;
    hive.ok(1, "focus.note", json!({ "by": "outer" })).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let stint = hive.recorded(1).await;
    assert_eq!((stint.goal.as_ref().unwrap().as_str(), stint.inner, stint.outer), ("=Chapter 3", 1, 1));
    assert_eq!(explained(&mut hive, 1, &stint).await.pulls.len(), 2);
    assert_eq!(hive.refused(1, "focus.note", json!({ "by": "inner" })).await, "conflict");
    // Whoever finishes a thought is at work.
    hive.ok(1, "timer.lane", json!({ "to": "overtime" })).await;
    hive.ok(1, "focus.note", json!({ "by": "outer" })).await;
    hive.ok(1, "timer.lane", json!({ "to": "in_step" })).await;
    let mut phone = Socket::open(&hive.house, &hive.people[1]).await;
    let own = format!("user/{}", phone.id().await);
    phone.join(&own, None).await;
    hive.sockets[1].ok("focus.outcome", json!({ "stint": stint.id, "outcome": "partly" })).await;
    // Their other devices need not ask any more.
    assert_eq!(phone.event("focus.recorded").await["data"]["stint"]["outcome"], "partly");
    hive.sockets[1].ok("focus.correct", json!({ "stint": stint.id, "minutes": 20 })).await;
    for does in ["focus.outcome", "focus.correct"] {
        let with = if does == "focus.outcome" { json!({ "outcome": "done" }) } else { json!({ "minutes": 1 }) };
        let mut with = with;
        with["stint"] = json!(stint.id);
        assert_eq!(hive.sockets[0].refused(does, with).await, "not_found");
    }
    let too_long = json!({ "stint": stint.id, "minutes": 721 });
    assert_eq!(hive.sockets[1].refused("focus.correct", too_long).await, "invalid");
    let page = hive.sockets[1].ok("focus.history", nothing()).await;
    let kept: Stint = serde_json::from_value(page["stints"][0].clone()).unwrap();
    assert_eq!((kept.corrected_seconds, kept.credited_seconds), (Some(1200), stint.credited_seconds));
    let totals = hive.sockets[1].ok("focus.totals", nothing()).await;
    assert_eq!((&totals["today_seconds"], &totals["streak_days"]), (&json!(1200), &json!(1)));
    let table = hive.people[1].get("/sessions.csv").await;
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    let line = table.body.lines().nth(1).unwrap();
    assert!(line.contains("\"Library\",\"'=Chapter 3\",partly,") && line.contains(",1200,false,1,2"), "{line}");
    hive.sockets[1].ok("focus.correct", json!({ "stint": stint.id })).await;
    assert_eq!(hive.sockets[1].ok("focus.history", nothing()).await["stints"][0]["corrected_seconds"], Value::Null);
    assert_ne!(hive.house.visitor().get("/sessions.csv").await.status, 200);
}

#[tokio::test]
async fn those_who_keep_the_house_see_how_often_it_interrupts_and_nobody_else() {
    let mut hive = start(&["Bob"], 25).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let stint = hive.recorded(1).await;
    hive.recorded(0).await;
    let none = hive.sockets[0].ok("focus.house", nothing()).await;
    assert_eq!(none["interruptions"], json!(0), "{none}");
    assert!((2970..=3000).contains(&none["focus_seconds"].as_i64().unwrap()), "{none}");
    hive.ok(0, "chat.send", json!({ "key": uuid::Uuid::new_v4(), "body": "@bob look" })).await;
    hive.house.pass(Duration::seconds(6));
    hive.sockets[1].event("notification.new").await;
    let outside = hive.sockets[0].ok("focus.house", nothing()).await;
    assert_eq!(outside["interruptions"], json!(0), "a break is no focus");
    sqlx::query("update notification_delivery set aloud = true, tried_at = $1")
        .bind(stint.span.from.after(Duration::MINUTE).0)
        .execute(&hive.house.services.db)
        .await
        .unwrap();
    let one = hive.sockets[0].ok("focus.house", nothing()).await;
    assert!(one["interruptions"].as_i64().unwrap() >= 1, "{one}");
    assert_eq!(hive.sockets[1].refused("focus.house", json!({})).await, "forbidden");
    hive.house.services.clock.advance(Duration::days(31));
    assert_eq!(hive.sockets[0].ok("focus.house", nothing()).await["focus_seconds"], json!(0), "of late");
}
