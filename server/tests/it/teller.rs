//! What is owed to people by the bell is told once, whatever fails meanwhile, and what fails holds
//! up nobody else.

use serde_json::{Value, json};
use sqlx::{query, query_scalar, raw_sql};
use time::Duration;
use uuid::Uuid;

use crate::harness::Hive;

/// Longer than what was written is held back.
const TOLD_BY: Duration = Duration::seconds(6);

/// Until it is repaired Ada cannot be told anything: each try is counted, and fails.
const BREAK: &str = r#"create sequence tries;
    create function refuse() returns trigger language plpgsql as $$
    begin
        if (select handle from "user" where id = new.user_id) = 'ada' then
            perform nextval('tries');
            raise exception 'not now';
        end if;
        return new;
    end $$;
    create trigger refuse before update on notification for each row
        when (new.seq is not null and old.seq is null) execute function refuse();"#;

impl Hive {
    async fn mention(&mut self, who: usize, handle: &str) {
        let with = json!({ "key": Uuid::new_v4(), "body": format!("@{handle} look") });
        self.ok(who, "chat.send", with).await;
    }

    async fn break_for_ada(&self) {
        raw_sql(BREAK).execute(&self.house.services.db).await.unwrap();
    }

    async fn repair(&self) {
        raw_sql("drop trigger refuse on notification").execute(&self.house.services.db).await.unwrap();
    }

    async fn tries(&self) -> i64 {
        self.number("select case when is_called then last_value else 0 end from tries").await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        query_scalar(sql).fetch_one(&self.house.services.db).await.unwrap()
    }

    async fn until(&self, sql: &'static str, is: i64) {
        for _ in 0..500 {
            if self.number(sql).await == is {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it is never {is}: {sql}");
    }

    /// How many cards were told, and how many of what somebody was named in made a sound.
    async fn cards(&self) -> (i64, i64) {
        let cards = "select count(*) from topic_event where name = 'digest.changed'";
        let aloud = "select count(*) from notification_delivery d join notification n on n.id = d.notification_id
                     where d.aloud and n.kind = 'mention'";
        (self.number(cards).await, self.number(aloud).await)
    }

    /// Ada begins to focus, and that is written down.
    async fn focus(&mut self) {
        self.act(0, "timer.start", json!({})).await;
        let quiet = self.sockets[0].event("bell.changed").await;
        assert_eq!(quiet["data"]["quiet"]["why"], json!("focus"));
    }
}

#[tokio::test]
async fn one_who_cannot_be_told_holds_up_nobody_and_is_not_tried_all_the_time() {
    let mut hive = Hive::of(&["Bob", "Eve"]).await;
    hive.break_for_ada().await;
    hive.mention(2, "ada").await;
    hive.mention(2, "bob").await;
    hive.house.pass(TOLD_BY);
    hive.sockets[1].event("notification.new").await;
    hive.until("select least(1, case when is_called then last_value else 0 end) from tries", 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    assert!(hive.tries().await <= 2, "tried {} times within a second", hive.tries().await);
    hive.repair().await;
    hive.house.pass(Duration::minutes(2));
    hive.sockets[0].event("notification.new").await;
}

#[tokio::test]
async fn what_a_later_version_wrote_is_let_be_and_the_rest_is_told() {
    let mut hive = Hive::of(&["Bob"]).await;
    let ada: Uuid = hive.sockets[0].id().await.parse().unwrap();
    query(
        "insert into notification (id, user_id, source, kind, what, at, due_at)
         values (gen_random_uuid(), $1, 'later', 'telepathy', '{\"kind\":\"telepathy\"}', now(), now())",
    )
    .bind(ada)
    .execute(&hive.house.services.db)
    .await
    .unwrap();
    hive.house.pass(TOLD_BY);
    hive.until(
        "select count(*) from notification where kind = 'telepathy' and due_at > now() + interval '30 minutes'",
        1,
    )
    .await;
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    assert_eq!(hive.sockets[0].event("notification.new").await["data"]["what"]["kind"], json!("mention"));
}

#[tokio::test]
async fn the_card_after_a_focus_comes_once_though_the_first_try_to_tell_it_fails() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.focus().await;
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    hive.break_for_ada().await;
    hive.act(0, "timer.skip", json!({})).await;
    hive.until("select least(1, case when is_called then last_value else 0 end) from tries", 1).await;
    hive.repair().await;
    hive.house.pass(Duration::minutes(2));
    let card = hive.sockets[0].event("digest.changed").await["data"].clone();
    assert_eq!((&card["why"], &card["lines"][0]["kind"]), (&json!("focus"), &json!("mention")));
    hive.house.pass(Duration::minutes(1));
    hive.until("select count(*) from bell where owed_since is not null", 0).await;
    assert_eq!(hive.cards().await, (1, 0));
}

#[tokio::test]
async fn the_card_comes_once_though_nobody_was_there_to_tell_it_when_the_focus_ended() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.focus().await;
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    let mut hive = hive.restart(Duration::minutes(26)).await;
    hive.house.pass(Duration::seconds(40));
    hive.until("select count(*) from bell where owed_since is not null", 0).await;
    let card = hive.sockets[0].ok("digest.look", json!({})).await;
    assert_eq!((&card["why"], &card["lines"][0]["kind"]), (&json!("focus"), &json!("mention")));
    let hive = hive.restart(Duration::minutes(1)).await;
    hive.house.pass(Duration::seconds(40));
    assert_eq!(hive.cards().await, (1, 0));
}

#[tokio::test]
async fn however_much_waited_it_is_all_in_one_card_and_makes_no_sound() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.focus().await;
    hive.mention(1, "ada").await;
    hive.until("select count(*) from notification where kind = 'mention'", 1).await;
    query(
        "insert into notification (id, user_id, source, kind, what, hive_id, message, at, due_at)
         select gen_random_uuid(), user_id, source || n, kind, what, hive_id, message, at, due_at
         from notification, generate_series(1, 1100) n where kind = 'mention'",
    )
    .execute(&hive.house.services.db)
    .await
    .unwrap();
    hive.house.pass(TOLD_BY);
    hive.act(0, "timer.skip", json!({})).await;
    let card = hive.sockets[0].event("digest.changed").await["data"].clone();
    assert_eq!(card["lines"][0]["count"], json!(1101));
    assert_eq!(hive.cards().await, (1, 0));
    assert_eq!(hive.sockets[0].ok("notification.bell", json!({})).await["quiet"], Value::Null);
}

#[tokio::test]
async fn a_clock_of_ones_own_that_nobody_looks_after_holds_nothing_back() {
    let mut hive = Hive::of(&["Bob"]).await;
    let flow = json!({
        "style": "flow", "focus_minutes": 25, "short_minutes": 5, "long_minutes": 15, "rounds": 4, "flow_ratio": 5,
    });
    hive.sockets[0].ok("timer.set", flow).await;
    hive.sockets[0].ok("timer.start", json!({})).await;
    for minute in 0..100 {
        hive.house.pass(Duration::MINUTE);
        hive.sockets[0].ok("presence.beat", json!({ "active": false })).await;
        if minute == 80 {
            let bell = hive.sockets[0].ok("notification.bell", json!({})).await;
            assert_eq!(bell["quiet"]["why"], json!("focus"), "three rounds are not over");
        }
    }
    assert_eq!(hive.sockets[0].ok("notification.bell", json!({})).await["quiet"], Value::Null);
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    hive.sockets[0].event("notification.new").await;
}

#[tokio::test]
async fn in_another_zone_it_is_another_hour() {
    let mut hive = Hive::of(&["Bob"]).await;
    let at = |ahead: Duration| {
        let at = hive.now().after(ahead).0;
        format!("{:02}:{:02}", at.hour(), at.minute())
    };
    let hours = json!({ "from": vec![at(-Duration::HOUR); 7], "to": vec![at(Duration::HOUR); 7] });
    hive.sockets[0].ok("quiet.set", hours).await;
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    hive.until("select count(*) from notification where held", 1).await;
    hive.fill_in(0, "account.set_day", &[("zone", "Pacific/Auckland"), ("day_end", "04:00")]).await;
    hive.sockets[0].event("notification.new").await;
}

#[tokio::test]
async fn whoever_sits_in_the_hive_is_not_told_that_a_session_began_there() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.ok(1, "notification.choose", json!({ "kind": "session_started", "level": "interrupt" })).await;
    hive.act(0, "timer.start", json!({})).await;
    hive.act(0, "timer.stop", json!({})).await;
    let started = "select count(*) from notification where kind = 'session_started'";
    assert_eq!(hive.number(started).await, 0);
    hive.ok(1, "hive.exit", json!({})).await;
    hive.act(0, "timer.start", json!({})).await;
    assert_eq!(hive.number(started).await, 1);
}

#[tokio::test]
async fn whoever_takes_part_and_wants_to_is_told_that_the_break_is_over() {
    let mut hive = Hive::of(&["Bob", "Cem"]).await;
    for who in [1, 2] {
        hive.ok(who, "notification.choose", json!({ "kind": "break_ended", "level": "interrupt" })).await;
    }
    hive.ok(2, "hive.exit", json!({})).await;
    hive.act(0, "timer.start", json!({})).await;
    for _ in 0..2 {
        hive.pass_to_the_end(&[0, 1]).await;
    }
    let over = "select count(*) from notification where kind = 'break_ended'";
    hive.until(over, 1).await;
    let whose = r#"select count(*) from notification n join "user" u on u.id = n.user_id
                   where n.kind = 'break_ended' and u.name = 'Bob'"#;
    assert_eq!((hive.number(over).await, hive.number(whose).await), (1, 1));
}

#[tokio::test]
async fn what_was_read_long_ago_is_swept_and_what_is_unread_stays() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.mention(1, "ada").await;
    hive.mention(1, "ada").await;
    hive.house.pass(TOLD_BY);
    let read = hive.sockets[0].event("notification.new").await["data"]["id"].clone();
    hive.sockets[0].event("notification.new").await;
    hive.sockets[0].ok("notification.read", json!({ "notifications": [read] })).await;
    hive.act(0, "timer.start", json!({})).await;
    hive.act(0, "timer.stop", json!({})).await;
    let left = "select count(*) from notification where kind = 'mention'";
    for (days, notifications, acts) in [(6, 2, 2), (2, 2, 0), (83, 1, 0)] {
        hive.house.services.clock.advance(Duration::days(days));
        server::notification::tidy(&hive.house.services).await.unwrap();
        server::timer::tidy(&hive.house.services).await.unwrap();
        assert_eq!(
            (hive.number(left).await, hive.number("select count(*) from timer_act").await),
            (notifications, acts)
        );
    }
}
