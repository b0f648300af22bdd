//! The wire, frozen: how each request and each event is written is compared with a file. A change
//! of protocol is then a change that is seen.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Event, Request};

/// One of every request, as a client writes it.
fn requests() -> Vec<Value> {
    let id = Uuid::from_u128(7);
    let (user, hive, message) = (json!({ "user": id }), json!({ "hive": id }), json!({ "hive": id, "message": 7 }));
    [
        ("account.look", json!({})),
        ("account.set_profile", json!({ "name": "Ada", "handle": "ada" })),
        ("account.set_status", json!({ "text": "tea", "lasts": "half_hour" })),
        ("account.set_day", json!({ "zone": "Europe/Lisbon", "day_end": "04:00" })),
        (
            "account.set_privacy",
            json!({ "typing": true, "read_receipts": false, "presence": true, "focus_totals": false }),
        ),
        ("account.set_read_policy", json!({ "policy": "by_hand" })),
        ("account.set_enter_key", json!({ "key": "breaks" })),
        ("account.change_password", json!({ "current": "seven blue herons", "new": "eight grey geese" })),
        ("account.verify_email", json!({})),
        ("account.change_email", json!({ "email": "ada@example.net", "password": "seven blue herons" })),
        ("account.address", json!({})),
        ("account.keep_email", json!({})),
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
        ("member.make_reset_link", user.clone()),
        ("member.make_address_link", user),
        ("audit.list", json!({})),
        ("sector.list", json!({})),
        ("sector.create", json!({ "key": id, "name": "Research" })),
        ("sector.rename", json!({ "sector": id, "name": "Research" })),
        ("sector.remove", json!({ "sector": id })),
        ("setting.look", json!({})),
        ("setting.set", json!({ "house": "FocusHive", "registration": "invite" })),
        ("hive.create", json!({ "key": id, "name": "Library", "purpose": "Reading", "access": "invite" })),
        ("hive.list", json!({ "find": "read" })),
        ("hive.find_people", json!({ "find": "bo" })),
        ("hive.look", hive.clone()),
        (
            "hive.set",
            json!({ "hive": id, "name": "Library", "access": "public", "seats": 40, "slow_seconds": 10, "rules": "Be kind." }),
        ),
        ("hive.archive", hive.clone()),
        ("hive.reopen", hive.clone()),
        ("hive.join", hive.clone()),
        ("hive.leave", hive.clone()),
        ("hive.enter", hive.clone()),
        ("hive.exit", hive.clone()),
        ("hive.members", hive.clone()),
        ("hive.set_rank", json!({ "hive": id, "user": id, "rank": "host" })),
        ("hive.mute", json!({ "hive": id, "user": id, "lasts": "hour" })),
        ("hive.ban", json!({ "hive": id, "user": id, "lasts": "open", "why": "Shouting" })),
        ("hive.pardon", json!({ "hive": id, "user": id })),
        ("hive.kick", json!({ "hive": id, "user": id })),
        ("hive.bans", hive.clone()),
        ("hive.invite", json!({ "hive": id, "rank": "member", "lasts": "week", "max_uses": 10 })),
        ("hive.invites", hive.clone()),
        ("hive.withdraw", json!({ "hive": id, "invite": id })),
        ("hive.accept", json!({ "secret": "abc" })),
        ("hive.accept_rules", json!({ "hive": id, "version": 2 })),
        ("hive.answer_offer", json!({ "hive": id, "yes": true })),
        ("hive.set_goal", json!({ "hive": id, "goal": "Chapter 3" })),
        ("chat.send", json!({ "hive": id, "key": id, "body": "Hello", "reply_to": 7 })),
        ("chat.send_all", json!({ "messages": [{ "hive": id, "key": id, "body": "Hello" }] })),
        ("chat.edit", json!({ "hive": id, "message": 7, "body": "Hello!" })),
        ("chat.delete", message.clone()),
        ("chat.restore", message.clone()),
        ("chat.react", json!({ "hive": id, "message": 7, "emoji": "👍" })),
        ("chat.unreact", json!({ "hive": id, "message": 7, "emoji": "👍" })),
        ("chat.pin", message.clone()),
        ("chat.unpin", message.clone()),
        ("chat.pins", hive.clone()),
        ("chat.edits", message.clone()),
        ("chat.history", json!({ "hive": id, "place": { "before": 482 }, "limit": 50 })),
        ("chat.read", json!({ "hive": id, "to": 482, "revision": 1 })),
        ("chat.mark_unread", message),
        ("chat.read_state", hive.clone()),
        ("chat.typing", json!({ "hive": id, "typing": true })),
        ("chat.set_draft", json!({ "hive": id, "message": 4, "text": "Hel" })),
        ("chat.draft", hive.clone()),
        ("chat.hold", json!({ "hive": id, "key": id, "body": "Later", "reply_to": 7 })),
        ("chat.held", hive.clone()),
        ("chat.edit_held", json!({ "hive": id, "key": id, "body": "Later!" })),
        ("chat.drop_held", json!({ "hive": id, "key": id })),
        ("chat.send_held", json!({ "hive": id, "key": id })),
        ("message.open", json!({ "to": id })),
        ("message.send", json!({ "to": id, "key": id, "body": "Hello" })),
        ("timer.sync", hive.clone()),
        ("timer.start", json!({ "hive": id, "goal": "Chapter 3", "grid": false })),
        ("timer.pause", hive.clone()),
        ("timer.resume", hive.clone()),
        ("timer.skip", hive.clone()),
        ("timer.stop", json!({})),
        ("timer.extend", json!({ "hive": id, "seconds": 300 })),
        (
            "timer.set",
            json!({
                "hive": id, "style": "rounds", "focus_minutes": 25, "short_minutes": 5, "long_minutes": 15, "rounds": 4,
                "flow_ratio": 5, "auto_break": true, "auto_focus": false, "now": false,
            }),
        ),
        ("rhythm.list", hive.clone()),
        ("rhythm.save", json!({ "hive": id, "key": id, "name": "Deep" })),
        ("rhythm.rename", json!({ "hive": id, "rhythm": id, "name": "Deeper" })),
        ("rhythm.remove", json!({ "hive": id, "rhythm": id })),
        ("rhythm.pick", json!({ "hive": id, "rhythm": id })),
        ("timer.undo", hive.clone()),
        ("timer.answer", json!({ "hive": id, "proposal": id, "yes": true })),
        ("timer.lane", json!({ "hive": id, "to": "overtime" })),
        ("timer.open_up", hive.clone()),
        ("timer.acts", hive.clone()),
        ("timer.mine", json!({})),
        ("focus.history", json!({ "before": "2026-01-05T10:20:31.412Z", "limit": 50 })),
        ("focus.totals", json!({})),
        ("focus.house", json!({})),
        ("focus.explain", json!({ "stint": id })),
        ("focus.outcome", json!({ "stint": id, "outcome": "partly" })),
        ("focus.correct", json!({ "stint": id, "minutes": 20 })),
        ("focus.note", json!({ "hive": id, "by": "inner" })),
        ("focus.signals", json!({})),
        (
            "focus.set_signals",
            json!({
                "focus_sound": true, "break_sound": true, "focus_title": false, "break_title": false,
                "focus_tick": false, "break_tick": true, "volume": 40,
            }),
        ),
        ("notification.list", json!({ "before": 482, "group": "mentions", "limit": 30 })),
        ("notification.bell", json!({})),
        ("notification.pending", json!({})),
        ("notification.delivered", json!({ "notifications": [id] })),
        ("notification.read", json!({ "notifications": [id] })),
        ("notification.read_all", json!({ "to": 482, "key": id })),
        ("notification.undo_read", json!({ "key": id })),
        ("notification.see", json!({ "notifications": [id] })),
        ("notification.remind", json!({ "hive": id, "message": 7, "when": "break" })),
        ("notification.choices", hive.clone()),
        ("notification.choose", json!({ "kind": "mention", "level": "in_bell", "hive": id })),
        ("notification.less", json!({ "notification": id })),
        ("quiet.look", json!({})),
        ("quiet.set", json!({ "from": ["22:00", ""], "to": ["07:00", ""] })),
        ("quiet.snooze", json!({ "lasts": "tomorrow" })),
        ("digest.look", json!({})),
        ("digest.dismiss", json!({})),
        ("summary.look", json!({})),
        ("summary.set", json!({ "days": "workdays", "at": "08:00", "after_hours": 4 })),
        (
            "announcement.send",
            json!({ "key": id, "title": "Tea", "text": "There is tea.", "audience": "everybody" }),
        ),
        ("announcement.list", json!({})),
        ("push.key", json!({})),
        ("push.subscribe", json!({ "endpoint": "https://push.example.org/7", "p256dh": "BA", "auth": "AA" })),
        ("push.unsubscribe", json!({ "endpoint": "https://push.example.org/7" })),
        ("presence.beat", json!({ "active": true })),
        ("presence.set", json!({ "choice": "do_not_disturb" })),
        ("presence.list", hive),
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
        "read_policy": "seen", "enter_key": "breaks", "presence": "away",
    });
    let at = "2026-01-05T10:20:31.412Z";
    let person = json!({ "id": id, "name": "Ada", "handle": "ada", "avatar": null, "status": null });
    let membership = json!({ "rank": "member", "muted_until": at, "rules_seen": 1, "goal": "Chapter 3" });
    let hive = json!({
        "id": id, "name": "Library", "purpose": "Reading", "access": "public", "seats": 40, "slow_seconds": 10,
        "rules": { "version": 2, "text": "Be kind." }, "archived": false,
    });
    let message = json!({
        "seq": 7, "id": id, "key": id, "author": person, "body": "Hello", "html": "<p>Hello</p>", "at": at,
        "edited_at": at, "reply": { "seq": 3, "name": "Bob", "excerpt": "Hi" }, "mentions": [id],
        "reactions": [{ "emoji": "👍", "by": [id] }], "pinned": true,
    });
    let seat = json!({ "person": person, "state": { "is": "focusing", "until": at }, "goal": "Chapter 3" });
    let acted = json!({ "by": id, "name": "Bob", "at": at, "act": "start", "grid": false });
    let timer = json!({
        "is": "running", "phase": "focus", "started_at": at, "ends_at": at, "round": 2, "ordinal": 7, "revision": 12,
        "rhythm": {
            "style": "rounds", "focus_minutes": 25, "short_minutes": 5, "long_minutes": 15, "rounds": 4,
            "flow_ratio": 5, "auto_break": true, "auto_focus": false,
        },
        "pauses": [{ "from": at, "to": at }], "day_ends_at": at, "last": acted,
    });
    let ended = json!({
        "ordinal": 6, "phase": "short_break", "round": 1, "span": { "from": at, "to": at }, "pauses": [],
        "planned_ms": 300_000, "ending": "completed",
    });
    let proposal = json!({
        "id": id, "by": id, "name": "Bob", "act": "extend", "seconds": 300, "until": at, "yes": 1, "asked": 3,
    });
    let stint = json!({
        "id": id, "hive": id, "place": "Library", "from": at, "to": at, "credited_seconds": 1500,
        "corrected_seconds": null, "goal": "Chapter 3", "outcome": "done", "void": false, "inner": 1, "outer": 0,
    });
    let told = json!({
        "id": id, "seq": 7, "at": at, "level": "interrupt", "rule": "default", "read_at": null, "aloud": true,
        "what": {
            "kind": "mention", "by": { "id": id, "name": "Bob" }, "hive": { "id": id, "name": "Library" }, "message": 7,
        },
    });
    let reacted = json!({ "message": 7, "emoji": "👍", "by": id });
    let pinned = json!({ "message": 7, "by": id });
    [
        ("account.changed", me),
        ("session.ended", json!({ "session": id })),
        ("role.changed", json!({ "role": "member" })),
        ("part.changed", json!({ "hive": id, "me": membership })),
        ("read.changed", json!({ "hive": id, "read_to": 7, "revision": 1, "unread": 3, "mentions": 1 })),
        ("draft.changed", json!({ "hive": id, "text": "Hel" })),
        ("message.new", json!({ "hive": id, "message": message })),
        ("message.deleted", json!({ "hive": id, "message": 7 })),
        (
            "held.changed",
            json!({
                "hive": id, "key": id,
                "held": { "key": id, "body": "Later", "reply_to": 7, "at": at, "refused": "You are muted here." },
            }),
        ),
        ("notification.new", told),
        ("notification.read", json!({ "notifications": [id], "read_at": at })),
        ("notification.count", json!({ "unread": 3, "attention": 1 })),
        (
            "bell.changed",
            json!({
                "count": { "unread": 3, "attention": 1 }, "held": 4, "quiet": { "why": "focus", "until": at },
            }),
        ),
        (
            "digest.changed",
            json!({
                "from": at, "to": at, "why": "focus",
                "lines": [{ "kind": "mention", "hive": id, "words": "Bob mentioned you in Library", "count": 3, "path": "/" }],
            }),
        ),
        ("focus.recorded", json!({ "stint": stint, "goal": "Chapter 3" })),
        ("lane.changed", json!({ "hive": id, "lane": { "is": "overtime", "since": at } })),
        ("timer.changed", json!({ "hive": id, "timer": timer, "ended": [ended], "acted": acted })),
        ("timer.proposed", json!({ "proposal": proposal, "open": true })),
        ("hive.changed", hive),
        ("member.changed", json!({ "person": person, "rank": "host", "muted_until": null, "joined_at": at })),
        ("member.left", json!({ "user": id })),
        ("chat.created", message.clone()),
        (
            "chat.edited",
            json!({ "message": 7, "body": "Hello!", "html": "<p>Hello!</p>", "mentions": [], "edited_at": at }),
        ),
        ("chat.deleted", json!({ "message": 7 })),
        ("chat.restored", message),
        ("chat.reacted", reacted.clone()),
        ("chat.unreacted", reacted),
        ("chat.pinned", pinned.clone()),
        ("chat.unpinned", pinned),
        ("presence.changed", json!({ "here": [seat], "gone": [id] })),
        ("chat.typing", json!({ "user": id, "name": "Ada", "typing": true })),
        (
            "announcement.made",
            json!({ "id": id, "by": { "id": id, "name": "Ada" }, "title": "Tea", "text": "It is ready." }),
        ),
        ("lobby.changed", json!({})),
    ]
    .map(|(event, data)| json!({ "event": event, "data": data }))
    .to_vec()
}

#[test]
fn every_request_is_read_and_written_as_it_always_was() {
    let read: Vec<Request> = requests().into_iter().map(|json| serde_json::from_value(json).unwrap()).collect();
    let names: Vec<&str> = read.iter().map(Request::name).collect();
    assert_eq!(names, Request::NAMES, "a request without a golden line");
    insta::assert_json_snapshot!("requests", read);
}

/// A role, an owner, an author: what a request does not have, nobody gives it, however deep.
#[test]
fn no_request_takes_a_field_that_is_none_of_its_own() {
    let mut taken = Vec::new();
    for request in requests() {
        let name = request["do"].as_str().unwrap();
        let more = with_one_field_more(&request["with"]).into_iter();
        taken.extend(
            more.filter(|with| Request::read(name, with).unwrap().is_ok()).map(|with| format!("{name} {with}")),
        );
    }
    assert_eq!(taken, [] as [String; 0]);
}

/// The same with a field more, in each object that is in it.
fn with_one_field_more(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let pointers: Vec<String> = match value {
        Value::Object(fields) => {
            let mut more = value.clone();
            more["owner"] = json!(true);
            all.push(more);
            fields.keys().map(|key| format!("/{key}")).collect()
        }
        Value::Array(items) => (0..items.len()).map(|n| format!("/{n}")).collect(),
        _ => Vec::new(),
    };
    for pointer in pointers {
        for inner in value.pointer(&pointer).map(with_one_field_more).unwrap_or_default() {
            let mut outer = value.clone();
            *outer.pointer_mut(&pointer).unwrap() = inner;
            all.push(outer);
        }
    }
    all
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
