//! The rules of chat, tried.

use proptest::prelude::*;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::{
    hive::Rank,
    text::{Handle, Name},
};

const NOW: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

fn message(seq: u64) -> Message {
    Message {
        seq,
        id: MessageId(Uuid::from_u128(seq.into())),
        key: Key(Uuid::from_u128(seq.into())),
        author: Person {
            id: UserId(Uuid::from_u128(1)),
            name: Name::parse("Ada").unwrap(),
            handle: Handle::parse("ada").unwrap(),
            avatar: None,
            status: None,
        },
        body: Body::parse("hello").unwrap(),
        html: "<p>hello</p>".to_owned(),
        at: NOW,
        edited_at: None,
        reply: None,
        mentions: Vec::new(),
        reactions: Vec::new(),
        pinned: false,
    }
}

fn floor(rank: Rank) -> Floor {
    let me = Membership { rank, muted_until: None, rules_seen: 0, goal: None, offered: false };
    Floor { me: Some(me), archived: false, slow_seconds: 0, wrote_at: None }
}

#[test]
fn members_write_and_others_do_not() {
    assert_eq!(floor(Rank::Member).take(NOW), Ok(()));
    assert_eq!(floor(Rank::Guest).take(NOW), Err(Fault::Forbidden));
    assert_eq!(Floor { me: None, ..floor(Rank::Member) }.take(NOW), Err(Fault::Forbidden));
    assert_eq!(Floor { archived: true, ..floor(Rank::Owner) }.take(NOW).unwrap_err().code(), "conflict");
}

#[test]
fn a_mute_ends_at_its_time() {
    let until = NOW.after(Duration::MINUTE);
    let me = Membership { rank: Rank::Member, muted_until: Some(until), rules_seen: 0, goal: None, offered: false };
    let muted = Floor { me: Some(me), ..floor(Rank::Member) };
    assert_eq!(muted.take(NOW).unwrap_err().code(), "not_yet");
    assert_eq!(muted.take(until), Ok(()));
}

#[test]
fn slow_mode_names_the_moment_and_spares_hosts() {
    let slow = |rank| Floor { slow_seconds: 30, wrote_at: Some(NOW), ..floor(rank) };
    let refused = slow(Rank::Member).take(NOW.after(Duration::seconds(29)));
    assert_eq!(refused, Err(Fault::NotYet { why: "slow mode is on here", at: NOW.after(Duration::seconds(30)) }));
    assert_eq!(slow(Rank::Member).take(NOW.after(Duration::seconds(30))), Ok(()));
    assert_eq!(slow(Rank::Host).take(NOW), Ok(()));
}

#[test]
fn a_deleted_message_is_gone_from_what_quotes_it_until_it_is_restored() {
    let mut log = Log::default();
    log.fold(Change::Created(Box::new(message(1))));
    let quote = Quote { seq: 1, name: "Ada".to_owned(), excerpt: "hello".to_owned() };
    log.fold(Change::Created(Box::new(Message { reply: Some(quote), ..message(2) })));
    log.fold(Change::Deleted(Deleted { message: 1 }));
    assert!(!log.messages.contains_key(&1));
    let quote = log.messages[&2].reply.clone().unwrap();
    assert_eq!((quote.name.as_str(), quote.excerpt.as_str()), ("", ""));
    log.fold(Change::Restored(Box::new(message(1))));
    assert_eq!(log.messages[&2].reply.as_ref().unwrap().excerpt, message(1).body.excerpt());
    assert_eq!(log.messages[&1], message(1));
}

#[test]
fn an_edited_message_is_quoted_as_it_is_now() {
    let mut log = Log::default();
    let quote = Quote { seq: 1, name: "Ada".to_owned(), excerpt: "hello".to_owned() };
    log.fold(Change::Created(Box::new(Message { reply: Some(quote), ..message(2) })));
    let body = Body::parse("good\nevening").unwrap();
    log.fold(Change::Edited(Edited { message: 1, body, html: String::new(), mentions: Vec::new(), edited_at: NOW }));
    assert_eq!(log.messages[&2].reply.as_ref().unwrap().excerpt, "good evening");
}

fn change() -> impl Strategy<Value = Change> {
    let seq = 1..6u64;
    let emoji = prop_oneof![Just("👍"), Just("🐝")].prop_map(|emoji| Emoji::parse(emoji).unwrap());
    let reacted = (seq.clone(), emoji, 1..4u128).prop_map(|(message, emoji, by)| Reacted {
        message,
        emoji,
        by: UserId(Uuid::from_u128(by)),
    });
    let pinned = seq.clone().prop_map(|message| Pinned { message, by: UserId(Uuid::nil()) });
    prop_oneof![
        seq.clone().prop_map(|seq| Change::Created(Box::new(message(seq)))),
        seq.prop_map(|message| Change::Deleted(Deleted { message })),
        reacted.clone().prop_map(Change::Reacted),
        reacted.prop_map(Change::Unreacted),
        pinned.clone().prop_map(Change::Pinned),
        pinned.prop_map(Change::Unpinned),
    ]
}

proptest! {
    /// A resume may repeat events whose effect is already in the page that was fetched.
    #[test]
    fn the_last_events_again_change_nothing(changes in proptest::collection::vec(change(), 0..40), again in 1..5usize) {
        let mut log = Log::default();
        for change in &changes {
            log.fold(change.clone());
        }
        let before = log.clone();
        // Repeated from one change on to the end, each message ends as it was.
        let from = changes.len().saturating_sub(again);
        let untouched = changes[from..].iter().all(|change| !matches!(change, Change::Created(_)));
        for change in &changes[from..] {
            log.fold(change.clone());
        }
        if untouched {
            let shape = |log: &Log| log.messages.values().map(|m| (m.seq, m.pinned, {
                let mut reactions: Vec<(String, Vec<UserId>)> = m.reactions.iter().map(|r| {
                    let mut by = r.by.clone();
                    by.sort();
                    (r.emoji.as_str().to_owned(), by)
                }).collect();
                reactions.sort();
                reactions
            })).collect::<Vec<_>>();
            prop_assert_eq!(shape(&log), shape(&before));
        }
    }
}
