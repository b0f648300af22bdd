//! Summaries by mail: what stayed unread, when it was asked for, and never again.

use serde_json::{Value, json};
use sqlx::query_scalar;
use time::Duration;
use uuid::Uuid;

use crate::harness::{Hive, House, Letters};

/// Longer than what was written is held back.
const TOLD_BY: Duration = Duration::seconds(6);

/// Ada and Bob, whose address is confirmed, and who wants a summary every day at eight.
async fn scene(letters: &mut Letters) -> Hive {
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", &letters.url)]).await;
    let mut hive = Hive::in_house(house, &["Bob"]).await;
    let token = token(&letters.next().await);
    hive.people[1].submit("/verify", "auth.verify", &[("token", &token)]).await;
    let every_day = json!({ "days": "every_day", "at": "08:00", "after_hours": 2 });
    hive.sockets[1].ok("summary.set", every_day).await;
    hive
}

fn token(letter: &str) -> String {
    letter.split("token=").nth(1).unwrap().split(['>', ' ', '\r']).next().unwrap().to_owned()
}

impl Hive {
    /// Ada writes something that Bob is told of.
    async fn name_bob(&mut self, words: &str) -> Value {
        let sent = json!({ "key": Uuid::new_v4(), "body": format!("@bob {words}") });
        self.ok(0, "chat.send", sent).await;
        self.house.pass(TOLD_BY);
        self.sockets[1].event("notification.new").await["data"].clone()
    }

    /// Until eight in the morning.
    async fn pass_to_eight(&mut self) {
        let now = self.now().0;
        let eight = now.replace_time(time::macros::time!(8:00));
        let ahead = if eight > now { eight - now } else { eight - now + Duration::DAY };
        self.house.pass(ahead + Duration::SECOND);
    }

    /// Until nothing is due.
    async fn sent_all(&self) {
        for _ in 0..300 {
            let due: i64 = query_scalar("select count(*) from summary where due_at <= $1")
                .bind(self.now().0)
                .fetch_one(&self.house.services.db)
                .await
                .unwrap();
            if due == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("a summary stays due");
    }

    /// How it was tried so far, once it was tried so often.
    async fn letters_tried(&self, many: usize) -> Vec<(i16, bool, Option<String>)> {
        for _ in 0..300 {
            let tries: Vec<_> = sqlx::query_as(
                "select attempt, delivered_at is not null, failure from notification_delivery
                 where channel = 'email' order by attempt",
            )
            .fetch_all(&self.house.services.db)
            .await
            .unwrap();
            if tries.len() >= many {
                return tries;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it is not tried");
    }
}

#[tokio::test]
async fn what_stayed_unread_is_told_once_and_nothing_that_was_read_or_written() {
    let mut letters = Letters::open().await;
    let mut hive = scene(&mut letters).await;
    let read = hive.name_bob("good morning").await;
    hive.sockets[1].ok("notification.read", json!({ "notifications": [read["id"]] })).await;
    hive.name_bob("a secret word").await;
    hive.house.pass(Duration::hours(2));
    hive.pass_to_eight().await;
    let letter = letters.next().await;
    assert!(letter.contains("Subject: FocusHive: one thing waits for you"), "{letter}");
    assert!(letter.contains("Ada mentioned you") && letter.contains(&format!("/hive/{}?at=", hive.id)), "{letter}");
    assert!(!letter.contains("secret"), "{letter}");
    assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{letter}");
    assert_eq!(hive.letters_tried(1).await, [(1, true, None)]);
    // The next day nothing is new, so that no letter comes.
    hive.pass_to_eight().await;
    hive.sent_all().await;
    hive.name_bob("again").await;
    hive.house.pass(Duration::hours(2));
    hive.pass_to_eight().await;
    assert!(letters.next().await.contains("one thing waits"), "the one that is new, alone");
    assert!(letters.is_empty());
}

#[tokio::test]
async fn what_is_younger_than_one_wants_waits_for_the_next() {
    let mut letters = Letters::open().await;
    let mut hive = scene(&mut letters).await;
    let now = hive.now().0;
    let half_past_six = now.replace_time(time::macros::time!(6:30));
    hive.house.pass(if half_past_six > now { half_past_six - now } else { half_past_six - now + Duration::DAY });
    hive.name_bob("just now").await;
    hive.pass_to_eight().await;
    hive.sent_all().await;
    assert!(letters.is_empty() && hive.letters_tried(0).await.is_empty());
    hive.pass_to_eight().await;
    assert!(letters.next().await.contains("one thing waits"));
}

#[tokio::test]
async fn one_press_in_the_letter_ends_them_and_so_does_its_page() {
    let mut letters = Letters::open().await;
    let mut hive = scene(&mut letters).await;
    hive.name_bob("good morning").await;
    hive.house.pass(Duration::hours(2));
    hive.pass_to_eight().await;
    let token = token(&letters.next().await);
    let mut mail_program = hive.house.visitor();
    assert_eq!(mail_program.post("/api/stop?token=x.y", json!({})).await.status, 404);
    assert_eq!(hive.sockets[1].ok("summary.look", json!({})).await["days"], json!("every_day"));
    assert_eq!(mail_program.post(&format!("/api/stop?token={token}"), json!({})).await.status, 204);
    assert_eq!(hive.sockets[1].ok("summary.look", json!({})).await["days"], json!("never"));
    let weekly = json!({ "days": "mondays", "at": "20:00", "after_hours": 24 });
    hive.sockets[1].ok("summary.set", weekly).await;
    let mut by_hand = hive.house.visitor();
    assert_eq!(by_hand.submit("/stop", "summary.stop", &[("token", &token)]).await.status, 200);
    assert_eq!(hive.sockets[1].ok("summary.look", json!({})).await["days"], json!("never"));
}

#[tokio::test]
async fn a_letter_that_nobody_took_is_tried_again() {
    let mut letters = Letters::open().await;
    let mut hive = scene(&mut letters).await;
    hive.name_bob("good morning").await;
    // From here on it may be eight, whatever time of day the test runs at.
    letters.refuse(true);
    hive.house.pass(Duration::hours(2));
    hive.pass_to_eight().await;
    let tries = hive.letters_tried(1).await;
    assert!(tries.len() == 1 && !tries[0].1 && tries[0].2.is_some(), "{tries:?}");
    letters.refuse(false);
    hive.house.pass(Duration::minutes(16));
    assert!(letters.next().await.contains("one thing waits"));
}

#[tokio::test]
async fn nobody_gets_one_while_they_focus_or_before_their_address_is_theirs() {
    let mut letters = Letters::open().await;
    let mut hive = scene(&mut letters).await;
    hive.name_bob("good morning").await;
    let id = hive.sockets[1].id().await;
    let db = hive.house.services.db.clone();
    let confirm = async |at: Option<time::OffsetDateTime>| {
        let set = sqlx::query("update \"user\" set email_verified_at = $1 where id = $2::uuid");
        set.bind(at).bind(&id).execute(&db).await.unwrap();
    };
    confirm(None).await;
    hive.house.pass(Duration::hours(2));
    hive.pass_to_eight().await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(letters.is_empty());
    let start = json!({ "goal": "Chapter 3" });
    hive.sockets[1].ok("timer.start", start).await;
    confirm(Some(hive.now().0)).await;
    hive.house.pass(Duration::SECOND);
    hive.sent_all().await;
    assert!(letters.is_empty(), "not into focus");
    hive.sockets[1].ok("timer.stop", json!({})).await;
    hive.house.pass(Duration::minutes(2));
    assert!(letters.next().await.contains("one thing waits"));
}

#[tokio::test]
async fn what_cannot_be_is_said_beside_its_field() {
    let mut hive = Hive::of(&[]).await;
    let ask = |days: &str, at: &str, hours: u16| json!({ "days": days, "at": at, "after_hours": hours });
    let refused = hive.sockets[0].ask("summary.set", ask("every_day", "08:00", 4)).await;
    assert!(refused.to_string().contains("this house sends no mail"), "{refused}");
    let refused = hive.sockets[0].ask("summary.set", ask("never", "25:00", 4)).await;
    assert!(refused.to_string().contains("\"at\""), "{refused}");
    hive.sockets[0].ok("summary.set", ask("never", "08:00", 4)).await;
}
