//! A server that is gone for a minute and a half in the middle of a phase: nobody's clock minds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use focushive::timer::Timer;
use serde_json::json;

use crate::harness::{Device, Hive, Process, Shown, Socket, Trouble, database, timer};

/// How long a device may take to be right once it is back, and how far off it may be then.
const PATIENCE: Duration = Duration::from_secs(5);
const ERROR_MS: f64 = 300.0;

fn device(n: u64, wall_error_ms: f64) -> Arc<Device> {
    Device::new(Trouble { wall_error_ms, latency_ms: 20, jitter_ms: 30, throttled: Duration::ZERO }, n)
}

/// What each shows once all are connected again.
async fn synced(devices: &[Arc<Device>], since: Instant) -> Vec<Shown> {
    loop {
        let shown: Vec<Shown> = devices.iter().filter_map(|device| device.shown()).collect();
        if shown.len() == devices.len() && shown.iter().all(|shown| shown.synced) {
            return shown;
        }
        assert!(since.elapsed() < PATIENCE, "{shown:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn right(shown: &[Shown], facts: &Timer) {
    for shown in shown {
        assert!(shown.error_ms(facts).abs() <= ERROR_MS && shown.ordinal == 1, "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_with_ten_minutes_left_and_gone_for_ninety_seconds_shows_half_past_eight() {
    let url = database().await;
    let hive = Hive::on(url.clone(), &["Bob"]).await;
    let (id, ada, bob) = (hive.id.clone(), hive.people[0].clone(), hive.people[1].clone());
    let db = hive.house.services.db.clone();
    hive.close().await;
    let mut server = Process::start(&[("DATABASE_URL", &url)]).await;
    let mut host = Socket::of(server.address, &ada).await;
    let rhythm = json!({
        "hive": id, "focus_minutes": 10, "short_minutes": 5, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
        "auto_break": true,
    });
    host.ok("timer.set", rhythm).await;
    host.ok("hive.enter", json!({ "hive": id })).await;
    let started = host.ok("timer.start", json!({ "hive": id })).await["timer"].clone();

    let devices = [device(1, 0.0), device(2, -600_000.0), device(3, 600_000.0)];
    let mut living = tokio::task::JoinSet::new();
    for (n, device) in devices.iter().enumerate() {
        let person = if n % 2 == 0 { &ada } else { &bob };
        living.spawn(Arc::clone(device).live(server.address.to_string(), person.jar(), id.clone()));
    }
    let facts = timer(&started);
    right(&synced(&devices, Instant::now()).await, &facts);
    server.kill().await;
    tokio::time::sleep(Duration::from_secs(90)).await;
    server.start_again();
    server.wait_until_ready().await;
    right(&synced(&devices, Instant::now()).await, &facts);
    // Nothing was started anew, and what remains ends once.
    let mut host = Socket::of(server.address, &ada).await;
    host.ok("hive.enter", json!({ "hive": id })).await;
    let timer = host.ok("timer.sync", json!({ "hive": id })).await["timer"].clone();
    assert_eq!((&timer["started_at"], &timer["ends_at"]), (&started["started_at"], &started["ends_at"]));
    let changed = host.ok("timer.extend", json!({ "hive": id, "seconds": -500 })).await["timer"].clone();
    assert_eq!(changed["ordinal"], 1);
    let began = Instant::now();
    while devices.iter().filter_map(|device| device.shown()).any(|shown| shown.ordinal != 2) {
        assert!(began.elapsed() < Duration::from_secs(20), "the break does not begin");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let over: Vec<i64> = sqlx::query_scalar("select ordinal from timer_phase where place = $1::uuid")
        .bind(&id)
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(over, [1]);
    living.shutdown().await;
}
