//! The wire, frozen: how each request and each event is written is compared with a file. A change
//! of protocol is then a change that is seen.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Event, Request};

/// One of every request, as a client writes it.
fn requests() -> Vec<Value> {
    let id = Uuid::from_u128(7);
    let user = json!({ "user": id });
    [
        ("account.look", json!({})),
        ("account.set_profile", json!({ "name": "Ada", "handle": "ada" })),
        ("account.set_status", json!({ "text": "tea", "lasts": "half_hour" })),
        ("account.set_day", json!({ "zone": "Europe/Lisbon", "day_end": "04:00" })),
        (
            "account.set_privacy",
            json!({ "typing": true, "read_receipts": false, "presence": true, "focus_totals": false }),
        ),
        ("account.change_password", json!({ "current": "seven blue herons", "new": "eight grey geese" })),
        ("account.verify_email", json!({})),
        ("account.remove_avatar", json!({})),
        ("account.remove", json!({ "handle": "ada", "password": "seven blue herons" })),
        ("session.list", json!({})),
        ("session.revoke", json!({ "session": id })),
        ("session.revoke_others", json!({})),
        ("invite.create", json!({ "key": id, "role": "member", "lasts": "week", "max_uses": 3 })),
        ("invite.list", json!({})),
        ("invite.withdraw", json!({ "invite": id })),
        ("invite.open", json!({ "secret": "abc" })),
        ("member.list", json!({ "after": "ada", "find": "lovelace" })),
        ("member.set_role", json!({ "user": id, "role": "admin" })),
        ("member.set_sector", json!({ "user": id, "sector": id })),
        ("member.suspend", user.clone()),
        ("member.restore", user.clone()),
        ("member.sign_out", user.clone()),
        ("member.make_reset_link", user),
        ("audit.list", json!({})),
        ("sector.list", json!({})),
        ("sector.create", json!({ "key": id, "name": "Research" })),
        ("sector.rename", json!({ "sector": id, "name": "Research" })),
        ("sector.remove", json!({ "sector": id })),
        ("setting.look", json!({})),
        ("setting.set", json!({ "house": "FocusHive", "registration": "invite" })),
    ]
    .map(|(name, with)| json!({ "do": name, "with": with }))
    .to_vec()
}

fn events() -> Vec<Value> {
    let id = Uuid::from_u128(7);
    let me = json!({
        "id": id, "name": "Ada", "handle": "ada", "email": "ada@example.org", "email_verified": true, "role": "owner",
        "sector": { "id": id, "name": "Research" }, "avatar": id,
        "status": { "text": "tea", "until": "2026-01-05T10:20:31.412Z" }, "zone": "Europe/Lisbon", "day_end": "04:00",
        "privacy": { "typing": true, "read_receipts": true, "presence": true, "focus_totals": false },
    });
    vec![
        json!({ "event": "account.changed", "data": me }),
        json!({ "event": "session.ended", "data": { "session": id } }),
        json!({ "event": "role.changed", "data": { "role": "member" } }),
    ]
}

#[test]
fn every_request_is_read_and_written_as_it_always_was() {
    let read: Vec<Request> = requests().into_iter().map(|json| serde_json::from_value(json).unwrap()).collect();
    let names: Vec<&str> = read.iter().map(Request::name).collect();
    assert_eq!(names, Request::NAMES, "a request without a golden line");
    insta::assert_json_snapshot!("requests", read);
}

#[test]
fn every_event_is_read_and_written_as_it_always_was() {
    let read: Vec<Event> = events().into_iter().map(|json| serde_json::from_value(json).unwrap()).collect();
    let names: Vec<&str> = read.iter().map(Event::name).collect();
    assert_eq!(names, Event::NAMES, "an event without a golden line");
    insta::assert_json_snapshot!("events", read);
}

#[test]
fn a_name_that_is_no_request_is_none() {
    let fields = serde_json::json!({});
    assert!(Request::read("account.become_owner", fields).is_none());
}
